"""The steps of a pledge: offered by a unit, accepted by the committee, called on, kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.organisations import policy
from juxing.organisations.enums import PledgeStatus as State
from juxing.organisations.models import Pledge

PLEDGE: Lifecycle[Pledge] = Lifecycle(
    model=Pledge,
    subject="organisations.pledge",
    states=State.values,
    transitions=(
        Transition("accept", _("Pledge accepted"), frozenset({State.OFFERED}), State.ACCEPTED, policy.can_call_pledge),
        Transition("call", _("Pledge called on"), frozenset({State.ACCEPTED}), State.CALLED, policy.can_call_pledge),
        Transition("fulfil", _("Pledge kept"), frozenset({State.CALLED}), State.FULFILLED, policy.can_call_pledge),
        Transition("release", _("Call taken back"), frozenset({State.CALLED}), State.ACCEPTED, policy.can_call_pledge),
        Transition("withdraw", _("Pledge withdrawn"), frozenset({State.OFFERED, State.ACCEPTED}), State.WITHDRAWN,
                   policy.can_change_pledge),
    ),
)  # fmt: skip
