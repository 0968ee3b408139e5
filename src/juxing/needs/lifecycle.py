"""The states of a need, and who moves it: households, clerks, and the processes that match and deliver."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.needs import policy
from juxing.needs.enums import NeedStatus as State
from juxing.needs.models import Need


def _records(actor: Actor, need: Need) -> bool:
    return policy.can_record(actor, need.area_code)


def _answers_or_manages(actor: Actor, need: Need) -> bool:
    return policy.can_answer(actor, need) or policy.can_manage(actor, need)


UNDER_WAY = frozenset({State.MATCHED, State.ASSIGNED, State.IN_DELIVERY})
UNSERVED = frozenset({State.SUBMITTED, State.TRIAGED, State.REOPENED})

NEED = Lifecycle(
    model=Need,
    subject="needs.need",
    states=tuple(State),
    transitions=(
        Transition("submit", _("Submitted"), frozenset({State.DRAFT}), State.SUBMITTED, _records),
        Transition("triage", _("Triaged"), frozenset({State.SUBMITTED}), State.TRIAGED, _records),
        Transition(
            "match", _("Offered to a helper"), frozenset({State.TRIAGED, State.REOPENED}), State.MATCHED,
            policy.can_carry_out,
        ),
        Transition(
            "assign", _("Helper found"), frozenset({State.TRIAGED, State.REOPENED, State.MATCHED}), State.ASSIGNED,
            policy.can_carry_out,
        ),
        Transition(
            "start_delivery", _("On the way"), frozenset({State.ASSIGNED}), State.IN_DELIVERY, policy.can_carry_out
        ),
        Transition(
            "fulfil", _("Delivered"), frozenset({State.ASSIGNED, State.IN_DELIVERY}), State.FULFILLED,
            policy.can_carry_out,
        ),
        Transition(
            "return_to_waiting", _("Back to waiting"), UNDER_WAY | {State.REOPENED}, State.TRIAGED,
            policy.can_carry_out,
        ),
        Transition("confirm", _("Confirmed"), frozenset({State.FULFILLED}), State.CONFIRMED, _answers_or_manages),
        Transition(
            "reopen", _("Reopened"), frozenset({State.FULFILLED, State.CONFIRMED, State.UNMET}), State.REOPENED,
            _answers_or_manages,
        ),
        Transition(
            "withdraw", _("Withdrawn"), UNSERVED | UNDER_WAY | {State.DRAFT}, State.WITHDRAWN, _answers_or_manages
        ),
        Transition("mark_unmet", _("Closed as unmet"), UNSERVED, State.UNMET, policy.can_manage),
        Transition("set_aside", _("Joined with another need"), UNSERVED, State.SUBMITTED, policy.can_manage),
    ),
)  # fmt: skip
