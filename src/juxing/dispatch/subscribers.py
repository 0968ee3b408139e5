"""What dispatch does when something happens to a need or a helper."""

from __future__ import annotations

from collections.abc import Sequence

from juxing.dispatch.commands.expiry import end_tasks_of_needs, free_tasks_of_responders, verify_tasks_of_needs
from juxing.dispatch.commands.schedules import start_life_critical_runs
from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.problems import STREET_CODE_LENGTH
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.subscribers import subscribe
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need


@subscribe("dispatch.needs_ended", actions=["needs.need.withdraw", "needs.need.mark_unmet"])
def let_helpers_go(entries: Sequence[JournalEntry]) -> None:
    """Cancel live tasks of needs that are no longer wanted, and put their goods back."""
    end_tasks_of_needs(now=clock.now(), need_uuids=[entry.subject_uuid for entry in entries])


@subscribe("dispatch.needs_confirmed", actions=["needs.need.confirm"])
def thank_helpers(entries: Sequence[JournalEntry]) -> None:
    """Mark done tasks as confirmed by the resident."""
    verify_tasks_of_needs(now=clock.now(), need_uuids=[entry.subject_uuid for entry in entries])


@subscribe("dispatch.responders_left", actions=["responders.responder.withdraw"])
def find_others_for_those_who_left(entries: Sequence[JournalEntry]) -> None:
    """Give the open tasks of helpers who left to others."""
    uuids = [entry.subject_uuid for entry in entries]
    free_tasks_of_responders(now=clock.now(), responder_uuids=uuids, states=sorted(LIVE))


@subscribe("dispatch.responders_paused", actions=["responders.responder.pause"])
def take_back_offers(entries: Sequence[JournalEntry]) -> None:
    """Give offers not yet answered by helpers who pause to others; what they accepted stays theirs."""
    uuids = [entry.subject_uuid for entry in entries]
    free_tasks_of_responders(now=clock.now(), responder_uuids=uuids, states=[TaskStatus.OFFERED])


@subscribe(
    "dispatch.life_critical",
    actions=["needs.need.triage", "needs.need.reopen", "needs.need.return_to_waiting"],
)
def place_life_critical(entries: Sequence[JournalEntry]) -> None:
    """Start a run at once for every street where a life-critical need waits."""
    waiting = Need.objects.filter(
        uuid__in=[entry.subject_uuid for entry in entries], priority=Priority.LIFE_CRITICAL, status__in=sorted(WAITING)
    )
    streets = {code[:STREET_CODE_LENGTH] for code in waiting.values_list("area_code", flat=True)}
    start_life_critical_runs(now=clock.now(), streets=streets)
