"""Kinds and states of drills."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DrillKind(models.TextChoices):
    """How real it is."""

    TABLETOP = "tabletop", pgettext_lazy("drill", "Tabletop")
    FUNCTIONAL = "functional", pgettext_lazy("drill", "Functional")
    FULL_SCALE = "full_scale", pgettext_lazy("drill", "Full scale")
    COMPUTED = "computed", pgettext_lazy("drill", "Computed")


class DrillStatus(models.TextChoices):
    """From planning to its report."""

    PLANNED = "planned", pgettext_lazy("drill", "Planned")
    RUNNING = "running", pgettext_lazy("drill", "Under way")
    ENDED = "ended", pgettext_lazy("drill", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("drill", "Cancelled")
