"""The tables of this room, by topic."""

from juxing.organisations.models.committees import CommitteeMember, JointCommittee, Pledge
from juxing.organisations.models.conversions import PostConversion
from juxing.organisations.models.coverage import (
    CoverageStandard,
    HouseholdCluster,
    KeySite,
    ResponsibilityCoverage,
)
from juxing.organisations.models.duties import (
    ChecklistSheet,
    ChecklistTick,
    ProgrammeEntry,
    ProgrammeTarget,
    WorkProgramme,
)
from juxing.organisations.models.meetings import (
    AgendaItem,
    CommitteeDecision,
    CommitteeMeeting,
    MeetingAttendance,
)
from juxing.organisations.models.posts import Absence, Backfill, Post, PostHolding, PresenceCheck
from juxing.organisations.models.register import ActionBranch, Membership, Organisation, Team, TemporaryBody
from juxing.organisations.models.staff import StaffMember, StaffTraining, WorkEvaluation, WorkObjective

__all__ = [
    "Absence",
    "ActionBranch",
    "AgendaItem",
    "Backfill",
    "ChecklistSheet",
    "ChecklistTick",
    "CommitteeDecision",
    "CommitteeMeeting",
    "CommitteeMember",
    "CoverageStandard",
    "HouseholdCluster",
    "JointCommittee",
    "KeySite",
    "MeetingAttendance",
    "Membership",
    "Organisation",
    "Pledge",
    "Post",
    "PostConversion",
    "PostHolding",
    "PresenceCheck",
    "ProgrammeEntry",
    "ProgrammeTarget",
    "ResponsibilityCoverage",
    "StaffMember",
    "StaffTraining",
    "Team",
    "TemporaryBody",
    "WorkEvaluation",
    "WorkObjective",
    "WorkProgramme",
]
