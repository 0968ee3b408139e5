"""Tables of posts, pledges and coverage out and in again; the same things over HTTP."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.commands import issue_token
from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.jobs import run_job
from juxing.kernel.models import Job, JournalEntry
from juxing.organisations import commands, tables
from juxing.organisations.commands import PledgeInput
from juxing.organisations.models import Backfill, Organisation, Pledge, Post, PostHolding, ResponsibilityCoverage
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_areas, make_building, make_household
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def client(everywhere: None) -> Client:
    make_areas()
    signed = Client()
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    signed.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return signed


def imported(client: Client, name: str, content: bytes, filename: str = "table.csv") -> dict[str, Any]:
    answer = client.post(
        reverse("organisations:import_table", args=[name]), {"file": SimpleUploadedFile(filename, content)}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    job = Job.objects.latest("id")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert client.get(answer["Location"]).status_code == 200
    result: dict[str, Any] = job.result
    return result


def people(*names: str) -> None:
    for name in names:
        make_account(Role.COMMUNITY_WORKER, COMMUNITY, sign_in_name=name)


def test_posts_come_in_row_by_row_and_twice_is_once(client: Client, now: datetime) -> None:
    make_organisation(now, name="湖滨居委会")
    people("wang", "li", "zhao")
    make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY, sign_in_name="elsewhere")
    lines = [
        "社区,组织,岗位,A角,B角,职责,清单", "湖滨社区,湖滨居委会,仓管员,wang,\"li，zhao\",收发,storekeeper_month",
        "湖滨社区,湖滨居委会,登记员,li,wang,,", "湖滨社区,湖滨居委会,配送员,wang,li,,",
        "湖滨社区,湖滨居委会,信息员,elsewhere,,,", "湖滨社区,没有的单位,调解员,li,,,",
        "湖滨社区,湖滨居委会,仓管员,li,,,",
        "湖滨社区,湖滨居委会,门岗,li,li,,", "湖滨社区,湖滨居委会,=1+1,li,,,", "湖滨社区,湖滨居委会,空岗,,,,nothing",
        "望江社区,湖滨居委会,越界岗,li,,,",
    ]  # fmt: skip

    first = imported(client, "posts", "\n".join(lines).encode("gb18030"))
    again = imported(client, "posts", "\n".join(lines).encode())

    assert (first["read"], first["added"], first["rejected"]) == (10, 2, 8)
    assert {problem["code"] for problem in first["problems"]} == {
        "holder_outside", "organisation_unknown", "row_repeated", "post_held", "cell_is_formula", "kind_unknown",
        "stand_in_ring",
    }  # fmt: skip
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)
    storekeeper = PostHolding.objects.filter(post__title="仓管员").order_by("-slot", "rank")
    assert [row.account.sign_in_name for row in storekeeper] == ["wang", "li", "zhao"]
    assert not Backfill.objects.filter(post__title="仓管员", ends_at__isnull=True).exists()


def test_what_is_taken_out_comes_in_unchanged_and_is_journalled(client: Client, now: datetime) -> None:
    unit = make_organisation(now)
    make_holders(now, make_post(now, unit), 3)
    make_holders(now, make_post(now, unit, "登记员"), 1)
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=COMMUNITY, name="大党委")
    member = commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit)
    commands.offer_pledge(actor=SYSTEM, now=now, member=member, given=PledgeInput("places", "操场", 1, "处"))
    row = make_building()
    make_household(building=row)
    account = Account.objects.filter(role_assignments__role=Role.COMMUNITY_WORKER).first()
    assert account is not None
    commands.cover_places(
        actor=SYSTEM, now=now, kind="building", answers={row.area_code: commands.Answers(account_id=account.pk)}
    )  # fmt: skip

    for name, rows in (("posts", 2), ("pledges", 1), ("coverage", 1)):
        taken = client.post(
            reverse("organisations:export_table", args=[name]), {"purpose": "running", "file_format": "xlsx"}
        )
        result = imported(client, name, taken.content, f"{name}.xlsx")
        assert (result["read"], result["added"], result["changed"], result["rejected"]) == (rows, 0, 0, 0), name
        assert result["unchanged"] == rows

    assert JournalEntry.objects.filter(action="access.export.take").count() == 3


def test_pledges_and_coverage_name_what_is_wrong(client: Client, now: datetime) -> None:
    unit = make_organisation(now, name="云间第一小学", kind="resident_unit")
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=COMMUNITY, name="大党委")
    commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit)
    people("wang")
    row, other = make_building(), make_building(OTHER_COMMUNITY)
    pledges = (
        "社区,单位,类别,内容,数量,有效期至\n湖滨社区,云间第一小学,场地,操场,1,2030-12-31\n湖滨社区,云间第一小学,金钱,x,1,\n"
        "湖滨社区,云间第一小学,物资,口罩,很多,\n湖滨社区,无此单位,物资,口罩,5,\n湖滨社区,云间第一小学,物资,水,5,昨天\n"
    )
    coverage = (
        f"类别,代码,责任人,B角\n楼栋,{row.area_code},wang,\n楼栋,{other.area_code},wang,\n楼栋,{COMMUNITY}-E9,wang,\n"
        f"楼栋,{row.area_code},nobody,\n飞船,{row.area_code},wang,\n点位,{COMMUNITY}-S001,无此组织,\n"
    )

    first, second = imported(client, "pledges", pledges.encode()), imported(client, "coverage", coverage.encode())

    assert (first["added"], first["rejected"]) == (1, 4)
    assert (second["changed"], second["rejected"]) == (1, 5)
    assert Pledge.objects.get().subject == "操场"
    assert ResponsibilityCoverage.objects.get().area_code == row.area_code


@pytest.mark.parametrize("name", tables.names())
def test_empty_table_is_offered_and_wrong_files_are_refused(name: str, client: Client) -> None:
    template = client.get(reverse("organisations:table_template", args=[name]))

    assert [row.line for row in tables.read_rows(name, template.content, "x.xlsx")] == [2]
    for content in (b"", b"\x00\x01", "甲,乙\n1,2".encode()):
        sent = {"file": SimpleUploadedFile("x.csv", content)}
        assert client.post(reverse("organisations:import_table", args=[name]), sent).status_code == 422
    assert client.get(reverse("organisations:import_table", args=["people"])).status_code == 404
    assert client.get(reverse("organisations:export_table", args=["people"])).status_code == 404


def bearer(role: Role, area_code: str, now: datetime) -> dict[str, str]:
    from juxing.kernel import clock

    account = make_account(role, area_code)
    secret = issue_token(actor=SYSTEM, now=clock.now(), account=account, label="test")
    return {"Authorization": f"Bearer {secret}"}


def test_api_adds_holds_hands_over_and_keeps_other_places_out(now: datetime) -> None:
    make_areas()
    headers, stranger = (
        bearer(Role.COMMUNITY_SECRETARY, COMMUNITY, now),
        bearer(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY, now),
    )
    people("wang", "li")
    client = Client()

    def send(path: str, body: object, key: str = "") -> Any:
        extra = headers | ({"Idempotency-Key": key} if key else {})
        return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=extra)

    made = send(
        "/organisations/", {"area": COMMUNITY, "name": "居委会", "organisation_type": "residents_committee"}, "k1"
    )
    again = send(
        "/organisations/", {"area": COMMUNITY, "name": "居委会", "organisation_type": "residents_committee"}, "k1"
    )
    post = send("/posts/", {"organisation": made.json()["uuid"], "title": "仓管员"}).json()
    for name, slot in (("wang", "primary"), ("li", "alternate")):
        held = send(f"/posts/{post['uuid']}/hold", {"sign_in_name": name, "slot": slot})
    holding = held.json()["holders"][0]["holding"]
    away = send(f"/posts/holdings/{holding}/away", {"kind": "sudden", "handover_note": "钥匙在门卫"}).json()
    back = send(f"/posts/holdings/{holding}/back", {}).json()

    assert (made.status_code, again.json(), Organisation.objects.count()) == (201, made.json(), 1)
    assert (away["acting"]["name"], away["is_stood_in"], away["holders"][0]["away"]) == ("li", True, "sudden")
    assert (back["acting"]["name"], back["is_stood_in"]) == ("wang", False)
    listed = client.get("/api/v1/posts/", headers=headers).json()
    assert [row["title"] for row in listed["rows"]] == ["仓管员"]
    assert client.get(f"/api/v1/posts/{post['uuid']}", headers=stranger).status_code == 404
    assert client.get("/api/v1/posts/", headers=stranger).json()["rows"] == []
    assert client.get("/api/v1/posts/").status_code == 401
    assert send(f"/posts/{post['uuid']}/hold", {"sign_in_name": "wang", "slot": "alternate"}).status_code == 422
    assert Post.objects.count() == 1


def test_api_covers_places_and_sets_up_bodies(now: datetime) -> None:
    make_areas()
    headers = bearer(Role.COMMUNITY_SECRETARY, COMMUNITY, now)
    people("wang")
    row = make_building()
    client = Client()

    def send(path: str, body: object) -> Any:
        return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    covered = send("/organisations/coverage", [{"kind": "building", "place": row.area_code, "sign_in_name": "wang"}])
    mixed = send(
        "/organisations/coverage", [{"kind": "building", "place": row.area_code}, {"kind": "site", "place": "x"}]
    )
    bodies = send("/organisations/bodies", [{"area": COMMUNITY, "kind": "task_force", "name": "防汛专班"}])
    places = client.get("/api/v1/organisations/coverage", headers=headers).json()["rows"]

    assert (covered.status_code, mixed.status_code, bodies.json()) == (201, 422, {"formed": 1})
    assert [(place["place"], place["person"]) for place in places] == [(row.area_code, "wang")]
    assert client.get("/api/v1/organisations/bodies", headers=headers).json()["rows"][0]["name"] == "防汛专班"
    assert send("/organisations/bodies", []).status_code == 422
    responder = bearer(Role.RESPONDER, COMMUNITY, now)
    assert client.get("/api/v1/organisations/coverage", headers=responder).status_code == 403
