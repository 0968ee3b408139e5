"""What the clock and the register end: offers nobody answered, runs whose process was killed, helpers who left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from juxing.dispatch.commands.giving_back import HELPER_LEFT, NOT_ANSWERED, give_back, release_reservations
from juxing.dispatch.commands.holding import hold_tasks
from juxing.dispatch.commands.runs import RUN_TIMEOUT
from juxing.dispatch.enums import LIVE, RunStatus, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import MatchingRun, Task
from juxing.kernel.actors import Actor

AT_ONCE = 5000
PROCESS = Actor.system("dispatch")


@transaction.atomic
def expire_offers(*, now: datetime) -> int:
    """End offers past their time and let the needs wait again; return how many ended."""
    due = Task.objects.filter(status=TaskStatus.OFFERED, expires_at__lte=now).order_by("expires_at")
    ended = TASK.move_many(list(due.values_list("id", flat=True)[:AT_ONCE]), "expire", actor=PROCESS, now=now)
    give_back(list(Task.objects.filter(pk__in=ended)), now=now, reason=NOT_ANSWERED)
    return len(ended)


@transaction.atomic
def fail_abandoned_runs(*, now: datetime) -> int:
    """Mark runs that can no longer be computing as failed, so that others may start."""
    abandoned = MatchingRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=now - RUN_TIMEOUT)
    return abandoned.update(status=RunStatus.FAILED, failure="abandoned", ended_at=now)


@transaction.atomic
def end_tasks_of_needs(*, now: datetime, need_uuids: Iterable[UUID]) -> int:
    """Cancel live tasks of needs that are no longer wanted, and put their goods back; return how many."""
    live = Task.objects.filter(need__uuid__in=list(need_uuids), status__in=sorted(LIVE))
    ended = TASK.move_many(hold_tasks(live.values_list("id", flat=True)), "cancel", actor=PROCESS, now=now)
    release_reservations(ended)
    return len(ended)


@transaction.atomic
def free_tasks_of_responders(*, now: datetime, responder_uuids: Iterable[UUID], states: Sequence[str]) -> int:
    """Cancel tasks of helpers who left or pause, and let their needs wait for others; return how many."""
    live = Task.objects.filter(responder__uuid__in=list(responder_uuids), status__in=states)
    ended = TASK.move_many(hold_tasks(live.values_list("id", flat=True)), "cancel", actor=PROCESS, now=now)
    give_back(list(Task.objects.filter(pk__in=ended)), now=now, reason=HELPER_LEFT)
    return len(ended)


@transaction.atomic
def verify_tasks_of_needs(*, now: datetime, need_uuids: Iterable[UUID]) -> int:
    """Mark done tasks as confirmed by the resident; return how many."""
    done = Task.objects.filter(need__uuid__in=list(need_uuids), status=TaskStatus.DONE)
    return len(TASK.move_many(hold_tasks(done.values_list("id", flat=True)), "verify", actor=PROCESS, now=now))
