"""What gates ask of a person."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ClearanceKind(models.TextChoices):
    """What a person can show."""

    ADULT = "adult", pgettext_lazy("clearance", "Of full age")
    TRAINING = "training", pgettext_lazy("clearance", "Training")
    INSURANCE = "insurance", pgettext_lazy("clearance", "Accident insurance")
    EQUIPMENT = "equipment", pgettext_lazy("clearance", "Protective equipment")
    BRIEFING = "briefing", pgettext_lazy("clearance", "Safety briefing")
    FITNESS = "fitness", pgettext_lazy("clearance", "Fit for the load")
