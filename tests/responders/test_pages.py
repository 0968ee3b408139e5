"""Pages of responders as the roles meet them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders.enums import (
    Language,
    ReportInChannel,
    ReportInScope,
    ReportInStatus,
    ResponderKind,
    Skill,
    Transport,
)
from juxing.responders.models import Availability, ReportInList, Responder
from tests.dispatch.makers import make_helper, make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas, make_responder

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db
FORM = {
    "name": "何志远", "phone": "128 0000 3333", "kind": "volunteer", "area_code": COMMUNITY, "channel": "desk",
    "transport": "foot", "capacity": "3", "reach_m": "3000", "skills": ["medical"], "languages": ["mandarin"],
}  # fmt: skip


def _client(account: Account | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _as(role: str, area_code: str = STREET) -> Client:
    return _client(make_plain_account(role, area_code))


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


@pytest.mark.parametrize(
    ("path", "opens"),
    [
        ("/responders/", {Role.STREET_OPERATOR, Role.GRID_WORKER}),
        ("/responders/record/", {Role.STREET_OPERATOR}),
        ("/responders/lists/", {Role.STREET_OPERATOR}),
        ("/responders/lists/template.xlsx", {Role.STREET_OPERATOR}),
        ("/responders/attendance/", {Role.STREET_OPERATOR}),
        ("/my/service/", {Role.STREET_OPERATOR, Role.GRID_WORKER, Role.STOREKEEPER}),
    ],
)
def test_pages_open_for_their_roles(path: str, opens: set[str]) -> None:
    answers = {
        role: _as(role).get(path).status_code for role in (Role.STREET_OPERATOR, Role.GRID_WORKER, Role.STOREKEEPER)
    }

    assert answers == {role: 200 if role in opens else 403 for role in answers}
    assert _client(None).get(path).status_code == 302


def test_recording_twice_with_one_key_records_one_person() -> None:
    client = _as(Role.STREET_OPERATOR)
    form = FORM | {"idempotency_key": "one"}

    first, second = client.post("/responders/record/", form), client.post("/responders/record/", form)

    assert (first.status_code, first["Location"]) == (303, second["Location"])
    refused = client.post("/responders/record/", form | {"idempotency_key": "two"})
    assert refused.status_code == 422
    assert "already reported in" in refused.content.decode()
    assert 'value="何志远"' in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "<script>" * 40), ("phone", "🙂"), ("capacity", "-1"), ("capacity", "9" * 30),
        ("reach_m", "7"), ("area_code", OTHER_STREET_COMMUNITY), ("kind", "x"), ("skills", ["x"]),
        ("home_unit", "9999999"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_place_and_the_rest_is_kept(field: str, value: object) -> None:
    answer = _as(Role.STREET_OPERATOR).post("/responders/record/", FORM | {field: value})

    assert answer.status_code == 422
    assert "kit-field--wrong" in answer.content.decode()
    with acting(SYSTEM):
        assert not Responder.objects.exists()


def test_desk_verifies_one_and_many_and_the_list_masks_for_those_who_do_not() -> None:
    with acting(SYSTEM):
        rows = [make_responder(name="欧阳志愿", status=ReportInStatus.SUBMITTED) for _number in range(3)]
    client = _as(Role.STREET_OPERATOR)

    assert client.post(f"/responders/{rows[0].uuid}/verify/").status_code == 303
    assert client.post(f"/responders/{rows[0].uuid}/verify/").status_code == 409
    ticked = {"responder": [str(row.uuid) for row in rows[1:]] + ["no uuid"]}
    assert client.post("/responders/verify/", ticked).status_code == 303

    with acting(SYSTEM):
        assert set(Responder.objects.values_list("status", flat=True)) == {ReportInStatus.VERIFIED}
    assert "欧阳志愿" in client.get("/responders/").content.decode()
    assert "欧阳志愿" not in _as(Role.GRID_WORKER).get("/responders/").content.decode()


def test_responder_of_another_street_does_not_exist() -> None:
    with acting(SYSTEM):
        other = make_responder(OTHER_STREET_COMMUNITY)
    client = _as(Role.STREET_OPERATOR)

    assert client.get(f"/responders/{other.uuid}/").status_code == 404
    for step in ("verify", "withdraw", "change", "available"):
        assert client.post(f"/responders/{other.uuid}/{step}/").status_code == 404


def test_desk_changes_switches_and_removes() -> None:
    with acting(SYSTEM):
        row = make_responder()
    client = _as(Role.STREET_OPERATOR)
    address = f"/responders/{row.uuid}/"

    assert client.get(f"{address}change/").status_code == 200
    changed = {"skills": ["legal"], "languages": [], "transport": "car", "capacity": "5", "reach_m": "5000"}
    assert client.post(f"{address}change/", changed).status_code == 303
    assert client.post(f"{address}available/", {"to": "off"}).status_code == 303
    with acting(SYSTEM):
        row.refresh_from_db()
        assert (row.skills, row.capacity, row.is_available) == (["legal"], 5, False)
    assert client.post(f"{address}withdraw/").status_code == 303
    assert "Someone who left" in client.get(address).content.decode()


def test_person_reports_in_says_when_and_leaves() -> None:
    account = make_plain_account(Role.RESPONDER, COMMUNITY)
    client = _client(account)

    assert "Would you like to help?" in client.get("/my/service/").content.decode()
    form = {key: value for key, value in FORM.items() if key != "channel"}
    assert client.post("/my/service/report-in/", form).status_code == 303
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    assert client.post("/my/service/times/", {"day": day, "since": "20:00", "until": "06:00"}).status_code == 303
    assert (
        client.post("/my/service/times/", {"day": "1900-01-01", "since": "08:00", "until": "09:00"}).status_code == 422
    )
    assert client.post("/my/service/times/", {"day": "99999-13-77"}).status_code == 422
    with acting(SYSTEM):
        period = Availability.objects.get()
        assert period.ends_at - period.starts_at == timedelta(hours=10)
        assert Responder.objects.get().account_id == account.pk
    assert client.post(f"/my/service/times/{period.pk}/remove/").status_code == 303
    assert client.post("/my/service/available/", {"to": "off"}).status_code == 303
    assert client.post("/my/service/leave/", {"step": "explode"}).status_code == 404
    assert client.post("/my/service/leave/", {"step": "pause"}).status_code == 303
    assert "You are pausing" in client.get("/my/service/").content.decode()
    assert client.post("/my/service/leave/", {"step": "leave"}).status_code == 303
    assert "Would you like to help?" in client.get("/my/service/").content.decode()


def test_own_page_says_that_no_is_free_in_both_languages() -> None:
    with acting(SYSTEM):
        helper = make_helper()
    client = _client(helper.account)

    assert "It changes nothing" in client.get("/my/service/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "没有任何影响" in client.get("/my/service/").content.decode()


def test_list_is_uploaded_shown_and_closed_to_others() -> None:
    client = _as(Role.STREET_OPERATOR)
    file = SimpleUploadedFile("名单.csv", "姓名,手机号,社区\n王芳,12800000001,湖滨社区\n".encode())

    sent = client.post("/responders/lists/", {"file": file, "area_code": STREET})

    assert sent.status_code == 303
    assert client.get(sent["Location"]).status_code == 200
    assert client.get(f"{sent['Location']}progress/").status_code == 200
    assert client.get(f"{sent['Location']}problems.csv").status_code == 200
    assert _as(Role.STREET_OPERATOR, "990117002").get(sent["Location"]).status_code == 404
    with acting(SYSTEM):
        assert ReportInList.objects.count() == 1
    empty = client.post("/responders/lists/", {"file": SimpleUploadedFile("a.csv", b""), "area_code": STREET})
    assert empty.status_code == 422


def test_every_word_of_the_room_is_said_in_chinese() -> None:
    kinds = (ResponderKind, Skill, Language, Transport, ReportInStatus, ReportInScope, ReportInChannel)
    with override("zh-hans"):
        labels = [str(label) for choices in kinds for label in choices.labels]

    assert [label for label in labels if label.isascii()] == []
