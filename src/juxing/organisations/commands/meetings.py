"""Meetings of a joint committee: planned with an agenda, called, moved, held, their minutes confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations import policy
from juxing.organisations.commands.meeting_attendance import tell_of_meetings
from juxing.organisations.commands.words import plain_name, recorded
from juxing.organisations.enums import AttendanceStatus, MeetingStatus
from juxing.organisations.lifecycle import ATTENDANCE, MEETING
from juxing.organisations.models import (
    AgendaItem,
    CommitteeDecision,
    CommitteeMeeting,
    CommitteeMember,
    JointCommittee,
    MeetingAttendance,
    Organisation,
)

PLANNED = journal.declare_action("organisations.meeting.plan", _("Meeting planned"))
MOVED = journal.declare_action("organisations.meeting.move", _("Time or place of a meeting changed"))
AGENDA = journal.declare_action("organisations.meeting.agenda", _("Agenda changed"))
RECORDED = journal.declare_action("organisations.meeting.record", _("Minutes written"))
LONGEST, FARTHEST, HELD_FROM = timedelta(hours=12), timedelta(days=366), timedelta(minutes=30)
MOST_ITEMS = 40
OPEN_FOR_CHANGES = frozenset({MeetingStatus.PLANNED, MeetingStatus.CALLED})


@dataclass(frozen=True, slots=True)
class MeetingInput:
    """What a meeting is called, when and where it is."""

    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def plan_meeting(
    *, actor: Actor, now: datetime, committee: JointCommittee, given: MeetingInput, agenda: Iterable[str] = ()
) -> CommitteeMeeting:
    """
    Plan a meeting with the first points of its agenda; nobody is told before it is called.

    Raises:
        NotPermitted: unless the actor runs the committee.
        InvalidInput: naming the field that cannot be taken.
    """
    if not policy.runs_committee(actor, committee):
        raise NotPermitted
    meeting = CommitteeMeeting.objects.create(
        committee=committee, area_code=committee.area_code, written_by_id=actor.account_id, written_at=now,
        **_checked(given, now=now),
    )  # fmt: skip
    for subject in agenda:
        if subject.strip():
            _append(meeting, subject, None)
    return recorded(PLANNED, meeting, actor=actor, now=now)


@transaction.atomic
def change_meeting(*, actor: Actor, now: datetime, meeting: CommitteeMeeting, given: MeetingInput) -> CommitteeMeeting:
    """
    Change words, time or place; of a meeting that was called everybody is told anew, and asked again.

    Raises:
        Refusal: once it is held or cancelled.
    """
    locked = _locked(actor, meeting, OPEN_FOR_CHANGES)
    values = _checked(given, now=now)
    changed = [name for name, value in values.items() if getattr(locked, name) != value]
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, values[name])
    is_moved = locked.status == MeetingStatus.CALLED and set(changed) & {"venue", "starts_at", "ends_at"}
    if is_moved:
        locked.sequence += 1
        answered = MeetingAttendance.objects.filter(
            meeting=locked, status__in=[AttendanceStatus.COMING, AttendanceStatus.EXCUSED]
        )
        ids = list(answered.values_list("pk", flat=True))
        answered.update(excuse="")
        ATTENDANCE.move_many(ids, "ask_again", actor=actor, now=now)
        MeetingAttendance.objects.filter(meeting=locked, account__isnull=True).update(told_at=None)
    locked.save(update_fields=[*changed, "sequence"])
    journal.record(MOVED if is_moved else PLANNED, actor=actor, subject=locked, happened_at=now,
                   changes={"changed": sorted(changed)})  # fmt: skip
    tell_of_meetings(locked, now=now)
    return locked


@transaction.atomic
def call_meeting(*, actor: Actor, now: datetime, meeting: CommitteeMeeting) -> CommitteeMeeting:
    """
    Call it: every unit that takes part is invited through who speaks for it, and told.

    Raises:
        Refusal: if it would have begun already, nothing is on the agenda, or no unit takes part.
    """
    locked = _locked(actor, meeting, frozenset({MeetingStatus.PLANNED}))
    if locked.starts_at <= now:
        raise Refusal("meeting_over", _("This time has passed. Change it first."))
    if not locked.agenda.exists():
        raise Refusal("agenda_empty", _("Put something on the agenda first."))
    seats = list(CommitteeMember.objects.filter(committee_id=locked.committee_id, left_on__isnull=True))
    if not seats:
        raise Refusal("no_units", _("No unit takes part in this committee yet."))
    MeetingAttendance.objects.bulk_create(
        MeetingAttendance(
            meeting=locked, area_code=locked.area_code, member=seat, account_id=seat.liaison_id,
            told_at=now if seat.liaison_id else None,
        )
        for seat in seats
    )  # fmt: skip
    called = MEETING.move(locked, "call", actor=actor, now=now)
    tell_of_meetings(called, now=now)
    return called


@transaction.atomic
def cancel_meeting(*, actor: Actor, now: datetime, meeting: CommitteeMeeting, why: str = "") -> CommitteeMeeting:
    """
    Cancel it; who was invited is told, with the reason.

    Raises:
        InvalidInput: without a reason, once it was called.
        Refusal: once it has begun and somebody was noted as present.
    """
    locked = _locked(actor, meeting, OPEN_FOR_CHANGES)
    reason = " ".join(why.split())[:200]
    if locked.status == MeetingStatus.CALLED and not reason:
        raise InvalidInput("reason_missing", _("Say why: everybody invited reads it."), field="why")
    if locked.attendance.filter(status=AttendanceStatus.PRESENT).exists():
        raise Refusal("meeting_has_begun", _("Somebody was there already. Write its minutes instead."))
    cancelled = MEETING.move(
        locked, "cancel", actor=actor, now=now, reason=reason, changes={"why": reason, "sequence": locked.sequence + 1}
    )  # fmt: skip
    tell_of_meetings(cancelled, now=now)
    return cancelled


@transaction.atomic
def hold_meeting(*, actor: Actor, now: datetime, meeting: CommitteeMeeting) -> CommitteeMeeting:
    """
    Write down that it takes place: from now on attendance, minutes and decisions are recorded.

    Raises:
        Refusal: more than half an hour before it begins.
    """
    if now < meeting.starts_at - HELD_FROM:
        raise Refusal("meeting_to_come", _("The meeting has not begun. Cancel it if it does not take place."))
    held = MEETING.move(meeting, "hold", actor=actor, now=now)
    tell_of_meetings(held, now=now)
    return held


@transaction.atomic
def confirm_minutes(*, actor: Actor, now: datetime, meeting: CommitteeMeeting) -> CommitteeMeeting:
    """
    Confirm the minutes: what they say stays; decisions go on being followed.

    Raises:
        Refusal: while it is open for a unit whether it was there.
    """
    unclear = [AttendanceStatus.INVITED, AttendanceStatus.COMING]
    if MeetingAttendance.objects.filter(meeting=meeting, status__in=unclear).exists():
        raise Refusal("attendance_open", _("Write down for every unit whether it was there, excused or not."))
    return MEETING.move(meeting, "confirm", actor=actor, now=now, changes={"confirmed_at": now})


@transaction.atomic
def reopen_minutes(*, actor: Actor, now: datetime, meeting: CommitteeMeeting, why: str) -> CommitteeMeeting:
    """Open confirmed minutes again, to put something right; InvalidInput without a reason."""
    reason = " ".join(why.split())[:200]
    if not reason:
        raise InvalidInput("reason_missing", _("Say what has to be put right."), field="reason")
    return MEETING.move(meeting, "reopen", actor=actor, now=now, reason=reason, changes={"confirmed_at": None})


@transaction.atomic
def add_item(
    *, actor: Actor, now: datetime, meeting: CommitteeMeeting, subject: str, brought_by: Organisation | None = None
) -> AgendaItem:
    """
    Put a point on the agenda, as long as the minutes are not confirmed.

    Raises:
        InvalidInput: if it says nothing, or there are forty.
    """
    locked = _locked(actor, meeting, OPEN_FOR_CHANGES | {MeetingStatus.HELD})
    made = _append(locked, subject, brought_by)
    journal.record(AGENDA, actor=actor, subject=locked, happened_at=now, changes={"added": made.position})
    return made


@transaction.atomic
def remove_item(*, actor: Actor, now: datetime, item: AgendaItem) -> None:
    """
    Take a point off the agenda; the later ones move up.

    Raises:
        Refusal: if something was written or decided about it.
    """
    locked = _locked(actor, item.meeting, OPEN_FOR_CHANGES | {MeetingStatus.HELD})
    if item.outcome or CommitteeDecision.objects.filter(item=item).exists():
        raise Refusal("item_dealt_with", _("Something was written about this point. It stays."))
    gone = item.position
    item.delete()
    later = list(AgendaItem.objects.filter(meeting=locked, position__gt=gone).order_by("position"))
    for row in later:
        row.position -= 1
    AgendaItem.objects.bulk_update(later, ["position"])
    journal.record(AGENDA, actor=actor, subject=locked, happened_at=now, changes={"removed": gone})


@transaction.atomic
def raise_item(*, actor: Actor, now: datetime, item: AgendaItem) -> None:
    """Let a point change places with the one before it; the first stays."""
    locked = _locked(actor, item.meeting, OPEN_FOR_CHANGES)
    before = AgendaItem.objects.filter(meeting=locked, position=item.position - 1).first()
    if before is None:
        return
    item.position, before.position = before.position, item.position
    AgendaItem.objects.bulk_update([item, before], ["position"])
    journal.record(AGENDA, actor=actor, subject=locked, happened_at=now, changes={"raised": item.position})


@transaction.atomic
def write_outcome(*, actor: Actor, now: datetime, item: AgendaItem, outcome: str) -> AgendaItem:
    """Write what the minutes say of a point, at most a thousand characters; only while the meeting is held."""
    locked = _locked(actor, item.meeting, frozenset({MeetingStatus.HELD}))
    text = outcome.strip()
    if len(text) > 1000:
        raise InvalidInput("outcome_long", _("At most 1,000 characters."), field="outcome")
    if text != item.outcome:
        item.outcome = text
        item.save(update_fields=["outcome"])
        journal.record(RECORDED, actor=actor, subject=locked, happened_at=now, changes={"item": item.position})
    return item


def _append(meeting: CommitteeMeeting, subject: str, brought_by: Organisation | None) -> AgendaItem:
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_ITEMS:
        raise InvalidInput("agenda_full", _("At most 40 points."), field="subject")
    return AgendaItem.objects.create(
        meeting=meeting, area_code=meeting.area_code, position=last + 1, brought_by=brought_by,
        subject=plain_name(subject, field="subject", at_most=160),
    )  # fmt: skip


def _checked(given: MeetingInput, *, now: datetime) -> dict[str, object]:
    """Return the values as columns hold them; raise InvalidInput where one cannot be."""
    if given.ends_at <= given.starts_at or given.ends_at - given.starts_at > LONGEST:
        raise InvalidInput(
            "meeting_order", _("The end comes after the beginning, at most twelve hours later."), field="ends_at"
        )
    if not now < given.starts_at <= now + FARTHEST:
        raise InvalidInput("meeting_over", _("Choose a time from now on, within a year."), field="starts_at")
    return {
        "title": plain_name(given.title, field="title"), "venue": plain_name(given.venue, field="venue"),
        "starts_at": given.starts_at, "ends_at": given.ends_at,
    }  # fmt: skip


def _locked(actor: Actor, meeting: CommitteeMeeting, states: frozenset[str]) -> CommitteeMeeting:
    """Return the meeting as it stands, locked, if the actor runs it and it is in one of these states."""
    found: CommitteeMeeting = CommitteeMeeting._base_manager.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not policy.can_run_meeting(actor, found):
        raise NotPermitted
    if found.status not in states:
        words = _("This meeting is “%(state)s”: that cannot be done now.") % {"state": found.get_status_display()}
        raise Refusal("meeting_state", words)
    return found
