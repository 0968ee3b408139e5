"""Purchases, and what to buy under which agreement when a reserve is short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from django.db.models import F, Min, Prefetch, Sum

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.enums import AlarmKind, DepotKind, PurchaseStatus
from juxing.supplies.models import (
    AgreementLine,
    Depot,
    ItemPack,
    PurchaseDelivery,
    PurchaseDeliveryLine,
    PurchaseLine,
    PurchaseOrder,
    ReservePlan,
    StockAlarm,
)
from juxing.supplies.queries.agreements import lines_to_call_off
from juxing.supplies.queries.reserves import ReserveRow

ORDER = ("-id",)
OVER = (PurchaseStatus.CLOSED, PurchaseStatus.CANCELLED)
TAKES_IN = (DepotKind.WAREHOUSE, DepotKind.TRANSFER_STATION, DepotKind.SUPPLY_POINT)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Buy so much under that agreement for this depot; ``on_order`` is what others have begun to buy already."""

    line: AgreementLine
    depot: Depot
    quantity: Decimal
    on_order: Decimal
    origin: UUID


@dataclass(frozen=True, slots=True)
class Lack:
    """So much of an item is missing in a place, for what."""

    item_id: int
    area_code: str
    missing: Decimal
    origin: UUID
    depot: Depot | None = None


def purchases_page(*, actor: Actor, status: str = "", show: str = "", cursor: str | None = None) -> Page[PurchaseOrder]:
    """Return purchases, newest first; ``show`` "review" leaves those whose review is open."""
    rows = policy.visible_purchases(actor).select_related("depot").prefetch_related(_lines())
    if status:
        rows = rows.filter(status=status)
    if show == "review":
        rows = _unreviewed(rows)
    return page_of(rows, order=ORDER, cursor=cursor)


def purchase_of(*, actor: Actor, uuid: UUID) -> PurchaseOrder:
    """
    Return one purchase with its lines.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    rows = policy.visible_purchases(actor).select_related("depot").prefetch_related(_lines())
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def deliveries_of(order: PurchaseOrder) -> list[PurchaseDelivery]:
    """Return what was delivered of a purchase, each with its lines, oldest first."""
    lines = Prefetch(
        "lines", PurchaseDeliveryLine.objects.select_related("line__item").order_by("id"), to_attr="rows_shown"
    )
    return list(PurchaseDelivery.objects.filter(order=order).prefetch_related(lines).order_by("id"))


def purchases_from(*, actor: Actor, supplier: Organisation) -> list[PurchaseOrder]:
    """Return a supplier's purchases the actor sees, newest first, at most fifty."""
    rows = policy.visible_purchases(actor).filter(organisation=supplier).select_related("depot")
    return list(rows.prefetch_related(_lines()).order_by("-id")[:50])


def reviews_open(*, actor: Actor) -> int:
    """Return how many emergency purchases nobody has reviewed."""
    return _unreviewed(policy.visible_purchases(actor)).count()


def lacks_of_plan(plan: ReservePlan, rows: Iterable[ReserveRow]) -> list[Lack]:
    """Return what a reserve plan lacks in our own depots."""
    return [
        Lack(row.line.item_id, plan.area_code, row.missing_in_depots, plan.uuid)
        for row in rows if row.missing_in_depots and row.reach.days is not None
    ]  # fmt: skip


def lacks_of_alarms(alarms: Iterable[StockAlarm]) -> list[Lack]:
    """Return what is missing by the alarms that a purchase would end."""
    found = []
    for alarm in alarms:
        if alarm.item_id is None:
            continue
        if alarm.kind == AlarmKind.SHORT and alarm.facts.get("to_buy"):
            found.append(Lack(alarm.item_id, alarm.area_code, Decimal(alarm.facts["to_buy"]), alarm.uuid))
        if alarm.kind == AlarmKind.LOW and alarm.depot is not None:
            missing = Decimal(alarm.facts["least"]) - Decimal(alarm.facts["free"])
            found.append(Lack(alarm.item_id, alarm.area_code, max(missing, Decimal(1)), alarm.uuid, depot=alarm.depot))
    return found


def proposals_for(lacks: Sequence[Lack], *, actor: Actor, today: date) -> list[Proposal]:
    """
    Return what to buy under which agreement for each lack that one covers, cheapest first; five statements in all.

    What is being bought already is taken off, packs are not broken, and nothing is proposed beyond what an agreement
    keeps. One agreement a lack: the cheapest that has enough, else the one that has most.
    """
    if not lacks or not actor.may_somewhere(policy.PURCHASE):
        return []
    items = {lack.item_id for lack in lacks}
    offered: defaultdict[int, list[AgreementLine]] = defaultdict(list)
    for line in lines_to_call_off(actor=actor, items=items, today=today):
        offered[line.item_id].append(line)
    if not offered:
        return []
    packs = dict(
        ItemPack.objects.filter(item__in=items, is_retired=False).values_list("item_id").annotate(Min("quantity"))
    )
    depots = list(Depot.objects.inside(actor.areas_with(policy.PURCHASE)).filter(kind__in=TAKES_IN).order_by("id"))
    begun = _begun(actor, items)
    found = []
    for lack in lacks:
        depot = lack.depot or _depot_for(lack.area_code, depots)
        if depot is None:
            continue
        coming = sum((left for (item, code), left in begun.items()
                      if item == lack.item_id and code.startswith(lack.area_code)), Decimal(0))  # fmt: skip
        best = _best([one for one in offered[lack.item_id] if depot.area_code.startswith(one.area_code)], lack.missing)
        quantity = _whole_packs(lack.missing - coming, packs.get(lack.item_id))
        if best is not None and quantity > 0:
            found.append(Proposal(best, depot, min(quantity, best.left), coming, lack.origin))
    return found


def _best(lines: Sequence[AgreementLine], missing: Decimal) -> AgreementLine | None:
    enough = [line for line in lines if line.left >= missing]
    return enough[0] if enough else max(lines, key=lambda line: line.left, default=None)


def _whole_packs(quantity: Decimal, pack: Decimal | None) -> Decimal:
    size = pack or Decimal(1)
    return (quantity / size).to_integral_value(ROUND_CEILING) * size


def _depot_for(area_code: str, depots: Sequence[Depot]) -> Depot | None:
    here = [depot for depot in depots if depot.area_code.startswith(area_code)]
    order = {kind: place for place, kind in enumerate(TAKES_IN)}
    return min(here, key=lambda one: (len(one.area_code), order[DepotKind(one.kind)], one.pk), default=None)


def _begun(actor: Actor, items: Iterable[int]) -> dict[tuple[int, str], Decimal]:
    rows = PurchaseLine.objects.inside(actor.areas_with(policy.VIEW)).filter(item__in=items)
    rows = rows.exclude(order__status__in=OVER).filter(ordered__gt=F("received") + F("cancelled"))
    summed = rows.values_list("item_id", "area_code").annotate(Sum("ordered"), Sum("received"), Sum("cancelled"))
    return {(item, code): ordered - received - cancelled for item, code, ordered, received, cancelled in summed}


def _unreviewed(rows: ScopedQuerySet[PurchaseOrder]) -> ScopedQuerySet[PurchaseOrder]:
    return rows.filter(is_emergency=True, ordered_at__isnull=False, reviewed_at__isnull=True).exclude(
        status=PurchaseStatus.CANCELLED
    )


def _lines() -> Prefetch[str]:
    return Prefetch("lines", PurchaseLine.objects.select_related("item").order_by("id"))
