"""
Goods of a purchase at the door: what is good goes onto the shelves, from the supplier's account of the ledger.

What is wrong, spoilt or false is written down and goes back with the driver: it never was ours, so the ledger does not
know it. More than was ordered is taken only by somebody who says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.supplies import policy
from juxing.supplies.commands.accounts import area_place, depot_place, lot_key, lots_of
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.receiving import A_MOMENT, BOOKED_JUST_NOW
from juxing.supplies.enums import TAKEN_IN, DeliveryFinding, MoveKind, PlaceKind
from juxing.supplies.lifecycle import PURCHASE, UNDER_WAY
from juxing.supplies.models import PurchaseDelivery, PurchaseDeliveryLine, PurchaseLine, PurchaseOrder
from juxing.supplies.quantities import checked_quantity, plain

SUBJECT = "supplies.purchase"
REFUSED = journal.declare_action("supplies.purchase.refuse", _("Goods of a purchase sent back at the door"))
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Came:
    """So much of a line came, and what was found of it; ``words`` say why it goes back or is taken all the same."""

    line_id: int
    quantity: Decimal
    finding: DeliveryFinding = DeliveryFinding.GOOD
    lot_number: str = ""
    expires_on: date | None = None
    words: str = ""


@transaction.atomic
def receive_purchase(
    *, actor: Actor, now: datetime, order: PurchaseOrder, uuid: UUID, came: Sequence[Came], paper: str = "",
    takes_more: bool = False, is_another: bool = False,
) -> PurchaseDelivery:  # fmt: skip
    """
    Book one delivery, in part or whole; sent twice under the same ``uuid`` it is booked once.

    With ``takes_more`` what is good beyond the order is taken in as that, not refused. Exactly the same within half an
    hour under another ``uuid`` is asked about, unless ``is_another`` says that it came once more.

    Raises:
        NotPermitted: if the actor may not move stock here.
        WrongState: unless the purchase is ordered and not complete.
        InvalidInput: if nothing came, more came than is outstanding and nobody says so, goods are expired, or no
            words say why something goes back, or the same was booked a moment ago.
        Refusal: if this delivery was sent before with other contents.
    """
    actor.require(policy.MOVE_STOCK, order.area_code)
    held = PurchaseOrder.objects.select_for_update(of=("self",)).select_related("depot").get(pk=order.pk)
    said, digest = paper.replace("\x00", "").strip()[:60], _digest(held, came, paper)
    known = PurchaseDelivery.objects.filter(uuid=uuid).first()
    if known is not None:
        if known.digest != digest:
            raise Refusal("delivery_differs", _("This delivery was sent before with other contents. Begin anew."))
        return known
    again = PurchaseDelivery.objects.filter(order=held, digest=digest, delivered_at__gt=now - A_MOMENT).last()
    if again is not None and not is_another:
        raise InvalidInput("booked_just_now", BOOKED_JUST_NOW % {"at": f"{localtime(again.delivered_at):%H:%M}"})
    if held.status not in UNDER_WAY:
        raise WrongState("wrong_state", _("Nothing of this purchase is expected. Look at it again."))
    lines = {line.pk: line for line in held.lines.select_for_update(of=("self",)).select_related("item").order_by("id")}
    rows = _checked(lines, _split(lines, came) if takes_more else came, now=now)
    delivery = PurchaseDelivery.objects.create(
        area_code=held.area_code, uuid=uuid, order=held, paper=said, digest=digest, delivered_at=now,
        received_by_name=actor.name,
    )  # fmt: skip
    PurchaseDeliveryLine.objects.bulk_create([
        PurchaseDeliveryLine(
            area_code=held.area_code, delivery=delivery, line_id=one.line_id, finding=one.finding,
            quantity=one.quantity, lot_number=one.lot_number, expires_on=one.expires_on, words=one.words,
        )
        for one in rows
    ])  # fmt: skip
    _count(lines, rows)
    _book(held, delivery, lines, [one for one in rows if one.finding in TAKEN_IN], actor=actor, now=now)
    _move_on(held, list(lines.values()), rows, actor=actor, now=now)
    return delivery


def _split(lines: dict[int, PurchaseLine], came: Sequence[Came]) -> list[Came]:
    """Return the same goods, those beyond what is outstanding as such."""
    left, rows = {pk: line.outstanding for pk, line in lines.items()}, []
    for one in came:
        if one.finding != DeliveryFinding.GOOD or not one.quantity.is_finite():
            rows.append(one)
            continue
        part = min(one.quantity, left.get(one.line_id, Decimal(0)))
        left[one.line_id] = left.get(one.line_id, Decimal(0)) - part
        if part:
            rows.append(replace(one, quantity=part))
        if one.quantity > part:
            words = one.words or str(DeliveryFinding.OVER.label)
            rows.append(replace(one, quantity=one.quantity - part, finding=DeliveryFinding.OVER, words=words))
    return rows


def _checked(lines: dict[int, PurchaseLine], came: Sequence[Came], *, now: datetime) -> list[Came]:
    if not 1 <= len(came) <= MOST_ROWS:
        raise InvalidInput("nothing_came", _("Write how much came of at least one line."))
    rows = [_row(lines, one, now=now) for one in came]
    for line in lines.values():
        good = sum((one.quantity for one in rows if one.line_id == line.pk and one.finding == DeliveryFinding.GOOD),
                   Decimal(0))  # fmt: skip
        if good > line.outstanding:
            raise InvalidInput(
                "more_than_ordered",
                _("%(item)s: only %(left)s are outstanding, %(good)s came. Send the rest back, or say below that it is "
                  "taken all the same.")
                % {"item": line.item.name, "left": plain(line.outstanding) if line.outstanding else "0",
                   "good": plain(good)},
                field=f"good_{line.pk}",
            )  # fmt: skip
    return rows


def _row(lines: dict[int, PurchaseLine], one: Came, *, now: datetime) -> Came:
    line = lines.get(one.line_id)
    if line is None:
        raise InvalidInput("line_unknown", _("Choose one of the lines."))
    is_in, words = one.finding in TAKEN_IN, one.words.replace("\x00", "").strip()[:400]
    field = f"good_{line.pk}" if is_in else f"back_{line.pk}"
    quantity = checked_quantity(one.quantity, field=field)
    if is_in and one.expires_on is not None and one.expires_on < localdate(now):
        raise InvalidInput(
            "lot_expired", _("%(item)s expired on %(date)s. Send it back.")
            % {"item": line.item.name, "date": one.expires_on.isoformat()}, field=f"expires_{line.pk}",
        )  # fmt: skip
    if one.finding != DeliveryFinding.GOOD and len(words) < 2:
        raise InvalidInput(
            "delivery_unexplained", _("%(item)s: write what was found.") % {"item": line.item.name},
            field=f"words_{line.pk}",
        )  # fmt: skip
    return Came(line.pk, quantity, DeliveryFinding(one.finding), one.lot_number.strip()[:40], one.expires_on, words)


def _count(lines: dict[int, PurchaseLine], rows: Sequence[Came]) -> None:
    for one in rows:
        column = {DeliveryFinding.GOOD: "received", DeliveryFinding.OVER: "over"}.get(one.finding, "refused")
        line = lines[one.line_id]
        setattr(line, column, getattr(line, column) + one.quantity)
    PurchaseLine.objects.bulk_update(lines.values(), ["received", "over", "refused"])


def _book(
    order: PurchaseOrder, delivery: PurchaseDelivery, lines: dict[int, PurchaseLine], rows: Sequence[Came], *,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    if not rows:
        return
    keys = [lot_key(lines[one.line_id].item, number=one.lot_number, expires_on=one.expires_on) for one in rows]
    source, shelf = area_place(PlaceKind.SUPPLIER, order.area_code), depot_place(order.depot)
    moved = [Line(source, shelf, lot, one.quantity) for lot, one in zip(lots_of(keys), rows, strict=True)]
    words = " · ".join(filter(None, (order.number, order.supplier_name, delivery.paper)))
    posting = Posting(
        MoveKind.RECEIVE, moved, key=f"purchase {delivery.uuid}", subject=(SUBJECT, order.uuid), reason=words
    )
    post([posting], actor=actor, now=now)


def _move_on(
    order: PurchaseOrder, lines: Sequence[PurchaseLine], rows: Sequence[Came], *, actor: Actor, now: datetime
) -> None:
    if not any(one.finding in TAKEN_IN for one in rows):
        words = "; ".join(f"{one.finding.label}: {one.words}" for one in rows)[:400]
        journal.record(REFUSED, actor=actor, subject=order, happened_at=now, reason=words)
        return
    step = "receive_part" if any(line.outstanding for line in lines) else "receive_all"
    PURCHASE.move(order, step, actor=actor, now=now)


def _digest(order: PurchaseOrder, came: Sequence[Came], paper: str) -> str:
    said = sorted(
        (one.line_id, f"{one.quantity:.3f}", str(one.finding), one.lot_number, str(one.expires_on), one.words)
        for one in came
    )
    return hashlib.sha256(repr((order.pk, paper, said)).encode()).hexdigest()[:32]
