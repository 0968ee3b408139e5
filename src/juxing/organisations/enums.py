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
