"""Every state x transition x kind of actor of a request, against the table written out again."""

from __future__ import annotations

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.supplies.commands import move_request
from juxing.supplies.enums import SupplyRequestStatus as S
from juxing.supplies.lifecycle import REQUEST
from juxing.supplies.models import SupplyRequest
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor
from tests.supplies.makers import NOW, PROCESS, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
EXPECTED = {
    "accept": ({S.REQUESTED}, S.ACCEPTED),
    "decline": ({S.REQUESTED, S.ACCEPTED}, S.DECLINED),
    "commit": ({S.REQUESTED, S.ACCEPTED, S.COMMITTED}, S.COMMITTED),
    "dispatch": ({S.COMMITTED}, S.DISPATCHED),
    "receive": ({S.DISPATCHED}, S.RECEIVED),
    "cancel": ({S.REQUESTED, S.ACCEPTED, S.COMMITTED}, S.CANCELLED),
}
MAY = {
    Role.STREET_OPERATOR: set(EXPECTED),
    Role.COMMUNITY_WORKER: {"dispatch", "receive", "cancel"},
    Role.STOREKEEPER: {"dispatch", "receive", "cancel"},
    Role.RESPONDER: set(),
    "elsewhere": set(),
    "system": set(EXPECTED),
}


def _actor(who: str) -> Actor:
    if who == "system":
        return PROCESS
    return make_actor(Role.STREET_OPERATOR, OTHER_COMMUNITY) if who == "elsewhere" else make_actor(who, COMMUNITY)


@pytest.mark.parametrize("who", list(MAY))
def test_every_state_and_transition(who: str) -> None:
    actor, request = _actor(who), make_request()
    assert {step.name for step in REQUEST.transitions} == set(EXPECTED)
    for state in S:
        for name, (sources, target) in EXPECTED.items():
            SupplyRequest.objects.filter(pk=request.pk).update(status=state)
            if state not in sources:
                with pytest.raises(WrongState):
                    REQUEST.move(request, name, actor=actor, now=NOW)
            elif name in MAY[who]:
                assert REQUEST.move(request, name, actor=actor, now=NOW).status == target
            else:
                with pytest.raises(NotPermitted):
                    REQUEST.move(request, name, actor=actor, now=NOW)


@pytest.mark.parametrize("step", ["decline", "cancel"])
def test_no_is_said_with_a_reason(step: str) -> None:
    request = make_request()

    with pytest.raises(InvalidInput):
        move_request(actor=PROCESS, now=NOW, request=request, step=step, reason="  ")

    move_request(actor=PROCESS, now=NOW, request=request, step=step, reason="已从别处解决")
    assert JournalEntry.objects.get(action=f"supplies.request.{step}").reason == "已从别处解决"


@pytest.mark.parametrize("step", ["commit", "", "status"])
def test_goods_are_not_committed_by_a_button(step: str) -> None:
    with pytest.raises(InvalidInput):
        move_request(actor=PROCESS, now=NOW, request=make_request(), step=step)
