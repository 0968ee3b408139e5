"""Reserve plans and alarms: opened, changed and closed by the stock itself; who may plan and who sees to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.plans.enums import VersionStatus
from juxing.plans.models import EmergencyPlan, PlanVersion
from juxing.supplies.commands import (
    Kept,
    drop_goods,
    goods_of,
    look_over_stock,
    receive_stock,
    set_minimum,
    take_alarm,
    write_reserve,
)
from juxing.supplies.enums import AlarmKind, AlarmSeverity, ReservedFor
from juxing.supplies.models import ReservePlan, StockAlarm, StockLevel, SupplyItem
from juxing.supplies.queries.reserves import alarms_page, keepers_of, plan_of, plans_page, rows_of
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_actor,
    make_areas,
    make_household,
    make_item,
    make_stock,
)
from tests.supplies.makers import NOW, PROCESS, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
TODAY = localdate(NOW)
HEAT = "natural.meteorological.heat"


@pytest.fixture
def water() -> SupplyItem:
    make_areas()
    return make_item("drinking_water", name_zh="饮用水", name_en="Drinking water", unit="barrel")


def reserve(water: SupplyItem, *, area_code: str = COMMUNITY, days: int = 4) -> ReservePlan:
    goods = [Kept(water, ReservedFor.COMMUNITY, Decimal(10), days)]
    made = write_reserve(actor=PROCESS, now=NOW, area_code=area_code, hazard=HEAT, goods=goods)
    return plan_of(actor=PROCESS, uuid=made.uuid)


def open_alarms() -> dict[str, str]:
    return dict(StockAlarm.objects.filter(closed_at__isnull=True).values_list("kind", "severity"))


def test_short_reserve_raises_an_alarm_that_changes_and_closes_with_the_stock(water: SupplyItem) -> None:
    level = make_stock(water, 15)
    reserve(water)

    first = look_over_stock(now=NOW)
    again = look_over_stock(now=NOW)
    urgent = open_alarms()
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=water, quantity=Decimal(10))
    more = look_over_stock(now=NOW + timedelta(hours=1))
    soon = open_alarms()
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=water, quantity=Decimal(15))
    last = look_over_stock(now=NOW + timedelta(hours=2))

    assert urgent == {AlarmKind.SHORT: AlarmSeverity.URGENT}
    assert soon == {AlarmKind.SHORT: AlarmSeverity.SOON}
    assert [(one.opened, one.changed, one.closed) for one in (first, again, more, last)] == [
        (1, 0, 0), (0, 0, 0), (0, 1, 0), (0, 0, 1),
    ]  # fmt: skip
    assert StockAlarm.objects.get().closed_at == NOW + timedelta(hours=2)


def test_expiring_expired_and_low_goods_raise_alarms(water: SupplyItem) -> None:
    level = make_stock(water, 0)
    for days, quantity in ((5, 3), (20, 4), (90, 5)):
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=water, quantity=Decimal(quantity),
                      expires_on=TODAY + timedelta(days=days))  # fmt: skip
    set_minimum(actor=PROCESS, level=StockLevel.objects.get(), minimum=Decimal(12))

    look_over_stock(now=NOW)
    now_open = open_alarms()
    facts = StockAlarm.objects.get(kind=AlarmKind.EXPIRING).facts
    look_over_stock(now=NOW + timedelta(days=6))

    assert now_open == {AlarmKind.EXPIRING: AlarmSeverity.URGENT, AlarmKind.LOW: AlarmSeverity.SOON}
    assert facts == {"quantity": "7", "first": (TODAY + timedelta(days=5)).isoformat()}
    assert open_alarms()[AlarmKind.EXPIRED] == AlarmSeverity.URGENT
    assert open_alarms()[AlarmKind.EXPIRING] == AlarmSeverity.SOON


def test_promised_and_expired_goods_do_not_count_and_milk_of_tomorrow_spoils(water: SupplyItem) -> None:
    from juxing.supplies.commands import StockMovement, reserve_stock

    level = make_stock(water, 20)
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=water, quantity=Decimal(30), expires_on=TODAY)
    reserve_stock([StockMovement(level.depot_id, water.pk, Decimal(5))])
    plan = reserve(water)

    [row] = rows_of([plan], today=TODAY)[plan.pk]

    assert [row.free, row.reach.days, row.reach.spoilt] == [45, Decimal("3.0"), 15]
    assert [row.wanted, row.missing, row.severity] == [40, 10, AlarmSeverity.SOON]


def test_plan_is_written_again_counted_and_goods_come_off(water: SupplyItem) -> None:
    make_household()
    make_household(door="302")
    plan = reserve(water)
    write_reserve(actor=PROCESS, now=NOW, area_code=COMMUNITY, hazard=HEAT,
                  goods=[Kept(water, ReservedFor.HOUSEHOLD, Decimal("0.5"), 6)])  # fmt: skip
    look_over_stock(now=NOW)

    kept = plan_of(actor=PROCESS, uuid=plan.uuid)
    [row] = rows_of([kept], today=TODAY)[plan.pk]
    drop_goods(actor=PROCESS, now=NOW, plan=kept, item="drinking_water")

    assert [row.counted, row.per_day, row.wanted] == [2, 1, 6]
    assert not plan_of(actor=PROCESS, uuid=plan.uuid).lines.exists()
    assert open_alarms() == {}
    assert JournalEntry.objects.filter(action="supplies.reserve.write").count() == 3


def test_goods_come_from_the_plan_in_force_with_its_larger_wish(water: SupplyItem) -> None:
    wish = {"item": "drinking_water", "for_each": "household", "quantity": 1.0, "days": 2}
    goods = goods_of({"goods": [wish, {**wish, "days": 3}, {**wish, "item": "no_such_item"}]})

    assert goods == [Kept(water, ReservedFor.HOUSEHOLD, Decimal("1.0"), 3)]


@pytest.mark.parametrize("days", [0, 91])
def test_days_outside_the_range_and_unknown_scenarios_are_refused(water: SupplyItem, days: int) -> None:
    goods = [Kept(water, ReservedFor.COMMUNITY, Decimal(1), days)]

    with pytest.raises(InvalidInput):
        write_reserve(actor=PROCESS, now=NOW, area_code=COMMUNITY, hazard=HEAT, goods=goods)
    with pytest.raises(InvalidInput):
        write_reserve(actor=PROCESS, now=NOW, area_code=COMMUNITY, hazard="meteor", goods=[])


def test_only_command_plans_and_only_storekeepers_of_the_place_take_alarms_on(water: SupplyItem) -> None:
    make_stock(water, 1)
    plan = reserve(water)
    look_over_stock(now=NOW)
    alarm = StockAlarm.objects.get()

    with pytest.raises(NotPermitted):
        drop_goods(actor=make_actor(Role.STOREKEEPER), now=NOW, plan=plan, item="drinking_water")
    with pytest.raises(NotPermitted):
        take_alarm(actor=make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY), now=NOW, alarm=alarm)
    take_alarm(actor=make_actor(Role.STOREKEEPER), now=NOW, alarm=alarm)
    take_alarm(actor=make_actor(Role.STREET_OPERATOR), now=NOW, alarm=alarm)

    alarm.refresh_from_db()
    assert alarm.taken_at == NOW
    assert JournalEntry.objects.filter(action="supplies.alarm.take").count() == 1
    assert alarms_page(actor=make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)).rows == []


def test_list_of_plans_costs_the_same_for_one_and_for_three(water: SupplyItem) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 3):
        for place in (COMMUNITY, STREET, DISTRICT)[:number]:
            reserve(water, area_code=place)
        with CaptureQueriesContext(connection) as queries:
            page, rows = plans_page(actor=PROCESS, today=TODAY)
        counts.append(len(queries))
        assert len(page.rows) == len(rows) == number

    assert counts[0] == counts[1]


def test_pages_show_days_of_supply_and_take_what_is_written(water: SupplyItem) -> None:
    make_stock(water, 15)
    commander, keeper = client_of(Role.STREET_COMMANDER, language="en"), client_of(Role.STOREKEEPER, language="en")
    plan = EmergencyPlan.objects.create(area_code=DISTRICT, hazard=HEAT, title="高温", area_kind="street")
    PlanVersion.objects.create(
        plan=plan, area_code=DISTRICT, number=1, status=VersionStatus.APPROVED, written_at=NOW, digest="d",
        approved_at=NOW, review_due_on=TODAY + timedelta(days=365), undrilled_reason="首版",
        content={"goods": [{"item": "drinking_water", "for_each": "community", "quantity": 10, "days": 4}]},
    )  # fmt: skip

    made = commander.post(reverse("supplies:new_reserve"), {"area_code": COMMUNITY, "hazard": HEAT}, follow=True)
    address = made.redirect_chain[-1][0]
    page = made.content.decode()
    changed = commander.post(address, {"item": "drinking_water", "for_each": "community", "quantity": "5", "days": "4"})
    wrong = commander.post(address, {"item": "drinking_water", "for_each": "moon", "quantity": "-5", "days": "999"})
    seen = keeper.get(address).content.decode()
    listed = keeper.get(reverse("supplies:reserves")).content.decode()

    assert "1.5 of 4" in page
    assert (changed.status_code, wrong.status_code) == (303, 422)
    assert "3 of 4" in seen
    assert "3 of 4" in listed
    assert "Add or change goods" not in seen
    assert keeper.post(address, {"item": "drinking_water"}).status_code == 403
    assert client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY).get(address).status_code == 404

    look_over_stock(now=NOW)
    alarms = keeper.get(reverse("supplies:alarms")).content.decode()
    taken = keeper.post(reverse("supplies:take_alarm", args=[StockAlarm.objects.get().uuid]), follow=True)
    dropped = commander.post(f"{address}drop/", {"dropped": "drinking_water"}, follow=True)
    nonsense = commander.post(f"{address}drop/", {"dropped": "nothing"})

    assert "lasts 3 of 4 days" in alarms
    assert "sees to it" in taken.content.decode()
    assert "No goods yet" in dropped.content.decode()
    assert nonsense.status_code == 422


def test_alarm_names_the_post_that_keeps_the_stock(water: SupplyItem) -> None:
    from juxing.organisations.models import Post, PostHolding
    from tests.supplies.makers import make_organisation

    post = Post.objects.create(area_code=COMMUNITY, organisation=make_organisation(), title="保管员",
                               carries_role="storekeeper")  # fmt: skip
    assert keepers_of([COMMUNITY], now=NOW) == {COMMUNITY: "保管员"}

    account = make_account(Role.STOREKEEPER, COMMUNITY)
    PostHolding.objects.create(area_code=COMMUNITY, post=post, account=account, slot="primary", rank=1,
                               starts_at=NOW - timedelta(days=1))  # fmt: skip

    assert keepers_of([COMMUNITY, STREET], now=NOW) == {COMMUNITY: f"保管员 · {account.display_name}"}
