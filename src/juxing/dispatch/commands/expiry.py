"""What the clock ends: offers nobody answered, and runs whose process was killed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from juxing.dispatch.commands.answers import give_back
from juxing.dispatch.commands.runs import RUN_TIMEOUT
from juxing.dispatch.enums import RunStatus, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import MatchingRun, Task
from juxing.kernel.actors import Actor

AT_ONCE = 5000


@transaction.atomic
def expire_offers(*, now: datetime) -> int:
    """This function will end offers past their time and let the needs wait again; it returns how many ended."""
    process = Actor.system("dispatch")
    due = Task.objects.filter(status=TaskStatus.OFFERED, expires_at__lte=now).order_by("expires_at")
    ended = TASK.move_many(list(due.values_list("id", flat=True)[:AT_ONCE]), "expire", actor=process, now=now)
    give_back(list(Task.objects.filter(pk__in=ended)), now=now, reason="not answered in time")
    return len(ended)


@transaction.atomic
def fail_abandoned_runs(*, now: datetime) -> int:
    """This function will mark runs that can no longer be computing as failed, so that others may start."""
    abandoned = MatchingRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=now - RUN_TIMEOUT)
    return abandoned.update(status=RunStatus.FAILED, failure="abandoned", ended_at=now)
