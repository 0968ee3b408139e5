"""What a storekeeper writes down: goods that came in, what was counted, what is spoilt or gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, area_place, depot_place, lot_key, lot_of
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.models import Depot, StockBalance, StockEntry, StockLevel, StockLot, SupplyItem
from juxing.supplies.quantities import asked_if_it_keeps_too_long, asked_if_unusual, checked_quantity
from juxing.supplies.queries.usual import usual_quantity

RECEIVED = journal.declare_action("supplies.stock.receive", _("Goods received into stock"))
CORRECTED = journal.declare_action("supplies.stock.correct", _("Stock corrected after counting"))
REMOVED = journal.declare_action("supplies.stock.remove", _("Stock written off or lost"))
SHORTEST_REASON = 2
A_MOMENT = timedelta(minutes=30)
BOOKED_JUST_NOW = _(
    "Exactly this was booked at %(at)s. If the page did not answer then, it is done: do not send it again. If the same "
    "came once more, say so below."
)
REMOVALS = {PlaceKind.WRITE_OFF: MoveKind.WRITE_OFF, PlaceKind.LOSS: MoveKind.LOSE}


@transaction.atomic
def receive_stock(
    *, actor: Actor, now: datetime, depot: Depot, item: SupplyItem, quantity: Decimal, reason: str = "",
    lot_number: str = "", expires_on: date | None = None, source: PlaceKind = PlaceKind.SUPPLIER,
    is_sure: bool = False, key: str | None = None,
) -> StockLevel:  # fmt: skip
    """
    Add what came in, in the item's unit; ``reason`` says from whom or with which paper.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: if the quantity is not positive or beyond belief, the goods are expired, or quantity or use-by
            date are so unusual that someone should look twice, or the same came a moment ago, and nobody said
            ``is_sure``.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    quantity = checked_quantity(quantity)
    require_fresh(expires_on, now=now)
    if not is_sure:
        asked_if_unusual(quantity, usual=usual_quantity(item), unit=item.unit_label)
        asked_if_it_keeps_too_long(
            expires_on, shelf_life_days=item.shelf_life_days, today=localdate(now), item=item.name
        )
    kept = StockLevel.objects.filter(depot=depot, item=item).first()
    checked_quantity(quantity + (kept.on_hand if kept else 0))
    lot = lot_of(lot_key(item, number=lot_number, expires_on=expires_on))
    if not is_sure and key is None:
        _ask_if_again(depot_place(depot), lot, quantity, now=now)
    line = Line(area_place(source, depot.area_code), depot_place(depot), lot, quantity)
    kind = MoveKind.OPEN if source == PlaceKind.OPENING else MoveKind.RECEIVE
    if post([Posting(kind, [line], key=key, reason=reason)], actor=actor, now=now):
        journal.record(
            RECEIVED, actor=actor, subject=depot, happened_at=now, reason=reason[:400],
            changes={"item": item.code, "quantity": str(quantity)},
        )  # fmt: skip
    return StockLevel.objects.select_related("depot", "item").get(depot=depot, item=item)


@transaction.atomic
def set_minimum(*, actor: Actor, level: StockLevel, minimum: Decimal) -> None:
    """
    Set the minimum to keep (最低储备).

    Raises:
        NotPermitted: if the actor may not move stock here.
    """
    actor.require(policy.MOVE_STOCK, level.area_code)
    kept = checked_quantity(minimum, field="minimum", is_zero_allowed=True)
    StockLevel.objects.filter(pk=level.pk).update(min_quantity=kept)


@transaction.atomic
def correct_stock(
    *, actor: Actor, now: datetime, level: StockLevel, counted: Decimal, minimum: Decimal | None = None, reason: str
) -> StockLevel:
    """
    Post the difference to what was counted of an item that lies in one lot; a stocktake counts several.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: without a reason, or if less was counted than is promised to someone.
        Refusal: if the item lies in several lots.
    """
    actor.require(policy.MOVE_STOCK, level.area_code)
    said = require_reason(reason)
    counted = checked_quantity(counted, field="counted", is_zero_allowed=True)
    if minimum is not None:
        set_minimum(actor=actor, level=level, minimum=minimum)
    held = StockLevel.objects.select_for_update(of=("self",)).select_related("depot", "item").get(pk=level.pk)
    if counted < held.reserved:
        raise InvalidInput(
            "below_promised",
            _("%(reserved)s of this are promised to people. Release those promises first.")
            % {"reserved": f"{held.reserved.normalize():f}"},
            field="counted",
        )
    change = counted - held.on_hand
    if change:
        post([Posting(MoveKind.COUNT, [_difference(held, change)], reason=said)], actor=actor, now=now)
        journal.record(
            CORRECTED, actor=actor, subject=held.depot, happened_at=now, reason=said,
            changes={"item": held.item.code, "from": str(held.on_hand), "to": str(counted)},
        )  # fmt: skip
    return StockLevel.objects.select_related("depot", "item").get(pk=level.pk)


@transaction.atomic
def remove_stock(
    *, actor: Actor, now: datetime, depot: Depot, lot: StockLot, quantity: Decimal, to: PlaceKind, reason: str,
    key: str | None = None,
) -> None:  # fmt: skip
    """
    Take goods off the shelves for good: written off (spoilt, expired) or lost.

    What was set aside is taken first.

    Raises:
        NotPermitted: if the actor may not move stock here.
        OutOfStock: if there is not as much that nobody was promised.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    said, left = require_reason(reason), checked_quantity(quantity)
    target, lines = area_place(to, depot.area_code), []
    for kind in (PlaceKind.SET_ASIDE, PlaceKind.DEPOT):
        place = depot_place(depot, kind)
        there = _balance(place, lot.pk)
        part = min(left, there) if kind == PlaceKind.SET_ASIDE else left
        if part > 0:
            lines.append(Line(place, target, lot.pk, part))
            left -= part
    if post([Posting(REMOVALS[to], lines, key=key, reason=said)], actor=actor, now=now):
        journal.record(
            REMOVED, actor=actor, subject=depot, happened_at=now, reason=said,
            changes={"item": lot.item.code, "quantity": str(quantity), "to": to.value},
        )  # fmt: skip


def _ask_if_again(place: int, lot: int, quantity: Decimal, *, now: datetime) -> None:
    """Ask whether goods came once more, or only the answer got lost on the way back to the phone."""
    with acting(LEDGER):
        same = StockEntry.objects.filter(
            lot=lot, place=place, kind=MoveKind.RECEIVE, quantity=quantity, happened_at__gt=now - A_MOMENT,
            happened_at__lte=now,
        ).order_by("-id").first()  # fmt: skip
    if same is not None:
        raise InvalidInput("booked_just_now", BOOKED_JUST_NOW % {"at": f"{localtime(same.happened_at):%H:%M}"})


def require_reason(reason: str) -> str:
    """Return what was said, or refuse silence."""
    said = reason.replace("\x00", "").strip()[:400]
    if len(said) < SHORTEST_REASON:
        raise InvalidInput("reason_missing", _("Write why: it stays in the journal."), field="reason")
    return said


def require_fresh(expires_on: date | None, *, now: datetime) -> None:
    """Refuse goods that may not be handed out any more."""
    if expires_on is not None and expires_on < localdate(now):
        raise InvalidInput(
            "lot_expired", _("These goods expired on %(date)s. Refuse them, or take them to be disposed of.")
            % {"date": expires_on.isoformat()}, field="expires_on",
        )  # fmt: skip


def _difference(held: StockLevel, change: Decimal) -> Line:
    place, other = depot_place(held.depot), area_place(PlaceKind.DIFFERENCE, held.area_code)
    with acting(LEDGER):
        lots = list(StockBalance.objects.filter(place=place, item=held.item, quantity__gt=0).values_list("lot_id")[:2])
    if len(lots) > 1:
        raise Refusal(
            "several_lots", _("This lies in several lots. Begin a stocktake, so that each is counted."), field="counted"
        )
    lot = lots[0][0] if lots else lot_of(lot_key(held.item))
    return Line(other, place, lot, change) if change > 0 else Line(place, other, lot, -change)


def _balance(place: int, lot: int) -> Decimal:
    with acting(LEDGER):
        found = StockBalance.objects.filter(place=place, lot=lot).values_list("quantity", flat=True).first()
    return found or Decimal(0)
