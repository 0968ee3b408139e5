"""The states of responders, rosters, shifts and swaps. Pausing, leaving and declining need no reason, ever."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.responders import policy
from juxing.responders.enums import ACTIVE, SERVING
from juxing.responders.enums import ReportInStatus as State
from juxing.responders.models import (
    Credential,
    Duty,
    Muster,
    RecruitmentCall,
    Responder,
    Roster,
    SwapOffer,
    TrainingSession,
    TrainingSignUp,
)
from juxing.responders.muster_enums import COUNTED_ON, EXPECTED, MusterStatus
from juxing.responders.recruitment_enums import RecruitmentStatus
from juxing.responders.roster_enums import AttendanceStatus as Attendance
from juxing.responders.roster_enums import RosterStatus, SwapStatus
from juxing.responders.talent_enums import CredentialStatus
from juxing.responders.training_enums import COMING, GONE, SignUpStatus, TrainingStatus

RESPONDER: Lifecycle[Responder] = Lifecycle(
    model=Responder,
    subject="responders.responder",
    states=State.values,
    transitions=(
        Transition("verify", _("Verified"), frozenset({State.SUBMITTED}), State.VERIFIED, policy.can_verify),
        Transition("place", _("Placed"), frozenset({State.VERIFIED}), State.PLACED, policy.can_verify),
        Transition("release", _("Released from the post"), frozenset({State.PLACED}), State.VERIFIED,
                   policy.can_verify),
        Transition("pause", _("Paused"), ACTIVE, State.INACTIVE, policy.is_oneself_or_verifies),
        Transition("return", pgettext_lazy("responder", "Back again"), frozenset({State.INACTIVE}), State.SUBMITTED,
                   policy.is_oneself_or_verifies),
        Transition("recheck", _("New licence to be looked at"), SERVING, State.SUBMITTED, policy.is_process),
        Transition("withdraw", _("Left; personal details removed"), ACTIVE | {State.INACTIVE}, State.WITHDRAWN,
                   policy.is_oneself_or_verifies),
    ),
)  # fmt: skip

ROSTER: Lifecycle[Roster] = Lifecycle(
    model=Roster,
    subject="responders.roster",
    states=RosterStatus.values,
    transitions=(
        Transition("publish", pgettext_lazy("roster", "Published"), frozenset({RosterStatus.DRAFT}),
                   RosterStatus.PUBLISHED, policy.can_plan),
        Transition("reopen", pgettext_lazy("roster", "Taken back to draft"), frozenset({RosterStatus.PUBLISHED}),
                   RosterStatus.DRAFT, policy.can_plan),
        Transition("close", pgettext_lazy("roster", "Closed"), frozenset({RosterStatus.PUBLISHED}),
                   RosterStatus.CLOSED, policy.can_plan),
    ),
)  # fmt: skip

DUTY: Lifecycle[Duty] = Lifecycle(
    model=Duty,
    subject="responders.duty",
    states=Attendance.values,
    transitions=(
        Transition("check_in", _("Checked in"), frozenset({Attendance.SCHEDULED, Attendance.NO_SHOW}),
                   Attendance.CHECKED_IN, policy.is_own_duty_or_plans),
        Transition("check_out", _("Checked out"), frozenset({Attendance.CHECKED_IN}), Attendance.COMPLETED,
                   policy.is_own_duty_or_plans),
        Transition("excuse", _("Excused"), frozenset({Attendance.SCHEDULED, Attendance.NO_SHOW}),
                   Attendance.EXCUSED, policy.is_own_duty_or_plans),
        Transition("take_back_excuse", _("Comes after all"), frozenset({Attendance.EXCUSED}), Attendance.SCHEDULED,
                   policy.is_own_duty_or_plans),
        Transition("miss", _("Has not come"), frozenset({Attendance.SCHEDULED}), Attendance.NO_SHOW,
                   policy.plans_duty),
        Transition("relieve", _("Relieved of the shift"), frozenset({Attendance.SCHEDULED}), Attendance.RELIEVED,
                   policy.is_own_duty_or_plans),
    ),
)  # fmt: skip

SWAP: Lifecycle[SwapOffer] = Lifecycle(
    model=SwapOffer,
    subject="responders.swap",
    states=SwapStatus.values,
    transitions=(
        Transition("accept", pgettext_lazy("swap", "Accepted"), frozenset({SwapStatus.OFFERED}), SwapStatus.ACCEPTED,
                   policy.is_taker),
        Transition("approve", pgettext_lazy("swap", "Approved"), frozenset({SwapStatus.ACCEPTED}),
                   SwapStatus.APPROVED, policy.approves_swap),
        Transition("refuse", pgettext_lazy("swap", "Not approved"), frozenset({SwapStatus.ACCEPTED}),
                   SwapStatus.REFUSED, policy.approves_swap),
        Transition("withdraw", pgettext_lazy("swap", "Taken back"),
                   frozenset({SwapStatus.OFFERED, SwapStatus.ACCEPTED}), SwapStatus.WITHDRAWN,
                   policy.is_on_offer_or_plans),
    ),
)  # fmt: skip

MUSTER: Lifecycle[Muster] = Lifecycle(
    model=Muster,
    subject="responders.muster",
    states=MusterStatus.values,
    transitions=(
        Transition("come", pgettext_lazy("called to help", "Says yes"),
                   frozenset({MusterStatus.CALLED, MusterStatus.DECLINED}), MusterStatus.COMING,
                   policy.is_called_or_notes),
        Transition("decline", pgettext_lazy("called to help", "Cannot come"), EXPECTED, MusterStatus.DECLINED,
                   policy.is_called_or_notes),
        Transition("arrive", pgettext_lazy("called to help", "Is here"), EXPECTED, MusterStatus.HERE,
                   policy.is_called_or_notes),
        Transition("release", pgettext_lazy("called to help", "Released"), COUNTED_ON, MusterStatus.RELEASED,
                   policy.notes_muster),
    ),
)  # fmt: skip

RECRUITMENT: Lifecycle[RecruitmentCall] = Lifecycle(
    model=RecruitmentCall,
    subject="responders.recruitment",
    states=RecruitmentStatus.values,
    transitions=(
        Transition("publish", pgettext_lazy("recruitment", "Published"), frozenset({RecruitmentStatus.DRAFT}),
                   RecruitmentStatus.PUBLISHED, policy.can_recruit),
        Transition("close", pgettext_lazy("recruitment", "Closed"), frozenset({RecruitmentStatus.PUBLISHED}),
                   RecruitmentStatus.CLOSED, policy.can_recruit),
        Transition("discard", pgettext_lazy("recruitment", "Discarded"), frozenset({RecruitmentStatus.DRAFT}),
                   RecruitmentStatus.CLOSED, policy.can_recruit),
    ),
)  # fmt: skip

CREDENTIAL: Lifecycle[Credential] = Lifecycle(
    model=Credential,
    subject="responders.credential",
    states=CredentialStatus.values,
    transitions=(
        Transition("verify", pgettext_lazy("credential", "Verified"), frozenset({CredentialStatus.SUBMITTED}),
                   CredentialStatus.VERIFIED, policy.decides_on_credential),
        Transition("refuse", pgettext_lazy("credential", "Not accepted"),
                   frozenset({CredentialStatus.SUBMITTED, CredentialStatus.VERIFIED}), CredentialStatus.REFUSED,
                   policy.decides_on_credential),
        Transition("expire", pgettext_lazy("credential", "Run out"), frozenset({CredentialStatus.VERIFIED}),
                   CredentialStatus.EXPIRED, policy.is_clock),
    ),
)  # fmt: skip

TRAINING: Lifecycle[TrainingSession] = Lifecycle(
    model=TrainingSession,
    subject="responders.training",
    states=TrainingStatus.values,
    transitions=(
        Transition("announce", pgettext_lazy("training", "Announced"), frozenset({TrainingStatus.DRAFT}),
                   TrainingStatus.ANNOUNCED, policy.holds_training),
        Transition("close", pgettext_lazy("training", "Held"), frozenset({TrainingStatus.ANNOUNCED}),
                   TrainingStatus.HELD, policy.holds_training),
        Transition("cancel", pgettext_lazy("training", "Cancelled"),
                   frozenset({TrainingStatus.DRAFT, TrainingStatus.ANNOUNCED}), TrainingStatus.CANCELLED,
                   policy.holds_training),
    ),
)  # fmt: skip

SIGN_UP: Lifecycle[TrainingSignUp] = Lifecycle(
    model=TrainingSignUp,
    subject="responders.training_sign_up",
    states=SignUpStatus.values,
    transitions=(
        Transition("seat", _("Moved up from the waiting list"), frozenset({SignUpStatus.WAITING}),
                   SignUpStatus.SIGNED_UP, policy.notes_sign_up),
        Transition("return", _("Comes to the training after all"), GONE, SignUpStatus.SIGNED_UP,
                   policy.is_signed_up_or_notes),
        Transition("queue", _("On the waiting list again"), GONE, SignUpStatus.WAITING, policy.is_signed_up_or_notes),
        Transition("take_back", pgettext_lazy("training sign-up", "Taken back"), COMING, SignUpStatus.WITHDRAWN,
                   policy.is_signed_up_or_notes),
        Transition("excuse", pgettext_lazy("training sign-up", "Excused"),
                   frozenset({SignUpStatus.SIGNED_UP, SignUpStatus.MISSED}), SignUpStatus.EXCUSED,
                   policy.is_signed_up_or_notes),
        Transition("check_in", _("Takes part"),
                   frozenset({SignUpStatus.SIGNED_UP, SignUpStatus.MISSED, *GONE}), SignUpStatus.PRESENT,
                   policy.is_signed_up_or_notes),
        Transition("undo", _("Noted by mistake: not here"), frozenset({SignUpStatus.PRESENT}), SignUpStatus.SIGNED_UP,
                   policy.notes_sign_up),
        Transition("complete", _("Completed the training"), frozenset({SignUpStatus.PRESENT}), SignUpStatus.COMPLETED,
                   policy.is_signed_up_or_notes),
        Transition("miss", _("Did not come to the training"), frozenset({SignUpStatus.SIGNED_UP}),
                   SignUpStatus.MISSED, policy.notes_sign_up),
    ),
)  # fmt: skip
