"""The states of a drill."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.drills import policy
from juxing.drills.enums import DrillStatus as State
from juxing.drills.models import Drill
from juxing.kernel.lifecycle import Lifecycle, Transition

DRILL: Lifecycle[Drill] = Lifecycle(
    model=Drill,
    subject="drills.drill",
    states=tuple(State),
    transitions=(
        Transition("start", _("Drill begun"), frozenset({State.PLANNED}), State.RUNNING, policy.can_hold),
        Transition("end", _("Drill ended"), frozenset({State.PLANNED, State.RUNNING}), State.ENDED, policy.can_hold),
        Transition("cancel", _("Drill cancelled"), frozenset({State.PLANNED}), State.CANCELLED, policy.can_hold),
    ),
)  # fmt: skip
