"""Predicates and scopes agree for every role, and say no outside their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.enums import LineKind
from juxing.supplies.models import AllocationRun, Depot, StockLevel, SupplyList, SupplyOffer, SupplyRequest
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_stock
from tests.supplies.makers import NOW, make_mask, make_offer, make_request

pytestmark = pytest.mark.django_db
SCOPES: list[tuple[type[Any], Callable[[Actor], Any], Callable[[Actor, Any], bool]]] = [
    (StockLevel, policy.visible_levels, policy.can_view),
    (Depot, policy.visible_depots, policy.can_view),
    (SupplyRequest, policy.visible_requests, policy.can_view),
    (SupplyOffer, policy.visible_offers, policy.can_view),
    (AllocationRun, policy.visible_runs, policy.can_view),
    (SupplyList, policy.visible_lists, policy.can_record),
]


@pytest.mark.parametrize("role", [*Role.values, "system"])
@pytest.mark.parametrize("area_code", [COMMUNITY, STREET])
def test_scope_and_predicate_agree(role: str, area_code: str) -> None:
    with acting(Actor.system("test")):
        for place in (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY):
            make_stock(make_mask(), 10, community=place)
            make_request(area_code=place)
            make_offer(area_code=place)
            AllocationRun.objects.create(area_code=place, computed_at=NOW)
            SupplyList.objects.create(area_code=place, kind=LineKind.OFFER, name="表", uploaded_at=NOW)
        actor = Actor.system("test") if role == "system" else make_actor(role, area_code)
        expected = [{row.pk for row in model.objects.all() if may(actor, row)} for model, _scope, may in SCOPES]

    with acting(actor):
        assert [set(scope(actor).values_list("pk", flat=True)) for _model, scope, _may in SCOPES] == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.STREET_OPERATOR, (True, True, True, True)),
        (Role.STOREKEEPER, (True, True, True, False)),
        (Role.COMMUNITY_WORKER, (True, False, True, False)),
        (Role.GRID_WORKER, (False, False, False, False)),
        (Role.SECURITY_AUDITOR, (False, False, False, False)),
    ],
)
def test_each_post_may_do_its_own_work(role: str, expected: tuple[bool, ...], everywhere: None) -> None:
    actor = make_actor(role, STREET)
    rights = (policy.VIEW, policy.MOVE_STOCK, policy.RECORD, policy.SHARE_OUT)

    assert tuple(actor.may(right, COMMUNITY) for right in rights) == expected
