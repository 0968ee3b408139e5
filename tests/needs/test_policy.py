"""Predicates and scopes agree; sealed words of counselling are open to counsellors only."""

from __future__ import annotations

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.kernel.scope import acting
from juxing.needs import policy
from juxing.needs.enums import NeedType
from juxing.needs.models import Need
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_actor, make_household
from tests.needs.makers import make_need

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("area_code", [COMMUNITY, STREET, "990117002"])
def test_scope_and_predicate_agree_for_every_role(area_code: str) -> None:
    with acting(Actor.system("test")):
        for home in (make_household(COMMUNITY), make_household(OTHER_COMMUNITY)):
            make_need(home)
            make_need(home, need_type=NeedType.PSYCHOLOGICAL_SUPPORT)
        needs = list(Need.objects.all())
    actors = [Actor.system("test"), Actor.resident()]
    actors += [Actor(ActorKind.ACCOUNT, role, account_id=1, grants=(Grant(role, area_code),)) for role in Role.values]

    for actor in actors:
        expected = {need.pk for need in needs if policy.can_see(actor, need)}
        with acting(actor):
            assert set(policy.visible_needs(actor).values_list("pk", flat=True)) == expected, actor.name


def test_words_to_a_counsellor_stay_closed_to_the_desk(everywhere: None) -> None:
    talk, food = make_need(need_type=NeedType.PSYCHOLOGICAL_SUPPORT), make_need()
    clerk, counsellor = make_actor(Role.COMMUNITY_SECRETARY, STREET), make_actor(Role.COUNSELLOR, STREET)

    assert policy.can_see(clerk, talk)
    assert not policy.can_reveal(clerk, talk)
    assert policy.can_reveal(counsellor, talk)
    assert not policy.can_see(counsellor, food)
