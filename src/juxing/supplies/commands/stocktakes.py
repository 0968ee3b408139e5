"""Counting: lines stand still while they are counted, then the differences are posted and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, area_place, depot_place
from juxing.supplies.commands.posting import Line, OutOfStock, Posting, post
from juxing.supplies.enums import MoveKind, PlaceKind, StocktakeStatus
from juxing.supplies.models import Depot, StockBalance, StockLevel, Stocktake, StocktakeLine, SupplyItem
from juxing.supplies.quantities import checked_quantity

STARTED = journal.declare_action("supplies.stocktake.start", _("Stocktake begun"))
POSTED = journal.declare_action("supplies.stocktake.post", _("Stocktake posted"))
GIVEN_UP = journal.declare_action("supplies.stocktake.cancel", _("Stocktake given up"))
SUBJECT = "supplies.stocktake"


@transaction.atomic
def start_stocktake(
    *, actor: Actor, now: datetime, depot: Depot, items: Sequence[SupplyItem] | None = None
) -> Stocktake:
    """
    Freeze the depot's lots of these items (None: of all) and write down what the books say of them.

    Raises:
        NotPermitted: if the actor may not move stock here.
        Refusal: if there is nothing to count, or some of it is being counted already.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    with acting(LEDGER):
        list(StockLevel.objects.select_for_update().filter(depot=depot).order_by("item_id"))
        rows = StockBalance.objects.select_for_update().filter(place=depot_place(depot)).order_by("lot_id")
        held = list(rows if items is None else rows.filter(item__in=items))
        held = [one for one in held if one.quantity or items is not None]
        if not held:
            raise Refusal("nothing_to_count", _("The books know of nothing here. Receive what you find."))
        if any(one.is_frozen for one in held):
            raise Refusal("being_counted", _("This is being counted just now. Post the count or give it up first."))
        stocktake = Stocktake.objects.create(
            area_code=depot.area_code, depot=depot, started_at=now, started_by_name=actor.name
        )
        stocktake.refresh_from_db()
        StocktakeLine.objects.bulk_create([
            StocktakeLine(area_code=depot.area_code, stocktake=stocktake, item_id=one.item_id, lot_id=one.lot_id,
                          expected=one.quantity)
            for one in held
        ])  # fmt: skip
        StockBalance.objects.filter(pk__in=[one.pk for one in held]).update(is_frozen=True)
        journal.record(STARTED, actor=actor, subject=stocktake, happened_at=now, changes={"lots": len(held)})
    return stocktake


@transaction.atomic
def write_counts(*, actor: Actor, stocktake: Stocktake, counts: Mapping[int, Decimal]) -> None:
    """
    Write what was found, by line; a line may be counted again until the stocktake is posted.

    Raises:
        NotPermitted: if the actor may not move stock here.
        Refusal: if the stocktake is over.
    """
    actor.require(policy.MOVE_STOCK, stocktake.area_code)
    _held(stocktake)
    lines = {line.pk: line for line in stocktake.lines.all()}
    for pk, counted in counts.items():
        lines[pk].counted = checked_quantity(counted, field=f"line_{pk}", is_zero_allowed=True)
    StocktakeLine.objects.bulk_update([lines[pk] for pk in counts], ["counted"])


@transaction.atomic
def post_stocktake(*, actor: Actor, now: datetime, stocktake: Stocktake) -> int:
    """
    Post the differences, let the lines move again, and return how many differed.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: if a line was not counted.
        Refusal: if less was found than is promised: promises must be released first.
    """
    actor.require(policy.MOVE_STOCK, stocktake.area_code)
    with acting(LEDGER):
        held = _held(stocktake)
        place, other = depot_place(held.depot), area_place(PlaceKind.DIFFERENCE, held.area_code)
        lines = []
        for line in held.lines.select_related("item").order_by("lot_id"):
            if line.counted is None:
                raise InvalidInput(
                    "line_not_counted", _("%(item)s is not counted yet. Write 0 where nothing is there.")
                    % {"item": line.item.name}, field=f"line_{line.pk}",
                )  # fmt: skip
            change = line.counted - line.expected
            if change > 0:
                lines.append(Line(other, place, line.lot_id, change))
            elif change:
                lines.append(Line(place, other, line.lot_id, -change))
        try:
            if lines:
                post([Posting(MoveKind.COUNT, lines, key=f"stocktake {held.pk}", subject=(SUBJECT, held.uuid))],
                     actor=actor, now=now)  # fmt: skip
        except OutOfStock as refusal:
            raise Refusal(
                "below_promised",
                _("Less was found than is promised to tasks, transfers or boxes here. Release those first."),
            ) from refusal
        _end(held, StocktakeStatus.POSTED, now=now)
        journal.record(POSTED, actor=actor, subject=held, happened_at=now, changes={"differences": len(lines)})
    return len(lines)


@transaction.atomic
def cancel_stocktake(*, actor: Actor, now: datetime, stocktake: Stocktake) -> None:
    """
    Give the count up: the books stay as they are.

    Raises:
        NotPermitted: if the actor may not move stock here.
        Refusal: if it is over already.
    """
    actor.require(policy.MOVE_STOCK, stocktake.area_code)
    with acting(LEDGER):
        held = _held(stocktake)
        _end(held, StocktakeStatus.CANCELLED, now=now)
        journal.record(GIVEN_UP, actor=actor, subject=held, happened_at=now)


def _held(stocktake: Stocktake) -> Stocktake:
    held = Stocktake.objects.select_for_update(of=("self",)).select_related("depot").get(pk=stocktake.pk)
    if held.status != StocktakeStatus.COUNTING:
        raise Refusal("stocktake_over", _("This stocktake is over. Begin a new one."))
    return held


def _end(held: Stocktake, status: StocktakeStatus, *, now: datetime) -> None:
    lots = held.lines.values("lot_id")
    StockBalance.objects.filter(place=depot_place(held.depot), lot__in=lots).update(is_frozen=False)
    Stocktake.objects.filter(pk=held.pk).update(status=status, ended_at=now)
