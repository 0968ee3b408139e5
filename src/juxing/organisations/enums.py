"""Kinds of organisations, teams, branches and posts of the papers."""

from django.db import models
from django.utils.translation import pgettext_lazy


class OrganisationType(models.TextChoices):
    """Every kind that takes part in a community."""

    PARTY_ORGANISATION = "party_organisation", pgettext_lazy("organisation type", "Party organisation")
    RESIDENTS_COMMITTEE = "residents_committee", pgettext_lazy("organisation type", "Residents' committee")
    OWNERS_COMMITTEE = "owners_committee", pgettext_lazy("organisation type", "Owners' committee")
    PROPERTY_COMPANY = "property_company", pgettext_lazy("organisation type", "Property company")
    SOCIAL_ORGANISATION = "social_organisation", pgettext_lazy("organisation type", "Social organisation")
    RESIDENT_UNIT = "resident_unit", pgettext_lazy("organisation type", "Resident unit")
    GROUP_ORGANISATION = "group_organisation", pgettext_lazy("organisation type", "Group organisation")
    NEW_ECONOMIC_ORGANISATION = (
        "new_economic_organisation",
        pgettext_lazy("organisation type", "New economic organisation"),
    )
    NEW_SOCIAL_ORGANISATION = (
        "new_social_organisation",
        pgettext_lazy("organisation type", "New social organisation"),
    )
    AGENCY = "agency", pgettext_lazy("organisation type", "Government agency")
    SUPPLIER = "supplier", pgettext_lazy("organisation type", "Supplier")
    MEDICAL_INSTITUTION = "medical_institution", pgettext_lazy("organisation type", "Medical institution")


class TeamType(models.TextChoices):
    """Kinds of teams."""

    STRIKE_TEAM = "strike_team", pgettext_lazy("team type", "Strike team")
    STANDBY_TEAM = "standby_team", pgettext_lazy("team type", "Standby team")
    EMERGENCY_TEAM = "emergency_team", pgettext_lazy("team type", "Emergency team")
    VOLUNTEER_TEAM = "volunteer_team", pgettext_lazy("team type", "Volunteer team")
    MEDICINE_SQUAD = "medicine_squad", pgettext_lazy("team type", "Medicine squad")
    COMMUNITY_SUPPORT_TEAM = "community_support_team", pgettext_lazy("team type", "Community support team")
    PUBLIC_INFORMATION_TEAM = "public_information_team", pgettext_lazy("team type", "Public information team")
    SUPPLY_TEAM = "supply_team", pgettext_lazy("team type", "Supply team")
    WELLBEING_TEAM = "wellbeing_team", pgettext_lazy("team type", "Wellbeing team")
    RESCUE_TEAM = "rescue_team", pgettext_lazy("team type", "Rescue team")


class BranchType(models.TextChoices):
    """The five action branches (五大行动支部)."""

    PSYCHOLOGICAL_SUPPORT = "psychological_support", pgettext_lazy("branch type", "Psychological support")
    ELDER_CARE = "elder_care", pgettext_lazy("branch type", "Elder care")
    HARDSHIP_RELIEF = "hardship_relief", pgettext_lazy("branch type", "Hardship relief")
    FRONTLINE_VOLUNTEERING = "frontline_volunteering", pgettext_lazy("branch type", "Frontline volunteering")
    CHARITY = "charity", pgettext_lazy("branch type", "Charity")


class AssignmentSlot(models.TextChoices):
    """A and B holders of a post (A角, B角)."""

    PRIMARY = "primary", pgettext_lazy("assignment slot", "Primary (A)")
    ALTERNATE = "alternate", pgettext_lazy("assignment slot", "Alternate (B)")


class TemporaryBodyKind(models.TextChoices):
    """What is set up for a time and dissolved again."""

    TEMPORARY_BRANCH = "temporary_branch", pgettext_lazy("temporary body", "Temporary branch")
    FUNCTIONAL_GROUP = "functional_group", pgettext_lazy("temporary body", "Functional group")
    TASK_FORCE = "task_force", pgettext_lazy("temporary body", "Task force")


class FunctionalGroupType(models.TextChoices):
    """The five functional groups (专项小组) of a closed community."""

    GATE = "gate", pgettext_lazy("functional group", "Gate")
    DELIVERY = "delivery", pgettext_lazy("functional group", "Delivery")
    INFORMATION = "information", pgettext_lazy("functional group", "Information and data")
    MEDICAL_TRIPS = "medical_trips", pgettext_lazy("functional group", "Medical trips")
    SUPPLY = "supply", pgettext_lazy("functional group", "Supplies")


class Office(models.TextChoices):
    """What a member is in a team, branch or temporary body."""

    SECRETARY = "secretary", pgettext_lazy("office", "Secretary or leader")
    DEPUTY_SECRETARY = "deputy_secretary", pgettext_lazy("office", "Deputy")
    MEMBER = "member", pgettext_lazy("office", "Member")


class AbsenceKind(models.TextChoices):
    """Why a holder is away, as far as it concerns the post; never what a person is ill with."""

    PLANNED = "planned", pgettext_lazy("absence", "Planned")
    SUDDEN = "sudden", pgettext_lazy("absence", "Sudden")
    UNREACHABLE = "unreachable", pgettext_lazy("absence", "Not reachable")


class CommitteeLevel(models.TextChoices):
    """Joint committees of a street (大工委) and of a community (大党委)."""

    STREET = "street", pgettext_lazy("joint committee", "Enlarged working committee")
    COMMUNITY = "community", pgettext_lazy("joint committee", "Enlarged party committee")


class PledgeKind(models.TextChoices):
    """What a member unit can pledge."""

    PEOPLE = "people", pgettext_lazy("pledge", "People")
    PLACES = "places", pgettext_lazy("pledge", "Places")
    GOODS = "goods", pgettext_lazy("pledge", "Goods")
    SKILLS = "skills", pgettext_lazy("pledge", "Skills")


class PledgeStatus(models.TextChoices):
    """Steps of a pledge."""

    OFFERED = "offered", pgettext_lazy("pledge", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("pledge", "Accepted")
    CALLED = "called", pgettext_lazy("pledge", "Called on")
    FULFILLED = "fulfilled", pgettext_lazy("pledge", "Kept")
    WITHDRAWN = "withdrawn", pgettext_lazy("pledge", "Withdrawn")


class CoverageKind(models.TextChoices):
    """The four coverages (四包): what somebody answers for."""

    ESTATE = "estate", pgettext_lazy("coverage", "Estate")
    BUILDING = "building", pgettext_lazy("coverage", "Building")
    HOUSEHOLD_CLUSTER = "household_cluster", pgettext_lazy("coverage", "Household cluster")
    SITE = "site", pgettext_lazy("coverage", "Site")


class SiteType(models.TextChoices):
    """Sites that somebody must answer for."""

    SHELTER = "shelter", pgettext_lazy("site", "Shelter")
    ISOLATION_SITE = "isolation_site", pgettext_lazy("site", "Isolation site")
    GATE = "gate", pgettext_lazy("site", "Gate")
    SUPPLY_POINT = "supply_point", pgettext_lazy("site", "Supply point")
    KEY_FACILITY = "key_facility", pgettext_lazy("site", "Key facility")


class StaffLine(models.TextChoices):
    """The four kinds of posts (四岗) of community workers."""

    SECRETARY = "secretary", pgettext_lazy("staff line", "Secretary and director")
    DEPUTY = "deputy", pgettext_lazy("staff line", "Deputy")
    SPECIALIST = "specialist", pgettext_lazy("staff line", "Specialist")
    WORKER = "worker", pgettext_lazy("staff line", "Worker")


class EvaluationSide(models.TextChoices):
    """Who says how the work went."""

    ORGANISATION = "organisation", pgettext_lazy("evaluation", "Organisation")
    RESIDENTS = "residents", pgettext_lazy("evaluation", "Residents")


class WorkResult(models.TextChoices):
    """How far an objective of work was reached; says nothing about the person."""

    MET = "met", pgettext_lazy("work result", "Reached")
    PARTLY_MET = "partly_met", pgettext_lazy("work result", "Reached in part")
    NOT_MET = "not_met", pgettext_lazy("work result", "Not reached")


class MeetingStatus(models.TextChoices):
    """Steps of a joint committee's meeting."""

    PLANNED = "planned", pgettext_lazy("meeting", "Planned")
    CALLED = "called", pgettext_lazy("meeting", "Called")
    HELD = "held", pgettext_lazy("meeting", "Held")
    CONFIRMED = "confirmed", pgettext_lazy("meeting", "Minutes confirmed")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class AttendanceStatus(models.TextChoices):
    """Whether a member unit comes to a meeting, or came."""

    INVITED = "invited", pgettext_lazy("meeting", "Not answered")
    COMING = "coming", pgettext_lazy("meeting", "Coming")
    EXCUSED = "excused", pgettext_lazy("meeting", "Excused")
    PRESENT = "present", pgettext_lazy("meeting", "Present")
    MISSED = "missed", pgettext_lazy("meeting", "Not there")


class MeetingExcuse(models.TextChoices):
    """Why a unit is excused, as far as a meeting has to know."""

    ON_DUTY = "on_duty", pgettext_lazy("meeting", "On duty elsewhere")
    EMERGENCY = "emergency", pgettext_lazy("meeting", "An emergency")
    PREVENTED = "prevented", pgettext_lazy("meeting", "Prevented")


class DecisionStatus(models.TextChoices):
    """Steps of a decision."""

    OPEN = "open", pgettext_lazy("decision", "Open")
    DONE = "done", pgettext_lazy("decision", "Carried out")
    DROPPED = "dropped", pgettext_lazy("decision", "No longer needed")
