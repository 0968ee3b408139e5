"""Operational periods: opened with aims, handed over in writing, taken over by name."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.activations import previews
from juxing.activations.enums import RUNNING
from juxing.activations.models import Activation
from juxing.command import policy, queries
from juxing.command.commands.ordering import marked
from juxing.command.models import OperationalPeriod
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting

OPENED = journal.declare_action("command.period.open", _("Operational period begun"))
HANDED = journal.declare_action("command.period.hand_over", _("Handed over to the next shift"))
TAKEN = journal.declare_action("command.period.take_over", _("Taken over without a handover"))
LONGEST = timedelta(hours=24)
PROCESS = previews.PROCESS


@transaction.atomic
def open_period(
    *, actor: Actor, now: datetime, activation: Activation, aims: str, planned_end_at: datetime
) -> OperationalPeriod:
    """
    Begin the first period of a response, led by the actor.

    Raises:
        NotPermitted: if the actor may not lead here.
        InvalidInput: if it has no aims, or is not to end within 24 hours.
        Refusal: if the response is not in force, or a period runs: then it is handed over.
    """
    with acting(PROCESS):
        locked = _running(activation, actor, now)
        if OperationalPeriod.objects.filter(activation=locked, ended_at__isnull=True).exists():
            raise Refusal("period_runs", _("A period is under way. Its lead hands it over."))
        return _begin(locked, actor, aims=aims, planned_end_at=planned_end_at, now=now)


@transaction.atomic
def hand_over(*, actor: Actor, now: datetime, period: OperationalPeriod, to: Account, text: str) -> OperationalPeriod:
    """
    Leave the lead to the next, with what they must know; it stays with the actor until it is accepted.

    Raises:
        NotPermitted: if the actor does not lead the period.
        InvalidInput: if nothing is said, or the next may not lead here.
        Refusal: if the period is over.
    """
    with acting(PROCESS):
        locked = _open_period(period)
        if locked.lead_id != actor.account_id:
            raise NotPermitted("not_the_lead", _("Only the lead hands over. If the lead is out of reach, take over."))
        if not text.strip():
            raise InvalidInput("handover_empty", _("Say what the next shift must know."), field="text")
        if to.pk == actor.account_id or not policy.can_lead(actor_of(to, now=now), locked.activation):
            raise InvalidInput("cannot_lead", _("This person may not lead here. Choose another."), field="to")
        locked.handed_to, locked.handover_text, locked.handed_at = to, text.strip()[:2000], now
        locked.standing = queries.standing(locked.activation)
        locked.save(update_fields=["handed_to", "handover_text", "handed_at", "standing"])
        journal.record(HANDED, actor=actor, subject=locked, happened_at=now,
                       changes=marked(locked.activation, number=locked.number, standing=locked.standing))  # fmt: skip
    return locked


@transaction.atomic
def accept_handover(
    *, actor: Actor, now: datetime, period: OperationalPeriod, aims: str, planned_end_at: datetime
) -> OperationalPeriod:
    """
    Accept the lead and begin the next period.

    Raises:
        NotPermitted: if it was handed to somebody else.
        InvalidInput, Refusal: as ``open_period``.
    """
    with acting(PROCESS):
        locked = _open_period(period)
        if locked.handed_to_id is None or locked.handed_to_id != actor.account_id:
            raise NotPermitted
        activation = _running(locked.activation, actor, now)
        _end(locked, now)
        return _begin(activation, actor, aims=aims, planned_end_at=planned_end_at, now=now)


@transaction.atomic
def take_over(
    *, actor: Actor, now: datetime, period: OperationalPeriod, aims: str, planned_end_at: datetime, reason: str
) -> OperationalPeriod:
    """
    Take the lead when it cannot be handed over; the reason stays with the new period.

    Raises:
        InvalidInput: without a reason.
        NotPermitted, Refusal: as ``open_period``.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
    with acting(PROCESS):
        locked = _open_period(period)
        activation = _running(locked.activation, actor, now)
        _end(locked, now)
        begun = _begin(
            activation, actor, aims=aims, planned_end_at=planned_end_at, now=now, reason=reason.strip()[:400]
        )
        journal.record(TAKEN, actor=actor, subject=begun, happened_at=now, reason=reason.strip()[:400],
                       changes=marked(activation, number=begun.number))  # fmt: skip
    return begun


def _running(activation: Activation, actor: Actor, now: datetime) -> Activation:
    locked = Activation.objects.select_for_update().get(pk=activation.pk)
    if actor.account_id is None or not policy.can_lead(actor, locked):
        raise NotPermitted
    if locked.status not in RUNNING or locked.ends_at <= now:
        raise Refusal("not_in_force", _("This response is not in force (any more)."))
    return locked


def _open_period(period: OperationalPeriod) -> OperationalPeriod:
    locked = OperationalPeriod.objects.select_for_update(of=("self",)).select_related("activation").get(pk=period.pk)
    if locked.ended_at is not None:
        raise Refusal("period_over", _("This period is over. Look at the newest one."))
    return locked


def _end(period: OperationalPeriod, now: datetime) -> None:
    period.ended_at = now
    period.save(update_fields=["ended_at"])


def _begin(
    activation: Activation, actor: Actor, *, aims: str, planned_end_at: datetime, now: datetime, reason: str = ""
) -> OperationalPeriod:
    if not aims.strip():
        raise InvalidInput("aims_missing", _("Say what this period is to reach."), field="aims")
    if not now < planned_end_at <= now + LONGEST:
        raise InvalidInput("period_long", _("A period ends within 24 hours."), field="planned_end_at")
    last = OperationalPeriod.objects.filter(activation=activation).aggregate(last=Max("number"))["last"]
    period = OperationalPeriod.objects.create(
        activation=activation, area_code=activation.area_code, number=int(last or 0) + 1, lead_id=actor.account_id or 0,
        aims=aims.strip()[:2000], starts_at=now, planned_end_at=planned_end_at, taken_over_reason=reason,
    )  # fmt: skip
    journal.record(OPENED, actor=actor, subject=period, happened_at=now,
                   changes=marked(activation, number=period.number))  # fmt: skip
    return period
