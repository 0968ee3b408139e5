"""Every state x transition x kind of actor, against the table written out again."""

from __future__ import annotations

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedStatus as S
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Need
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor
from tests.needs.makers import NOW, make_need

pytestmark = pytest.mark.django_db
EXPECTED = {
    "submit": ({S.DRAFT}, S.SUBMITTED),
    "triage": ({S.SUBMITTED}, S.TRIAGED),
    "match": ({S.TRIAGED, S.REOPENED}, S.MATCHED),
    "assign": ({S.TRIAGED, S.REOPENED, S.MATCHED}, S.ASSIGNED),
    "start_delivery": ({S.ASSIGNED}, S.IN_DELIVERY),
    "fulfil": ({S.ASSIGNED, S.IN_DELIVERY}, S.FULFILLED),
    "return_to_waiting": ({S.MATCHED, S.ASSIGNED, S.IN_DELIVERY, S.REOPENED}, S.TRIAGED),
    "confirm": ({S.FULFILLED}, S.CONFIRMED),
    "reopen": ({S.FULFILLED, S.CONFIRMED, S.UNMET}, S.REOPENED),
    "withdraw": (
        {S.DRAFT, S.SUBMITTED, S.TRIAGED, S.MATCHED, S.ASSIGNED, S.IN_DELIVERY, S.REOPENED}, S.WITHDRAWN,
    ),
    "mark_unmet": ({S.SUBMITTED, S.TRIAGED, S.REOPENED}, S.UNMET),
    "set_aside": ({S.SUBMITTED, S.TRIAGED, S.REOPENED}, S.SUBMITTED),
}  # fmt: skip
MAY = {
    Role.COMMUNITY_WORKER: set(EXPECTED),
    Role.GRID_WORKER: {"submit", "triage", "confirm", "reopen", "withdraw"},
    Role.RESPONDER: set(),
    "resident": {"submit", "triage", "confirm", "reopen", "withdraw"},
    "system": set(EXPECTED),
}  # fmt: skip


def _actor(who: str) -> Actor:
    if who == "system":
        return Actor.system("test")
    return Actor.resident() if who == "resident" else make_actor(who, COMMUNITY)


@pytest.mark.parametrize("who", list(MAY))
def test_every_state_and_transition(who: str, everywhere: None) -> None:
    actor = _actor(who)
    need = make_need()
    assert {step.name for step in NEED.transitions} == set(EXPECTED)
    for state in S:
        for name, (sources, target) in EXPECTED.items():
            Need.objects.filter(pk=need.pk).update(status=state)
            if state not in sources:
                with pytest.raises(WrongState):
                    NEED.move(need, name, actor=actor, now=NOW)
            elif name not in MAY[who]:
                with pytest.raises(NotPermitted):
                    NEED.move(need, name, actor=actor, now=NOW)
            else:
                assert NEED.move(need, name, actor=actor, now=NOW).status == target


def test_another_community_may_do_nothing(everywhere: None) -> None:
    stranger = make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)
    need = make_need(status=S.FULFILLED)

    with pytest.raises(NotPermitted):
        NEED.move(need, "confirm", actor=stranger, now=NOW)


def test_a_move_is_in_the_journal_with_where_it_came_from(everywhere: None) -> None:
    need = make_need(status=S.FULFILLED)

    NEED.move(need, "confirm", actor=Actor.resident(), now=NOW)

    entry = JournalEntry.objects.filter(subject_uuid=need.uuid).latest("id")
    assert entry.action == "needs.need.confirm"
    assert entry.changes == {"from": "fulfilled", "to": "confirmed"}


def test_a_stranger_cannot_lock_the_row_at_all() -> None:
    with acting(Actor.system("test")):
        need = make_need()
        stranger = make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)

    with acting(stranger), pytest.raises(Need.DoesNotExist):
        NEED.move(need, "triage", actor=stranger, now=NOW)
