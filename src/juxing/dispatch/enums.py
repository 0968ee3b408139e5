"""States of tasks, and what starts a matching run."""

from django.db import models
from django.utils.translation import pgettext_lazy


class TaskStatus(models.TextChoices):
    """A task is one person's work on one need. Declining it, or letting the offer pass, has no consequence."""

    OFFERED = "offered", pgettext_lazy("task status", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("task status", "Accepted")
    DECLINED = "declined", pgettext_lazy("task status", "Declined")
    EXPIRED = "expired", pgettext_lazy("task status", "Not answered in time")
    IN_PROGRESS = "in_progress", pgettext_lazy("task status", "In progress")
    BLOCKED = "blocked", pgettext_lazy("task status", "Blocked")
    DONE = "done", pgettext_lazy("task status", "Done")
    VERIFIED = "verified", pgettext_lazy("task status", "Confirmed by the resident")
    CANCELLED = "cancelled", pgettext_lazy("task status", "Cancelled")


LIVE = frozenset({TaskStatus.OFFERED, TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED})
HELD = LIVE - {TaskStatus.OFFERED}


class RunTrigger(models.TextChoices):
    """What started a matching run."""

    PERSON = "person", pgettext_lazy("run trigger", "Started by a person")
    SCHEDULE = "schedule", pgettext_lazy("run trigger", "On schedule")
    LIFE_CRITICAL = "life_critical", pgettext_lazy("run trigger", "Life-critical need")


class RunStatus(models.TextChoices):
    """States of a matching run."""

    RUNNING = "running", pgettext_lazy("run status", "Computing")
    OFFERED = "offered", pgettext_lazy("run status", "Offers sent")
    FAILED = "failed", pgettext_lazy("run status", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("run status", "Stopped")


class RoundStatus(models.TextChoices):
    """States of a delivery round."""

    PLANNED = "planned", pgettext_lazy("round status", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("round status", "Under way")
    FINISHED = "finished", pgettext_lazy("round status", "Finished")
