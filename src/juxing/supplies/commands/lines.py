"""What people decide about single lines: what the words mean, how much is meant, and where a request stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies import policy
from juxing.supplies.commands.remainders import open_rests, receive_request
from juxing.supplies.lifecycle import OPEN, REQUEST
from juxing.supplies.models import AllocationLine, SupplyItem, SupplyOffer, SupplyRequest
from juxing.supplies.quantities import checked_quantity

CONFIRMED = journal.declare_action("supplies.line.confirm_meaning", _("Meaning of the written words confirmed"))
STATED = journal.declare_action("supplies.line.state_quantity", _("Quantity stated"))
NEEDS_REASON = frozenset({"decline", "cancel"})
STEPS = ("accept", "decline", "dispatch", "receive", "cancel")
"""What a person does to one request; goods are committed by signing a sharing only."""


@transaction.atomic
def confirm_meaning(
    *, actor: Actor, now: datetime, written_item: str, specification: str, item: SupplyItem | None
) -> int:
    """
    Say what these written words mean on every open line that has them and lies in the actor's places; return how many.

    ``item`` None says that the catalogue has nothing like it. Lines that someone settled before are left alone.

    Raises:
        NotPermitted: if the actor may not say so anywhere.
    """
    areas = actor.areas_with(policy.RECORD)
    if not areas:
        raise NotPermitted
    facts: list[journal.Fact] = []
    for model in (SupplyRequest, SupplyOffer):
        rows = (
            model.objects.inside(areas)
            .filter(written_item=written_item, specification=specification, item=None, is_mapping_confirmed=False)
            .order_by("id")
            .select_for_update()
        )
        found = list(rows.values_list("id", "uuid", "area_code"))
        model.objects.filter(id__in=[row[0] for row in found]).update(item=item, is_mapping_confirmed=True)
        facts += [
            journal.Fact(CONFIRMED, model._meta.label_lower, uuid, area_code, changes=_meaning_change(None, item))
            for _id, uuid, area_code in found
        ]
    return journal.record_many(facts).by(actor, happened_at=now)


@transaction.atomic
def change_meaning(
    *, actor: Actor, now: datetime, line: SupplyRequest | SupplyOffer, item: SupplyItem | None
) -> SupplyRequest | SupplyOffer:
    """
    Correct what one line means, also where it was sure or settled before.

    Raises:
        NotPermitted: if the actor may not record here.
        Refusal: if goods are committed on it already.
    """
    held = _locked(actor, line)
    if held.committed_quantity:
        raise Refusal("line_committed", _("Goods are committed on this line; its meaning cannot change any more."))
    before = held.item.code if held.item else None
    held.item, held.is_mapping_confirmed = item, True
    held.save(update_fields=["item", "is_mapping_confirmed"])
    journal.record(CONFIRMED, actor=actor, subject=held, happened_at=now, changes=_meaning_change(before, item))
    return held


@transaction.atomic
def state_quantity(
    *, actor: Actor, now: datetime, line: SupplyRequest | SupplyOffer, quantity: Decimal, reason: str = ""
) -> SupplyRequest | SupplyOffer:
    """
    Write how much is meant, in the unit of the catalogue; ``reason`` says who said so.

    Said of a request that was sent when nobody knew how much was asked for, the rest stands open from then on.

    Raises:
        NotPermitted: if the actor may not record here.
        InvalidInput: if the quantity is out of range or less than what is committed.
        Refusal: if the request was sent, declined or cancelled with its quantity known.
    """
    held = _locked(actor, line)
    quantity = checked_quantity(quantity)
    is_over = isinstance(held, SupplyRequest) and held.status not in OPEN
    if is_over and (held.quantity is not None or not held.committed_quantity):
        raise Refusal("request_over", _("This request is over. What is wanted beside it is a new request."))
    if quantity < held.committed_quantity:
        raise InvalidInput(
            "below_committed",
            _("%(committed)s are committed already.") % {"committed": f"{held.committed_quantity.normalize():f}"},
            field="quantity",
        )
    before, held.quantity = held.quantity, quantity
    held.save(update_fields=["quantity"])
    journal.record(
        STATED, actor=actor, subject=held, happened_at=now, reason=reason[:400],
        changes={"from": str(before) if before is not None else None, "to": str(quantity)},
    )  # fmt: skip
    if is_over:
        open_rests([held.pk], actor=actor, now=now)
        held.refresh_from_db()
    return held


@transaction.atomic
def move_request(*, actor: Actor, now: datetime, request: SupplyRequest, step: str, reason: str = "") -> SupplyRequest:
    """
    Take a request one step on; a cancelled request gives back what was committed for it.

    What nobody committed of a request that is sent stands open as a request of its own.

    Raises:
        InvalidInput: if the step needs a reason and has none.
        WrongState, NotPermitted: from the table of states.
    """
    if step not in STEPS:
        raise InvalidInput("step_unknown", _("This cannot be done with a request."))
    if step in NEEDS_REASON and len(reason.strip()) < 2:
        raise InvalidInput("reason_missing", _("Write why: those who asked will read it."), field="reason")
    if step == "receive":
        return receive_request(actor=actor, now=now, request=request, reason=reason)
    moved = REQUEST.move(request, step, actor=actor, now=now, reason=reason[:400])
    if step == "dispatch":
        open_rests([moved.pk], actor=actor, now=now)
        moved.refresh_from_db()
    if step == "cancel" and moved.committed_quantity:
        _give_back(moved)
    return moved


def _give_back(request: SupplyRequest) -> None:
    signed = AllocationLine.objects.filter(
        request=request, offer__isnull=False, run__signed_at__isnull=False, quantity__gt=0
    )
    for offer_id, given in signed.values_list("offer_id").annotate(Sum("quantity")).order_by("offer_id"):
        SupplyOffer.objects.filter(pk=offer_id).update(committed_quantity=F("committed_quantity") - given)
    SupplyRequest.objects.filter(pk=request.pk).update(committed_quantity=0)


def _locked(actor: Actor, line: SupplyRequest | SupplyOffer) -> SupplyRequest | SupplyOffer:
    if not policy.can_record(actor, line):
        raise NotPermitted
    held: SupplyRequest | SupplyOffer = (
        type(line).objects.select_for_update(of=("self",)).select_related("item").get(pk=line.pk)
    )
    return held


def _meaning_change(before: str | None, item: SupplyItem | None) -> dict[str, str | None]:
    return {"from": before, "to": item.code if item else None}


def confirm_many(*, actor: Actor, now: datetime, meanings: Sequence[tuple[str, str, SupplyItem | None]]) -> int:
    """Confirm several texts at once, each for all its lines; return how many lines that were."""
    return sum(
        confirm_meaning(actor=actor, now=now, written_item=written, specification=specification, item=item)
        for written, specification, item in meanings
    )
