"""The steps of a pledge, and those of a committee's meetings, of who comes to them, and of what they decide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.organisations import policy
from juxing.organisations.enums import AttendanceStatus as Attendance
from juxing.organisations.enums import DecisionStatus as Decision
from juxing.organisations.enums import MeetingStatus as Meeting
from juxing.organisations.enums import PledgeStatus as State
from juxing.organisations.models import CommitteeDecision, CommitteeMeeting, MeetingAttendance, Pledge

PLEDGE: Lifecycle[Pledge] = Lifecycle(
    model=Pledge,
    subject="organisations.pledge",
    states=State.values,
    transitions=(
        Transition("accept", _("Pledge accepted"), frozenset({State.OFFERED}), State.ACCEPTED, policy.can_call_pledge),
        Transition("call", _("Pledge called on"), frozenset({State.ACCEPTED}), State.CALLED, policy.can_call_pledge),
        Transition("fulfil", _("Pledge kept"), frozenset({State.CALLED}), State.FULFILLED, policy.can_call_pledge),
        Transition("release", _("Call taken back"), frozenset({State.CALLED}), State.ACCEPTED, policy.can_call_pledge),
        Transition("withdraw", _("Pledge withdrawn"), frozenset({State.OFFERED, State.ACCEPTED}), State.WITHDRAWN,
                   policy.can_change_pledge),
    ),
)  # fmt: skip
MEETING: Lifecycle[CommitteeMeeting] = Lifecycle(
    model=CommitteeMeeting,
    subject="organisations.meeting",
    states=Meeting.values,
    transitions=(
        Transition("call", _("Meeting called"), frozenset({Meeting.PLANNED}), Meeting.CALLED, policy.can_run_meeting),
        Transition("hold", _("Meeting held"), frozenset({Meeting.CALLED}), Meeting.HELD, policy.can_run_meeting),
        Transition("confirm", _("Minutes confirmed"), frozenset({Meeting.HELD}), Meeting.CONFIRMED,
                   policy.can_run_meeting),
        Transition("reopen", _("Minutes opened again"), frozenset({Meeting.CONFIRMED}), Meeting.HELD,
                   policy.can_run_meeting),
        Transition("cancel", _("Meeting cancelled"), frozenset({Meeting.PLANNED, Meeting.CALLED}), Meeting.CANCELLED,
                   policy.can_run_meeting),
    ),
)  # fmt: skip
ATTENDANCE: Lifecycle[MeetingAttendance] = Lifecycle(
    model=MeetingAttendance,
    subject="organisations.attendance",
    states=Attendance.values,
    transitions=(
        Transition("come", _("Unit says it comes"), frozenset({Attendance.INVITED, Attendance.EXCUSED}),
                   Attendance.COMING, policy.can_answer_for),
        Transition("excuse", _("Unit is excused"), frozenset({Attendance.INVITED, Attendance.COMING,
                   Attendance.PRESENT, Attendance.MISSED}), Attendance.EXCUSED, policy.can_answer_for),
        Transition("be_there", _("Unit was there"), frozenset(set(Attendance) - {Attendance.PRESENT}),
                   Attendance.PRESENT, policy.can_note_attendance),
        Transition("ask_again", _("Unit is asked again: the meeting was moved"),
                   frozenset({Attendance.COMING, Attendance.EXCUSED}), Attendance.INVITED, policy.can_note_attendance),
        Transition("miss", _("Unit was not there"), frozenset(set(Attendance) - {Attendance.MISSED}),
                   Attendance.MISSED, policy.can_note_attendance),
    ),
)  # fmt: skip
DECISION: Lifecycle[CommitteeDecision] = Lifecycle(
    model=CommitteeDecision,
    subject="organisations.decision",
    states=Decision.values,
    transitions=(
        Transition("carry_out", _("Decision carried out"), frozenset({Decision.OPEN}), Decision.DONE,
                   policy.can_follow_decision),
        Transition("drop", _("Decision no longer needed"), frozenset({Decision.OPEN}), Decision.DROPPED,
                   policy.can_change_decision),
        Transition("reopen", _("Decision open again"), frozenset({Decision.DONE, Decision.DROPPED}), Decision.OPEN,
                   policy.can_change_decision),
    ),
)  # fmt: skip
