"""Two meetings of each of the first joint committees: one held and being followed up, one called for next week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from juxing.access.models import Account
from juxing.kernel.actors import Actor
from juxing.organisations import commands, queries
from juxing.organisations.commands import DecisionInput, MeetingInput
from juxing.organisations.models import CommitteeMeeting, JointCommittee

LOADING = Actor.system("demo")
COMMITTEES = 3
HELD_BEFORE, NEXT_IN = timedelta(days=24), timedelta(days=6)
COMES = ("present", "present", "excused", "present", "missed")


def hold_meetings(words: dict[str, Any], people: dict[tuple[str, str], list[int]], now: datetime) -> None:
    """Let the first communities' committees meet, decide, and call their next meeting."""
    for code in sorted(code for role, code in people if role == "community_secretary")[:COMMITTEES]:
        committee = JointCommittee.objects.get(area_code=code)
        secretary = Account.objects.get(pk=people["community_secretary", code][0])
        commands.name_secretary(actor=LOADING, now=now, committee=committee, account=secretary)
        held = _called(committee, words["last"], words, at=now - HELD_BEFORE)
        _hold(held, words)
        _called(committee, words["next"], words, at=now + NEXT_IN, called_at=now)


def _called(
    committee: JointCommittee,
    row: dict[str, Any],
    words: dict[str, Any],
    *,
    at: datetime,
    called_at: datetime | None = None,
) -> CommitteeMeeting:
    starts_at = timezone.localtime(at).replace(hour=14, minute=30, second=0, microsecond=0)
    moment = called_at or starts_at - timedelta(days=5)
    meeting = commands.plan_meeting(
        actor=LOADING, now=moment, committee=committee, agenda=row["agenda"],
        given=MeetingInput(row["title"], words["venue"], starts_at, starts_at + timedelta(hours=2)),
    )  # fmt: skip
    return commands.call_meeting(actor=LOADING, now=moment, meeting=meeting)


def _hold(meeting: CommitteeMeeting, words: dict[str, Any]) -> None:
    begins = meeting.starts_at
    held = commands.hold_meeting(actor=LOADING, now=begins, meeting=meeting)
    rows = queries.meetings.attendance_of(held)
    for number, row in enumerate(rows):
        status = COMES[number % len(COMES)]
        excuse = "on_duty" if status == "excused" else ""
        commands.note_attendance(actor=LOADING, now=begins, attendance=row, status=status, excuse=excuse)
    items = queries.meetings.agenda_of(held)
    for item, outcome in zip(items, words["outcomes"], strict=True):
        commands.write_outcome(actor=LOADING, now=begins, item=item, outcome=outcome)
    for number, row in enumerate(words["decisions"]):
        unit = rows[number % len(rows)].member.organisation
        due_on = timezone.localdate(begins) + timedelta(days=row["days"])
        decision = commands.take_decision(
            actor=LOADING, now=begins, meeting=held,
            given=DecisionInput(row["words"], due_on, organisation=unit, item=items[row["item"]]),
        )  # fmt: skip
        later = begins + timedelta(days=5)
        if row.get("done"):
            commands.carry_out(actor=LOADING, now=later, decision=decision, words=row["done"])
        elif row.get("progress"):
            commands.report_progress(actor=LOADING, now=later, decision=decision, words=row["progress"])
    commands.confirm_minutes(actor=LOADING, now=begins + timedelta(hours=3), meeting=held)
