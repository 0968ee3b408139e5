"""A day begins at midnight where people are; quantities in fields read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput
from juxing.supplies.commands import pack_containers, put_into, receive_stock, set_aside_expired
from juxing.supplies.enums import ContainerKind
from juxing.supplies.models import StockLevel
from juxing.supplies.quantities import plain
from tests.factories import STREET, make_account, make_areas, make_stock
from tests.supplies.makers import NOW, PROCESS, make_mask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
EARLY = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
"""Half past six in the morning of 10 March in Shanghai; in Greenwich it is still the 9th."""


def test_goods_of_yesterday_are_expired_from_midnight_on_where_they_lie() -> None:
    level = make_stock(make_mask(), 0)
    given: dict[str, Any] = {"actor": PROCESS, "depot": level.depot, "item": level.item, "quantity": Decimal(5)}
    receive_stock(**given, now=NOW.replace(day=8), expires_on=date(2026, 3, 9))

    with pytest.raises(InvalidInput) as refused:
        receive_stock(**given, now=EARLY, expires_on=date(2026, 3, 9))
    set_aside_expired(now=EARLY)

    assert refused.value.code == "lot_expired"
    assert StockLevel.objects.get(pk=level.pk).on_hand == 0


@pytest.mark.parametrize(("quantity", "written"), [("50", "50"), ("1200.000", "1200"), ("2.500", "2.5"), ("0", "0")])
def test_quantity_stands_in_a_field_without_exponent(quantity: str, written: str) -> None:
    assert plain(Decimal(quantity)) == written


def test_lists_are_narrowed_by_state_and_a_pallet_says_how_many_boxes_it_holds() -> None:
    make_areas()
    level = make_stock(make_mask(), 100)
    made = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10), count=3)
    put_into(actor=PROCESS, now=NOW, numbers=[one.number for one in made], kind=ContainerKind.PALLET)
    client = Client()
    client.force_login(make_account(Role.STOREKEEPER, STREET), backend="django.contrib.auth.backends.ModelBackend")

    everything = client.get(reverse("supplies:containers"), headers={"accept-language": "en"}).content.decode()
    delivered = client.get(reverse("supplies:containers"), {"status": "delivered"}).content.decode()
    nonsense = client.get(reverse("supplies:transfers"), {"status": "nonsense"})

    assert "3 boxes" in everything
    assert made[0].number not in delivered
    assert nonsense.status_code == 200
