"""Shifts that change hands: offered by their holder, accepted by another, approved by the coordinator."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.commands.placing import is_member, new_duty, require_no_defect, write_duty
from juxing.responders.gates import require_gates
from juxing.responders.lifecycle import DUTY, SWAP
from juxing.responders.models import Duty, Responder, SwapOffer
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, DutySource, RosterStatus

PROCESS = Actor.system("rosters")
OFFERED = journal.declare_action("responders.swap.offer", _("Shift offered to others"))
SWAPPED = journal.declare_action("responders.duty.swap", _("Took over a shift"))


@transaction.atomic
def offer_swap(*, actor: Actor, now: datetime, duty: Duty) -> SwapOffer:
    """
    Offer one's shift to the others of the roster; until somebody is approved it stays one's own.

    Raises:
        NotPermitted: if it is another's shift.
        WrongState: if it has begun, or is on offer already.
    """
    if not policy.is_oneself(actor, duty.responder):
        raise NotPermitted
    if (
        duty.status != AttendanceStatus.SCHEDULED
        or duty.starts_at <= now
        or duty.roster.status != (RosterStatus.PUBLISHED)
    ):
        raise WrongState("shift_not_to_give", _("This shift cannot be given away any more."))
    try:
        with transaction.atomic():
            swap = SwapOffer.objects.create(area_code=duty.area_code, duty=duty, offered_at=now)
    except IntegrityError as error:
        raise WrongState("already_on_offer", _("This shift is on offer already.")) from error
    swap.refresh_from_db(fields=["uuid"])
    journal.record(OFFERED, actor=actor, subject=swap, happened_at=now)
    return swap


@transaction.atomic
def accept_swap(*, actor: Actor, now: datetime, swap: SwapOffer, taker: Responder) -> SwapOffer:
    """
    Say that one would take the shift; the coordinator approves.

    Raises:
        NotPermitted: if it is not the taker who says so.
        Refusal: if a gate is not passed, or a rule that protects people would be broken.
    """
    if not policy.is_oneself(actor, taker) or taker.pk == swap.duty.responder_id:
        raise NotPermitted
    _require_fit(swap, taker)
    return SWAP.move(swap, "accept", actor=actor, now=now, changes={"taker": taker})


@transaction.atomic
def approve_swap(*, actor: Actor, now: datetime, swap: SwapOffer) -> Duty:
    """
    Let the shift change hands.

    Raises:
        NotPermitted: if the actor does not coordinate it.
        Refusal: if it does not fit the taker any more.
    """
    moved = SWAP.move(swap, "approve", actor=actor, now=now)
    given = Duty.objects.select_related("roster", "shift", "post").get(pk=moved.duty_id)
    with acting(PROCESS):
        taker = Responder.objects.get(pk=moved.taker_id or 0)
    _require_fit(moved, taker)
    DUTY.move(given, "relieve", actor=actor, now=now, changes={"sequence": given.sequence + 1})
    duty = new_duty(
        given.roster, taker.pk, given.day, given.shift, given.post, source=DutySource.SWAP, slot=given.slot,
        is_fixed=True,
    )  # fmt: skip
    return write_duty(duty, SWAPPED, actor=actor, now=now)


@transaction.atomic
def refuse_swap(*, actor: Actor, now: datetime, swap: SwapOffer) -> SwapOffer:
    """Leave the shift with its holder."""
    return SWAP.move(swap, "refuse", actor=actor, now=now)


@transaction.atomic
def withdraw_swap(*, actor: Actor, now: datetime, swap: SwapOffer) -> SwapOffer:
    """Keep the shift after all."""
    return SWAP.move(swap, "withdraw", actor=actor, now=now)


def _require_fit(swap: SwapOffer, taker: Responder) -> None:
    given = Duty.objects.select_related("roster", "shift", "post").get(pk=swap.duty_id)
    table = roster_table(given.roster)
    if not is_member(table, taker):
        raise NotPermitted
    require_gates(taker.pk, given.post.task_type, on=given.day)
    require_no_defect(
        table,
        new_duty(given.roster, taker.pk, given.day, given.shift, given.post, source=DutySource.SWAP, slot=given.slot),
        instead_of=[given.pk],
    )
