"""The activity log, and situation reports counted from the journal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews
from juxing.activations.models import Activation
from juxing.command import policy, queries, situation
from juxing.command.commands.ordering import marked
from juxing.command.models import LogEntry, OperationalPeriod, SituationReport
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.scope import acting

LOGGED = journal.declare_action("command.log.write", _("Written into the activity log"))
REPORTED = journal.declare_action("command.report.write", _("Situation report made"))


@transaction.atomic
def write_log(
    *, actor: Actor, now: datetime, activation: Activation, text: str, area_code: str = "",
    happened_at: datetime | None = None,
) -> LogEntry:  # fmt: skip
    """
    Write a line into the activity log; it is never changed.

    Raises:
        NotVisible: if the actor sees nothing of the activation.
        NotPermitted: if the actor may not give orders at the place.
        InvalidInput: if nothing is said, or it is to have happened later than now.
    """
    seen = policy.seen_of(actor, activation)
    if not seen:
        raise NotVisible
    place = area_code or seen.prefixes[0]
    if place not in seen or not actor.may(policy.ORDER, place):
        raise NotPermitted
    if not text.strip():
        raise InvalidInput("log_empty", _("Write what happened."), field="text")
    if happened_at is not None and happened_at > now:
        raise InvalidInput("happened_later", _("This lies in the future."), field="happened_at")
    with acting(previews.PROCESS):
        line = LogEntry.objects.create(
            activation=activation, area_code=place, text=text.strip()[:2000], happened_at=happened_at or now,
            written_by_id=actor.account_id, written_at=now,
        )  # fmt: skip
        journal.record(LOGGED, actor=actor, subject=line, happened_at=happened_at or now, changes=marked(activation))
    return line


@transaction.atomic
def write_report(
    *, actor: Actor, now: datetime, activation: Activation, since: datetime, until: datetime | None = None,
    period: OperationalPeriod | None = None, assessment: str = "",
) -> SituationReport:  # fmt: skip
    """
    Count what the journal says of [since, until) at the activation's places, and keep it as a report.

    Raises:
        NotPermitted: if the actor may not lead here.
        InvalidInput: if the time is empty or lies in the future.
    """
    if not policy.can_lead(actor, activation):
        raise NotPermitted
    end = min(until or now, now)
    if since >= end:
        raise InvalidInput("period_empty", _("The report's time is empty. It begins before it ends."), field="since")
    with acting(previews.PROCESS):
        locked = Activation.objects.select_for_update().get(pk=activation.pk)
        areas = policy.places_of(locked)
        newest = situation.newest_entry()
        last = SituationReport.objects.filter(activation=locked).aggregate(last=Max("number"))["last"]
        report = SituationReport.objects.create(
            activation=locked, area_code=locked.area_code, period=period, number=int(last or 0) + 1, since=since,
            until=end, areas=list(areas.prefixes), newest_entry=newest, standing=queries.standing(locked),
            figures=situation.counted(locked, areas, since=since, until=end, newest=newest),
            assessment=assessment.strip()[:4000], written_by_id=actor.account_id, written_at=now,
        )  # fmt: skip
        journal.record(REPORTED, actor=actor, subject=report, happened_at=now,
                       changes=marked(locked, number=report.number))  # fmt: skip
    return report
