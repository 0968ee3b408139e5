"""Kinds of responders and what they can do."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ResponderKind(models.TextChoices):
    """In which capacity someone serves; it never decides who is served."""

    PARTY_MEMBER = "party_member", pgettext_lazy("responder kind", "Party member")
    VOLUNTEER = "volunteer", pgettext_lazy("responder kind", "Volunteer")
    COMMUNITY_WORKER = "community_worker", pgettext_lazy("responder kind", "Community worker")
    SOCIAL_WORKER = "social_worker", pgettext_lazy("responder kind", "Social worker")
    DISPATCHED_CADRE = "dispatched_cadre", pgettext_lazy("responder kind", "Dispatched cadre")
    PROPERTY_STAFF = "property_staff", pgettext_lazy("responder kind", "Property staff")
    PROFESSIONAL = "professional", pgettext_lazy("responder kind", "Professional")
    NEW_EMPLOYMENT_WORKER = "new_employment_worker", pgettext_lazy("responder kind", "New-employment worker")
    STUDENT = "student", pgettext_lazy("responder kind", "Student")
    RESCUE_MEMBER = "rescue_member", pgettext_lazy("responder kind", "Rescue member")
    AGENCY_STAFF = "agency_staff", pgettext_lazy("responder kind", "Agency staff")


class Skill(models.TextChoices):
    """Skills a need can ask for; the order is the bit the engine sees, so new ones are added at the end."""

    MEDICAL = "medical", pgettext_lazy("skill", "Medical")
    PHARMACY = "pharmacy", pgettext_lazy("skill", "Pharmacy")
    COUNSELLING = "counselling", pgettext_lazy("skill", "Counselling")
    LEGAL = "legal", pgettext_lazy("skill", "Legal")
    INFORMATION_TECHNOLOGY = "information_technology", pgettext_lazy("skill", "Information technology")
    TEACHING = "teaching", pgettext_lazy("skill", "Teaching")
    DRIVING = "driving", pgettext_lazy("skill", "Driving licence")
    ELECTRICAL_MECHANICAL = "electrical_mechanical", pgettext_lazy("skill", "Electrical and mechanical")
    CARE = "care", pgettext_lazy("skill", "Personal care")
    SIGN_LANGUAGE = "sign_language", pgettext_lazy("skill", "Sign language")
    HEAVY_LOADS = "heavy_loads", pgettext_lazy("skill", "Can carry heavy loads")


class Language(models.TextChoices):
    """Languages a resident may need to be spoken to in; ordered like skills."""

    MANDARIN = "mandarin", pgettext_lazy("language", "Mandarin")
    LOCAL_DIALECT = "local_dialect", pgettext_lazy("language", "Local dialect")
    ENGLISH = "english", pgettext_lazy("language", "English")


class Transport(models.TextChoices):
    """How the responder gets about; decides reach and load."""

    FOOT = "foot", pgettext_lazy("transport", "On foot")
    BICYCLE = "bicycle", pgettext_lazy("transport", "Bicycle")
    ELECTRIC_BIKE = "electric_bike", pgettext_lazy("transport", "Electric bike")
    CAR = "car", pgettext_lazy("transport", "Car")


class ReportInStatus(models.TextChoices):
    """Report-in (报到) is an offer to serve, not presence; check-in (签到) is presence."""

    SUBMITTED = "submitted", pgettext_lazy("report-in status", "Submitted")
    VERIFIED = "verified", pgettext_lazy("report-in status", "Verified")
    PLACED = "placed", pgettext_lazy("report-in status", "Placed")
    INACTIVE = "inactive", pgettext_lazy("report-in status", "Inactive")
    WITHDRAWN = "withdrawn", pgettext_lazy("report-in status", "Withdrawn")


class ReportInScope(models.TextChoices):
    """To whom: the home unit or the community of residence (双报到)."""

    HOME_UNIT = "home_unit", pgettext_lazy("report-in scope", "Home unit")
    RESIDENCE = "residence", pgettext_lazy("report-in scope", "Residence")


class ReportInChannel(models.TextChoices):
    """How someone reported in."""

    WEB = "web", pgettext_lazy("report-in channel", "Web page")
    MOBILE = "mobile", pgettext_lazy("report-in channel", "Phone page")
    WECHAT = "wechat", pgettext_lazy("report-in channel", "WeChat")
    PHONE = "phone", pgettext_lazy("report-in channel", "Telephone")
    DESK = "desk", pgettext_lazy("report-in channel", "In person")
    PAPER = "paper", pgettext_lazy("report-in channel", "Paper list")
    PROXY = "proxy", pgettext_lazy("report-in channel", "Through someone else")
    UNIT_LIST = "unit_list", pgettext_lazy("report-in channel", "List from the home unit")


ACTIVE = frozenset({ReportInStatus.SUBMITTED, ReportInStatus.VERIFIED, ReportInStatus.PLACED})
SERVING = frozenset({ReportInStatus.VERIFIED, ReportInStatus.PLACED})
LICENSED = frozenset(
    {Skill.MEDICAL, Skill.PHARMACY, Skill.COUNSELLING, Skill.LEGAL, Skill.DRIVING, Skill.ELECTRICAL_MECHANICAL}
)
"""Skills that a person looks at a paper for before anyone is sent because of them."""
