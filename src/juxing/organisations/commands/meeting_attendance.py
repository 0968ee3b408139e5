"""Who comes to a meeting: units answer through who speaks for them, the secretary writes down who was there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations import policy
from juxing.organisations.enums import AttendanceStatus, MeetingExcuse, MeetingStatus
from juxing.organisations.lifecycle import ATTENDANCE
from juxing.organisations.models import CommitteeMeeting, MeetingAttendance
from juxing.organisations.waiting import MEETINGS, look_around

TOLD_BY_VOICE = journal.declare_action("organisations.attendance.told", _("Unit told of the meeting by voice"))


@transaction.atomic
def answer_invitation(
    *, actor: Actor, now: datetime, attendance: MeetingAttendance, comes: bool, stands_in: str = "", excuse: str = ""
) -> MeetingAttendance:
    """
    Say that the unit comes, or is excused; ``stands_in`` is whom it sends instead of who speaks for it.

    Saying the same again changes only who comes. Nothing follows from being excused.

    Raises:
        InvalidInput: if it is excused without a kind.
        Refusal: once the meeting has ended or is not called.
    """
    if not policy.can_answer_for(actor, attendance):
        raise NotPermitted
    meeting = attendance.meeting
    if meeting.status != MeetingStatus.CALLED or now >= meeting.ends_at:
        raise Refusal("meeting_closed", _("This meeting is over, or does not take place."))
    name = " ".join(stands_in.split())[:40]
    if comes:
        changed = _note(attendance, "come", AttendanceStatus.COMING, actor=actor, now=now, stands_in=name)
    else:
        changed = _excused(attendance, excuse, actor=actor, now=now)
    tell_of_meetings(meeting, now=now)
    return changed


@transaction.atomic
def note_attendance(
    *, actor: Actor, now: datetime, attendance: MeetingAttendance, status: str, stands_in: str = "", excuse: str = ""
) -> MeetingAttendance:
    """
    Write down for a unit that it was there, was excused, or was not there; until the minutes are confirmed.

    Raises:
        InvalidInput: if the state is none of these, or excused says no kind.
        Refusal: before the meeting is held, and once its minutes are confirmed.
    """
    if not policy.can_note_attendance(actor, attendance):
        raise NotPermitted
    if attendance.meeting.status != MeetingStatus.HELD:
        raise Refusal("minutes_closed", _("Attendance is written down while the meeting is held."))
    name = " ".join(stands_in.split())[:40]
    if status == AttendanceStatus.PRESENT:
        return _note(attendance, "be_there", status, actor=actor, now=now, stands_in=name)
    if status == AttendanceStatus.MISSED:
        return _note(attendance, "miss", status, actor=actor, now=now, stands_in="")
    if status == AttendanceStatus.EXCUSED:
        return _excused(attendance, excuse, actor=actor, now=now)
    raise InvalidInput("kind_unknown", _("Choose from the list."), field="status")


@transaction.atomic
def note_told(*, actor: Actor, now: datetime, attendance: MeetingAttendance) -> None:
    """Note that a unit for which nobody signs in was told by voice; twice changes nothing."""
    if not policy.can_note_attendance(actor, attendance):
        raise NotPermitted
    if MeetingAttendance.objects.filter(pk=attendance.pk, told_at__isnull=True).update(told_at=now):
        journal.record(TOLD_BY_VOICE, actor=actor, subject=attendance, happened_at=now)


def tell_of_meetings(meeting: CommitteeMeeting, *, now: datetime) -> None:
    """Tell whom the meetings of this place concern now, and settle what no longer waits."""
    look_around(MEETINGS, {meeting.area_code}, now=now)


def _excused(attendance: MeetingAttendance, excuse: str, *, actor: Actor, now: datetime) -> MeetingAttendance:
    if excuse not in MeetingExcuse.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="excuse")
    if attendance.status == AttendanceStatus.EXCUSED:
        MeetingAttendance.objects.filter(pk=attendance.pk).update(excuse=excuse)
        return attendance
    return ATTENDANCE.move(
        attendance, "excuse", actor=actor, now=now, changes={"excuse": excuse, "stands_in": ""}
    )  # fmt: skip


def _note(
    attendance: MeetingAttendance, step: str, status: str, *, actor: Actor, now: datetime, stands_in: str
) -> MeetingAttendance:
    if attendance.status == status:
        MeetingAttendance.objects.filter(pk=attendance.pk).update(stands_in=stands_in)
        return attendance
    return ATTENDANCE.move(attendance, step, actor=actor, now=now, changes={"excuse": "", "stands_in": stands_in})
