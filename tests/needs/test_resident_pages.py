"""Asking for help without an account, and following it by its link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.needs.commands import record_need
from juxing.needs.enums import NeedStatus
from juxing.needs.models import CollectionRound, IntakePause, Need
from juxing.people.models import VerificationCode
from tests.activations.makers import make_district, start
from tests.factories import make_areas, make_household, make_item
from tests.needs.makers import make_need, need_input

pytestmark = pytest.mark.django_db
PHONE = "12800000001"
SYSTEM = Actor.system("test")


@pytest.fixture
def visitor() -> Client:
    """A phone that reads English."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def home() -> Any:
    """A household at 5-301, and a catalogue."""
    with acting(SYSTEM):
        make_areas()
        make_item()
        return make_household()


def _prove(visitor: Client, phone: str = PHONE) -> None:
    assert visitor.post("/ask/", {"phone": phone}).status_code == 303
    page = visitor.get("/ask/code/").content.decode()
    code = re.search(r'kit-code__digits">(\d{6})<', page)
    assert code is not None
    assert visitor.post("/ask/code/", {"code": code[1]}).status_code == 303


def _request(home: Any, **values: str) -> dict[str, str]:
    estate = home.building.estate.area_code
    return {
        "need_type": "staple_food", "estate": estate, "building": "5号楼", "door": "301", "for_whom": "myself",
        **values,
    }  # fmt: skip


def test_from_phone_number_to_a_confirmed_delivery(visitor: Client, home: Any) -> None:
    _prove(visitor)
    item = make_item()

    asked = visitor.post("/ask/need/", _request(home, **{f"item_{item.pk}": "2"}))

    assert asked.status_code == 303
    with acting(SYSTEM):
        need = Need.objects.get()
        assert (need.household_id, need.channel, need.lines.get().quantity) == (home.pk, "mobile", 2)
    page = visitor.get(asked["Location"]).content.decode()
    assert need.number in page
    assert "<svg" in page
    track = asked["Location"].replace("received/", "")
    assert visitor.post(f"{track}confirm/", {"score": "5"}).status_code == 409
    with acting(SYSTEM):
        Need.objects.update(status=NeedStatus.FULFILLED)
    assert visitor.post(f"{track}confirm/", {"score": "4"}).status_code == 303
    with acting(SYSTEM):
        assert Need.objects.get().feedback.score == 4
    assert visitor.post(f"{track}reopen/", {"what_was_wrong": ""}).status_code == 422
    assert visitor.post(f"{track}reopen/", {"what_was_wrong": "eggs broken"}).status_code == 303
    assert visitor.post(f"{track}withdraw/").status_code == 303
    assert "withdrawn" in visitor.get(track).content.decode()


def test_sending_the_form_twice_records_once(visitor: Client, home: Any) -> None:
    _prove(visitor)
    sent = _request(home, idempotency_key="once", need_type="medicine")

    first, second = visitor.post("/ask/need/", sent), visitor.post("/ask/need/", sent)

    assert first["Location"] == second["Location"]
    with acting(SYSTEM):
        assert Need.objects.count() == 1


def test_a_form_with_faults_keeps_what_was_typed(visitor: Client, home: Any) -> None:
    _prove(visitor)

    answer = visitor.post("/ask/need/", {"need_type": "water", "details": "keep <b>this</b>", "door": "301"})

    assert answer.status_code == 422
    assert "keep &lt;b&gt;this&lt;/b&gt;" in answer.content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {"need_type": "gold"}, {"estate": "990117009"}, {"item_1": "-3"}, {"details": "x" * 2001},
        {"for_whom": "neighbour"}, {"for_whom": "neighbour", "has_consent": "on", "neighbour_phone": "12"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_on_the_form(visitor: Client, home: Any, values: dict[str, str]) -> None:
    _prove(visitor)
    item = make_item()
    if "item_1" in values:
        values = {f"item_{item.pk}": "-3"}

    assert visitor.post("/ask/need/", _request(home, **values)).status_code == 422
    with acting(SYSTEM):
        assert Need.objects.count() == 0


def test_a_neighbour_is_asked_for_with_consent(visitor: Client, home: Any) -> None:
    _prove(visitor)

    visitor.post(
        "/ask/need/",
        _request(home, for_whom="neighbour", has_consent="on", neighbour_phone="12800000002", contact_name="王"),
    )

    with acting(SYSTEM):
        need = Need.objects.get()
        assert (need.channel, need.is_proxy, need.contact_phone) == ("proxy", True, "12800000002")


def test_an_unknown_door_is_taken_as_written(visitor: Client, home: Any) -> None:
    _prove(visitor)

    assert visitor.post("/ask/need/", _request(home, door="999")).status_code == 303

    with acting(SYSTEM):
        need = Need.objects.get()
        assert need.household_id is None
        assert "999" in need.place_text


def test_without_a_proved_phone_there_is_no_form(visitor: Client) -> None:
    for address in ("/ask/need/", "/ask/code/"):
        assert visitor.get(address).status_code == 302
    assert visitor.get("/n/")["Location"].startswith("/ask/")


def test_a_wrong_code_stays_counted(visitor: Client) -> None:
    visitor.post("/ask/", {"phone": PHONE})
    for _try in range(5):
        assert visitor.post("/ask/code/", {"code": "abc"}).status_code == 422

    assert VerificationCode.objects.get().attempts == 5


def test_a_bad_phone_and_a_second_code_at_once_are_refused(visitor: Client) -> None:
    assert visitor.post("/ask/", {"phone": "hello"}).status_code == 422
    assert visitor.post("/ask/", {"phone": PHONE}).status_code == 303
    assert visitor.post("/ask/", {"phone": PHONE}).status_code == 422


def test_the_way_on_never_leaves_our_pages(visitor: Client) -> None:
    answer = visitor.post("/ask/", {"phone": PHONE, "next": "https://example.org/"})

    assert answer["Location"] == "/ask/code/"


def test_a_wrong_link_reveals_nothing(visitor: Client) -> None:
    for address in ("/n/nothing/", "/n/nothing/received/"):
        answer = visitor.get(address)
        assert answer.status_code == 404
        assert "not valid" in answer.content.decode()
    assert visitor.post("/n/nothing/confirm/").status_code == 404


def test_the_track_page_names_nobody(visitor: Client) -> None:
    with acting(SYSTEM):
        make_areas()
        given = need_input(make_household(), contact_name="欧阳修文", details="胰岛素")
        token = record_need(actor=SYSTEM, now=make_need().recorded_at, given=given).link_token
        Need.objects.update(link_expires_at="2099-01-01T00:00Z")

    page = visitor.get(f"/n/{token}/").content.decode()

    assert "欧阳" not in page
    assert "胰岛素" not in page


def test_a_number_opens_only_for_its_phone(visitor: Client) -> None:
    with acting(SYSTEM):
        mine, other = make_need(contact_phone=PHONE), make_need(contact_phone="12800000009")
    _prove(visitor)

    assert visitor.post("/n/", {"number": mine.number}).status_code == 303
    refused = visitor.post("/n/", {"number": other.number})
    unknown = visitor.post("/n/", {"number": "N-0000-0000-0"})
    assert refused.status_code == unknown.status_code == 422
    page = visitor.get("/n/").content.decode()
    assert mine.number in page
    assert other.number not in page


def test_form_is_short_and_asks_where_first_while_a_response_holds(visitor: Client, home: Any) -> None:
    _prove(visitor)
    estate = home.building.estate.area_code
    _hold(estate[:12], paused=False)

    where = visitor.get("/ask/need/").content.decode()
    short = visitor.get("/ask/need/", {"place": estate}).content.decode()
    asked = visitor.post(f"/ask/need/?place={estate}", _request(home, need_type="pet_care", details="seen elsewhere"))

    assert 'name="place"' in where
    assert 'name="need_type"' not in where
    assert 'name="details"' not in short
    assert 'value="pet_care"' not in short
    assert asked.status_code == 303, "a long page kept on a phone is taken all the same"
    with acting(SYSTEM):
        assert Need.objects.get().details == "seen elsewhere"


def test_paused_place_says_so_first_and_lets_pass_what_life_depends_on(visitor: Client, home: Any) -> None:
    _prove(visitor)
    estate = home.building.estate.area_code
    _hold(estate[:12], paused=True)
    address = f"/ask/need/?place={estate}"

    shown = visitor.get(address).content.decode()
    refused = visitor.post(address, _request(home, other_things="two bags of rice"))
    taken = visitor.post(address, _request(home, is_danger_to_life="on"))

    assert "call the hotline" in shown
    assert refused.status_code == 422
    assert "two bags of rice" in refused.content.decode()
    assert "call the hotline" in refused.content.decode()
    assert taken.status_code == 303


def _hold(community: str, *, paused: bool) -> None:
    """Let a round with a short form, or a pause, hold at the moment the pages live in."""
    now = clock.now()
    with acting(SYSTEM):
        if paused:
            IntakePause.objects.create(
                area_code=community, reason="storm", instead="call the hotline", starts_at=now,
                ends_at=now + timedelta(hours=2),
            )  # fmt: skip
        else:
            place = make_district(now, responders=1)
            activation = start(place, now)
            CollectionRound.objects.create(
                area_code=community, activation=activation, code="doors", title="doors", every_hours=24,
                has_short_form=True, opened_at=now, ends_at=activation.ends_at,
            )  # fmt: skip


def test_a_form_without_its_token_is_refused_in_both_languages() -> None:
    answer = Client(enforce_csrf_checks=True).post("/ask/", {"phone": PHONE})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "请返回，刷新页面后再发一次" in page
    assert "reload the page and send it again" in page
