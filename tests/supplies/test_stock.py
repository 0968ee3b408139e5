"""Goods that come in and are counted: never below zero, never below what is promised."""

from __future__ import annotations

from decimal import Decimal

import pytest

from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.supplies.commands import StockMovement, correct_stock, receive_stock, reserve_stock
from juxing.supplies.models import StockLevel
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_stock
from tests.supplies.makers import NOW, PROCESS, make_mask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_what_came_in_is_added_and_journalled() -> None:
    level = make_stock(make_mask(), 10)

    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal("2.5"), reason="捐赠")

    assert StockLevel.objects.get(pk=level.pk).on_hand == Decimal("12.5")
    entry = JournalEntry.objects.filter(action="supplies.stock.receive").latest("id")
    assert (entry.reason, entry.changes) == ("捐赠", {"item": "mask_n95", "quantity": "2.500"})


def test_first_goods_of_a_kind_make_their_level() -> None:
    other = make_stock(make_mask(), 0)
    StockLevel.objects.all().delete()

    made = receive_stock(actor=PROCESS, now=NOW, depot=other.depot, item=other.item, quantity=Decimal(5))

    assert (made.on_hand, made.reserved, made.area_code) == (5, 0, COMMUNITY)


@pytest.mark.parametrize("quantity", ["-1", "0", "NaN", "100000001", "0.0001"])
def test_impossible_quantity_does_not_come_in(quantity: str) -> None:
    level = make_stock(make_mask(), 10)

    with pytest.raises(InvalidInput):
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(quantity))

    assert StockLevel.objects.get(pk=level.pk).on_hand == 10


def test_counting_less_than_is_promised_is_refused() -> None:
    level = make_stock(make_mask(), 10)
    reserve_stock([StockMovement(level.depot_id, level.item_id, Decimal(4))])

    with pytest.raises(InvalidInput) as refused:
        correct_stock(actor=PROCESS, now=NOW, level=level, counted=Decimal(3), reason="盘点")
    correct_stock(actor=PROCESS, now=NOW, level=level, counted=Decimal(4), minimum=Decimal(5), reason="盘点")

    kept = StockLevel.objects.get(pk=level.pk)
    assert refused.value.code == "below_promised"
    assert (kept.on_hand, kept.reserved, kept.free, kept.is_low) == (Decimal(4), 4, Decimal(0), True)


def test_correction_wants_a_reason() -> None:
    with pytest.raises(InvalidInput) as refused:
        correct_stock(actor=PROCESS, now=NOW, level=make_stock(make_mask(), 10), counted=Decimal(3), reason=" ")

    assert refused.value.field == "reason"


@pytest.mark.parametrize(("role", "area_code"), [(Role.COMMUNITY_WORKER, STREET), (Role.RESPONDER, STREET),
                                                 (Role.STOREKEEPER, OTHER_STREET_COMMUNITY)])  # fmt: skip
def test_only_storekeepers_of_the_place_write_stock(role: str, area_code: str) -> None:
    level, actor = make_stock(make_mask(), 10), make_actor(role, area_code)

    with pytest.raises(NotPermitted):
        receive_stock(actor=actor, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(1))
    with pytest.raises(NotPermitted):
        correct_stock(actor=actor, now=NOW, level=level, counted=Decimal(1), reason="盘点")
