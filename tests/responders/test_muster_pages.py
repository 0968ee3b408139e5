"""Who was called, as the desk and the one called meet it; through a whole response, there and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.emergency_data import EndedResponse, emergency_data
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands as plans
from juxing.plans.models import PlanVersion
from juxing.responders.commands import call_next, give_link
from juxing.responders.models import Muster, Responder
from tests.activations.makers import District, make_district, newest, start
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_responder

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    return clock.now().replace(microsecond=0)


@pytest.fixture
def response(moment: datetime) -> tuple[District, Activation]:
    """A response in force over a community in which twelve people of one community can be called."""
    with acting(SYSTEM):
        place = make_district(moment)
        for number in range(12):
            make_responder(COMMUNITY, skills=["medical"] if number < 2 else [])
        activation = start(place, moment, level="level_2", areas=[COMMUNITY])
    execution.carry_out(newest(activation).uuid, clock=lambda: moment)
    return place, activation


def _as(role: str, area_code: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_plain_account(role, area_code), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_response_calls_people_and_the_stand_down_lets_everybody_go(
    response: tuple[District, Activation], moment: datetime
) -> None:
    place, activation = response
    with acting(SYSTEM):
        assert Muster.objects.filter(status="called", activation_id=activation.pk).count() == 12
        assert Muster.objects.filter(code="medical").count() == 2
        commander = place.actor(place.commander, moment)
        Muster.objects.filter(pk=Muster.objects.order_by("id")[0].pk).update(status="here", arrived_at=moment)
        activations.stand_down(
            actor=commander, now=moment, activation=activation, reason="over", left_open_reason="all told"
        )
    execution.carry_out(newest(activation).uuid, clock=lambda: moment)

    with acting(SYSTEM):
        assert set(Muster.objects.values_list("status", flat=True)) == {"released"}
        ended = EndedResponse(activation.uuid, activation.pk, Areas([STREET]), moment, moment, is_exercise=False)
        kept = emergency_data["responders.musters"]
        assert (kept.count(ended), kept.statistics(ended)) == (12, {"called": 12, "arrived": 1})
        assert kept.destroy(ended, SYSTEM, moment).count == 12
        assert kept.count(ended) == 0


def test_desk_sees_who_is_called_where_and_why_and_notes_answers(response: tuple[District, Activation]) -> None:
    _place, activation = response
    desk = _as(Role.COMMUNITY_WORKER, COMMUNITY)
    address = f"/responders/called/{activation.uuid}/"

    shown = desk.get(address)
    with acting(SYSTEM):
        muster = Muster.objects.order_by("id")[0]

    assert "Nearest" in shown.text
    assert shown.context["places"][0].called == 12
    for step, status in (("come", "coming"), ("decline", "declined"), ("come", "coming"), ("arrive", "here"),
                         ("release", "released")):  # fmt: skip
        assert desk.post(f"/musters/{muster.uuid}/{step}/", {"area": COMMUNITY}).status_code == 303
        with acting(SYSTEM):
            assert Muster.objects.get(pk=muster.pk).status == status
    told = desk.post(f"/musters/{muster.uuid}/come/", follow=True)
    assert "Released" in told.text
    assert desk.get(f"{address}?status=released").context["page"]["rows"]
    assert desk.post(f"/musters/{muster.uuid}/dance/").status_code == 404


@pytest.mark.parametrize(
    ("role", "area_code", "status"),
    [(Role.STREET_OPERATOR, STREET, 200), (Role.COMMUNITY_WORKER, OTHER_STREET_COMMUNITY, 404),
     (Role.COMMUNITY_WORKER, OTHER_COMMUNITY, 404), (Role.GRID_WORKER, COMMUNITY, 403)],
)  # fmt: skip
def test_others_see_nobody(response: tuple[District, Activation], role: str, area_code: str, status: int) -> None:
    _place, activation = response
    visitor = _as(role, area_code)

    assert visitor.get(f"/responders/called/{activation.uuid}/").status_code == status
    with acting(SYSTEM):
        muster = Muster.objects.order_by("id")[0]
    assert visitor.post(f"/musters/{muster.uuid}/come/").status_code == {200: 303}.get(status, status)


def test_number_of_queries_does_not_grow_with_the_people(
    response: tuple[District, Activation],
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _place, activation = response
    desk = _as(Role.COMMUNITY_WORKER, COMMUNITY)
    address = f"/responders/called/{activation.uuid}/"
    desk.get(address)

    counts = []
    for status in ("here", "called"):
        with CaptureQueriesContext(connection) as caught:
            desk.get(f"{address}?status={status}")
        counts.append(len(caught))

    assert counts[1] - counts[0] <= 2


@pytest.mark.usefixtures("response")
def test_on_the_phone_one_answers_and_no_changes_nothing(moment: datetime) -> None:
    with acting(SYSTEM):
        muster = Muster.objects.select_related("responder").order_by("id")[0]
        token = give_link(now=moment, responder=muster.responder)
        before = Responder.objects.filter(pk=muster.responder_id).values().get()
    phone = Client(headers={"accept-language": "en"})

    page = phone.get(f"/s/{token}/")
    answer = phone.post(f"/s/{token}/musters/{muster.uuid}/decline/", follow=True)

    assert "Called to help" in page.text
    assert "It changes nothing" in answer.text
    with acting(SYSTEM):
        assert Muster.objects.get(pk=muster.pk).status == "declined"
        assert Responder.objects.filter(pk=muster.responder_id).values().get() == before
        other = Muster.objects.exclude(pk=muster.pk)[0]
    assert phone.post(f"/s/{token}/musters/{other.uuid}/come/").status_code == 404
    assert phone.post(f"/s/{token}/musters/{muster.uuid}/release/").status_code == 404
    assert phone.post(f"/s/wrong/musters/{muster.uuid}/come/").status_code == 404
    assert _as(Role.GRID_WORKER, COMMUNITY).post(f"/my/musters/{muster.uuid}/come/").status_code == 404


def test_next_nearest_is_called_for_who_cannot_and_after_the_end_nobody(
    response: tuple[District, Activation], moment: datetime
) -> None:
    place, activation = response
    with acting(SYSTEM):
        Muster.objects.filter(pk=Muster.objects.filter(code="any")[0].pk).update(status="declined")
        more = make_responder(COMMUNITY)
    desk = _as(Role.COMMUNITY_WORKER, COMMUNITY)

    told = desk.post(f"/responders/called/{activation.uuid}/next/", follow=True)

    assert "1 more person called." in told.text
    with acting(SYSTEM):
        assert Muster.objects.get(responder=more).status == "called"
    after = activation.ends_at + timedelta(minutes=1)
    with pytest.raises(Refusal):
        call_next(actor=actor_of(place.commander, now=after), now=after, activation=activation)


def test_desk_reads_who_was_not_called_and_why(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = {"code": "gate", "title": "门岗", "per": "community", "count": 3, "task_type": "gate_duty"}
    begin = plans.begin_plan

    def begin_with_a_gate(*, actor: Actor, now: datetime, **given: Any) -> PlanVersion:
        draft = begin(actor=actor, now=now, **given)
        return plans.write_part(actor=actor, now=now, version=draft, part="people", rows=[gate])

    monkeypatch.setattr(plans, "begin_plan", begin_with_a_gate)
    with acting(SYSTEM):
        place = make_district(moment)
        ready = make_responder(COMMUNITY, skills=["medical"])
        for number in range(3):
            make_responder(COMMUNITY, name=f"未训{number}", has_shown=False)
        activation = start(place, moment, level="level_2", areas=[COMMUNITY])
    execution.carry_out(newest(activation).uuid, clock=lambda: moment)
    here, next_door = _as(Role.COMMUNITY_WORKER, COMMUNITY), _as(Role.COMMUNITY_WORKER, OTHER_STREET_COMMUNITY)
    address = f"/responders/called/{activation.uuid}/gates/"

    page = here.get(address).content.decode()

    with acting(SYSTEM):
        assert set(Muster.objects.values_list("responder_id", flat=True)) == {ready.pk}
    for word in ("未训0", "未训1", "未训2", "1 of 3 filled", "accident insurance", "/before-tasks/"):
        assert word in page
    assert next_door.get(address).status_code == 404
