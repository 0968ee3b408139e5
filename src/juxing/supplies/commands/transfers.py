"""
Goods from depot to depot: promised when planned, on the way when sent, on the shelves when received.

What arrives less or more than was sent is posted as what it is, with the words of whoever counted; nothing is
adjusted in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, area_place, depot_place, lot_key, lot_of
from juxing.supplies.commands.outstanding import Outstanding, outstanding
from juxing.supplies.commands.picking import Wanted, pick
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.receiving import require_reason
from juxing.supplies.commands.stock import StockMovement, release_stock, reserve_stock
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.lifecycle import TRANSFER
from juxing.supplies.models import Depot, SupplyItem, Transfer, TransferLine
from juxing.supplies.quantities import checked_quantity

SUBJECT = "supplies.transfer"


@dataclass(frozen=True, slots=True)
class TransferWish:
    """What is to go from one depot to another; ``origin`` and ``activation_id`` as on the transfer."""

    source: Depot
    target: Depot
    goods: Sequence[tuple[SupplyItem, Decimal]]
    origin: UUID | None = None
    activation_id: int | None = None


@transaction.atomic
def plan_transfer(
    *, actor: Actor, now: datetime, source: Depot, target: Depot, goods: Sequence[tuple[SupplyItem, Decimal]],
    planned_for: date | None = None, origin: UUID | None = None, activation_id: int | None = None,
) -> Transfer:  # fmt: skip
    """
    Write down what is to go from one depot to another, and promise it at the source.

    Raises:
        NotPermitted: if the actor may neither move stock at the source nor share out there.
        OutOfStock: if the source has too little that is free.
    """
    wish = TransferWish(source, target, goods, origin, activation_id)
    return plan_transfers(actor=actor, now=now, wishes=[wish], planned_for=planned_for)[0]


@transaction.atomic
def plan_transfers(
    *, actor: Actor, now: datetime, wishes: Sequence[TransferWish], planned_for: date | None = None
) -> list[Transfer]:
    """
    Write down many transfers at once and promise all of it at the sources, all or none; as ``plan_transfer`` for each.

    The number of statements does not grow with the number of transfers.

    Raises:
        NotPermitted, OutOfStock: as ``plan_transfer``.
    """
    totals = [_checked(actor, wish) for wish in wishes]
    transfers = [
        Transfer(
            uuid=uuid4(), area_code=wish.source.area_code, target_area_code=wish.target.area_code, source=wish.source,
            target=wish.target, planned_for=planned_for, planned_at=now, origin=wish.origin,
            activation_id=wish.activation_id,
        )
        for wish in wishes
    ]  # fmt: skip
    with acting(LEDGER):
        reserve_stock(
            StockMovement(wish.source.pk, item, quantity)
            for wish, goods in zip(wishes, totals, strict=True) for item, quantity in goods.items()
        )  # fmt: skip
        Transfer.objects.bulk_create(transfers)
        TransferLine.objects.bulk_create(
            TransferLine(area_code=transfer.area_code, target_area_code=transfer.target_area_code, transfer=transfer,
                         item_id=item, planned=quantity)
            for transfer, goods in zip(transfers, totals, strict=True) for item, quantity in sorted(goods.items())
        )  # fmt: skip
    return transfers


@transaction.atomic
def send_transfer(
    *, actor: Actor, now: datetime, transfer: Transfer, quantities: Mapping[str, Decimal] | None = None
) -> Transfer:
    """
    Book the goods as under way; ``quantities`` by item code where less leaves than was planned.

    Raises:
        WrongState, NotPermitted: from the table of states.
        InvalidInput: if more than planned is said to leave, or nothing at all.
        OutOfStock: if what was promised has expired meanwhile.
    """
    with acting(LEDGER):
        moved = TRANSFER.move(transfer, "send", actor=actor, now=now, changes={"sent_at": now})
        lines = list(moved.lines.select_related("item").order_by("item_id"))
        leaving = {line.item_id: _leaving(line, quantities) for line in lines}
        if not any(leaving.values()):
            raise InvalidInput("nothing_leaves", _("Nothing leaves. Give the transfer up instead."))
        _release(moved)
        place, transit = depot_place(moved.source), depot_place(moved.target, PlaceKind.TRANSIT)
        wanted = [Wanted(place, line.item_id, leaving[line.item_id], moved.target.area_code)
                  for line in lines if leaving[line.item_id]]  # fmt: skip
        picked = pick(wanted, today=localdate(now))
        rows = [Line(place, transit, lot, part) for parts in picked for lot, part in parts]
        post([Posting(MoveKind.SEND, rows, subject=(SUBJECT, moved.uuid))], actor=actor, now=now)
        for line in lines:
            line.sent = leaving[line.item_id]
        TransferLine.objects.bulk_update(lines, ["sent"])
    return moved


@transaction.atomic
def receive_transfer(
    *, actor: Actor, now: datetime, transfer: Transfer, quantities: Mapping[str, Decimal], explanation: str = ""
) -> Transfer:
    """
    Book what arrived, by item code; what is missing is booked as lost, what is too much as found.

    Raises:
        WrongState, NotPermitted: from the table of states.
        InvalidInput: if less or more arrived than was sent and nobody says why.
    """
    with acting(LEDGER):
        Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)  # what is just being sent counts
        lines = list(transfer.lines.select_related("item").order_by("item_id"))
        arrived = {line.item_id: _arrived(line, quantities) for line in lines}
        said = explanation.strip()[:400]
        if any(arrived[line.item_id] != line.sent for line in lines):
            said = _explained(lines, arrived, explanation)
        moved = TRANSFER.move(
            transfer, "receive", actor=actor, now=now, reason=said,
            changes={"received_at": now, "difference_explained": said},
        )  # fmt: skip
        on_the_way: defaultdict[int, list[Outstanding]] = defaultdict(list)
        for one in outstanding([moved.uuid], at=PlaceKind.TRANSIT).get(moved.uuid, []):
            on_the_way[one.item].append(one)
        postings = [
            posting
            for line in lines
            for posting in _arrival(moved, line, arrived[line.item_id], on_the_way[line.item_id], said)
        ]
        post(postings, actor=actor, now=now)
        for line in lines:
            line.received = arrived[line.item_id]
        TransferLine.objects.bulk_update(lines, ["received"])
    return moved


@transaction.atomic
def cancel_transfer(*, actor: Actor, now: datetime, transfer: Transfer, reason: str) -> Transfer:
    """
    Give a planned transfer up; its goods are free again.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    said = require_reason(reason)
    with acting(LEDGER):
        moved = TRANSFER.move(transfer, "cancel", actor=actor, now=now, reason=said)
        _release(moved)
    return moved


@transaction.atomic
def cancel_transfers(*, actor: Actor, now: datetime, transfers: Sequence[Transfer], reason: str) -> int:
    """
    Give many planned transfers up at once; return how many. Those somebody is just sending are left to them.

    Raises:
        NotPermitted: from the table of states.
    """
    said = require_reason(reason)
    if not all(TRANSFER["cancel"].allowed(actor, transfer) for transfer in transfers):
        raise NotPermitted
    if not transfers:
        return 0
    with acting(LEDGER):
        moved = TRANSFER.move_many([one.pk for one in transfers], "cancel", actor=actor, now=now, reason=said)
        held = TransferLine.objects.filter(transfer__in=moved, is_promised=True)
        release_stock(
            StockMovement(depot, item, planned)
            for depot, item, planned in held.values_list("transfer__source_id", "item_id", "planned")
        )
        held.update(is_promised=False)
    return len(moved)


def promised_to_transfers() -> dict[tuple[int, int], Decimal]:
    """Return what planned transfers hold of the stock, by depot and item."""
    rows = TransferLine.objects.filter(is_promised=True).values_list("transfer__source_id", "item_id")
    return {(depot, item): quantity for depot, item, quantity in rows.annotate(Sum("planned"))}


def _checked(actor: Actor, wish: TransferWish) -> dict[int, Decimal]:
    """Return how much of each item is wished, if the actor may and it makes sense."""
    place = wish.source.area_code
    if not (actor.may(policy.MOVE_STOCK, place) or actor.may(policy.SHARE_OUT, place)):
        raise NotPermitted
    if wish.source.pk == wish.target.pk:
        raise InvalidInput("same_depot", _("Choose another depot to send to."), field="target")
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for item, quantity in wish.goods:
        totals[item.pk] += checked_quantity(quantity)
    return totals


def _release(transfer: Transfer) -> None:
    held = list(transfer.lines.filter(is_promised=True).order_by("item_id"))
    release_stock(StockMovement(transfer.source_id, line.item_id, line.planned) for line in held)
    transfer.lines.update(is_promised=False)


def _leaving(line: TransferLine, quantities: Mapping[str, Decimal] | None) -> Decimal:
    if quantities is None or line.item.code not in quantities:
        return Decimal(line.planned)
    leaving = checked_quantity(quantities[line.item.code], field=f"quantity_{line.item.code}", is_zero_allowed=True)
    if leaving > line.planned:
        raise InvalidInput(
            "more_than_planned", _("Only %(planned)s were planned and promised. Plan another transfer for the rest.")
            % {"planned": f"{line.planned.normalize():,f}"}, field=f"quantity_{line.item.code}",
        )  # fmt: skip
    return leaving


def _arrived(line: TransferLine, quantities: Mapping[str, Decimal]) -> Decimal:
    if line.item.code not in quantities:
        return Decimal(line.sent)
    return checked_quantity(quantities[line.item.code], field=f"quantity_{line.item.code}", is_zero_allowed=True)


def _explained(lines: Sequence[TransferLine], arrived: Mapping[int, Decimal], explanation: str) -> str:
    said = explanation.replace("\x00", "").strip()[:400]
    if len(said) > 1:
        return said
    line = next(line for line in lines if arrived[line.item_id] != line.sent)
    shown = {"item": line.item.name, "sent": f"{line.sent.normalize():,f}",
             "arrived": f"{arrived[line.item_id].normalize():,f}" if arrived[line.item_id] else "0"}  # fmt: skip
    words = (
        _("%(item)s: %(sent)s were sent, %(arrived)s arrived. Count again; if it is so, say what became of the rest.")
        if arrived[line.item_id] < line.sent
        else _(
            "%(item)s: only %(sent)s were sent, %(arrived)s arrived. Count again; if it is so, say whence they come."
        )
    )
    raise InvalidInput("difference_unexplained", words % shown, field="explanation")


def _arrival(
    transfer: Transfer, line: TransferLine, arrived: Decimal, on_the_way: Sequence[Outstanding], said: str
) -> list[Posting]:
    shelf, subject = depot_place(transfer.target), (SUBJECT, transfer.uuid)
    came, missing, left = [], [], arrived
    for one in on_the_way:
        part = min(left, one.quantity)
        left -= part
        if part:
            came.append(Line(one.place, shelf, one.lot, part))
        if part < one.quantity:
            loss = area_place(PlaceKind.LOSS, transfer.target_area_code)
            missing.append(Line(one.place, loss, one.lot, one.quantity - part))
    postings = [Posting(MoveKind.ARRIVE, came, subject=subject)] if came else []
    if missing:
        postings.append(Posting(MoveKind.LOSE, missing, subject=subject, reason=said))
    if left:
        found = area_place(PlaceKind.DIFFERENCE, transfer.target_area_code)
        lot = on_the_way[0].lot if on_the_way else lot_of(lot_key(line.item))
        postings.append(Posting(MoveKind.COUNT, [Line(found, shelf, lot, left)], subject=subject, reason=said))
    return postings
