"""
Conversion of this room: goods a plan wants held ready are brought to each community, and what is left comes back.

What lies in a community's depots counts as there. The rest is planned as transfers from the street's stations, whose
stock is promised until they leave; people send and receive them. What the street does not have is said as a shortage,
with who could fill it. Asked again, only what differs is changed: what is on its way or has arrived stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.areas import Areas
from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    OpenItem,
    Shortage,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.refusals import Words
from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH, LEDGER
from juxing.supplies.commands.bringing_back import still_to_return
from juxing.supplies.commands.stock import lock_goods
from juxing.supplies.commands.transfers import TransferWish, cancel_transfers, plan_transfers
from juxing.supplies.days_of_supply import wanted_for
from juxing.supplies.enums import TransferStatus
from juxing.supplies.models import Depot, StockLevel, SupplyItem, Transfer, TransferLine
from juxing.supplies.queries.claims import counts_by_community

GOODS, NO_GOODS, NO_DEPOT, NO_ITEM = "goods", "no_goods", "no_depot", "no_item"
UNDER_WAY, NOT_RETURNED = "under_way", "not_returned"
STREET_LENGTH = 9
FILLERS_NAMED = 3
UNDER_WAY_STATES = (TransferStatus.PLANNED, TransferStatus.SENT)


@dataclass(frozen=True, slots=True)
class Bringing:
    """What one line of the plan needs in one community: ``sent`` says from which depot how much more would come."""

    key: str
    row: Mapping[str, Any]
    place: str
    item: SupplyItem | None
    target: Depot | None
    wanted: int
    there: int
    sent: Sequence[tuple[Depot, Decimal]]

    @property
    def coming(self) -> int:
        """How much would be brought."""
        return int(sum(quantity for _depot, quantity in self.sent))

    @property
    def facts(self) -> dict[str, Any]:
        """What the preview says of it."""
        unit = self.item.unit if self.item else ""
        return {"title": self.row["title"], "title_en": self.row.get("title_en", ""), "unit": unit,
                "days": int(self.row["days"]), "wanted": self.wanted, "there": self.there}  # fmt: skip


def preview_goods(order: ConversionOrder) -> StepPreview:
    """Return what would be brought to each community, and what the street is short of, with who has some."""
    changes, shortages = [], []
    with acting(LEDGER):
        brought = _choose(order)
        others = _elsewhere(order, [one.item.pk for one in brought if one.item])
    for one in brought:
        if one.coming:
            changes.append(Change(one.key, GOODS, one.place, one.coming, one.facts))
        found = one.there + one.coming
        if found < one.wanted:
            kind = NO_ITEM if one.item is None else NO_GOODS if one.target else NO_DEPOT
            fillers = others.get(one.item.pk, ()) if one.item else ()
            shortages.append(Shortage(one.key, kind, one.place, one.wanted, found, one.facts, tuple(fillers)))
    return StepPreview(tuple(changes), tuple(shortages))


def convert(order: ConversionOrder) -> Counts:
    """Plan the transfers; those of this activation that nobody wants any more, or otherwise, are given up first."""
    with acting(LEDGER):
        _lock(order)
        wanted: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(dict)
        depots: dict[int, Depot] = {}
        for one in _choose(order):
            if one.item is None or one.target is None or not order.edits.keeps(one.key):
                continue
            for source, quantity in one.sent:
                goods = wanted[source.pk, one.target.pk]
                goods[one.item.pk] = goods.get(one.item.pk, Decimal(0)) + quantity
                depots |= {source.pk: source, one.target.pk: one.target}
        kept, unwanted = set(), []
        for transfer in _own(order, TransferStatus.PLANNED):
            ends = (transfer.source_id, transfer.target_id)
            if {line.item_id: line.planned for line in transfer.lines.all()} == wanted.get(ends):
                kept.add(ends)
            else:
                unwanted.append(transfer)
        given_up = cancel_transfers(
            actor=order.actor, now=order.now, transfers=unwanted, reason=str(_("No longer wanted"))
        )
        items = SupplyItem.objects.in_bulk({item for goods in wanted.values() for item in goods})
        fresh = sorted(set(wanted) - kept)
        wishes = [
            TransferWish(
                depots[ends[0]], depots[ends[1]],
                [(items[item], quantity) for item, quantity in sorted(wanted[ends].items())],
                activation_id=order.activation_id,
            )
            for ends in fresh
        ]  # fmt: skip
        plan_transfers(actor=order.actor, now=order.now, wishes=wishes, planned_for=localdate(order.now))
    return {"transfers": len(fresh), "unchanged": len(kept), "given_up": given_up}


def revert(order: ConversionOrder) -> Counts:
    """Give up what has not left, and plan the way back of what was brought and still lies there free."""
    with acting(LEDGER):
        _lock(order)
        planned = _own(order, TransferStatus.PLANNED)
        given_up = cancel_transfers(
            actor=order.actor, now=order.now, transfers=planned, reason=str(_("The response ended"))
        )
        wishes = [
            TransferWish(transfer.target, transfer.source, goods, transfer.uuid, order.activation_id)
            for transfer, goods in still_to_return(_own(order, TransferStatus.RECEIVED))
        ]
        plan_transfers(actor=order.actor, now=order.now, wishes=wishes, planned_for=localdate(order.now))
    return {"given_up": given_up, "returning": len(wishes)}


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many deliveries are still under way, and how many kinds of goods lie out that would be sent back."""
    with acting(LEDGER):
        on_the_way = len(_own(order, TransferStatus.SENT))
        received = _own(order, TransferStatus.RECEIVED)
        out = sum(len(goods) for _transfer, goods in still_to_return(received))
    found = [OpenItem(UNDER_WAY, order.street, on_the_way)] if on_the_way else []
    return [*found, OpenItem(NOT_RETURNED, order.street, out)] if out else found


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line of the preview in words."""
    if kind == UNDER_WAY:
        return _("Deliveries that are still under way")
    if kind == NOT_RETURNED:
        return _("Goods brought for the response that have not been sent back")
    shown = {"title": titled(facts), "days": facts.get("days", 0)}
    if kind == NO_ITEM:
        return _("%(title)s: not in the catalogue") % shown
    if kind == NO_DEPOT:
        return _("%(title)s: no depot in this community") % shown
    return _("%(title)s for %(days)s days") % shown


def _choose(order: ConversionOrder) -> list[Bringing]:
    """Return what each line means in each community; the street's stations give in the order of the plan."""
    rows = order.rows("goods")
    if not rows:
        return []
    counts = counts_by_community(order.areas, {str(row["for_each"]) for row in rows})
    items = {item.code: item for item in SupplyItem.objects.filter(code__in={row["item"] for row in rows})}
    depots = _depots(order)
    free = _free(order, [item.pk for item in items.values()])
    brought: list[Bringing] = []
    for row in rows:
        item = items.get(str(row["item"]))
        per_head = Decimal(str(row["quantity"]))
        for place, number in sorted(counts[str(row["for_each"])].items()):
            key = f"{row['code']}:{place}"
            wanted = order.edits.quantity(key, int(wanted_for(per_head * number, int(row["days"]))))
            if wanted <= 0:
                continue
            here = [depot for depot in depots if depot.area_code.startswith(place)]
            there = sum((free[depot.pk, item.pk] for depot in here), Decimal(0)) if item else Decimal(0)
            sent = _from_stations(depots, item, Decimal(wanted) - there, free) if item and here else []
            brought.append(Bringing(key, row, place, item, here[0] if here else None, wanted, int(there), sent))
    return brought


def _from_stations(
    depots: Sequence[Depot], item: SupplyItem, missing: Decimal, free: dict[tuple[int, int], Decimal]
) -> list[tuple[Depot, Decimal]]:
    """Return how much each depot of the street that belongs to no community gives; it is no longer free after that."""
    sent = []
    for depot in depots:
        if len(depot.area_code) >= COMMUNITY_LENGTH:
            continue
        part = min(max(missing, Decimal(0)), free[depot.pk, item.pk]).to_integral_value(rounding="ROUND_FLOOR")
        if part > 0:
            sent.append((depot, part))
            free[depot.pk, item.pk] -= part
            missing -= part
    return sent


def _depots(order: ConversionOrder) -> list[Depot]:
    return list(Depot.objects.inside(Areas([order.street])).order_by("id"))


def _free(order: ConversionOrder, items: Sequence[int]) -> defaultdict[tuple[int, int], Decimal]:
    """
    Return what is free in the street by depot and item.

    What this activation has promised counts as free where it lies, so that the same is chosen again; what it has
    under way counts as there.
    """
    levels = StockLevel.objects.inside(Areas([order.street])).filter(item__in=items)
    found: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for depot, item, on_hand, reserved in levels.values_list("depot_id", "item_id", "on_hand", "reserved"):
        found[depot, item] = on_hand - reserved
    lines = TransferLine.objects.filter(transfer__in=_own(order, *UNDER_WAY_STATES), item__in=items)
    for status, source, target, item, planned, sent in lines.values_list(
        "transfer__status", "transfer__source_id", "transfer__target_id", "item_id", "planned", "sent"
    ):
        if status == TransferStatus.PLANNED:
            found[source, item] += planned
        else:
            found[target, item] += sent
    return found


def _lock(order: ConversionOrder) -> None:
    """Lock the street's goods that deliveries may touch before the first is planned or given up."""
    codes = {str(row["item"]) for row in order.rows("goods")}
    own = TransferLine.objects.filter(transfer__activation_id=order.activation_id).values_list("item_id", flat=True)
    items = {*SupplyItem.objects.filter(code__in=codes).values_list("pk", flat=True), *own}
    lock_goods((depot.pk for depot in _depots(order)), items)


def _own(order: ConversionOrder, *states: str) -> list[Transfer]:
    """Return the activation's deliveries to these places, not its returns, in these states."""
    rows = Transfer.objects.filter(activation_id=order.activation_id, origin__isnull=True, status__in=states)
    return list(
        rows.filter(order.areas.condition("target_area_code"))
        .select_related("source", "target").prefetch_related("lines").order_by("id")
    )  # fmt: skip


def _elsewhere(order: ConversionOrder, items: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Return by item which places outside the street have most of it free, those of the same district first."""
    wanted = tuple(sorted(set(items)))
    district, street = order.street[:6], Areas([order.street])
    return {
        item: sorted(
            (place for place in places if place[0] not in street),
            key=lambda one: (not one[0].startswith(district), -one[1], one[0]),
        )[:FILLERS_NAMED]
        for item, places in order.once(("supplies.free", wanted), lambda: _spare(wanted)).items()
    }


def _spare(items: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Return by item what is free in each place that has some."""
    rows = StockLevel.objects.filter(item__in=items, on_hand__gt=0).order_by()
    totals = rows.values_list("item_id", "area_code").annotate(Sum("on_hand"), Sum("reserved"))
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for item, code, on_hand, reserved in totals:
        if on_hand > reserved:
            found[item].append((code, int(on_hand - reserved)))
    return found


declare_step(
    ConversionStep(
        code="supplies.goods", label=_("Goods brought to the communities"), order=70, parts=frozenset({"goods"}),
        preview=preview_goods, convert=convert, revert=revert, describe=describe, open_items=open_items,
        has_numbers=True,
    )
)  # fmt: skip
