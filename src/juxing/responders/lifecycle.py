"""The states of a responder. Pausing and leaving need no reason and have no consequence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.responders import policy
from juxing.responders.enums import ACTIVE, SERVING
from juxing.responders.enums import ReportInStatus as State
from juxing.responders.models import Responder

RESPONDER: Lifecycle[Responder] = Lifecycle(
    model=Responder,
    subject="responders.responder",
    states=State.values,
    transitions=(
        Transition("verify", _("Verified"), frozenset({State.SUBMITTED}), State.VERIFIED, policy.can_verify),
        Transition("place", _("Placed"), frozenset({State.VERIFIED}), State.PLACED, policy.can_verify),
        Transition("release", _("Released from the post"), frozenset({State.PLACED}), State.VERIFIED,
                   policy.can_verify),
        Transition("pause", _("Paused"), ACTIVE, State.INACTIVE, policy.is_oneself_or_verifies),
        Transition("return", pgettext_lazy("responder", "Back again"), frozenset({State.INACTIVE}), State.SUBMITTED,
                   policy.is_oneself_or_verifies),
        Transition("recheck", _("New licence to be looked at"), SERVING, State.SUBMITTED, policy.is_process),
        Transition("withdraw", _("Left; personal details removed"), ACTIVE | {State.INACTIVE}, State.WITHDRAWN,
                   policy.is_oneself_or_verifies),
    ),
)  # fmt: skip
