"""The register of organisations: kept within scope, shown within scope."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.organisations import commands, policy, queries
from juxing.organisations.models import Organisation, PostHolding
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_actor, make_areas

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def add(now: datetime, name: str = "湖滨社区居委会", area_code: str = COMMUNITY, actor: Actor = SYSTEM) -> Organisation:
    make_areas()
    return commands.add_organisation(
        actor=actor, now=now, area_code=area_code, name=name, organisation_type="residents_committee"
    )


@pytest.mark.parametrize("role", list(Role))
def test_visible_organisations_agree_with_can_see(role: Role, now: datetime) -> None:
    for area_code in (COMMUNITY, OTHER_COMMUNITY):
        add(now, area_code=area_code)
    everything = list(Organisation.objects.all())
    actor = make_actor(role, COMMUNITY)

    with acting(actor):
        visible = set(policy.visible_organisations(actor))

    assert visible == {row for row in everything if policy.can_see(actor, row)}


def test_add_organisation_refuses_doubles_unknown_kinds_and_other_areas(now: datetime) -> None:
    add(now)

    with pytest.raises(InvalidInput, match="organisation_known"):
        add(now)
    with pytest.raises(InvalidInput, match="kind_unknown"):
        commands.add_organisation(actor=SYSTEM, now=now, area_code=COMMUNITY, name="x", organisation_type="gang")
    with pytest.raises(NotPermitted):
        add(now, area_code=OTHER_COMMUNITY, actor=make_actor(Role.COMMUNITY_WORKER, COMMUNITY))


def test_hold_post_relieves_the_one_before_and_keeps_a_and_b_apart(now: datetime) -> None:
    organisation = add(now)
    post = commands.add_post(actor=SYSTEM, now=now, organisation=organisation, title="仓管员")
    first, second = make_account(Role.STOREKEEPER), make_account(Role.STOREKEEPER)
    commands.hold_post(actor=SYSTEM, now=now, post=post, account=first, slot="primary")
    with pytest.raises(InvalidInput, match="post_held"):
        commands.hold_post(actor=SYSTEM, now=now, post=post, account=first, slot="alternate")

    commands.hold_post(actor=SYSTEM, now=now, post=post, account=second, slot="primary")

    assert PostHolding.objects.get(ends_at__isnull=True).account == second
    [shown] = queries.posts_of(actor=SYSTEM, organisation=organisation, now=now)
    assert [holding.account for holding in vars(shown)["holders"]] == [second]


def test_pages_show_and_add_within_the_own_area(now: datetime) -> None:
    mine, other = add(now), add(now, area_code=OTHER_COMMUNITY)
    commands.add_branch(actor=SYSTEM, now=now, organisation=mine, name="敬老支部", branch_type="elder_care")
    commands.add_team(actor=SYSTEM, now=now, organisation=mine, name="突击一队", team_type="strike_team")
    client = Client()
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    filled = {"name": "湖滨物业", "organisation_type": "property_company", "area_code": COMMUNITY}

    listed = client.get(reverse("organisations:list"))
    detail = client.get(reverse("organisations:organisation", args=[mine.uuid])).content.decode()

    assert list(listed.context["page"].rows) == [mine]
    assert "敬老支部" in detail
    assert "突击一队" in detail
    assert client.get(reverse("organisations:organisation", args=[other.uuid])).status_code == 404
    assert client.post(reverse("organisations:add"), filled).status_code == 302
    assert client.post(reverse("organisations:add"), filled).status_code == 422
    assert client.post(reverse("organisations:add"), filled | {"area_code": OTHER_COMMUNITY}).status_code in {403, 422}
