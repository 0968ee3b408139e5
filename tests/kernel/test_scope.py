"""Two locks: the manager and row-level security; both closed without a scope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import acting
from juxing.people.models import Resident
from juxing.places.models import Building, Estate
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_actor, make_building, make_household, make_resident

pytestmark = pytest.mark.django_db
codes = st.text(alphabet="01", max_size=6)


@given(prefixes=st.lists(codes, max_size=5), code=codes)
def test_areas_hold_what_starts_with_a_prefix(prefixes: list[str], code: str) -> None:
    assert (code in Areas(prefixes)) == any(code.startswith(prefix) for prefix in prefixes)


@given(first=st.lists(codes, max_size=4), second=st.lists(codes, max_size=4), code=codes)
def test_areas_intersection_holds_what_both_hold(first: list[str], second: list[str], code: str) -> None:
    assert (code in (Areas(first) & Areas(second))) == (code in Areas(first) and code in Areas(second))


def test_rows_are_hidden_without_a_scope() -> None:
    with acting(Actor.system("test")):
        make_resident()

    assert Resident.objects.count() == 0
    assert Resident._base_manager.count() == 0


@pytest.mark.parametrize("manager", ["objects", "_base_manager"])
def test_rows_of_another_area_are_hidden_by_each_lock(manager: str) -> None:
    with acting(Actor.system("test")):
        mine = make_resident(make_household(COMMUNITY))
        make_resident(make_household(OTHER_COMMUNITY))
        actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(actor):
        assert [row.pk for row in getattr(Resident, manager).all()] == [mine.pk]


def test_writing_into_another_area_is_refused_by_the_database() -> None:
    from django.db import ProgrammingError, transaction

    with acting(Actor.system("test")):
        household = make_household(OTHER_COMMUNITY)
        actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(actor), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make_resident(household)


def test_estate_is_read_from_inside_and_only_read() -> None:
    with acting(Actor.system("test")):
        building, other = make_building(), make_building()
        actors = [
            make_actor(Role.GRID_WORKER, building.area_code[:-5]),
            make_actor(Role.BUILDING_HEAD, building.area_code),
        ]

    for actor in actors:
        with acting(actor):
            assert [row.estate.name for row in Building.objects.select_related("estate")] == [building.estate.name]
            assert not Estate._base_manager.filter(pk=other.estate_id).exists()
            assert Estate._base_manager.filter(pk=building.estate_id).update(name="changed") == 0


def test_outer_scope_is_back_after_a_nested_one() -> None:
    with acting(Actor.system("test")):
        make_resident(make_household(COMMUNITY))
        actor = make_actor(Role.STREET_OPERATOR, STREET)
    with acting(Actor.resident()):
        with acting(actor):
            assert Resident._base_manager.count() == 1
        assert Resident._base_manager.count() == 0
