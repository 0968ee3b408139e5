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


class PlanStatus(models.TextChoices):
    """States of one planning of rounds."""

    RUNNING = "running", pgettext_lazy("plan status", "Computing")
    DONE = "done", pgettext_lazy("plan status", "Rounds planned")
    FAILED = "failed", pgettext_lazy("plan status", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("plan status", "Stopped")


class PlacementStatus(models.TextChoices):
    """What became of the exact plan that stood beside an instant placement."""

    NO_BETTER = "no_better", pgettext_lazy("placement status", "No plan is better")
    OPEN = "open", pgettext_lazy("placement status", "A better plan can be taken")
    TAKEN = "taken", pgettext_lazy("placement status", "The better plan was taken")
    OUTDATED = "outdated", pgettext_lazy("placement status", "Changed meanwhile")


class UnservedReason(models.TextChoices):
    """What stood in the way of a need in a run: the engine's reasons, and what the run itself finds."""

    NOBODY_QUALIFIED = "nobody_qualified", pgettext_lazy("unserved reason", "Nobody here has the skill")
    GATE_NOT_PASSED = (
        "gate_not_passed",
        pgettext_lazy("unserved reason", "Those who could go have something to show first"),
    )
    NO_CAPACITY = "no_capacity", pgettext_lazy("unserved reason", "Everyone with the skill has enough to do")
    OUT_OF_REACH = "out_of_reach", pgettext_lazy("unserved reason", "Too far for everyone who could")
    ALL_DECLINED = "all_declined", pgettext_lazy("unserved reason", "Everyone near was asked in the last day")
    COSTS_MORE_THAN_PENALTY = "costs_more_than_penalty", pgettext_lazy("unserved reason", "Too costly to serve")
    CAPACITY_USED_BY_HIGHER_PRIORITY = (
        "capacity_used_by_higher_priority",
        pgettext_lazy("unserved reason", "All hands are needed for more urgent requests"),
    )
    CAPACITY_USED_BY_OTHERS = (
        "capacity_used_by_others",
        pgettext_lazy("unserved reason", "Not enough hands for equally urgent requests"),
    )
    GOODS_MISSING = "goods_missing", pgettext_lazy("unserved reason", "Too little in stock")
    PLACE_UNKNOWN = "place_unknown", pgettext_lazy("unserved reason", "The door is not known yet")
    HELPER_TAKEN = "helper_taken", pgettext_lazy("unserved reason", "The helper was asked by another run meanwhile")
    TAKEN_MEANWHILE = "taken_meanwhile", pgettext_lazy("unserved reason", "Changed while the run computed")
