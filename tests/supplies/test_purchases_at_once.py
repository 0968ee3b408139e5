"""Parts of one purchase sent at the same moment by two hands, each with a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import Settings

from juxing.kernel.scope import acting
from juxing.supplies.commands import Bought, draft_purchase, submit_purchase
from juxing.supplies.enums import PurchaseStatus
from juxing.supplies.models import PurchaseOrder
from tests.supplies.makers import NOW, PROCESS
from tests.supplies.test_purchases import Ground


@pytest.mark.django_db(transaction=True)
def test_parts_sent_at_the_same_moment_are_counted_together(settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 1000
    with acting(PROCESS):
        ground = Ground()
        parts = [
            draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                           goods=[Bought(ground.rice, Decimal(15), 4600)])
            for _part in range(2)
        ]  # fmt: skip
    together = Barrier(2, timeout=20)

    def send(order: PurchaseOrder) -> str:
        try:
            with acting(ground.keeper):
                together.wait()
                return str(submit_purchase(actor=ground.keeper, now=NOW, order=order).status)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        states = sorted(pool.map(send, parts))

    assert states == sorted([PurchaseStatus.APPROVED, PurchaseStatus.SUBMITTED])
