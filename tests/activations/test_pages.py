"""Pages, endpoints and the command line, as the roles meet them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from juxing.access.commands import issue_token
from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands, execution
from juxing.activations.commandline import activation as command_line
from juxing.activations.models import Activation, ModeConversion, StepRun
from juxing.activations.queries import grouped_lines
from juxing.kernel import clock
from juxing.kernel.conversion import steps_in_order
from juxing.kernel.scope import acting
from tests.activations.makers import (
    OTHER_STREET,
    SYSTEM,
    District,
    make_district,
    make_draft,
    make_person,
    newest,
    start,
)
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_responder

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The real moment, because pages ask the clock."""
    return clock.now()


@pytest.fixture
def place(moment: datetime) -> District:
    with acting(SYSTEM):
        return make_district(moment)


def as_(account: Account) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_response_goes_from_incident_to_stand_down_on_pages(place: District, moment: datetime) -> None:
    operator, commander, second = as_(place.operator), as_(place.commander), as_(place.second)
    page = f"/incidents/{place.incident.uuid}/"
    assert operator.get(page).status_code == 200
    ends_at = (moment + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M")
    drafted = operator.post(page, {
        "version": str(place.version.uuid), "level": "level_2", "areas": f"{STREET} {OTHER_STREET}",
        "ends_at": ends_at, "matter": "contain",
    })  # fmt: skip
    assert drafted.status_code == 302
    preview = drafted["Location"]
    base = preview.removesuffix("preview/")
    assert b"Temporary branch" in operator.get(preview).content
    assert operator.post(f"{preview}organisations.bodies/", {"keep": [f"command_post:{COMMUNITY}"]}).status_code == 303
    decided = operator.post(preview, {
        "issuer": "City", "rank": "city", "number": "1", "issued_on": "2026-03-01", "legal_basis": "law",
    })  # fmt: skip
    assert decided.status_code == 303
    assert operator.post(f"{base}prepare/", {"act": "submit"}).status_code == 303
    with acting(SYSTEM):
        draft = Activation.objects.get()
    assert b"Sign this preview" in commander.get(preview).content
    assert commander.post(f"{base}approve/", {"digest": "0" * 64}).status_code == 409
    assert commander.post(f"{base}approve/", {"digest": draft.digest}).status_code == 303
    assert commander.post(f"{base}approve/", {"digest": draft.digest}).status_code == 409
    assert second.post(f"{base}approve/", {"digest": draft.digest}).status_code == 303

    with acting(SYSTEM):
        conversion = ModeConversion.objects.get()
    board = f"/activations/conversions/{conversion.uuid}/"
    assert b"Waiting" in commander.get(board).content
    execution.carry_out(conversion.uuid, clock=clock.now)
    assert b"finished" in commander.get(board, headers={"hx-request": "true"}).content
    shown = commander.get(base).content.decode()
    assert "Level II" in shown
    assert "Ends by itself in" in shown
    assert "set up 1" in commander.get(board).content.decode(), "only the post that was kept"
    ended = commander.post(f"{base}stand-down/", {"reason": "over"})
    assert ended.status_code == 303
    with acting(SYSTEM):
        execution.carry_out(newest(draft).uuid, clock=clock.now)
        assert Activation.objects.get().status == "stood_down"


@pytest.mark.parametrize("path", ["/incidents/", "/plans/", "/my/posture/"])
def test_lists_ask_as_many_questions_for_three_as_for_one(path: str, place: District, moment: datetime) -> None:
    client = as_(place.commander)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    with acting(SYSTEM):
        start(place, moment)
    client.get(path)
    one = asked()
    with acting(SYSTEM):
        for _number in range(2):
            start(place, moment)
    assert asked() <= one


def test_what_is_elsewhere_does_not_exist(place: District, moment: datetime) -> None:
    with acting(SYSTEM):
        running = start(place, moment)
        stranger = make_person(Role.STREET_COMMANDER, OTHER_STREET, "stranger")
    client = as_(stranger)

    for path in (
        f"/activations/{running.uuid}/", f"/activations/{running.uuid}/preview/",
        f"/activations/conversions/{newest(running).uuid}/", f"/incidents/{place.incident.uuid}/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(f"/activations/{running.uuid}/undo/", {"reason": "x"}).status_code == 404


def test_everyone_who_serves_sees_what_holds_and_what_to_do_first(place: District, moment: datetime) -> None:
    with acting(SYSTEM):
        start(place, moment)
        inside = make_person(Role.GRID_WORKER, f"{COMMUNITY}-E001-G01", "inside")
        outside = make_person(Role.GRID_WORKER, OTHER_STREET_COMMUNITY, "outside")

    here, there = as_(inside).get("/my/posture/").content.decode(), as_(outside).get("/my/posture/").content.decode()

    assert "Level III" in here
    assert "Go and look" in here
    assert "Steady state" in there
    assert "kit-banner--emergency" in as_(inside).get("/plans/").content.decode()
    assert "kit-banner--emergency" not in as_(outside).get("/plans/").content.decode()


def test_failed_step_is_shown_and_left_for_a_reason(place: District, moment: datetime) -> None:
    with acting(SYSTEM):
        running = start(place, moment)
        conversion = newest(running)
        execution.carry_out(conversion.uuid, clock=clock.now)
        run = StepRun.objects.filter(conversion=conversion)[0]
        StepRun.objects.filter(pk=run.pk).update(status="failed", reason="no paper")
        ModeConversion.objects.update(finished_at=None)
    client = as_(place.commander)

    assert b"no paper" in client.get(f"/activations/conversions/{conversion.uuid}/").content
    assert client.post(f"/activations/steps/{run.uuid}/skip/", {"reason": ""}).status_code == 422
    assert client.post(f"/activations/steps/{run.uuid}/skip/", {"reason": "by hand"}).status_code == 303
    with acting(SYSTEM):
        run.refresh_from_db()
    assert (run.status, run.reason) == ("skipped", "by hand")


def test_http_api_drafts_signs_and_tells_the_posture(place: District, moment: datetime) -> None:
    def token(account: Account) -> dict[str, str]:
        with acting(SYSTEM):
            secret = issue_token(actor=actor_of(account, now=moment), now=moment, account=account, label="test")
        return {"authorization": f"Bearer {secret}"}

    operator, commander = token(place.operator), token(place.commander)
    client = Client()

    def post(path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
        answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    status, draft = post("/activations/", {
        "incident": str(place.incident.uuid), "plan_version": str(place.version.uuid), "level": "level_3",
        "areas": [COMMUNITY], "ends_at": (moment + timedelta(days=2)).isoformat(), "matter": "contain",
    }, operator)  # fmt: skip
    assert status == 201
    path = f"/activations/{draft['uuid']}"
    paper = {"issuer": "City", "rank": "city", "number": "1", "issued_on": "2026-03-01", "legal_basis": "law"}
    status, draft = post(f"{path}/decision", paper, operator)
    assert status == 200
    assert post(f"{path}/submit", {}, operator)[1]["status"] == "pending_approval"
    assert post(f"{path}/approve", {"digest": "0" * 64}, commander)[1]["code"] == "preview_changed"
    assert post(f"{path}/approve", {"digest": draft["digest"]}, commander)[1]["status"] == "active"
    told = client.get("/api/v1/posture", {"area": f"{COMMUNITY},{OTHER_STREET_COMMUNITY}"}, headers=operator).json()
    assert [each["is_emergency"] for each in told] == [True, False]
    assert client.get(f"/api/v1{path}/conversions", headers=operator).json()[0]["done"] == 0
    assert post(f"{path}/stand-down", {"reason": "over"}, commander)[1]["status"] == "standing_down"


def test_http_api_reports_widens_lowers_extends_narrows_and_undoes(place: District, moment: datetime) -> None:
    with acting(SYSTEM):
        running = start(place, moment)
        headers = {
            who: {"authorization": "Bearer " + issue_token(
                actor=actor_of(account, now=moment), now=moment, account=account, label="test")}
            for who, account in (("commander", place.commander), ("second", place.second))
        }  # fmt: skip
    client = Client()

    def post(path: str, body: dict[str, object], who: str = "commander") -> tuple[int, Any]:
        answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers[who])
        return answer.status_code, answer.json()

    path = f"/activations/{running.uuid}"
    paper = {"issuer": "City", "rank": "city", "number": "2", "issued_on": "2026-03-01", "legal_basis": "law"}
    widened: dict[str, object] = {"kind": "widen", "reason": "spreads", "areas": [OTHER_STREET_COMMUNITY]}

    status, said = post("/incidents/", {"area_code": STREET, "title": "第二起", "hazard": place.incident.hazard})
    assert (status, said["status"]) == (201, "reported")
    assert post(f"/incidents/{said['uuid']}/verdict", {"is_confirmed": True})[1]["status"] == "verified"
    assert post(f"{path}/changes", widened)[1]["code"] == "decision_incomplete"
    status, ordered = post(f"{path}/changes", {**widened, "level": "level_2", "decision": paper})
    assert (status, ordered["waits_for_signature"], ordered["total"]) == (201, True, 0)
    signature = f"/conversions/{ordered['uuid']}/countersign"
    assert post(signature, {})[1]["code"] == "same_approver"
    status, signed = post(signature, {}, "second")
    assert (status, signed["waits_for_signature"], signed["total"]) == (200, False, len(steps_in_order()))
    lowered: dict[str, object] = {
        "kind": "level",
        "reason": "calmer",
        "areas": [OTHER_STREET_COMMUNITY],
        "level": "level_3",
    }
    assert post(f"{path}/changes", lowered)[0] == 201
    assert (
        post(f"{path}/changes", {"kind": "extend", "reason": "longer", "decision": paper})[1]["code"] == "end_missing"
    )
    later = (running.ends_at + timedelta(days=1)).isoformat()
    assert post(f"{path}/changes", {"kind": "extend", "reason": "longer", "ends_at": later,
                                    "decision": {**paper, "number": "3"}})[0] == 201  # fmt: skip
    assert post(f"{path}/changes", {"kind": "narrow", "reason": "over there"})[1]["code"] == "areas_missing"
    assert (
        post(f"{path}/changes", {"kind": "narrow", "reason": "over there", "areas": [OTHER_STREET_COMMUNITY]})[0] == 201
    )
    assert client.get(f"/api/v1{path}/open-items", headers=headers["commander"]).json() == []
    assert post(f"{path}/undo", {"reason": "mistaken"})[1]["status"] == "cancelled"


def test_command_line_previews_decides_approves_converts_and_stands_down(place: District) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(command_line, list(words))
        assert done.exit_code == 0, done.output
        return done.output

    said = run("preview", STREET, "--hazard", "health.infectious_disease", "--matter", "contain", "--as", "operator")
    uuid = said.split()[1]
    run("decide", uuid, "--issuer", "City", "--rank", "city", "--number", "1", "--basis", "law", "--as", "operator")
    with acting(SYSTEM):
        digest = Activation.objects.get().digest
    assert run("approve", uuid, "--digest", digest, "--as", "commander").strip() == "active"
    assert "0 failed" in run("convert", uuid, "--as", "commander")
    run("stand-down", uuid, "--reason", "over", "--as", "commander")
    assert "stand_down" in run("convert", uuid, "--as", "commander")
    with acting(SYSTEM):
        assert Activation.objects.get().status == "stood_down"
    refused = CliRunner().invoke(command_line, ["approve", uuid, "--digest", "x", "--as", "operator"])
    assert refused.exit_code == 1


def test_number_of_people_is_changed_in_a_preview_and_kept(place: District, moment: datetime) -> None:
    with acting(SYSTEM):
        for _each in range(8):
            make_responder(COMMUNITY)
        draft = make_draft(place, moment)
    client, key = as_(place.operator), f"number:any:{COMMUNITY}"
    page = f"/activations/{draft.uuid}/preview/responders.musters/"
    keep = [line["key"] for line in grouped_lines(draft.preview, "responders.musters")]

    assert key in client.get(page).content.decode()
    assert client.post(page, {"keep": keep, key: "many"}).status_code == 422
    assert client.post(page, {"keep": keep, key: "3"}).status_code == 303

    with acting(SYSTEM):
        draft.refresh_from_db()
        assert draft.edits["responders.musters"]["quantities"] == {f"any:{COMMUNITY}": 3}
        again = commands.preview(actor=place.actor(place.operator, moment), now=moment, activation=draft)
    line = next(each for each in grouped_lines(again.preview, "responders.musters") if each["key"] == key[7:])
    assert line["count"] == 3
    assert 'value="3"' in client.get(page).content.decode()

    keep = [each["key"] for each in grouped_lines(again.preview, "responders.musters")]
    client.post(page, {"keep": keep, key: "3"})
    with acting(SYSTEM):
        draft.refresh_from_db()
        assert draft.edits["responders.musters"]["quantities"] == {f"any:{COMMUNITY}": 3}, "kept, not forgotten"
    client.post(page, {"keep": keep, key: ""})
    with acting(SYSTEM):
        draft.refresh_from_db()
        assert draft.edits == {}
