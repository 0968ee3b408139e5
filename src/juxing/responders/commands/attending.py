"""Being there: check-in by code or by the coordinator, check-out, excused; hours follow from both times."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.responders import policy
from juxing.responders.check_in_codes import CodeState, state_of
from juxing.responders.lifecycle import DUTY
from juxing.responders.models import Duty, ServiceRecord
from juxing.responders.roster_enums import AttendanceStatus, Excuse, RosterStatus

EARLY = timedelta(minutes=60)
LONGEST_AFTER = timedelta(hours=4)
"""Whoever forgot to check out is counted until at most so long after the end."""


@transaction.atomic
def check_in_by_code(*, actor: Actor, now: datetime, duty: Duty, code: str) -> Duty:
    """
    Check in with the code that the venue shows.

    Raises:
        NotPermitted: if it is another's shift.
        InvalidInput: if the code is old, or none of this venue's.
    """
    if not policy.is_oneself(actor, duty.responder):
        raise NotPermitted
    state = state_of(code, duty.roster.uuid, now=now)
    if state is CodeState.OLD:
        raise InvalidInput("code_old", _("This code has run out. Read the one that is shown now."), field="code")
    if state is not CodeState.VALID:
        raise InvalidInput("code_forged", _("This code is none of this venue's. Nothing was entered."), field="code")
    return _check_in(actor, now, duty)


@transaction.atomic
def mark_here(*, actor: Actor, now: datetime, duty: Duty) -> Duty:
    """
    Note, as the coordinator on the spot, that somebody is here.

    Raises:
        NotPermitted: if the actor does not coordinate the shift.
    """
    policy.require(policy.plans_duty(actor, duty))
    return _check_in(actor, now, duty)


@transaction.atomic
def check_out(*, actor: Actor, now: datetime, duty: Duty) -> Duty:
    """
    End the shift; its minutes are counted from check-in to now.

    Not from before the shift began, nor past four hours after its end: who forgot is not credited with a night.
    """
    begun = max(duty.checked_in_at or duty.starts_at, duty.starts_at - EARLY)
    ended = max(begun, min(now, duty.ends_at + LONGEST_AFTER))
    done = DUTY.move(duty, "check_out", actor=actor, now=now, changes={"checked_out_at": ended})
    ServiceRecord.objects.get_or_create(
        duty=done,
        defaults={
            "area_code": done.area_code, "responder_id": done.responder_id, "served_on": localdate(begun),
            "minutes": int((ended - begun).total_seconds() // 60),
        },
    )  # fmt: skip
    return done


@transaction.atomic
def excuse(*, actor: Actor, now: datetime, duty: Duty, kind: str) -> Duty:
    """
    Excuse somebody from a shift: by themselves or by the coordinator, before or after it. An alternate steps in.

    Raises:
        InvalidInput: if the kind is unknown.
        NotPermitted: if it is another's shift.
    """
    from juxing.responders.commands.stepping_in import step_in_for

    if kind not in Excuse.values:
        raise InvalidInput("excuse_unknown", _("Choose one of the list."), field="excuse")
    if kind == Excuse.RELEASED and not policy.plans_duty(actor, duty):
        raise NotPermitted
    done = DUTY.move(duty, "excuse", actor=actor, now=now, changes={"excuse": kind, "sequence": duty.sequence + 1})
    step_in_for([done], now=now)
    return done


@transaction.atomic
def take_back_excuse(*, actor: Actor, now: datetime, duty: Duty) -> Duty:
    """
    Come after all.

    Raises:
        Refusal: if somebody stepped in already.
    """
    if Duty.objects.filter(stands_in_for=duty).exists():
        raise Refusal("stood_in_for", _("Somebody has stepped in already. Ask the coordinator."))
    return DUTY.move(
        duty, "take_back_excuse", actor=actor, now=now, changes={"excuse": "", "sequence": duty.sequence + 1}
    )


def _check_in(actor: Actor, now: datetime, duty: Duty) -> Duty:
    if duty.roster.status != RosterStatus.PUBLISHED:
        raise Refusal("roster_not_out", _("This roster is not published, or closed."))
    if duty.status == AttendanceStatus.CHECKED_IN:
        return duty
    if now < duty.starts_at - EARLY:
        raise Refusal("too_early", _("The shift begins later: check in from an hour before."))
    if now > duty.ends_at:
        raise Refusal("shift_over", _("This shift is over. Ask the coordinator."))
    return DUTY.move(duty, "check_in", actor=actor, now=now, changes={"checked_in_at": now})
