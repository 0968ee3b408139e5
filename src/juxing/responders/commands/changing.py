"""What responders say about themselves: whether, when and what they can; staff may record it for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput
from juxing.responders import policy
from juxing.responders.enums import LICENSED, ReportInStatus
from juxing.responders.inputs import Profile, cleaned_profile
from juxing.responders.lifecycle import RESPONDER
from juxing.responders.models import Availability, Responder

AVAILABLE = journal.declare_action("responders.responder.set_available", _("Said whether they can be asked"))
PERIOD_ADDED = journal.declare_action("responders.responder.add_period", _("Said when they can be asked"))
PERIOD_REMOVED = journal.declare_action("responders.responder.remove_period", _("Took back a time"))
PROFILE_CHANGED = journal.declare_action("responders.responder.change_profile", _("Changed what they can do"))
LONGEST_PERIOD = timedelta(days=14)
FARTHEST_PERIOD = timedelta(days=60)
MAXIMUM_PERIODS = 60


@transaction.atomic
def set_available(*, actor: Actor, now: datetime, responder: Responder, is_available: bool) -> Responder:
    """Switch being asked on or off; tasks already held stay."""
    locked = _own(actor, responder)
    if locked.is_available != is_available:
        locked.is_available = is_available
        locked.save(update_fields=["is_available"])
        journal.record(AVAILABLE, actor=actor, subject=locked, happened_at=now, changes={"to": is_available})
    return locked


@transaction.atomic
def add_period(
    *, actor: Actor, now: datetime, responder: Responder, starts_at: datetime, ends_at: datetime
) -> Availability:
    """
    Add a time in which they can be asked; periods that touch become one.

    Raises:
        InvalidInput: if it ends before it begins, is over, longer than two weeks or more than sixty days ahead.
    """
    locked = _own(actor, responder)
    if ends_at <= starts_at:
        raise InvalidInput("period_order", _("The end must come after the beginning."), field="until")
    if ends_at <= now:
        raise InvalidInput("period_over", _("This time has passed."), field="until")
    if ends_at - starts_at > LONGEST_PERIOD or starts_at > now + FARTHEST_PERIOD:
        raise InvalidInput("period_far", _("At most two weeks at once, at most sixty days ahead."), field="day")
    touching = Availability.objects.filter(responder=locked, starts_at__lte=ends_at, ends_at__gte=starts_at)
    for other in touching.select_for_update():
        starts_at, ends_at = min(starts_at, other.starts_at), max(ends_at, other.ends_at)
    touching.delete()
    Availability.objects.filter(responder=locked, ends_at__lte=now).delete()
    if Availability.objects.filter(responder=locked).count() >= MAXIMUM_PERIODS:
        raise InvalidInput("periods_many", _("That is enough for now: remove a time first."), field="day")
    period = Availability.objects.create(
        responder=locked, area_code=locked.area_code, starts_at=starts_at, ends_at=ends_at
    )
    journal.record(PERIOD_ADDED, actor=actor, subject=locked, happened_at=now)
    return period


@transaction.atomic
def remove_period(*, actor: Actor, now: datetime, responder: Responder, period_id: int) -> None:
    """Take back a time; one that is not there any more is no mistake."""
    locked = _own(actor, responder)
    removed, _by_model = Availability.objects.filter(responder=locked, pk=period_id).delete()
    if removed:
        journal.record(PERIOD_REMOVED, actor=actor, subject=locked, happened_at=now)


@transaction.atomic
def change_profile(*, actor: Actor, now: datetime, responder: Responder, profile: Profile) -> Responder:
    """
    Change skills, languages, transport, capacity and reach.

    A skill that takes a licence, added by the person themselves, is looked at before they are asked again.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    clean = cleaned_profile(profile)
    locked = _own(actor, responder)
    columns = ("skills", "languages", "transport", "capacity", "reach_m")
    changed = [name for name in columns if getattr(locked, name) != getattr(clean, name)]
    if not changed:
        return locked
    claims_more = bool((set(clean.skills) - set(locked.skills)) & LICENSED) and not policy.can_verify(actor, locked)
    for name in changed:
        setattr(locked, name, getattr(clean, name))
    locked.save(update_fields=changed)
    journal.record(PROFILE_CHANGED, actor=actor, subject=locked, happened_at=now, changes={"fields": changed})
    if claims_more:
        return _look_again(locked, now=now)
    return locked


def _look_again(responder: Responder, *, now: datetime) -> Responder:
    if responder.status not in RESPONDER["recheck"].source:
        return responder
    return RESPONDER.move(responder, "recheck", actor=Actor.system("responders"), now=now)


def _own(actor: Actor, responder: Responder) -> Responder:
    locked: Responder = Responder._base_manager.select_for_update(of=("self",)).get(pk=responder.pk)
    policy.require(policy.is_oneself_or_verifies(actor, locked))
    if locked.status == ReportInStatus.WITHDRAWN:
        raise WrongState("has_left", _("This person has left. They can report in again."))
    return locked
