"""Leaving for good: shifts go to alternates, and what named the person is removed from rosters and papers."""

from __future__ import annotations

from datetime import datetime

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders.commands.attending import excuse
from juxing.responders.commands.training_places import take_back_sign_up
from juxing.responders.models import (
    Clearance,
    Commendation,
    Credential,
    Duty,
    Muster,
    RecruitmentAnswer,
    Responder,
    RosterMember,
    ServiceCertificate,
    TrainingSignUp,
)
from juxing.responders.roster_enums import AttendanceStatus, Excuse, RosterStatus
from juxing.responders.training_enums import COMING

PROCESS = Actor.system("leaving")


def leave_rosters(responder: Responder, *, now: datetime) -> None:
    """
    Release somebody from every shift to come, and remove what was shown, thanked and printed for them.

    Runs in the system's scope: rosters may lie in another community. What was worked stays as hours without a name.
    """
    with acting(PROCESS):
        coming = Duty.objects.filter(responder=responder, status=AttendanceStatus.SCHEDULED)
        for duty in coming.exclude(roster__status=RosterStatus.DRAFT).select_related("roster", "responder", "post"):
            excuse(actor=PROCESS, now=now, duty=duty, kind=Excuse.RELEASED)
        coming.filter(roster__status=RosterStatus.DRAFT).delete()
        RosterMember.objects.filter(responder=responder).delete()
        trainings = TrainingSignUp.objects.filter(responder=responder, status__in=sorted(COMING))
        for place in trainings.select_related("responder"):
            take_back_sign_up(actor=PROCESS, now=now, sign_up=place)
        for model in (
            Clearance,
            Commendation,
            Credential,
            Muster,
            RecruitmentAnswer,
            ServiceCertificate,
            TrainingSignUp,
        ):
            model._default_manager.filter(responder=responder).delete()
