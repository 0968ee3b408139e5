"""The desk by role and area: lists, one need, recording, chains and imports."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedStatus, NeedType
from juxing.needs.models import Need, NeedImport, OrderChain
from juxing.places.models import Household
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    STREET,
    make_account,
    make_areas,
    make_household,
    make_item,
    make_resident,
)
from tests.needs.makers import make_need

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def _client(role: str, area_code: str = STREET) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make_account(role, area_code), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk() -> Client:
    """A community worker of the first community."""
    return _client(Role.COMMUNITY_WORKER, COMMUNITY)


def _need(**values: Any) -> Need:
    with acting(SYSTEM):
        resident = make_resident(name="欧阳秀英", phone="12800001234")
        return make_need(resident.household, resident_id=resident.pk, details="胰岛素", **values)


PAGES = ("/needs/", "/needs/record/", "/needs/record/phone/", "/needs/order-chains/", "/needs/import/", "/needs/print/")


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        (Role.COMMUNITY_WORKER, set(PAGES)),
        (Role.STREET_OPERATOR, set(PAGES)),
        (Role.GRID_WORKER, {"/needs/", "/needs/record/", "/needs/record/phone/", "/needs/print/"}),
        (Role.HOTLINE_AGENT, {"/needs/", "/needs/record/", "/needs/record/phone/", "/needs/print/"}),
        (Role.RESPONDER, {"/needs/"}),
    ],
)
def test_each_role_finds_its_pages(role: str, open_pages: set[str]) -> None:
    client = _client(role)

    assert {page for page in PAGES if client.get(page).status_code == 200} == open_pages
    assert {client.get(page).status_code for page in set(PAGES) - open_pages} <= {403}


def test_without_an_account_one_is_asked_to_sign_in() -> None:
    assert {Client().get(page).status_code for page in PAGES} == {302}


@pytest.mark.parametrize(("role", "cut"), [(Role.GRID_WORKER, 5), (Role.BUILDING_HEAD, 0)])
def test_those_who_serve_less_than_an_estate_see_their_needs_with_its_name(role: str, cut: int) -> None:
    need = _need()
    with acting(SYSTEM):
        assert need.household_id is not None
        building = Household.objects.get(pk=need.household_id).building
        estate = building.estate.name
    client = _client(role, building.area_code[: len(building.area_code) - cut])

    listed, single = client.get("/needs/"), client.get(f"/needs/{need.uuid}/")

    assert estate in listed.content.decode()
    assert estate in single.content.decode()


def test_the_list_shows_nobody_in_full_and_only_the_own_area(clerk: Client) -> None:
    need = _need()
    with acting(SYSTEM):
        away = make_need(make_household(OTHER_COMMUNITY))

    page = clerk.get("/needs/").content.decode()

    assert need.number in page
    assert away.number not in page
    assert "欧阳" not in page.replace("欧*", "")
    assert "12800001234" not in page


@pytest.mark.parametrize("act", ["", "reveal/", "withdraw/", "unmet/", "confirm/", "merge/", "link/"])
def test_a_need_of_another_area_does_not_exist(clerk: Client, act: str) -> None:
    with acting(SYSTEM):
        away = make_need(make_household(OTHER_COMMUNITY))
    address = f"/needs/{away.uuid}/{act}"

    answer = clerk.post(address, {"reason": "x"}) if act else clerk.get(address)

    assert answer.status_code == 404


def test_opening_words_needs_a_reason_and_is_journalled(clerk: Client) -> None:
    need = _need(need_type=NeedType.MEDICINE)
    assert "胰岛素" not in clerk.get(f"/needs/{need.uuid}/").content.decode()

    assert clerk.post(f"/needs/{need.uuid}/reveal/", {"reason": ""}).status_code == 422
    page = clerk.post(f"/needs/{need.uuid}/reveal/", {"reason": "call back"}).content.decode()

    assert "胰岛素" in page
    assert "12800001234" in page
    with acting(SYSTEM):
        assert JournalEntry.objects.filter(action="needs.need.reveal", reason="call back").count() == 1


def test_acts_do_what_they_say_and_refuse_with_words(clerk: Client) -> None:
    need = _need()

    assert clerk.post(f"/needs/{need.uuid}/unmet/", {"reason": ""}).status_code == 422
    assert clerk.post(f"/needs/{need.uuid}/confirm/").status_code == 409
    assert clerk.post(f"/needs/{need.uuid}/unmet/", {"reason": "none left"}).status_code == 303
    assert clerk.post(f"/needs/{need.uuid}/reopen/", {"reason": "there is some"}).status_code == 303
    assert clerk.post(f"/needs/{need.uuid}/nonsense/").status_code == 404

    with acting(SYSTEM):
        assert Need.objects.get(pk=need.pk).status == NeedStatus.REOPENED


def test_a_list_with_nonsense_filters_is_a_list(clerk: Client) -> None:
    assert clerk.get("/needs/?status=x&area=%00&age=1e9&q='--&cursor=").status_code == 200
    assert clerk.get("/needs/?cursor=forged").status_code == 422


def test_possible_duplicates_are_shown_before_anything_is_recorded(clerk: Client) -> None:
    need = _need()
    with acting(SYSTEM):
        Need.objects.update(recorded_at="2099-01-01T00:00Z")
        resident = need.resident
    address = f"/needs/record/?resident={resident.uuid}" if resident else ""
    sent = {"need_type": "fresh_food", "channel": "phone"}

    shown = clerk.post(address, sent)

    assert shown.status_code == 422
    assert need.number in shown.content.decode()
    assert clerk.post(address, {**sent, "is_distinct": "on"}).status_code == 303
    with acting(SYSTEM):
        assert Need.objects.count() == 2


def test_a_resident_elsewhere_cannot_be_recorded_for(clerk: Client) -> None:
    with acting(SYSTEM):
        away = make_resident(make_household(OTHER_COMMUNITY))

    assert clerk.get(f"/needs/record/?resident={away.uuid}").status_code == 404
    assert clerk.get("/needs/record/?resident=nonsense").status_code == 404


def test_recording_at_the_door_twice_is_one_need() -> None:
    with acting(SYSTEM):
        make_areas()
        home = make_household()
    client = _client(Role.GRID_WORKER, COMMUNITY)
    sent = {
        "need_type": "water", "channel": "door_knock", "estate": home.building.estate.area_code, "building": "5",
        "door": "301",
    }  # fmt: skip

    for key in ("a", "b"):
        assert client.post("/needs/record/phone/", {**sent, "idempotency_key": key}).status_code == 303

    with acting(SYSTEM):
        assert Need.objects.filter(duplicate_of__isnull=True).count() == 1
        assert Need.objects.filter(duplicate_of__isnull=False).count() == 1


def test_a_printed_list_is_journalled(clerk: Client) -> None:
    _need()

    page = clerk.get("/needs/print/").content.decode()

    assert "欧阳秀英" in page
    with acting(SYSTEM):
        assert JournalEntry.objects.filter(action="needs.need.print").count() == 1


def test_a_chain_through_the_pages(clerk: Client) -> None:
    with acting(SYSTEM):
        make_areas()
        make_item()
        estate = make_household().building.estate.area_code

    assert clerk.post("/needs/order-chains/", {"area": estate, "text": "hello"}).status_code == 422
    pasted = clerk.post("/needs/order-chains/", {"area": estate, "text": "1. 5-301 王 大米2袋\n2. 9-901 李 大米1袋\n"})
    assert pasted.status_code == 303
    assert clerk.get(pasted["Location"]).status_code == 200
    assert clerk.post(f"{pasted['Location']}confirm/").status_code == 303
    assert (
        clerk.post(f"{pasted['Location']}correct/", {"position": "2", "door": "301", "building": "5"}).status_code
        == 303
    )
    assert clerk.post(f"{pasted['Location']}discard/", {"position": "2"}).status_code == 303
    assert clerk.post(f"{pasted['Location']}nonsense/").status_code == 404

    with acting(SYSTEM):
        assert Need.objects.get().channel == "order_chain"
        chain = OrderChain.objects.get()
        assert chain.status == "confirmed"
    assert _client(Role.COMMUNITY_WORKER, OTHER_COMMUNITY).get(pasted["Location"]).status_code == 404


def test_things_of_a_chain_stand_in_the_form_as_they_are_read_again(clerk: Client) -> None:
    with acting(SYSTEM):
        make_areas()
        estate = make_household().building.estate.area_code
        rice = make_item("rice", unit="bag")
    pasted = clerk.post("/needs/order-chains/", {"area": estate, "text": "1. 5-301 王 大米2袋\n"})

    page = clerk.get(pasted["Location"]).content.decode()
    clerk.post(f"{pasted['Location']}correct/", {"position": 1, "building": "5", "door": "301", "things": "大米 2袋"})

    assert ">大米 2袋</textarea>" in page
    with acting(SYSTEM):
        [kept] = OrderChain.objects.get().lines.get().understood["items"]
        assert (kept["item_id"], kept["quantity"], kept["unit"]) == (rice.pk, "2", "bag")


def test_a_table_through_the_pages(clerk: Client) -> None:
    with acting(SYSTEM):
        make_areas()
        make_household()
    table = SimpleUploadedFile("needs.csv", "楼号,房号,需求\n5,301,水\n".encode())

    assert clerk.get("/needs/import/template/").content.startswith(b"PK")
    assert clerk.post("/needs/import/", {"area": COMMUNITY}).status_code == 422
    bad = SimpleUploadedFile("x.csv", b"\x00\x01")
    assert clerk.post("/needs/import/", {"area": COMMUNITY, "file": bad}).status_code == 422
    sent = clerk.post("/needs/import/", {"area": COMMUNITY, "file": table})
    assert sent.status_code == 303
    assert "301" in clerk.get(sent["Location"]).content.decode()
    assert clerk.post(f"{sent['Location']}start/").status_code == 303
    assert clerk.get(sent["Location"]).status_code == 200
    assert clerk.get(f"{sent['Location']}progress/").status_code == 200
    with acting(SYSTEM):
        assert NeedImport.objects.get().job_uuid is not None
    assert _client(Role.COMMUNITY_WORKER, OTHER_COMMUNITY).get(sent["Location"]).status_code == 404


def test_units_of_the_catalogue_are_said_in_the_readers_language(clerk: Client) -> None:
    with acting(SYSTEM):
        make_item(unit="packet")
    clerk.cookies["django_language"] = "zh-hans"

    page = clerk.get("/needs/record/").content.decode()

    assert "<span>包</span>" in page
    assert "packet" not in page
