"""The API as another system meets it: token, problem details, idempotency, pages, the main job."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from juxing.access import commands as access_commands
from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import run_job
from juxing.kernel.models import Job
from juxing.kernel.scope import acting
from juxing.needs.models import Need
from tests.factories import (
    COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_areas,
    make_household,
    make_item,
    make_need,
    make_responder,
)

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


class Caller:
    """Another system with a token."""

    def __init__(self, account: Account | None) -> None:
        self.client = Client()
        self.headers = {}
        if account is not None:
            with acting(SYSTEM):
                token = access_commands.issue_token(actor=SYSTEM, now=clock.now(), account=account, label="test")
            self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        content = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(f"/api/v1{path}", content, content_type="application/json", headers=headers)


@pytest.fixture
def operator(db: None) -> Caller:
    with acting(SYSTEM):
        make_areas()
        return Caller(make_account(Role.STREET_OPERATOR, STREET))


def test_need_recorded_by_api_can_be_read_back_without_personal_data(operator: Caller) -> None:
    with acting(SYSTEM):
        household = make_household(COMMUNITY)
        make_item("rice")
    body = {
        "need_type": "staple_food", "household": household.area_code, "details": "家里没米了",
        "contact_phone": "12800009999", "lines": [{"item": "rice", "quantity": "2", "unit": "bag"}],
    }  # fmt: skip

    made = operator.post("/needs/", body)
    read = operator.get(f"/needs/{made.json()['uuid']}")

    assert made.status_code == 201, made.content
    assert made.json()["link_token"]
    assert read.json()["status"] == "triaged"
    assert read.json()["lines"] == [{"item": "rice", "written": "rice", "quantity": "2.000", "unit": "bag"}]
    assert "没米" not in read.content.decode()
    assert "12800009999" not in read.content.decode()


def test_repeated_key_records_once_and_answers_the_same(operator: Caller) -> None:
    with acting(SYSTEM):
        household = make_household(COMMUNITY)
    body = {"need_type": "water", "household": household.area_code}
    key = str(uuid4())

    first, second = operator.post("/needs/", body, key=key), operator.post("/needs/", body, key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    with acting(SYSTEM):
        assert Need.objects.count() == 1


def test_same_key_with_other_content_is_refused(operator: Caller) -> None:
    with acting(SYSTEM):
        household = make_household(COMMUNITY)
    key = str(uuid4())
    operator.post("/needs/", {"need_type": "water", "household": household.area_code}, key=key)

    answer = operator.post("/needs/", {"need_type": "meals", "household": household.area_code}, key=key)

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"need_type": "gold"}, 422, "given.need_type"),
        ({"need_type": "water", "lines": [{"written": "水", "quantity": -3}]}, 422, "given.lines.0.quantity"),
        ({"need_type": "water"}, 422, "area_code"),
        ({"need_type": "water", "details": "x" * 100_000}, 422, "given.details"),
        ("{not json", 400, None),
    ],
)
def test_bad_input_is_answered_at_its_place(operator: Caller, body: Any, status: int, field: str | None) -> None:
    answer = operator.post("/needs/", body)

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    if field:
        assert field in [each["field"] for each in answer.json()["errors"]]


def test_without_or_with_a_wrong_token_nothing_is_answered(db: None) -> None:
    stranger = Caller(None)
    forged = Caller(None)
    forged.headers["Authorization"] = "Bearer juxing_forged"

    for caller in (stranger, forged):
        answer = caller.get("/needs/")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing_or_expired")


def test_need_of_another_street_is_as_good_as_absent(operator: Caller) -> None:
    with acting(SYSTEM):
        other = make_need(OTHER_STREET_COMMUNITY)

    assert operator.get(f"/needs/{other.uuid}").status_code == 404
    assert operator.post(f"/needs/{other.uuid}/withdraw").status_code == 404
    assert operator.get("/needs/", area=OTHER_STREET_COMMUNITY).json()["rows"] == []
    assert operator.post("/matching-runs/", {"area": OTHER_STREET_COMMUNITY}).status_code == 403


def test_pages_follow_each_other_without_gap_or_repetition(operator: Caller) -> None:
    with acting(SYSTEM):
        expected = {str(make_need().uuid) for _ in range(5)}

    seen: list[str] = []
    cursor = ""
    while True:
        page = operator.get("/needs/", size=2, cursor=cursor).json()
        seen += [row["uuid"] for row in page["rows"]]
        cursor = page["next"]
        if not cursor:
            break

    assert len(seen) == 5
    assert set(seen) == expected
    assert operator.get("/needs/", cursor="forged").json()["code"] == "bad_cursor"


def test_main_job_runs_from_need_to_confirmation(operator: Caller) -> None:
    with acting(SYSTEM):
        household = make_household(COMMUNITY)
        account = make_account(Role.RESPONDER, COMMUNITY)
        make_responder(account=account)
    helper = Caller(account)
    need = operator.post("/needs/", {"need_type": "fresh_food", "household": household.area_code}).json()

    run = operator.post("/matching-runs/", {"area": STREET})
    assert run.status_code == 202, run.content
    with acting(SYSTEM):
        job = Job.objects.get(kind="dispatch.matching_run")
    run_job(job_id=job.pk)
    found = operator.get(f"/matching-runs/{run.json()['uuid']}").json()
    assert (found["status"], found["matched_count"], found["objective"]) == ("offered", 1, found["bound"])

    task = helper.get("/my/tasks/").json()[0]
    assert task["need"] == need["uuid"]
    for step in ("accept", "check-in", "finish"):
        answer = helper.post(f"/tasks/{task['uuid']}/{step}")
        assert answer.status_code == 200, answer.content
    confirmed = operator.post(f"/needs/{need['uuid']}/confirm", {"score": 5, "comment": "谢谢"})

    assert confirmed.json()["status"] == "confirmed"


def test_openapi_names_every_endpoint(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert {"/api/v1/needs/", "/api/v1/matching-runs/", "/api/v1/tasks/{uuid}/accept"} <= set(paths)
    assert client.get("/api/v2/").json()["code"] == "not_found"
