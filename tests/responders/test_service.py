"""Reporting in without an account: phone, code, form, link; and what the desk then does with it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.responders import commands, queries
from juxing.responders.enums import ReportInChannel, ReportInStatus
from juxing.responders.links import LINK_LASTS
from juxing.responders.models import Availability, ReportIn, Responder
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_areas, make_household, make_responder
from tests.responders.makers import actor_with, an_input

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db
PHONE = "12800004444"
FORM = {
    "name": "何志远", "area_code": COMMUNITY, "kind": "volunteer", "skills": ["driving"], "languages": ["mandarin"],
    "transport": "foot", "capacity": "3", "reach_m": "3000", "hours": "evening",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    with acting(SYSTEM):
        make_areas()
        make_household()


@pytest.fixture
def visitor() -> Client:
    """A phone that reads English."""
    return Client(headers={"accept-language": "en"})


def _prove(visitor: Client, phone: str = PHONE) -> None:
    assert visitor.post("/report-in/", {"phone": phone}).status_code == 303
    code = re.search(r'kit-code__digits">(\d{6})<', visitor.get("/report-in/code/").content.decode())
    assert code is not None
    assert visitor.post("/report-in/code/", {"code": code[1]})["Location"] == "/report-in/form/"


def _reported_in(visitor: Client) -> str:
    """Report in, and return the address of the own service."""
    _prove(visitor)
    address: str = visitor.post("/report-in/form/", FORM)["Location"]
    return address.removesuffix("received/")


def _desk(role: str = Role.COMMUNITY_WORKER) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_plain_account(role, COMMUNITY), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _only() -> Responder:
    with acting(SYSTEM):
        return Responder.objects.get()


def test_from_a_phone_number_to_the_desks_list(visitor: Client) -> None:
    _prove(visitor)
    offered = re.findall(r'name="days" value="([\d-]+)"', visitor.get("/report-in/form/").content.decode())
    assert len(offered) == 7

    answer = visitor.post("/report-in/form/", {**FORM, "days": offered[2:4]})

    assert answer.status_code == 303
    done = visitor.get(answer["Location"]).content.decode()
    assert "<svg" in done
    responder = _only()
    assert (responder.status, responder.area_code, responder.phone) == ("submitted", COMMUNITY, PHONE)
    with acting(SYSTEM):
        assert ReportIn.objects.get().channel == ReportInChannel.MOBILE
        periods = list(Availability.objects.order_by("starts_at"))
    assert [row.ends_at - row.starts_at for row in periods] == [timedelta(hours=4)] * 2
    assert "何志远" in _desk().get("/responders/?status=submitted").content.decode()


def test_the_form_needs_a_proved_phone(visitor: Client) -> None:
    assert visitor.get("/report-in/form/")["Location"] == "/report-in/"
    assert visitor.post("/report-in/form/", FORM)["Location"] == "/report-in/"
    assert visitor.get("/report-in/code/")["Location"] == "/report-in/"


def test_sending_twice_reports_in_once(visitor: Client) -> None:
    _prove(visitor)
    key = {"idempotency_key": "the-same-press"}

    first = visitor.post("/report-in/form/", {**FORM, **key})
    again = visitor.post("/report-in/form/", {**FORM, **key})
    later = visitor.post("/report-in/form/", FORM)

    assert again["Location"] == first["Location"]
    assert later.status_code == 303
    assert _only().name == "何志远"
    assert visitor.get(later["Location"]).status_code == 200


def test_codes_are_not_sent_faster_than_they_are_read(visitor: Client) -> None:
    assert visitor.post("/report-in/", {"phone": PHONE}).status_code == 303

    assert visitor.post("/report-in/", {"phone": PHONE}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": " "}, "id_name"), ({"area_code": ""}, "id_area_code"),
        ({"area_code": "110101001001"}, "id_area_code"),
        ({"days": ["1900-01-01"]}, "id_days"), ({"capacity": "9999"}, "id_capacity"), ({"hours": "x"}, "id_hours"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_the_place(visitor: Client, wrong: dict[str, Any], where: str) -> None:
    _prove(visitor)

    answer = visitor.post("/report-in/form/", {**FORM, "skills": ["medical"], **wrong})

    assert answer.status_code == 422
    assert f"{where}_error" in answer.content.decode()
    assert re.search(r'value="medical"[^>]*checked', answer.content.decode())
    with acting(SYSTEM):
        assert not Responder.objects.exists()


def test_a_posters_community_is_chosen_already(visitor: Client) -> None:
    visitor.get(f"/report-in/at/{COMMUNITY}/")
    _prove(visitor)
    assert f'value="{COMMUNITY}" selected' in visitor.get("/report-in/form/").content.decode()

    other = Client()
    other.get("/report-in/at/%3Cscript%3E/")
    _prove(other, "12800005555")
    assert other.get("/report-in/form/").status_code == 200


def test_the_link_opens_ones_own_service_and_nothing_else(visitor: Client) -> None:
    address = _reported_in(visitor)
    someone = Client(headers={"accept-language": "en"})

    assert "Driving licence" in someone.get(address).content.decode()
    assert someone.post(f"{address}available/", {"to": "off"}).status_code == 303
    assert not _only().is_available
    day = clock.now().date() + timedelta(days=3)
    added = someone.post(f"{address}times/", {"day": day.isoformat(), "since": "09:00", "until": "12:00"})
    assert added.status_code == 303
    with acting(SYSTEM):
        period = Availability.objects.get()
    assert (
        someone.post(f"{address}times/", {"day": "1900-01-01", "since": "09:00", "until": "12:00"}).status_code == 422
    )
    assert someone.post(f"{address}times/{period.pk}/remove/").status_code == 303
    assert someone.post(f"{address}times/{period.pk}/remove/").status_code == 303
    change = {"skills": ["medical"], "languages": ["english"], "transport": "car", "capacity": "2", "reach_m": "500"}
    assert someone.get(f"{address}change/").status_code == 200
    assert someone.post(f"{address}change/", change).status_code == 303
    assert _only().skills == ["medical"]
    assert someone.get("/my/service/").status_code == 302


def test_pausing_and_leaving_by_link(visitor: Client) -> None:
    address = _reported_in(visitor)

    visitor.post(f"{address}leave/", {"step": "pause"})
    assert _only().status == ReportInStatus.INACTIVE
    visitor.post(f"{address}leave/", {"step": "return"})
    assert visitor.post(f"{address}leave/", {"step": "nonsense"}).status_code == 404
    gone = visitor.post(f"{address}leave/", {"step": "leave"})

    assert visitor.get(gone["Location"]).status_code == 200
    assert (_only().name, _only().phone, _only().link_digest) == ("", "", "")
    assert visitor.get(address).status_code == 404
    assert visitor.post(f"{address}available/", {"to": "on"}).status_code == 404


def test_the_same_phone_opens_it_again_with_a_new_link(visitor: Client) -> None:
    old = _reported_in(visitor)

    assert "already reported in" in visitor.get("/report-in/form/").content.decode()
    assert visitor.get(old).status_code == 200
    new = visitor.post("/report-in/form/", {})["Location"]

    assert visitor.get(new).status_code == 200
    assert visitor.get(old).status_code == 404


def test_a_link_ends_and_wrong_ones_look_the_same(visitor: Client, now: datetime) -> None:
    with acting(SYSTEM):
        done = commands.report_in_by_phone(now=now, given=an_input(phone=PHONE))
        assert queries.responder_by_link(done.link_token, now=now + LINK_LASTS) is None
        assert queries.responder_by_link(done.link_token, now=now) == done.responder
        assert queries.responder_by_link("", now=now) is None
        assert queries.responder_by_link("x" * 5000, now=now) is None
    wrong = visitor.get("/s/not-a-link/")
    assert wrong.status_code == 404
    assert "/report-in/" in wrong.content.decode()


@pytest.mark.usefixtures("everywhere")
def test_by_phone_whoever_is_known_stays_as_they_are(now: datetime) -> None:
    first = commands.report_in_by_phone(now=now, given=an_input(phone=PHONE))
    periods = [(now, now + timedelta(hours=1))]

    again = commands.report_in_by_phone(now=now, given=an_input(phone=PHONE, name="另一人"), periods=periods)

    assert (first.is_new, again.is_new, again.responder.name) == (True, False, "何志远")
    assert again.link_token != first.link_token
    assert not Availability.objects.exists()
    actions = JournalEntry.objects.filter(subject_uuid=first.responder.uuid).values_list("action", "actor_kind")
    assert sorted(actions) == [
        ("responders.responder.give_link", "resident"), ("responders.responder.give_link", "resident"),
        ("responders.responder.register", "resident"),
    ]  # fmt: skip
    with pytest.raises(NotPermitted):
        commands.report_in_by_phone(now=now, given=an_input(phone=""))


@pytest.mark.usefixtures("everywhere")
def test_a_community_off_the_map_takes_the_middle_of_its_estates(now: datetime) -> None:
    Area.objects.update(longitude=None, latitude=None)

    responder = commands.report_in_by_phone(now=now, given=an_input(phone=PHONE)).responder

    assert responder.longitude == pytest.approx(121.2, abs=0.5)
    with pytest.raises(InvalidInput):
        commands.report_in_by_phone(now=now, given=an_input(phone="12800009999", area_code=OTHER_COMMUNITY))


def test_a_verified_person_gets_an_account_once(visitor: Client) -> None:
    _reported_in(visitor)
    desk, address = _desk(), f"/responders/{_only().uuid}/account/"
    assert desk.post(address, {"sign_in_name": "hezhiyuan"}).status_code == 422
    desk.post(f"/responders/{_only().uuid}/verify/")
    assert "Give an account" in desk.get(f"/responders/{_only().uuid}/").content.decode()
    assert desk.get(address).status_code == 200

    given = desk.post(address, {"sign_in_name": "HeZhiyuan"})

    password = re.search(r"<code>([^<]+)</code>", given.content.decode())
    assert password is not None
    own = Client(headers={"accept-language": "en"})
    assert own.post("/sign-in/", {"username": "hezhiyuan", "password": password[1]}).status_code == 303
    assert "何志远" not in own.get("/responders/").content.decode()
    assert "Driving licence" in own.get("/my/service/").content.decode()
    assert desk.post(address, {"sign_in_name": "second"}).status_code == 422
    assert not Account.objects.filter(sign_in_name="second").exists()
    account = Account.objects.get(sign_in_name="hezhiyuan")
    assert list(account.role_assignments.values_list("role", "area_code")) == [("responder", COMMUNITY)]


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("role", Role.values)
def test_accounts_are_given_by_those_who_know_the_person(role: str, now: datetime) -> None:
    gives = {
        Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, Role.COMMUNITY_SECRETARY,
        Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER,
    }  # fmt: skip
    responder = make_responder(status=ReportInStatus.VERIFIED)
    actor = actor_with(role, STREET, account_id=None)

    if role in gives:
        assert commands.give_account(actor=actor, now=now, responder=responder, sign_in_name="a")
        with pytest.raises(Refusal):
            commands.give_account(actor=actor, now=now, responder=responder, sign_in_name="b")
    else:
        with pytest.raises(NotPermitted):
            commands.give_account(actor=actor, now=now, responder=responder, sign_in_name="a")
    near = actor_with(role, COMMUNITY, account_id=None)
    elsewhere = make_responder(area_code=OTHER_COMMUNITY, status=ReportInStatus.VERIFIED)
    with pytest.raises(NotPermitted):
        commands.give_account(actor=near, now=now, responder=elsewhere, sign_in_name="c")


def test_the_poster_leads_to_its_community() -> None:
    desk = _desk()

    assert COMMUNITY in desk.get("/responders/poster/").content.decode()
    sheet = desk.get(f"/responders/poster/?area={COMMUNITY}").content.decode()

    assert f"/report-in/at/{COMMUNITY}/" in sheet
    assert "<svg" in sheet
    assert (
        f"/report-in/at/{OTHER_COMMUNITY}/"
        not in desk.get(f"/responders/poster/?area={OTHER_COMMUNITY}").content.decode()
    )
