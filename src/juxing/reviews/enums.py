"""States and kinds of reviews, findings and corrective actions."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ReviewStatus(models.TextChoices):
    """A review is written, then closed."""

    OPEN = "open", pgettext_lazy("review", "Being written")
    CLOSED = "closed", pgettext_lazy("review", "Closed")


class FindingKind(models.TextChoices):
    """What a note or a finding says."""

    STRENGTH = "strength", pgettext_lazy("finding", "Went well")
    GAP = "gap", pgettext_lazy("finding", "Went wrong")
    IDEA = "idea", pgettext_lazy("finding", "Could be better")


class ActionStatus(models.TextChoices):
    """From a promise to a proof: written into the plan, and tested by a drill."""

    OPEN = "open", pgettext_lazy("corrective action", "Open")
    APPLIED = "applied", pgettext_lazy("corrective action", "In the plan")
    TESTED = "tested", pgettext_lazy("corrective action", "Tested by a drill")
    DROPPED = "dropped", pgettext_lazy("corrective action", "Given up")
