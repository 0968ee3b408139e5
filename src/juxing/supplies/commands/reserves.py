"""Reserve plans: what a place holds ready, taken from an emergency plan or written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput
from juxing.plans.hazards import hazards
from juxing.supplies import policy
from juxing.supplies.enums import ReservedFor
from juxing.supplies.models import ReserveLine, ReservePlan, StockAlarm, SupplyItem
from juxing.supplies.quantities import checked_quantity
from juxing.supplies.queries.claims import counts_of

WRITTEN = journal.declare_action("supplies.reserve.write", _("Reserve plan written"))
TAKEN = journal.declare_action("supplies.alarm.take", _("Stock alarm taken on"))
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of goods to hold ready: so much a day for each, for so many days."""

    item: SupplyItem
    for_each: ReservedFor
    quantity: Decimal
    days: int


@transaction.atomic
def write_reserve(*, actor: Actor, now: datetime, area_code: str, hazard: str, goods: Sequence[Kept]) -> ReservePlan:
    """
    Make the reserve plan of a place for a scenario, or add to it; goods it names already are changed.

    Raises:
        NotPermitted: if the actor may not plan reserves here.
        InvalidInput: for an unknown scenario, a quantity beyond belief, or days outside 1 to 90.
    """
    actor.require(policy.PLAN_RESERVE, area_code)
    if hazard not in hazards():
        raise InvalidInput("hazard_unknown", _("Choose a scenario from the list."), field="hazard")
    for one in goods:
        checked_quantity(one.quantity)
        if not 1 <= one.days <= MOST_DAYS:
            raise InvalidInput("days_range", _("Write 1 to 90 days."), field="days")
    plan, is_new = ReservePlan.objects.get_or_create(
        area_code=area_code, hazard=hazard,
        defaults={"basis_at": now, "made_at": now, "made_by_name": actor.name},
    )  # fmt: skip
    plan.refresh_from_db()
    ReserveLine.objects.bulk_create(
        [
            ReserveLine(area_code=area_code, plan=plan, item=one.item, for_each=one.for_each, quantity=one.quantity,
                        days=one.days)
            for one in goods
        ],
        update_conflicts=True, unique_fields=["plan", "item"], update_fields=["for_each", "quantity", "days"],
    )  # fmt: skip
    count_again([plan], now=now)
    journal.record(WRITTEN, actor=actor, subject=plan, happened_at=now,
                   changes={"goods": sorted(one.item.code for one in goods), "is_new": is_new})  # fmt: skip
    return plan


@transaction.atomic
def drop_goods(*, actor: Actor, now: datetime, plan: ReservePlan, item: str) -> None:
    """
    Take an item off a reserve plan; its alarm closes.

    Raises:
        NotPermitted: if the actor may not plan reserves here.
    """
    actor.require(policy.PLAN_RESERVE, plan.area_code)
    plan.lines.filter(item__code=item).delete()
    open_alarms = StockAlarm.objects.filter(plan=plan, item__code=item, closed_at__isnull=True)
    open_alarms.update(closed_at=now, looked_at=now)
    journal.record(WRITTEN, actor=actor, subject=plan, happened_at=now, changes={"dropped": item})


def goods_of(content: Mapping[str, Any]) -> list[Kept]:
    """Return what an emergency plan wants held ready, as far as the catalogue knows it; of an item the larger wish."""
    rows = content.get("goods", ())
    items = {item.code: item for item in SupplyItem.objects.filter(code__in={row["item"] for row in rows})}
    kept: dict[str, Kept] = {}
    for row in rows:
        if row["item"] not in items:
            continue
        one = Kept(items[row["item"]], ReservedFor(row["for_each"]), Decimal(str(row["quantity"])), int(row["days"]))
        known = kept.get(row["item"])
        if known is None or one.quantity * one.days > known.quantity * known.days:
            kept[row["item"]] = one
    return list(kept.values())


def count_again(plans: Sequence[ReservePlan], *, now: datetime) -> None:
    """Count anew whom the goods of these plans are for; in the acting scope."""
    for plan in plans:
        kinds = set(ReserveLine.objects.filter(plan=plan).values_list("for_each", flat=True))
        plan.basis, plan.basis_at = counts_of(Areas([plan.area_code]), kinds), now
    ReservePlan.objects.bulk_update(plans, ["basis", "basis_at"])


@transaction.atomic
def take_alarm(*, actor: Actor, now: datetime, alarm: StockAlarm) -> None:
    """
    Say that one sees to it; the alarm ends by itself when the stock is right.

    Raises:
        NotPermitted: if the actor may not move stock here.
    """
    actor.require(policy.MOVE_STOCK, alarm.area_code)
    if StockAlarm.objects.filter(pk=alarm.pk, taken_at__isnull=True).update(taken_at=now, taken_by_name=actor.name):
        journal.record(TAKEN, actor=actor, subject=alarm, happened_at=now)
