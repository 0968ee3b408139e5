"""The states of a plan's version."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.plans import policy
from juxing.plans.enums import VersionStatus as State
from juxing.plans.models import PlanVersion

VERSION: Lifecycle[PlanVersion] = Lifecycle(
    model=PlanVersion,
    subject="plans.version",
    states=tuple(State),
    transitions=(
        Transition(
            "approve", _("Plan brought into force"), frozenset({State.DRAFT}), State.APPROVED, policy.can_approve
        ),
        Transition(
            "replace", _("Plan replaced by a newer version"), frozenset({State.APPROVED}), State.REPLACED,
            policy.can_approve,
        ),
        Transition("withdraw", _("Draft given up"), frozenset({State.DRAFT}), State.WITHDRAWN, policy.can_write),
    ),
)  # fmt: skip
