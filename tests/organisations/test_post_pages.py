"""Posts, absences, groups, duties and the staff register on pages: as those who may, and as those who may not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.organisations import commands
from juxing.organisations.commands import PledgeInput, PostWords
from juxing.organisations.models import (
    Absence,
    Backfill,
    ChecklistSheet,
    JointCommittee,
    Pledge,
    Post,
    PostHolding,
    PresenceCheck,
    ProgrammeTarget,
    StaffMember,
    TemporaryBody,
    WorkProgramme,
)
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def client_of(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"organisations:{name}", args=args)


def test_own_pages_hand_over_read_give_a_sign_of_life_and_come_back() -> None:
    now = clock.now()
    post = make_post(now)
    first, second = make_holders(now, post, 2)
    mine, stand_in = client_of(first), client_of(second)

    bad = mine.post(url("own_away"), {"kind": "unreachable", "handover_note": "x"})
    early = mine.post(
        url("own_away"), {"kind": "planned", "starts_at": "2099-01-02T08:00", "ends_at": "2099-01-01T08:00"}
    )
    mine.post(url("own_away"), {"kind": "sudden", "handover_note": "<b>钥匙</b>在门卫"})
    shown = stand_in.get(url("own_posts")).content.decode()
    step = Backfill.objects.get(holding__isnull=False)
    not_mine = mine.post(url("read_note", step.uuid))
    read = stand_in.post(url("read_note", step.uuid))
    back = mine.post(url("own_return"))
    commands.ask_presence(actor=SYSTEM, now=clock.now(), holdings=list(PostHolding.objects.filter(account=first)))
    asked = mine.get(url("own_posts")).content.decode()
    mine.post(url("own_here"))

    assert (bad.status_code, early.status_code, not_mine.status_code) == (422, 422, 404)
    assert "&lt;b&gt;钥匙" in shown
    assert (read.status_code, back.status_code) == (302, 302)
    assert url("own_here") in asked
    assert PresenceCheck.objects.get().answered_at is not None
    assert Absence.objects.get().ends_at is not None


def test_desk_names_holders_writes_absences_and_closes() -> None:
    now = clock.now()
    post = make_post(now)
    first, _second = make_holders(now, post, 2)
    desk = client_of(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))
    holding = PostHolding.objects.get(account=first)

    away = desk.post(url("away", holding.uuid), {"kind": "sudden"})
    twice = desk.post(url("away", holding.uuid), {"kind": "sudden"})
    board = desk.get(url("board"), {"state": "stood_in"})
    absence = Absence.objects.get()
    desk.post(url("end_absence", absence.uuid))
    changed = desk.post(url("change_post", post.uuid), {"carries_role": "system_admin"})
    desk.post(url("change_post", post.uuid), {"duties": "收发", "checklist": "grid_month", "answer_minutes": "5"})
    desk.post(url("close_post", post.uuid))

    assert (away.status_code, twice.status_code, changed.status_code) == (302, 422, 422)
    assert [row.pk for row in board.context["page"].rows] == [post.pk]
    post.refresh_from_db()
    assert (post.duties, post.answer_minutes, post.closed_at is not None) == ("收发", 5, True)


def things_elsewhere(now: datetime) -> list[tuple[str, UUID]]:
    """Make one of everything in another community; returns its addresses."""
    unit = make_organisation(now, OTHER_COMMUNITY, "别处居委会")
    post = commands.add_post(
        actor=SYSTEM, now=now, organisation=unit, title="登记员", words=PostWords(checklist="grid_month")
    )
    holders = make_holders(now, post, 2)
    commands.form_bodies(
        actor=SYSTEM, now=now, bodies=[commands.BodyInput(OTHER_COMMUNITY, "task_force", "专班")]
    )  # fmt: skip
    branch = commands.add_branch(actor=SYSTEM, now=now, organisation=unit, name="支部", branch_type="charity")
    team = commands.add_team(actor=SYSTEM, now=now, organisation=unit, name="队", team_type="rescue_team")
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=OTHER_COMMUNITY, name="大党委")
    seat = commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit)
    pledge = commands.offer_pledge(actor=SYSTEM, now=now, member=seat, given=PledgeInput("goods", "水", 5))
    commands.open_sheets(actor=SYSTEM, now=now, month=now.date())
    programme = commands.begin_programme(
        actor=SYSTEM, now=now, area_code=OTHER_COMMUNITY, template="winter_care", name="走访", starts_on=now.date(),
        ends_on=now.date(),
    )  # fmt: skip
    member = commands.enter_staff(actor=SYSTEM, now=now, organisation=unit, account=holders[0], line="worker", grade=1)
    objective = commands.agree_objective(actor=SYSTEM, now=now, member=member, year=now.year, work="走访")
    holding = PostHolding.objects.get(account=holders[0])
    body, sheet = TemporaryBody.objects.get(), ChecklistSheet.objects.get()
    return [
        ("post", post.uuid), ("change_post", post.uuid), ("away", holding.uuid), ("own_note", post.uuid),
        ("branch", branch.uuid), ("change_branch", branch.uuid), ("body", body.uuid), ("team", team.uuid),
        ("committee", committee.uuid), ("add_pledge", seat.uuid), ("pledge", pledge.uuid), ("sheet", sheet.uuid),
        ("programme", programme.uuid), ("staff_member", member.uuid), ("add_training", member.uuid),
        ("evaluate", objective.uuid), ("objection", objective.uuid), ("describe", unit.uuid),
    ]  # fmt: skip


def test_everything_of_another_community_does_not_exist() -> None:
    addresses = things_elsewhere(clock.now())
    desk = client_of(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))

    answered = {name: desk.get(url(name, uuid)).status_code for name, uuid in addresses}
    pressed = {
        name: desk.post(url(name, uuid)).status_code
        for name, uuid in [
            ("close_post", Post.objects.get().uuid), ("ask", PostHolding.objects.earliest("id").uuid),
            ("dissolve_body", TemporaryBody.objects.get().uuid), ("close_programme", WorkProgramme.objects.get().uuid),
            ("end_staff", StaffMember.objects.get().uuid), ("tick", ChecklistSheet.objects.get().uuid),
        ]
    }  # fmt: skip
    moved = desk.post(url("move_pledge", Pledge.objects.get().uuid, "accept")).status_code

    assert set(answered.values()) == {404}, answered
    assert set(pressed.values()) == {404}, pressed
    assert moved == 404


def test_desk_founds_pledges_counts_ticks_and_registers() -> None:
    now = clock.now()
    unit = make_organisation(now)
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY, sign_in_name="desk")
    desk = client_of(account)

    desk.post(url("add_committee"), {"area_code": COMMUNITY, "name": "大党委"})
    committee = JointCommittee.objects.get()
    desk.post(url("committee", committee.uuid), {"organisation": str(unit.uuid), "liaison": "desk"})
    seat = committee.members.get()
    desk.post(url("add_pledge", seat.uuid), {"kind": "skills", "subject": "电工", "quantity": "2", "unit": "人"})
    pledge = Pledge.objects.get()
    steps = [("accept", {}), ("call", {"called_for": "检修"}), ("deliver", {"quantity": "2"}), ("explode", {})]
    said = [desk.post(url("move_pledge", pledge.uuid, what), data).status_code for what, data in steps]
    desk.post(
        url("add_body"), {"kind": "functional_group", "group_type": "gate", "name": "门岗组", "area_codes": COMMUNITY}
    )
    body = TemporaryBody.objects.get()
    joined = desk.post(url("join", "body", body.uuid), {"account": "desk", "office": "secretary", "organisation": ""})
    today = now.date().isoformat()
    desk.post(url("add_programme"), {
        "template": "winter_care", "area_code": COMMUNITY, "name": "走访", "starts_on": today, "ends_on": today,
        "elder_visits": "4", "heating_checked": "0",
    })  # fmt: skip
    programme = WorkProgramme.objects.get()
    counted = desk.post(url("programme", programme.uuid), {"item": "elder_visits", "on": today, "count": "3"})
    desk.post(url("add_staff"), {"account": "desk", "organisation": str(unit.uuid), "line": "worker", "grade": "3"})
    wrong = desk.post(
        url("add_staff"), {"account": "desk", "organisation": str(unit.uuid), "line": "boss", "grade": "99"}
    )

    pledge.refresh_from_db()
    assert (pledge.status, said) == ("fulfilled", [302, 302, 302, 404])
    assert joined.status_code == 302
    assert "desk" in desk.get(url("body", body.uuid)).content.decode()
    assert list(ProgrammeTarget.objects.values_list("item", "target", "done")) == [("elder_visits", 4, 3)]
    assert (counted.status_code, wrong.status_code) == (302, 422)
    for name in ("bodies", "branches", "committees", "pledges", "programmes", "staff", "sheets"):
        assert desk.get(url(name), {"area": COMMUNITY}).status_code == 200
