"""Pages of dispatch as the roles meet them."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from PIL import Image

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.dispatch.commands import plan_rounds, run_matching
from juxing.dispatch.enums import LIVE, RoundStatus, RunStatus, RunTrigger, TaskStatus, UnservedReason
from juxing.dispatch.models import MatchingRun, Task, TaskPhoto
from juxing.dispatch.pages import words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.responders.enums import Skill
from tests.dispatch.makers import make_helper, make_plain_account, make_task
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_household,
    make_need,
    make_resident,
    make_responder,
)

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The real moment, because pages ask the clock."""
    return clock.now()


def _client(account: Account | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _as(role: str, area_code: str = STREET) -> Client:
    return _client(make_plain_account(role, area_code))


@pytest.mark.parametrize("path", ["/dispatch/", "/dispatch/tasks/", "/dispatch/rounds/", "/my/tasks/"])
def test_pages_ask_visitors_to_sign_in(path: str) -> None:
    assert _client(None).get(path).status_code == 302


@pytest.mark.parametrize("path", ["/dispatch/", "/dispatch/tasks/", "/dispatch/rounds/"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.STREET_OPERATOR, 200), (Role.GRID_WORKER, 200), (Role.RESPONDER, 403), (Role.STOREKEEPER, 403)],
)
def test_desk_pages_open_for_those_who_see_who_helps_whom(role: str, status: int, path: str) -> None:
    assert _as(role).get(path).status_code == status


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_run_page_explains_itself(language: str, moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        make_need()
        make_need(required_skills=[Skill.LEGAL])
        make_need(longitude=None, latitude=None)
        make_responder()
        run = run_matching(actor=SYSTEM, now=moment, area_code=STREET)
    client = _as(Role.STREET_OPERATOR)
    client.cookies["django_language"] = language

    page = client.get(f"/dispatch/runs/{run.uuid}/").content.decode()

    words = {
        "en": [
            "no better plan exists among all pairs",
            "Nobody here has the skill",
            "The door is not known yet",
            "Legal",
        ],
        "zh-hans": ["没有更好的方案", "本地没有人具备所需特长", "还不知道具体门牌", "法律"],
    }
    assert [word for word in words[language] if word not in page] == []


def test_run_of_another_street_does_not_exist(moment: datetime) -> None:
    with acting(SYSTEM):
        run = run_matching(actor=SYSTEM, now=moment, area_code="990117002")
    client = _as(Role.STREET_OPERATOR)

    assert client.get(f"/dispatch/runs/{run.uuid}/").status_code == 404
    assert client.post(f"/dispatch/runs/{run.uuid}/cancel/").status_code == 404


def test_starting_twice_with_one_key_starts_one_run(moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
    client = _as(Role.STREET_OPERATOR)
    form = {"area_code": STREET, "idempotency_key": "k1"}

    first, second = client.post("/dispatch/", form), client.post("/dispatch/", form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    refused = client.post("/dispatch/", form | {"idempotency_key": "k2"})
    assert refused.status_code == 422
    with acting(SYSTEM):
        assert MatchingRun.objects.count() == 1
    progress = client.get(f"{first['Location']}progress/")
    assert progress.status_code == 200
    assert client.post(f"{first['Location']}cancel/").status_code == 303
    with acting(SYSTEM):
        assert MatchingRun.objects.get().status == RunStatus.CANCELLED


@pytest.mark.parametrize("area_code", ["", "990117002", "1' OR 1=1", "9" * 400])
def test_run_over_a_place_one_may_not_match_is_refused_at_the_field(area_code: str) -> None:
    with acting(SYSTEM):
        make_areas()
    assert _as(Role.STREET_OPERATOR).post("/dispatch/", {"area_code": area_code}).status_code == 422


def test_grid_worker_sees_runs_but_starts_none() -> None:
    with acting(SYSTEM):
        make_areas()
    assert _as(Role.GRID_WORKER, STREET).post("/dispatch/", {"area_code": STREET}).status_code == 422


def test_task_page_names_the_reason_and_masks_the_helper(moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        make_need(COMMUNITY)
        make_responder(OTHER_COMMUNITY, name="欧阳志愿", longitude=121.221)
        make_responder(OTHER_COMMUNITY, longitude=121.23)
        run_matching(actor=SYSTEM, now=moment, area_code=STREET)
        task = Task.objects.get()

    page = _as(Role.COMMUNITY_WORKER, COMMUNITY).get(f"/dispatch/tasks/{task.uuid}/").content.decode()

    assert "The next one would walk" in page
    assert "欧***" in page
    assert "欧阳志愿" not in page


def test_desk_records_for_a_helper_without_a_phone(moment: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(now=moment, responder=make_responder(OTHER_COMMUNITY), need=make_need(COMMUNITY))
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)
    address = f"/dispatch/tasks/{task.uuid}/"

    for step in ("accept", "check_in", "finish"):
        assert client.post(f"{address}{step}/").status_code == 303

    with acting(SYSTEM):
        assert Task.objects.get().status == TaskStatus.DONE
        assert Need.objects.get().status == NeedStatus.FULFILLED
        entry = JournalEntry.objects.get(action="dispatch.task.finish")
        assert entry.actor_name.startswith("community_worker")


def test_taking_a_task_away_needs_a_reason(moment: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(TaskStatus.ACCEPTED, now=moment, responder=make_responder())
    client = _as(Role.STREET_OPERATOR)

    assert client.post(f"/dispatch/tasks/{task.uuid}/cancel/", {"reason": " "}).status_code == 422
    assert client.post(f"/dispatch/tasks/{task.uuid}/cancel/", {"reason": "换人"}).status_code == 303
    assert client.post(f"/dispatch/tasks/{task.uuid}/cancel/", {"reason": "换人"}).status_code == 409
    assert client.post(f"/dispatch/tasks/{task.uuid}/explode/").status_code == 404


def test_photo_is_seen_by_the_desk_of_the_place_and_by_no_other(moment: datetime) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, format="PNG")
    with acting(SYSTEM):
        helper = make_helper()
        task = make_task(TaskStatus.IN_PROGRESS, now=moment, responder=helper)
    sent = SimpleUploadedFile("门口.png", written.getvalue(), content_type="text/html")
    assert _client(helper.account).post(f"/my/tasks/{task.uuid}/finish/", {"photo": sent}).status_code == 303
    with acting(SYSTEM):
        address = f"/dispatch/tasks/{task.uuid}/photo/{TaskPhoto.objects.get().uuid}/"
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)

    assert client.get(address)["Content-Type"] == "image/png"
    assert address in client.get(f"/dispatch/tasks/{task.uuid}/").content.decode()
    assert _as(Role.COMMUNITY_WORKER, OTHER_COMMUNITY).get(address).status_code == 404
    assert _client(helper.account).get(address).status_code == 403


def test_grid_worker_does_not_steer(moment: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(now=moment, responder=make_responder())

    answer = _as(Role.GRID_WORKER).post(f"/dispatch/tasks/{task.uuid}/cancel/", {"reason": "x"})

    assert answer.status_code == 403
    with acting(SYSTEM):
        assert Task.objects.get().status == TaskStatus.OFFERED


def test_task_of_another_street_does_not_exist(moment: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(now=moment, need=make_need(OTHER_STREET_COMMUNITY), responder=make_responder())
    client = _as(Role.STREET_OPERATOR)

    assert client.get(f"/dispatch/tasks/{task.uuid}/").status_code == 404
    assert client.post(f"/dispatch/tasks/{task.uuid}/cancel/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["/dispatch/tasks/", "/dispatch/", "/dispatch/rounds/"])
def test_lists_make_as_many_queries_for_three_rows_as_for_one(path: str, moment: datetime) -> None:
    client = _as(Role.STREET_OPERATOR)
    counts = []
    for number in (1, 2):
        for _row in range(number):
            with acting(SYSTEM):
                make_task(TaskStatus.ACCEPTED, now=moment, responder=make_responder())
                plan_rounds(actor=SYSTEM, now=moment, area_code=STREET)
                MatchingRun.objects.create(area_code=STREET, trigger="person", status="offered", started_at=moment)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_helper_goes_the_whole_way_on_the_phone(moment: datetime) -> None:
    with acting(SYSTEM):
        home = make_household(OTHER_COMMUNITY, door="1603")
        need = make_need(household=home, resident=make_resident(home, phone="12800007777"), details="放门口")
        helper = make_helper(COMMUNITY)
        task = make_task(now=moment, responder=helper, need=need)
    client = _client(helper.account)
    address = f"/my/tasks/{task.uuid}/"

    offers = client.get("/my/tasks/").content.decode()
    assert "1603" not in offers
    assert "12800007777" not in offers
    assert client.get("/my/tasks/map/").json()["features"]
    assert client.post(f"{address}accept/", {"idempotency_key": "a"}).status_code == 303
    assert client.post(f"{address}accept/", {"idempotency_key": "a"})["Idempotent-Replay"] == "true"
    page = client.get(address).content.decode()
    assert all(word in page for word in ("1603", "12800007777", "放门口"))
    assert client.post(f"{address}check_in/").status_code == 303
    assert client.post(f"{address}block/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}block/", {"reason": "没人应门"}).status_code == 303
    assert client.post(f"{address}finish/", {"note": "邻居代收"}).status_code == 303

    with acting(SYSTEM):
        assert Task.objects.get().status == TaskStatus.DONE
    assert "12800007777" not in client.get("/my/tasks/").content.decode()


def test_answer_that_comes_too_late_is_told_kindly_and_as_a_conflict_to_the_queue(moment: datetime) -> None:
    with acting(SYSTEM):
        helper = make_helper()
        late = moment - timedelta(hours=2)
        task = make_task(now=late, responder=helper, expires_at=late + timedelta(minutes=5))
    client = _client(helper.account)
    address = f"/my/tasks/{task.uuid}/accept/"

    answer = client.post(address, follow=True)
    assert "This offer has run out" in answer.content.decode()
    assert client.post(address, headers={"X-Juxing-Queue": "yes"}).status_code == 409


def test_someone_else_s_task_cannot_be_answered(moment: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(now=moment)
        other = make_helper()
    client = _client(other.account)

    for step in ("accept", "decline", "check_in"):
        assert client.post(f"/my/tasks/{task.uuid}/{step}/").status_code == 404
    assert client.get(f"/my/tasks/{task.uuid}/").status_code == 404
    assert client.get(f"/my/rounds/{uuid4()}/").status_code == 404
    with acting(SYSTEM):
        assert Task.objects.get().status in LIVE


def test_round_sheet_is_masked_until_someone_opens_it_on_record(moment: datetime) -> None:
    with acting(SYSTEM):
        home = make_household(COMMUNITY, door="301")
        need = make_need(household=home, resident=make_resident(home, phone="12800007777"))
        helper = make_helper()
        make_task(TaskStatus.ACCEPTED, now=moment, responder=helper, need=need)
        (planned,) = plan_rounds(actor=SYSTEM, now=moment, area_code=STREET)
    address = f"/dispatch/rounds/{planned.uuid}/print/"
    client = _as(Role.STREET_OPERATOR)

    closed = client.get(address).content.decode()
    assert "12800007777" not in closed
    assert _as(Role.GRID_WORKER).post(address).status_code == 403
    opened = client.post(address).content.decode()
    assert all(word in opened for word in ("12800007777", "301"))
    with acting(SYSTEM):
        assert JournalEntry.objects.filter(action="dispatch.round.print").count() == 1
    assert _as(Role.STREET_OPERATOR, "990117002").get(address).status_code == 404
    assert _client(helper.account).get(f"/my/rounds/{planned.uuid}/").status_code == 200


def test_every_word_of_the_room_is_said_in_chinese() -> None:
    with override("zh-hans"):
        labels = [
            str(label)
            for choices in (TaskStatus, RunStatus, RunTrigger, RoundStatus, UnservedReason)
            for label in choices.labels
        ]
    assert [label for label in labels if label.isascii()] == []


def test_what_keeps_several_needs_waiting_is_said_once() -> None:
    lines = [{"number": "1", "why": "a"}, {"number": "2", "why": "b"}, {"number": "3", "why": "a"}, {"number": "4"}]

    found = words.by_obstacle(lines)

    assert [(one["why"], [need["number"] for need in one["needs"]], one["is_shared"]) for one in found] == [
        ("a", ["1", "3"], True), ("b", ["2"], False), ("", ["4"], False),
    ]  # fmt: skip
