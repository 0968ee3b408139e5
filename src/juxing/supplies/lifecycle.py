"""The states of a request between organisations, in the words of EDXL-RM; a request may be committed in parts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.supplies import policy
from juxing.supplies.enums import SupplyRequestStatus as State
from juxing.supplies.models import SupplyRequest


def _sends_or_receives(actor: Actor, request: SupplyRequest) -> bool:
    return policy.can_record(actor, request)


def _shares_out(actor: Actor, request: SupplyRequest) -> bool:
    return policy.can_share_out(actor, request)


OPEN = frozenset({State.REQUESTED, State.ACCEPTED, State.COMMITTED})
"""A sharing may still give to these."""
UNDECIDED = frozenset({State.REQUESTED, State.ACCEPTED})

REQUEST = Lifecycle(
    model=SupplyRequest,
    subject="supplies.request",
    states=tuple(State),
    transitions=(
        Transition("accept", _("Accepted"), frozenset({State.REQUESTED}), State.ACCEPTED, _shares_out),
        Transition("decline", _("Declined"), UNDECIDED, State.DECLINED, _shares_out),
        Transition("commit", _("Goods committed"), OPEN, State.COMMITTED, _shares_out),
        Transition(
            "dispatch", _("Goods sent"), frozenset({State.COMMITTED}), State.DISPATCHED, _sends_or_receives
        ),
        Transition(
            "receive", _("Goods received"), frozenset({State.DISPATCHED}), State.RECEIVED, _sends_or_receives
        ),
        Transition("cancel", _("Cancelled"), OPEN, State.CANCELLED, _sends_or_receives),
    ),
)  # fmt: skip
