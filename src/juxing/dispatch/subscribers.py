"""What dispatch does when something happens to a need."""

from __future__ import annotations

from collections.abc import Sequence

from juxing.dispatch.commands.answers import release_reservations
from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.jobs import LIFE_CRITICAL_RUN
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import Task
from juxing.dispatch.problems import STREET_CODE_LENGTH
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import start_job
from juxing.kernel.models import JournalEntry
from juxing.kernel.subscribers import subscribe
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need

PROCESS = Actor.system("dispatch")


@subscribe("dispatch.needs_ended", actions=["needs.need.withdraw", "needs.need.mark_unmet"])
def let_helpers_go(entries: Sequence[JournalEntry]) -> None:
    """Cancel live tasks of needs that are no longer wanted, and put their goods back."""
    tasks = Task.objects.filter(need__uuid__in=[entry.subject_uuid for entry in entries], status__in=LIVE)
    ended = TASK.move_many(list(tasks.values_list("id", flat=True)), "cancel", actor=PROCESS, now=clock.now())
    release_reservations(ended)


@subscribe("dispatch.needs_confirmed", actions=["needs.need.confirm"])
def thank_helpers(entries: Sequence[JournalEntry]) -> None:
    """Mark done tasks as confirmed by the resident."""
    tasks = Task.objects.filter(need__uuid__in=[entry.subject_uuid for entry in entries], status=TaskStatus.DONE)
    TASK.move_many(list(tasks.values_list("id", flat=True)), "verify", actor=PROCESS, now=clock.now())


@subscribe("dispatch.life_critical", actions=["needs.need.triage", "needs.need.reopen", "needs.need.return_to_waiting"])
def place_life_critical(entries: Sequence[JournalEntry]) -> None:
    """Start a run at once for every street where a life-critical need waits."""
    waiting = Need.objects.filter(
        uuid__in=[entry.subject_uuid for entry in entries], priority=Priority.LIFE_CRITICAL, status__in=WAITING
    )
    for street in sorted({code[:STREET_CODE_LENGTH] for code in waiting.values_list("area_code", flat=True)}):
        start_job(LIFE_CRITICAL_RUN, actor=PROCESS, area_code=street, now=clock.now(), arguments={})
