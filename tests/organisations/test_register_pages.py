"""Teams, branches, posts and their holders on the pages; tables of organisations with their report."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import run_job
from juxing.kernel.models import Job, JournalEntry
from juxing.organisations import commands
from juxing.organisations.models import ActionBranch, Organisation, Post, PostHolding, Team
from juxing.organisations.organisation_table import template
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_areas

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def add(now: datetime, area_code: str = COMMUNITY) -> Organisation:
    return commands.add_organisation(
        actor=SYSTEM, now=now, area_code=area_code, name="湖滨社区居委会", organisation_type="residents_committee"
    )


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(everywhere: None) -> Client:
    make_areas()
    return signed_in(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))


def test_team_branch_and_post_are_added(client: Client, now: datetime) -> None:
    organisation = add(now)
    for name, filled in (
        ("add_team", {"name": "先锋队", "team_type": "strike_team"}),
        ("add_branch", {"name": "助老支部", "branch_type": "elder_care", "objective": "探访独居老人"}),
        ("add_post", {"title": "仓管员"}),
    ):
        answer = client.post(reverse(f"organisations:{name}", args=[organisation.uuid]), filled)
        assert answer.status_code == 302

    assert [Team.objects.get().name, ActionBranch.objects.get().name, Post.objects.get().title] == [
        "先锋队", "助老支部", "仓管员",
    ]  # fmt: skip
    shown = client.get(reverse("organisations:organisation", args=[organisation.uuid])).content.decode()
    assert "探访独居老人" in shown


def test_bad_kinds_are_refused_and_typed_words_kept(client: Client, now: datetime) -> None:
    organisation = add(now)

    answer = client.post(
        reverse("organisations:add_team", args=[organisation.uuid]), {"name": "<b>队</b>", "team_type": "gang"}
    )

    assert answer.status_code == 422
    assert "&lt;b&gt;队" in answer.content.decode()


def test_post_is_taken_over_as_a_and_b_and_given_up(client: Client, now: datetime) -> None:
    post = commands.add_post(actor=SYSTEM, now=now, organisation=add(now), title="仓管员")
    make_account(Role.STOREKEEPER, COMMUNITY, sign_in_name="first")
    make_account(Role.STOREKEEPER, COMMUNITY, sign_in_name="second")
    address = reverse("organisations:post", args=[post.uuid])

    taken = [
        client.post(address, {"account": name, "slot": slot, "rank": "1"}).status_code
        for name, slot in (("First", "primary"), ("second", "alternate"), ("first", "alternate"))
    ]
    client.post(reverse("organisations:relieve_post", args=[post.uuid]), {"slot": "primary", "rank": "1"})

    assert taken == [302, 302, 422]
    assert PostHolding.objects.get(ends_at__isnull=True).account.sign_in_name == "second"
    assert JournalEntry.objects.filter(action=commands.POST_RELIEVED).count() == 1


@pytest.mark.parametrize("rank", ["0", "21", "99999", "x"])
def test_post_refuses_impossible_orders(rank: str, client: Client, now: datetime) -> None:
    post = commands.add_post(actor=SYSTEM, now=now, organisation=add(now), title="仓管员")
    make_account(Role.STOREKEEPER, COMMUNITY, sign_in_name="first")

    answer = client.post(
        reverse("organisations:post", args=[post.uuid]), {"account": "first", "slot": "primary", "rank": rank}
    )

    assert answer.status_code == 422


def test_accounts_of_other_areas_are_as_unknown_as_none(client: Client, now: datetime) -> None:
    post = commands.add_post(actor=SYSTEM, now=now, organisation=add(now), title="仓管员")
    make_account(Role.STOREKEEPER, OTHER_COMMUNITY, sign_in_name="elsewhere")
    address = reverse("organisations:post", args=[post.uuid])

    said = [
        client.post(address, {"account": name, "slot": "primary", "rank": "1"}).context["form"].errors["account"]
        for name in ("elsewhere", "nobody-at-all")
    ]

    assert said[0] == said[1]


def test_other_communities_do_not_exist(client: Client, now: datetime) -> None:
    other = add(now, OTHER_COMMUNITY)
    post = commands.add_post(actor=SYSTEM, now=now, organisation=other, title="x")
    addresses = [reverse(f"organisations:{name}", args=[other.uuid]) for name in ("add_team", "add_branch", "add_post")]
    addresses.append(reverse("organisations:post", args=[post.uuid]))

    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(reverse("organisations:relieve_post", args=[post.uuid])).status_code == 404


def imported(client: Client, content: bytes, filename: str = "organisations.csv") -> Job:
    answer = client.post(reverse("organisations:import"), {"file": SimpleUploadedFile(filename, content)})
    assert answer.status_code == 302
    job = Job.objects.latest("id")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert client.get(answer["Location"]).status_code == 200
    return job


def test_template_is_taken_as_it_is_and_twice_is_once(client: Client) -> None:
    first = imported(client, template(), "organisations.xlsx")
    again = imported(client, template(), "organisations.xlsx")

    assert (first.result["added"], first.result["rejected"]) == (1, 0)
    assert (again.result["added"], again.result["unchanged"]) == (0, 1)
    assert Organisation.objects.get().area_code == COMMUNITY


def test_table_is_reported_row_by_row(client: Client, now: datetime) -> None:
    add(now)
    lines = [
        "组织名称,类型,社区,负责人电话", f"湖滨社区居委会,物业,{COMMUNITY},12800001111", "好物业,物业公司,湖滨社区,",
        "好物业,物业公司,湖滨社区,", ",物业,湖滨社区,", "=1+1,物业,湖滨社区,", "某部,秘密组织,湖滨社区,",
        "他处,物业,望江社区,", "x" * 81 + ",物业,湖滨社区,",
    ]  # fmt: skip

    job = imported(client, "\n".join(lines).encode("gb18030"))

    assert {name: job.result[name] for name in ("read", "added", "changed", "rejected")} == {
        "read": 8, "added": 1, "changed": 1, "rejected": 6,
    }  # fmt: skip
    assert [problem["code"] for problem in job.result["problems"]] == [
        "row_repeated", "name_bad", "cell_is_formula", "kind_unknown", "area_unknown", "name_bad",
    ]  # fmt: skip
    assert "12800001111" not in str(job.arguments)
    assert not Organisation.objects.within(OTHER_COMMUNITY).exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "名称,类型\n甲,物业".encode(), "名称,类型,社区\n".encode()])
def test_files_that_are_no_table_are_refused_at_once(content: bytes, client: Client) -> None:
    sent = SimpleUploadedFile("organisations.csv", content)

    assert client.post(reverse("organisations:import"), {"file": sent}).status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_those_who_keep_the_register(role: Role, now: datetime) -> None:
    make_areas()
    organisation = add(now)
    client = signed_in(make_account(role, COMMUNITY))
    keeps = role in {
        Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, Role.COMMUNITY_SECRETARY,
        Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER,
    }  # fmt: skip

    for address in (reverse("organisations:import"), reverse("organisations:add_post", args=[organisation.uuid])):
        assert client.get(address).status_code == (200 if keeps else 403)
