"""States and kinds of training sessions and of those signed up for them."""

from django.db import models
from django.utils.translation import pgettext_lazy


class TrainingStatus(models.TextChoices):
    """A draft is nobody's business; an announced one takes people; a held one is the record."""

    DRAFT = "draft", pgettext_lazy("training", "Draft")
    ANNOUNCED = "announced", pgettext_lazy("training", "Announced")
    HELD = "held", pgettext_lazy("training", "Held")
    CANCELLED = "cancelled", pgettext_lazy("training", "Cancelled")


class UnderstandingCheck(models.TextChoices):
    """How it is seen that somebody understood."""

    QUESTIONS = "questions", pgettext_lazy("training", "The lesson's questions, on the phone, there or afterwards")
    ON_SPOT = "on_spot", pgettext_lazy("training", "Shown on the spot to whoever holds it")


class SignUpStatus(models.TextChoices):
    """What became of somebody's place; saying no, being excused and not coming change nothing for anybody."""

    SIGNED_UP = "signed_up", pgettext_lazy("training sign-up", "Signed up")
    WAITING = "waiting", pgettext_lazy("training sign-up", "On the waiting list")
    WITHDRAWN = "withdrawn", pgettext_lazy("training sign-up", "Taken back")
    EXCUSED = "excused", pgettext_lazy("training sign-up", "Excused")
    MISSED = "missed", pgettext_lazy("training sign-up", "Did not come")
    PRESENT = "present", pgettext_lazy("training sign-up", "Took part")
    COMPLETED = "completed", pgettext_lazy("training sign-up", "Completed")


class TrainingWord(models.TextChoices):
    """What those signed up are told; "" is nothing."""

    ENTERED = "entered", pgettext_lazy("training", "Signed up by the desk")
    SEATED = "seated", pgettext_lazy("training", "Moved up from the waiting list")
    MOVED = "moved", pgettext_lazy("training", "Time or place changed")
    CANCELLED = "cancelled", pgettext_lazy("training", "Cancelled")
    REMINDED = "reminded", pgettext_lazy("training", "Reminder of the day before")


TAKES_A_PLACE = frozenset({SignUpStatus.SIGNED_UP, SignUpStatus.PRESENT, SignUpStatus.COMPLETED})
"""These are counted against the places there are."""
COMING = frozenset({SignUpStatus.SIGNED_UP, SignUpStatus.WAITING})
TOOK_PART = frozenset({SignUpStatus.PRESENT, SignUpStatus.COMPLETED})
GONE = frozenset({SignUpStatus.WITHDRAWN, SignUpStatus.EXCUSED})
"""Who said no or is excused; they may come after all."""
