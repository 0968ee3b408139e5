"""The states of reviews and corrective actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.reviews import policy
from juxing.reviews.enums import ActionStatus, ReviewStatus
from juxing.reviews.models import AfterActionReview, CorrectiveAction

REVIEW: Lifecycle[AfterActionReview] = Lifecycle(
    model=AfterActionReview,
    subject="reviews.review",
    states=tuple(ReviewStatus),
    transitions=(
        Transition(
            "close", _("Review closed"), frozenset({ReviewStatus.OPEN}), ReviewStatus.CLOSED, policy.can_review
        ),
    ),
)  # fmt: skip

ACTION: Lifecycle[CorrectiveAction] = Lifecycle(
    model=CorrectiveAction,
    subject="reviews.action",
    states=tuple(ActionStatus),
    transitions=(
        Transition(
            "apply", _("Corrective action written into the plan"), frozenset({ActionStatus.OPEN}),
            ActionStatus.APPLIED, policy.can_review,
        ),
        Transition(
            "test", _("Corrective action tested by a drill"), frozenset({ActionStatus.APPLIED}),
            ActionStatus.TESTED, policy.is_process,
        ),
        Transition(
            "drop", _("Corrective action given up"), frozenset({ActionStatus.OPEN, ActionStatus.APPLIED}),
            ActionStatus.DROPPED, policy.can_review,
        ),
    ),
)  # fmt: skip
