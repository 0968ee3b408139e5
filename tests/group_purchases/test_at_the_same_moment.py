"""Two phones at the same moment: the last package and the last place go to one of them, one tick is one tick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from juxing.group_purchases import commands
from juxing.group_purchases.enums import MoneyKind, MoneyMethod, OrderStatus
from juxing.group_purchases.inputs import Arrival, PackageInput
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, MoneyEntry
from juxing.kernel.scope import acting
from tests.group_purchases.makers import AFTER, CUT_OFF, NOW, SYSTEM, make_purchase, make_slot, order, packages_of
from tests.venues.test_at_the_same_moment import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_last_package_and_last_place_go_to_one_phone_and_the_other_is_told() -> None:
    with acting(SYSTEM):
        purchase, homes = make_purchase(packages=(PackageInput(name="鸡蛋", price_fen=3250, maximum_total=3),))
        slot = make_slot(purchase, doors=1)
        order(purchase, homes[2], {"A": 1})

    def phone(at: int) -> Callable[[], object]:
        return lambda: order(purchase, homes[at], {"A": 2})

    assert together(phone(0), phone(1)) == ["done", "sold_out"]
    with acting(SYSTEM):
        [winner, *_rest] = HouseholdOrder.objects.filter(household__in=homes[:2])
        third = HouseholdOrder.objects.get(household=homes[2])

    def choose(mine: HouseholdOrder) -> Callable[[], object]:
        return lambda: commands.choose_slot(actor=SYSTEM, now=NOW, order=mine, slot=slot)

    assert together(choose(winner), choose(third)) == ["done", "slot_full"]
    with acting(SYSTEM):
        assert HouseholdOrder.objects.filter(slot=slot).count() == 1


def test_two_orders_of_one_door_are_one_and_the_cut_off_comes_before_or_after() -> None:
    with acting(SYSTEM):
        purchase, homes = make_purchase()
        order(purchase, homes[1], {"A": 1})
    just_before = CUT_OFF - timedelta(seconds=1)

    outcomes = together(
        lambda: order(purchase, homes[0], {"A": 1}, now=just_before),
        lambda: order(purchase, homes[0], {"A": 1}, now=just_before),
        lambda: commands.close_due(actor=SYSTEM, now=AFTER),
    )

    with acting(SYSTEM):
        found = HouseholdOrder.objects.filter(household=homes[0])
        assert found.count() == (1 if outcomes != ["done", "wrong_state", "wrong_state"] else 0)
        assert GroupPurchase.objects.get(pk=purchase.pk).status == "closed"


def test_tick_and_slip_sent_twice_count_once() -> None:
    with acting(SYSTEM):
        purchase, homes = make_purchase()
        mine = order(purchase, homes[0], {"A": 1})
        entry = commands.record_money(
            actor=SYSTEM, now=NOW, purchase=purchase, kind=MoneyKind.PAID, amount_fen=5800, method=MoneyMethod.CASH,
            order=mine,
        )  # fmt: skip
        purchase = commands.close_purchase(actor=SYSTEM, now=NOW, purchase=purchase)
        arrived = {one.pk: Arrival(received=1) for one in packages_of(purchase)}
        commands.record_arrival(actor=SYSTEM, now=NOW, purchase=purchase, arrived=arrived)

    assert together(*[lambda: commands.hand_over(actor=SYSTEM, now=NOW, order=mine)] * 3) == ["done"] * 3
    assert together(*[lambda: commands.take_back_entry(actor=SYSTEM, now=NOW, entry=entry)] * 2) == ["done"] * 2
    with acting(SYSTEM):
        assert HouseholdOrder.objects.get(pk=mine.pk).status == OrderStatus.HANDED_OVER
        assert sum(MoneyEntry.objects.values_list("amount_fen", flat=True)) == 0
        assert MoneyEntry.objects.count() == 2
