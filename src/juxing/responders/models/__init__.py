"""Tables of this room."""

from juxing.responders.models.duties import Duty, SwapOffer
from juxing.responders.models.gates import Clearance
from juxing.responders.models.musters import Muster
from juxing.responders.models.people import Availability, ReportIn, ReportInList, Responder
from juxing.responders.models.recruitment import RecruitmentAnswer, RecruitmentCall, RecruitmentNeed
from juxing.responders.models.rosters import Roster, RosterDemand, RosterMember, RosterPost, RosterShift, RosterWish
from juxing.responders.models.service import Commendation, ReportBack, ServiceCertificate, ServiceRecord
from juxing.responders.models.talents import Credential
from juxing.responders.models.trainings import TrainingSession, TrainingSignUp

__all__ = [
    "Availability",
    "Clearance",
    "Commendation",
    "Credential",
    "Duty",
    "Muster",
    "RecruitmentAnswer",
    "RecruitmentCall",
    "RecruitmentNeed",
    "ReportBack",
    "ReportIn",
    "ReportInList",
    "Responder",
    "Roster",
    "RosterDemand",
    "RosterMember",
    "RosterPost",
    "RosterShift",
    "RosterWish",
    "ServiceCertificate",
    "ServiceRecord",
    "SwapOffer",
    "TrainingSession",
    "TrainingSignUp",
]
