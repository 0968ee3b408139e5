"""
The rest of a request of which only a part was served: it stands open by itself, as a request of its own.

EDXL-RM knows no "partly": each request ends in one state. So the one that was sent keeps what was sent, and what
nobody committed, or what did not arrive, is asked for anew under the same words, in lists and sharings like any other.
What was asked for first is always what arrived plus what the open and closed rests ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, area_place, depot_place
from juxing.supplies.commands.outstanding import outstanding
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.receiving import require_reason
from juxing.supplies.enums import MoveKind, PlaceKind, RemainderKind, SupplyRequestStatus
from juxing.supplies.lifecycle import REQUEST
from juxing.supplies.models import Depot, SupplyRequest
from juxing.supplies.quantities import checked_quantity, plain

OPENED = journal.declare_action("supplies.request.rest", _("Rest of a request stands open"))
SUBJECT = "supplies.request"


@transaction.atomic
def open_rests(ids: Iterable[int], *, actor: Actor, now: datetime) -> list[SupplyRequest]:
    """
    Open what nobody committed of requests that were just sent; call it in the transaction that sent them.

    A request nobody said the quantity of has no rest that anybody could know.
    """
    sent = SupplyRequest.objects.select_for_update(of=("self",)).filter(pk__in=sorted(ids), quantity__isnull=False)
    parted = [row for row in sent.order_by("id") if row.quantity is not None and row.committed_quantity
              and row.committed_quantity < row.quantity]  # fmt: skip
    rests = [(row, Decimal(row.quantity or 0) - row.committed_quantity) for row in parted]
    for row in parted:
        row.quantity = row.committed_quantity
    SupplyRequest.objects.bulk_update(parted, ["quantity"])
    return _opened(rests, RemainderKind.NOT_COMMITTED, actor=actor, now=now)


@transaction.atomic
def receive_request(
    *, actor: Actor, now: datetime, request: SupplyRequest, arrived: Decimal | None = None, reason: str = "",
    back_to: Depot | None = None,
) -> SupplyRequest:  # fmt: skip
    """
    Say that the goods of a request arrived, all of them or ``arrived``; what did not arrive is asked for anew.

    What left a depot's books and did not arrive is booked as lost, or back into ``back_to``.

    Raises:
        WrongState, NotPermitted: from the table of states; also if the actor may not move stock at ``back_to``.
        InvalidInput: if more arrived than was sent, or less and nobody says why.
    """
    held = SupplyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    sent = Decimal(held.committed_quantity)
    came = sent if arrived is None else checked_quantity(arrived, field="arrived", is_zero_allowed=True)
    if came > sent:
        raise InvalidInput("more_than_sent", _("Only %(sent)s were sent.") % {"sent": plain(sent) if sent else "0"},
                           field="arrived")  # fmt: skip
    said = require_reason(reason) if came < sent else reason.replace("\x00", "").strip()[:400]
    if back_to is not None and came < sent:
        actor.require(policy.MOVE_STOCK, back_to.area_code)
    moved = REQUEST.move(held, "receive", actor=actor, now=now, reason=said, changes={"received_quantity": came})
    if came < sent:
        _book_missing(moved, sent - came, back_to, said, actor=actor, now=now)
        _opened([(moved, sent - came)], RemainderKind.NOT_ARRIVED, actor=actor, now=now)
    return moved


def _opened(
    rests: Sequence[tuple[SupplyRequest, Decimal]], kind: RemainderKind, *, actor: Actor, now: datetime
) -> list[SupplyRequest]:
    made = SupplyRequest.objects.bulk_create([
        SupplyRequest(
            uuid=uuid4(), area_code=row.area_code, organisation_id=row.organisation_id, item_id=row.item_id,
            written_item=row.written_item, specification=row.specification, mapping_confidence=row.mapping_confidence,
            is_mapping_confirmed=row.is_mapping_confirmed, quantity=rest, written_quantity=row.written_quantity,
            source=row.source, requested_on=row.requested_on, status=SupplyRequestStatus.ACCEPTED, remainder_of=row,
            remainder_kind=kind,
        )
        for row, rest in rests
    ])  # fmt: skip
    label = SupplyRequest._meta.label_lower
    journal.record_many(
        journal.Fact(OPENED, label, subject.uuid, subject.area_code,
                     changes={"rest": str(one.uuid), "quantity": str(one.quantity), "kind": kind.value})
        for (row, _rest), one in zip(rests, made, strict=True) for subject in (row, one)
    ).by(actor, happened_at=now)  # fmt: skip
    return made


def _book_missing(
    request: SupplyRequest, missing: Decimal, back_to: Depot | None, said: str, *, actor: Actor, now: datetime
) -> None:
    """Move what did not arrive on in the books, last to expire first; goods a supplier sent himself are not in them."""
    with acting(LEDGER):
        there = outstanding([request.uuid], at=PlaceKind.ORGANISATIONS).get(request.uuid, [])
        if not there:
            return
        kind = MoveKind.LOSE if back_to is None else MoveKind.RETURN
        target = area_place(PlaceKind.LOSS, request.area_code) if back_to is None else depot_place(back_to)
        lines, left = [], missing
        for one in reversed(there):
            part = min(left, one.quantity)
            if part:
                lines.append(Line(one.place, target, one.lot, part))
                left -= part
        key = f"request {request.pk} missing"
        post([Posting(kind, lines, key=key, subject=(SUBJECT, request.uuid), reason=said)], actor=actor, now=now)
