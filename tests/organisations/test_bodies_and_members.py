"""Temporary bodies set up and dissolved set-based; members out of many organisations and places."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.organisations import commands, policy, queries
from juxing.organisations.commands import BodyInput
from juxing.organisations.models import Membership, TemporaryBody
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_account, make_actor, make_areas
from tests.organisations.making import SYSTEM, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
GROUPS = ("gate", "delivery", "information", "medical_trips", "supply")


def five_groups(area_code: str) -> list[BodyInput]:
    return [BodyInput(area_code, "functional_group", f"{group}组", group) for group in GROUPS]


def test_bodies_of_many_places_take_as_many_statements_as_of_few(now: datetime) -> None:
    counts = []
    for first, many in ((1, 4), (100, 400)):
        places = [f"99011700{number:04}" for number in range(first, first + many)]
        bodies = [body for place in places for body in five_groups(place)]
        with CaptureQueriesContext(connection) as asked:
            made = commands.form_bodies(actor=SYSTEM, now=now, bodies=bodies, activation_id=7)
        counts.append(len(asked))
        assert len(made) == len(bodies)
        assert commands.form_bodies(actor=SYSTEM, now=now, bodies=bodies, activation_id=8) == []

    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as asked:
        assert commands.dissolve_bodies_of(actor=SYSTEM, now=now + timedelta(hours=1), activation_id=7) == 2020
    assert len(asked) < 12
    assert commands.dissolve_bodies_of(actor=SYSTEM, now=now, activation_id=7) == 0
    assert JournalEntry.objects.filter(action="organisations.body.dissolve").count() == 2020


def test_dissolving_releases_members_and_nobody_joins_after(now: datetime) -> None:
    make_areas()
    [made] = commands.form_bodies(
        actor=SYSTEM, now=now, bodies=[BodyInput(COMMUNITY, "temporary_branch", "临时党支部")]
    )
    body = TemporaryBody.objects.get(pk=made)
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    commands.join(actor=SYSTEM, now=now, group=body, account=account, office="secretary")

    commands.dissolve_body(actor=SYSTEM, now=now + timedelta(days=1), body=body, reason="任务结束")

    assert Membership.objects.get().ends_at == now + timedelta(days=1)
    body.refresh_from_db()
    with pytest.raises(InvalidInput, match="body_dissolved"):
        commands.join(actor=SYSTEM, now=now, group=body, account=account)


@pytest.mark.parametrize(
    ("kind", "group", "code"),
    [("gang", "", "kind_unknown"), ("functional_group", "", "kind_unknown"), ("task_force", "gate", "kind_unknown")],
)
def test_impossible_bodies_are_refused(kind: str, group: str, code: str, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=code):
        commands.form_bodies(actor=SYSTEM, now=now, bodies=[BodyInput(COMMUNITY, kind, "某组", group)])


def test_bodies_are_set_up_only_where_one_may(now: datetime) -> None:
    worker = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(worker):
        assert len(commands.form_bodies(actor=worker, now=now, bodies=five_groups(COMMUNITY))) == 5
        with pytest.raises(NotPermitted):
            commands.form_bodies(actor=worker, now=now, bodies=[*five_groups(COMMUNITY), *five_groups(OTHER_COMMUNITY)])
    with pytest.raises(NotPermitted):
        commands.form_bodies(actor=make_actor(Role.RESPONDER, COMMUNITY), now=now, bodies=five_groups(COMMUNITY))


def test_branch_is_led_out_of_different_organisations_across_territories(now: datetime) -> None:
    make_areas()
    owner = make_organisation(now, STREET, "街道社会组织党委", "party_organisation")
    one = make_organisation(now, COMMUNITY, "银龄互助社", "social_organisation")
    two = make_organisation(now, OTHER_COMMUNITY, "心晴工作室", "social_organisation")
    branch = commands.add_branch(
        actor=SYSTEM, now=now, organisation=owner, name="为老服务行动支部", branch_type="elder_care", lever="结对名单"
    )
    people = [make_account(Role.RESPONDER, place) for place in (COMMUNITY, OTHER_COMMUNITY, COMMUNITY)]
    commands.join(actor=SYSTEM, now=now, group=branch, account=people[0], office="secretary", organisation=one)
    with pytest.raises(InvalidInput, match="organisation_leads_already"):
        commands.join(
            actor=SYSTEM, now=now, group=branch, account=people[1], office="deputy_secretary", organisation=one
        )
    with pytest.raises(InvalidInput, match="organisation_needed"):
        commands.join(actor=SYSTEM, now=now, group=branch, account=people[1], office="deputy_secretary")
    commands.join(actor=SYSTEM, now=now, group=branch, account=people[1], office="deputy_secretary", organisation=two)
    commands.join(actor=SYSTEM, now=now, group=branch, account=people[2])

    [row] = queries.groups.branches_page(actor=SYSTEM, area_code=STREET).rows
    members = queries.groups.members_of(actor=SYSTEM, group=branch)

    assert (vars(row)["member_count"], vars(row)["territories"]) == (3, 2)
    assert [member.office for member in members] == ["secretary", "deputy_secretary", "member"]
    commands.leave(actor=actor_of(people[2], now=now), now=now + timedelta(hours=1), membership=members[2])
    with pytest.raises(NotPermitted):
        commands.leave(actor=actor_of(people[2], now=now), now=now, membership=members[1])
    assert Membership.objects.filter(ends_at__isnull=True).count() == 2


@pytest.mark.parametrize("role", list(Role))
def test_visible_bodies_and_posts_agree_with_the_rights(role: Role, now: datetime) -> None:
    make_areas()
    for place in (COMMUNITY, OTHER_COMMUNITY):
        commands.form_bodies(actor=SYSTEM, now=now, bodies=five_groups(place))
        commands.add_post(actor=SYSTEM, now=now, organisation=make_organisation(now, place, "居委会"), title="登记员")
    actor = make_actor(role, COMMUNITY)
    may = role in policy.SEE.roles

    with acting(actor):
        assert policy.visible_bodies(actor).count() == (5 if may else 0)
        assert policy.visible_posts(actor).count() == (1 if may else 0)
        assert all(policy.can_see_post(actor, post) for post in policy.visible_posts(actor))
