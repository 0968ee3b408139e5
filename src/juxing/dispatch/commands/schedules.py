"""Runs that start by themselves: every few minutes where something waits, at once where a life depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy
from juxing.dispatch.commands.runs import PROCESS, start_run
from juxing.dispatch.enums import RunStatus, RunTrigger
from juxing.dispatch.models import MatchingRun, RunSchedule
from juxing.dispatch.problems import STREET_CODE_LENGTH
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need

EVERY_MINUTES = 10
LIFE_CRITICAL_EVERY = timedelta(minutes=2)
MOST_MINUTES = 1440


@transaction.atomic
def set_schedule(*, actor: Actor, area_code: str, every_minutes: int) -> RunSchedule:
    """
    Say how often runs start in a street where something waits; 0 is never. Life-critical needs are not concerned.

    Raises:
        NotPermitted: if the actor may not steer dispatch in the street.
        InvalidInput: if the number is not 0 to 1440, or the place is no street.
    """
    actor.require(policy.STEER, area_code)
    if len(area_code) != STREET_CODE_LENGTH:
        raise InvalidInput("street_missing", _("Choose a street."), field="area_code")
    if not 0 <= every_minutes <= MOST_MINUTES:
        raise InvalidInput("minutes_range", _("Write 0 to 1440 minutes."), field="every_minutes")
    schedule, _created = RunSchedule.objects.update_or_create(
        area_code=area_code, defaults={"every_minutes": every_minutes}
    )
    return schedule


def start_due_runs(*, now: datetime) -> list[MatchingRun]:
    """Start a run in every street whose time has come and where at least one need waits."""
    started = []
    for street, trigger in _due(now):
        try:
            with transaction.atomic():
                started.append(start_run(actor=PROCESS, now=now, area_code=street, trigger=trigger))
        except Refusal:
            # Someone's run over this place is under way; the next minute looks again.
            continue
    return started


def start_life_critical_runs(*, now: datetime, streets: Iterable[str]) -> list[MatchingRun]:
    """Start runs for life-critical needs at once, unless one was begun there and has not read its needs yet."""
    return [
        start_run(actor=PROCESS, now=now, area_code=street, trigger=RunTrigger.LIFE_CRITICAL)
        for street in sorted(set(streets))
    ]


def _due(now: datetime) -> list[tuple[str, str]]:
    waiting = Need.objects.filter(status__in=sorted(WAITING), duplicate_of__isnull=True).order_by()
    in_street = waiting.annotate(street=Left("area_code", STREET_CODE_LENGTH))
    streets = set(in_street.values_list("street", flat=True).distinct())
    critical = set(in_street.filter(priority=Priority.LIFE_CRITICAL).values_list("street", flat=True).distinct())
    every = dict(RunSchedule.objects.filter(area_code__in=streets).values_list("area_code", "every_minutes"))
    last = _last_started(streets, now=now)
    due = [(street, RunTrigger.LIFE_CRITICAL) for street in sorted(critical) if _is_due(
        last.get((street, True)), LIFE_CRITICAL_EVERY, now)]  # fmt: skip
    for street in sorted(streets):
        minutes = every.get(street, EVERY_MINUTES)
        if minutes and _is_due(last.get((street, False)), timedelta(minutes=minutes), now):
            due.append((street, RunTrigger.SCHEDULE))
    return [(street, str(trigger)) for street, trigger in due]


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or last <= now - every


def _last_started(streets: Iterable[str], *, now: datetime) -> dict[tuple[str, bool], datetime]:
    """Return when the last run of each street began, apart for life-critical ones; other runs count for neither."""
    rows = (
        MatchingRun.objects.filter(area_code__in=list(streets), started_at__gt=now - timedelta(days=2))
        .exclude(status=RunStatus.CANCELLED)
        .values("area_code", "trigger")
        .annotate(last=Max("started_at"))
        .order_by()
    )
    found: dict[tuple[str, bool], datetime] = {}
    for row in rows:
        key = row["area_code"], row["trigger"] == RunTrigger.LIFE_CRITICAL
        found[key] = max(row["last"], found.get(key, row["last"]))
    return found
