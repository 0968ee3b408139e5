"""Every state x transition x role of a responder."""

from __future__ import annotations

from datetime import datetime

import pytest

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.responders.enums import ReportInStatus
from juxing.responders.lifecycle import RESPONDER
from tests.dispatch.makers import actor_behind, make_helper
from tests.factories import OTHER_STREET_COMMUNITY, STREET, make_responder
from tests.responders.makers import actor_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
S = ReportInStatus
SERVE: set[str] = {S.VERIFIED, S.PLACED}
EXPECTED: dict[str, tuple[set[str], str]] = {
    "verify": ({S.SUBMITTED}, S.VERIFIED),
    "place": ({S.VERIFIED}, S.PLACED),
    "release": ({S.PLACED}, S.VERIFIED),
    "pause": ({S.SUBMITTED, *SERVE}, S.INACTIVE),
    "return": ({S.INACTIVE}, S.SUBMITTED),
    "recheck": (SERVE, S.SUBMITTED),
    "withdraw": ({S.SUBMITTED, *SERVE, S.INACTIVE}, S.WITHDRAWN),
}
BY_ONESELF = {"pause", "return", "withdraw"}
VERIFYING = {*COMMAND, *COMMUNITY_DESK, Role.TEAM_LEADER}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("state", ReportInStatus.values)
def test_move_follows_the_table(state: str, name: str, now: datetime) -> None:
    responder = make_responder(status=state)
    sources, target = EXPECTED[name]

    if state in sources:
        assert RESPONDER.move(responder, name, actor=Actor.system("test"), now=now).status == target
        assert JournalEntry.objects.get(subject_uuid=responder.uuid).action == f"responders.responder.{name}"
    else:
        with pytest.raises(WrongState):
            RESPONDER.move(responder, name, actor=Actor.system("test"), now=now)
        responder.refresh_from_db()
        assert (responder.status, JournalEntry.objects.count()) == (state, 0)


def test_every_transition_is_expected() -> None:
    assert {step.name for step in RESPONDER.transitions} == set(EXPECTED)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_do_what_its_post_needs(role: str) -> None:
    responder = make_responder()

    here = {step.name for step in RESPONDER.transitions if step.allowed(actor_with(role, STREET), responder)}
    elsewhere = actor_with(role, OTHER_STREET_COMMUNITY)

    assert here == (set(EXPECTED) - {"recheck"} if role in VERIFYING else set())
    assert not [step.name for step in RESPONDER.transitions if step.allowed(elsewhere, responder)]


def test_person_pauses_and_leaves_but_does_not_verify_themselves(now: datetime) -> None:
    helper = make_helper()
    actor = actor_behind(helper, now=now)

    assert {step.name for step in RESPONDER.transitions if step.allowed(actor, helper)} == BY_ONESELF
