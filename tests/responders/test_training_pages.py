"""Trainings as desks, visitors and those signed up meet them; tables in and out, code, calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localtime

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.scope import acting
from juxing.kernel.spreadsheets import read_table
from juxing.responders import commands
from juxing.responders.check_in_codes import screen_code
from juxing.responders.models import Clearance, Responder, TrainingSession, TrainingSignUp
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas, make_responder
from tests.responders.roster_makers import SYSTEM
from tests.responders.training_makers import OWN, announced, signed_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


def _as(role: str, area_code: str = COMMUNITY) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_plain_account(role, area_code), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _form(**values: Any) -> dict[str, Any]:
    begins = localtime(clock.now() + timedelta(days=1))
    return {
        "title": "个人防护培训", "area_code": COMMUNITY, "holder": "林医生", "place": "二楼",
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "sign_up_by": "", "places": "2", "gives": ["training:protection"], "understanding": "questions",
        "valid_days": "365", "notice": "自带水杯", **values,
    }  # fmt: skip


def _at_its_time(session: TrainingSession) -> None:
    """Let it have begun half an hour ago."""
    now = clock.now()
    TrainingSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=90), sign_up_by=now - timedelta(hours=1)
    )
    session.refresh_from_db()


def test_training_is_written_announced_signed_up_for_moved_and_cancelled() -> None:
    desk = _as(Role.COMMUNITY_WORKER)
    wrong = desk.post("/trainings/new/", _form(title="", places="0"))
    assert wrong.status_code == 422
    assert "自带水杯" in wrong.content.decode()
    made = desk.post("/trainings/new/", _form())
    with acting(SYSTEM):
        session = TrainingSession.objects.get()
        person = make_responder(name="何志远")
    address = f"/trainings/{session.uuid}/"
    assert (made.status_code, made["Location"]) == (303, address)
    public = f"/trainings/at/{session.code}/"
    assert Client().get(public).status_code == 404
    desk.post(f"{address}step/announce/")
    seen = Client(headers={"accept-language": "en"}).get(public).content.decode()
    assert "2 places left" in seen
    assert "何志远" not in seen

    for text in ("何志", "hzy", "hezhi", person.phone):
        assert "何志远" in desk.get(f"{address}sign-up/", {"q": text}).content.decode(), text
    assert "何志远" not in desk.get(f"{address}sign-up/", {"q": "zzz"}).content.decode()
    desk.post(f"{address}sign-up/", {"person": str(person.uuid), "channel": "proxy"})
    assert "何志远" in desk.get(address).content.decode()
    later = localtime(clock.now() + timedelta(days=2))
    desk.post(f"{address}change/", _form(
        starts_at=f"{later:%Y-%m-%dT%H:%M}", ends_at=f"{later + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        gives=["briefing:"],
    ))  # fmt: skip
    with acting(SYSTEM):
        session.refresh_from_db()
        assert (session.gives, session.sequence) == (["training:protection"], 1)
        assert TrainingSignUp.objects.get().to_tell == "moved"
    assert desk.post(f"{address}step/cancel/", {"why": " "}).status_code == 422
    desk.post(f"{address}step/cancel/", {"why": "大雨"})
    assert "大雨" in Client().get(public).content.decode()
    assert "CANCELLED" in Client().get(f"{public}calendar.ics").content.decode()


@pytest.mark.parametrize("path", ["", "change/", "sign-up/", "code/", "code/sheet/", "poster/", "sheet/", "table/",
                                  "import/"])  # fmt: skip
def test_another_places_training_is_not_there(path: str) -> None:
    with acting(SYSTEM):
        session = announced(clock.now())

    assert _as(Role.COMMUNITY_WORKER).get(f"/trainings/{session.uuid}/{path}").status_code == 200
    assert _as(Role.STREET_OPERATOR, STREET).get(f"/trainings/{session.uuid}/{path}").status_code == 200
    assert _as(Role.COMMUNITY_WORKER, OTHER_COMMUNITY).get(f"/trainings/{session.uuid}/{path}").status_code == 404
    assert _as(Role.RESPONDER).get(f"/trainings/{session.uuid}/{path}").status_code == 403


def test_people_from_elsewhere_come_masked_and_are_ticked_like_the_others() -> None:
    with acting(SYSTEM):
        session = announced(clock.now(), understanding="on_spot", gives=["equipment:gown"])
        near, far = make_responder(name="何志远"), make_responder(OTHER_STREET_COMMUNITY, name="欧阳明日")
        rows = [signed_up(session, one, clock.now()) for one in (near, far)]
        _at_its_time(session)
    desk, address = _as(Role.COMMUNITY_WORKER), f"/trainings/{session.uuid}/"

    page = desk.get(address).content.decode()
    assert "何志远" in page
    assert "欧阳明日" not in page
    assert far.phone not in page
    sheet = desk.get(f"{address}sheet/").content.decode()
    assert "何志远" in sheet
    assert "欧阳明日" not in sheet
    ticked = {"person": [str(row.uuid) for row in rows] + ["nonsense"]}
    desk.post(f"{address}people/", {"do": "here", **ticked})
    desk.post(f"{address}people/", {"do": "understood", **ticked})
    assert desk.post(f"{address}people/", {"do": "fly", **ticked}).status_code == 404
    with acting(SYSTEM):
        assert set(TrainingSignUp.objects.values_list("status", flat=True)) == {"completed"}
        assert Clearance.objects.filter(kind="equipment", code="gown", responder=far).exists()


def test_by_link_one_signs_up_says_no_checks_in_and_answers() -> None:
    with acting(SYSTEM):
        session = announced(clock.now(), places=1)
        person = make_responder(has_shown=False)
        token = commands.give_link(now=clock.now(), responder=person)
    client, base = Client(headers={"accept-language": "en"}), f"/s/{token}/trainings/"

    def state() -> str:
        with acting(SYSTEM):
            return TrainingSignUp.objects.get(responder=person).status

    assert "个人防护培训" in client.get(base).content.decode()
    client.post(f"{base}{session.uuid}/sign-up/")
    assert state() == "signed_up"
    assert "个人防护培训" in client.get(f"/s/{token}/shifts/calendar.ics").content.decode()
    client.post(f"{base}{session.uuid}/excuse/", {"excuse": "nonsense"})
    assert state() == "signed_up"
    client.post(f"{base}{session.uuid}/excuse/", {"excuse": "ill"})
    assert state() == "excused"
    client.post(f"{base}{session.uuid}/sign-up/")
    client.post(f"{base}{session.uuid}/take-back/")
    assert state() == "withdrawn"
    client.post(f"{base}{session.uuid}/sign-up/")
    with acting(SYSTEM):
        _at_its_time(session)
    client.post(f"{base}{session.uuid}/here/", {"code": "AAAA2222"})
    assert state() == "signed_up"
    client.post(f"{base}{session.uuid}/here/", {"code": screen_code(session.uuid, now=clock.now())})
    assert state() == "present"
    assert f"/s/{token}/lessons/protection/" in client.get(base).content.decode()
    client.post(f"/s/{token}/lessons/protection/", {"q0": "1", "q1": "1", "q2": "0"})
    assert state() == "completed"
    assert "个人防护培训" in client.get(f"/s/{token}/hours/").content.decode()
    assert client.post(f"{base}{session.uuid}/fly/").status_code == 404


def test_code_at_the_door_asks_for_the_phone_and_lets_in() -> None:
    with acting(SYSTEM):
        account = make_plain_account(Role.RESPONDER, COMMUNITY)
        person = make_responder(account=account)
        session = announced(clock.now())
        _at_its_time(session)
    code = screen_code(session.uuid, now=clock.now())
    address = f"/check-in/{session.uuid}/{code}/"

    assert Client().get(address)["Location"] == "/check-in/phone/"
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert "You had not signed up. 2 places are free." in client.get(address).content.decode()
    assert client.post(f"/check-in/{session.uuid}/AAAA2222/").status_code == 422
    client.post(address)
    with acting(SYSTEM):
        assert TrainingSignUp.objects.get(responder=person).status == "present"


def test_table_goes_out_and_comes_in_again_with_what_is_wrong_named() -> None:
    with acting(SYSTEM):
        session = announced(clock.now(), understanding="on_spot", gives=["equipment:gown"], places=10)
        first, second = make_responder(name="何志远"), make_responder(name="沈若兰")
        make_responder(name="李强")
        make_responder(name="李强")
        signed_up(session, first, clock.now())
        _at_its_time(session)
    desk, address = _as(Role.COMMUNITY_WORKER), f"/trainings/{session.uuid}/"
    out = desk.post(f"{address}table/", {"area": COMMUNITY, "purpose": "running", "file_format": "xlsx"})
    [line] = read_table(out.content, filename="training.xlsx")
    assert line.cells["Name"] == "何志远"
    assert first.phone not in out.content.decode("latin-1")

    lines = [("姓名", "电话", "到场", "掌握"), ("何志远", "", "是", "是"), ("", second.phone, "是", ""),
             ("李强", "", "是", ""), ("无此人", "", "", ""), ("何志远", "", "", ""),
             ("沈若兰", "", "也许", "")]  # fmt: skip
    content = "\n".join(",".join(line) for line in lines).encode()

    def send() -> str:
        file = SimpleUploadedFile("名单.csv", content, content_type="text/csv")
        return desk.post(f"{address}import/", {"file": file}).content.decode()

    seen = send()
    for word in ("Several people have this name", "Nobody who reported in", "stands in the table twice", "yes, no"):
        assert word in seen
    with acting(SYSTEM):
        rows = dict(TrainingSignUp.objects.values_list("responder__name", "status"))
    assert rows == {"何志远": "completed", "沈若兰": "present"}
    send()
    with acting(SYSTEM):
        assert dict(TrainingSignUp.objects.values_list("responder__name", "status")) == rows
        assert Responder.objects.count() == 4
    assert desk.post(f"{address}import/", {"file": SimpleUploadedFile("x.csv", b"\x00\x01\x02")}).status_code == 422


def test_proved_phone_signs_up_from_the_poster(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting(SYSTEM):
        session = announced(clock.now())
        person = make_responder()
    client = Client()
    assert client.get(f"/trainings/at/{session.code}/sign-up/")["Location"] == "/report-in/"
    monkeypatch.setattr("juxing.responders.pages.service.proved_phone", lambda _request: person.phone)
    client.post("/report-in/form/")
    with acting(SYSTEM):
        assert TrainingSignUp.objects.get().responder_id == person.pk
        commands.take_back_sign_up(actor=OWN, now=clock.now(), sign_up=TrainingSignUp.objects.get())
