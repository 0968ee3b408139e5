"""Kinds and states of plans, and the scales they use."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ResponseLevel(models.TextChoices):
    """Levels of a response; the first is the highest, and sorts first. Not the grade, not the warning level."""

    LEVEL_1 = "level_1", pgettext_lazy("response level", "Level I")
    LEVEL_2 = "level_2", pgettext_lazy("response level", "Level II")
    LEVEL_3 = "level_3", pgettext_lazy("response level", "Level III")
    LEVEL_4 = "level_4", pgettext_lazy("response level", "Level IV")


class IncidentGrade(models.IntegerChoices):
    """Grades of an incident by the harm it does."""

    ESPECIALLY_MAJOR = 1, pgettext_lazy("incident grade", "Especially major")
    MAJOR = 2, pgettext_lazy("incident grade", "Major")
    CONSIDERABLE = 3, pgettext_lazy("incident grade", "Considerable")
    GENERAL = 4, pgettext_lazy("incident grade", "General")


class AreaKind(models.TextChoices):
    """For which kind of place a plan is written."""

    DISTRICT = "district", pgettext_lazy("plan kind", "District plan")
    STREET = "street", pgettext_lazy("plan kind", "Street plan")
    COMMUNITY = "community", pgettext_lazy("plan kind", "Community plan")


class VersionStatus(models.TextChoices):
    """States of one version of a plan."""

    DRAFT = "draft", pgettext_lazy("plan version", "Draft")
    APPROVED = "approved", pgettext_lazy("plan version", "In force")
    REPLACED = "replaced", pgettext_lazy("plan version", "Replaced")
    WITHDRAWN = "withdrawn", pgettext_lazy("plan version", "Withdrawn")


class NoticeAudience(models.TextChoices):
    """Whom a notice is for; what is for residents, everybody may read."""

    RESIDENTS = "residents", pgettext_lazy("notice is for", "Residents")
    RESPONDERS = "responders", pgettext_lazy("notice is for", "Responders")
    UNITS = "units", pgettext_lazy("notice is for", "Organisations")


class PlanImportStatus(models.TextChoices):
    """States of a plan's text that was sent in as a file."""

    WAITING = "waiting", pgettext_lazy("plan import", "Being read")
    READY = "ready", pgettext_lazy("plan import", "To be confirmed")
    FAILED = "failed", pgettext_lazy("plan import", "Could not be read")
    CLOSED = "closed", pgettext_lazy("plan import", "Finished")


class PlanImportSectionStatus(models.TextChoices):
    """What a person decided about one section of a text."""

    OPEN = "open", pgettext_lazy("plan import section", "To be confirmed")
    TAKEN = "taken", pgettext_lazy("plan import section", "Taken over")
    LEFT_OUT = "left_out", pgettext_lazy("plan import section", "Left out")
