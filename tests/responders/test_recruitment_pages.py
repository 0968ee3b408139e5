"""Recruitment calls as desks, visitors and those who answered meet them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall, Responder
from juxing.responders.recruitment_inputs import CallInput, NeedInput
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas, make_responder
from tests.responders.test_recruiting import a_call

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


def _as(role: str, area_code: str = STREET) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_plain_account(role, area_code), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _form(moment: datetime) -> dict[str, str]:
    def written(days: int) -> str:
        return (moment + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")

    return {
        "title": "采样点志愿者", "area_code": STREET, "work": "维持秩序", "risks": "有感染风险", "place": "门口",
        "enquiries": "小李", "starts_at": written(1), "ends_at": written(4), "answer_by": written(2),
        "need_0": "门岗", "skill_0": "", "count_0": "2", "where_0": "", "need_1": "采样", "skill_1": "medical",
        "count_1": "1", "where_1": COMMUNITY,
    }  # fmt: skip


@pytest.fixture
def call() -> RecruitmentCall:
    """A call that takes answers now."""
    moment = clock.now()
    with acting(SYSTEM):
        make_areas()
        written = commands.write_call(actor=SYSTEM, now=moment, given=a_call(moment))
        return commands.publish_call(actor=SYSTEM, now=moment, call=written)


def test_call_is_written_for_each_community_published_and_closed() -> None:
    with acting(SYSTEM):
        make_areas()
    desk = _as(Role.STREET_OPERATOR)

    wrong = desk.post("/recruitment/new/", _form(clock.now()) | {"risks": ""})
    made = desk.post("/recruitment/new/", _form(clock.now()), follow=True)

    assert wrong.status_code == 422
    assert made.status_code == 200
    with acting(SYSTEM):
        written = RecruitmentCall.objects.get()
        assert written.needs.filter(position=0).count() == 2
        assert written.needs.get(position=1).area_code == COMMUNITY
    address = f"/recruitment/{written.uuid}/"
    assert desk.get(f"{address}change/").status_code == 200
    visitor = Client(headers={"accept-language": "en"})
    assert visitor.get(f"/calls/{written.code}/").status_code == 404
    desk.post(f"{address}step/publish/")
    shown = visitor.get(f"/calls/{written.code}/")
    assert "有感染风险" in shown.text
    assert "4 people" in shown.text
    assert "有感染风险" in desk.get(f"{address}poster/").text
    desk.post(f"{address}step/close/", {"note": "谢谢大家"})
    assert "谢谢大家" in visitor.get(f"/calls/{written.code}/").text
    assert desk.post(f"{address}step/dance/").status_code == 404
    assert "采样点志愿者" in desk.get("/recruitment/").text


@pytest.mark.parametrize(
    ("role", "area_code", "status"),
    [(Role.STREET_OPERATOR, STREET, 200), (Role.COMMUNITY_WORKER, OTHER_STREET_COMMUNITY, 404),
     (Role.GRID_WORKER, STREET, 403)],
)  # fmt: skip
def test_desks_of_other_places_see_no_call(call: RecruitmentCall, role: str, area_code: str, status: int) -> None:
    client = _as(role, area_code)

    for page in ("", "poster/", "placement/", "enter/"):
        assert client.get(f"/recruitment/{call.uuid}/{page}").status_code == status


def test_paper_answers_are_entered_for_new_people_and_known_ones_once(call: RecruitmentCall) -> None:
    with acting(SYSTEM):
        known = make_responder(phone="12800009999")
    desk = _as(Role.STREET_OPERATOR)
    form = {"name": "王五", "phone": "12800006666", "kind": "volunteer", "area_code": COMMUNITY, "channel": "paper",
            "transport": "foot", "capacity": "3", "reach_m": "3000", "wish": "0", "languages": "mandarin"}  # fmt: skip

    for sent in (form, form, form | {"phone": "12800009999", "channel": "proxy", "wish": ""}):
        assert desk.post(f"/recruitment/{call.uuid}/enter/", sent).status_code == 303

    with acting(SYSTEM):
        answers = RecruitmentAnswer.objects.order_by("id")
        assert [(row.channel, row.wish) for row in answers] == [("paper", 0), ("proxy", None)]
        assert answers[1].responder == known
    waiting = desk.get(f"/recruitment/{call.uuid}/?only=submitted")
    assert "王五" in waiting.text
    with acting(SYSTEM):
        new = Responder.objects.get(name="王五")
    desk.post(f"/recruitment/{call.uuid}/verify/", {"responder": [str(new.uuid), "nobody"]})
    with acting(SYSTEM):
        assert Responder.objects.get(pk=new.pk).status == "verified"


def test_placement_is_shown_with_reasons_and_signed_by_a_person(call: RecruitmentCall) -> None:
    moment = clock.now()
    with acting(SYSTEM):
        for _person in range(3):
            commands.answer_call(actor=SYSTEM, now=moment, call=call, responder=make_responder())
    desk = _as(Role.STREET_OPERATOR)
    address = f"/recruitment/{call.uuid}/placement/"

    shown = desk.get(address)
    stale = desk.post(address, {"digest": "0" * 64}, follow=True)
    signed = desk.post(address, {"digest": shown.context["proposal"].digest}, follow=True)

    assert "Proven" in shown.text
    assert "Still short" in shown.text
    assert "Look at it once more" in stale.text
    assert "2 people placed" in signed.text
    with acting(SYSTEM):
        assert Responder.objects.filter(status="placed").count() == 2


def test_own_page_offers_calls_takes_answers_and_lets_them_go(call: RecruitmentCall) -> None:
    with acting(SYSTEM):
        one, other = make_responder(), make_responder()
        token = commands.give_link(now=clock.now(), responder=one)
        commands.answer_call(actor=SYSTEM, now=clock.now(), call=call, responder=other)
    phone = Client(headers={"accept-language": "en"})

    assert "I would help" in phone.get(f"/s/{token}/").text
    phone.post(f"/s/{token}/calls/{call.uuid}/answer/")
    assert "Take my answer back" in phone.get(f"/s/{token}/").text
    told = phone.post(f"/s/{token}/calls/{call.uuid}/take-back/", follow=True)

    assert "It changes nothing" in told.text
    with acting(SYSTEM):
        assert list(RecruitmentAnswer.objects.values_list("responder_id", flat=True)) == [other.pk]
    assert phone.post(f"/s/{token}/calls/{call.uuid}/take-back/").status_code == 404
    assert phone.post(f"/s/{token}/calls/{call.uuid}/dance/").status_code == 404
    assert phone.post(f"/s/wrong/calls/{call.uuid}/answer/").status_code == 404


def test_unknown_and_closed_calls_lead_nowhere_wrong(call: RecruitmentCall) -> None:
    visitor = Client(headers={"accept-language": "en"})

    assert visitor.get("/calls/NOSUCH/").status_code == 404
    assert visitor.get("/calls/NOSUCH/answer/").url == "/calls/NOSUCH/"  # type: ignore[attr-defined]
    assert visitor.get(f"/calls/{call.code}/answer/?work=%F0%9F%98%80").url == "/report-in/"  # type: ignore[attr-defined]
    assert visitor.session["responders.call"] == [call.code, None]


def test_number_of_queries_does_not_grow_with_the_answers(call: RecruitmentCall) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = _as(Role.STREET_OPERATOR)
    counts = []
    for people in (1, 4):
        with acting(SYSTEM):
            for _person in range(people):
                commands.answer_call(actor=SYSTEM, now=clock.now(), call=call, responder=make_responder())
        desk.get(f"/recruitment/{call.uuid}/")
        with CaptureQueriesContext(connection) as caught:
            desk.get(f"/recruitment/{call.uuid}/")
        counts.append(len(caught))

    assert counts[0] == counts[1]


def test_desk_of_a_community_sees_its_streets_call_and_who_comes_there_only() -> None:
    with acting(SYSTEM):
        make_areas()
        moment = clock.now()
        call = commands.publish_call(actor=SYSTEM, now=moment, call=_written(STREET, [COMMUNITY, OTHER_COMMUNITY]))
        here, there = make_responder(), make_responder(OTHER_COMMUNITY)
        for person in (here, there):
            commands.answer_call(actor=SYSTEM, now=moment, call=call, responder=person)
        needs = {need.area_code: need for need in call.needs.all()}
        for person in (here, there):
            RecruitmentAnswer.objects.filter(responder=person).update(
                need=needs[person.area_code], way_m=100, placed_at=moment
            )
    desk, elsewhere = (Client(headers={"accept-language": "en"}) for _visitor in range(2))
    for client, place in ((desk, COMMUNITY), (elsewhere, OTHER_STREET_COMMUNITY)):
        account = make_plain_account(Role.COMMUNITY_WORKER, place)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/recruitment/{call.uuid}/here/"

    listed, shown = (desk.get(path).content.decode() for path in ("/recruitment/", address))

    assert call.title in listed
    assert address in listed
    assert here.name in shown
    assert there.name not in shown
    assert there.phone not in shown
    assert desk.get(f"/recruitment/{call.uuid}/").status_code == 404
    assert elsewhere.get(address).status_code == 404
    assert call.title not in elsewhere.get("/recruitment/").content.decode()


def _written(area_code: str, places: list[str]) -> RecruitmentCall:
    now = clock.now()
    return commands.write_call(actor=SYSTEM, now=now, given=CallInput(
        area_code=area_code, title="全街道招募", work="值守", risks="寒冷", place="居委会", enquiries="021",
        starts_at=now + timedelta(hours=1), ends_at=now + timedelta(days=2), answer_by=now + timedelta(hours=5),
        needs=[NeedInput(0, "值守", place, 2) for place in places],
    ))  # fmt: skip
