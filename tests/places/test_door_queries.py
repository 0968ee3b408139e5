"""The register is asked what a written door means, within scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.places.door_queries import find_door, find_doors, known_doors
from juxing.places.door_text import DoorText
from juxing.places.models import BuildingUnit, Household
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_building, make_household

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def test_find_door_returns_the_household_of_a_clear_address() -> None:
    building = make_building()
    household = make_household(building=building)

    found = find_door(actor=SYSTEM, area_code=COMMUNITY, estate=building.estate.name, building="五号楼", door="三零一")

    assert found.household == household
    assert found.building == building


def test_find_door_shows_every_candidate_when_the_estate_is_not_said() -> None:
    first, second = make_household(), make_household()

    found = find_door(actor=SYSTEM, area_code=COMMUNITY, building="5", door="301")

    assert set(found.households) == {first, second}
    assert found.household is None


def test_find_door_uses_the_unit_to_choose() -> None:
    building = make_building()
    households = []
    for number in ("1", "2"):
        unit = BuildingUnit.objects.create(
            area_code=f"{building.area_code}-U0{number}", building=building, number=number
        )
        households.append(
            Household.objects.create(
                area_code=f"{unit.area_code}-R0301", building=building, unit=unit, door="301", floor=3
            )
        )

    found = find_door(actor=SYSTEM, area_code=building.area_code, building="5", unit="二单元", door="301")

    assert found.household == households[1]


def test_find_door_without_a_building_needs_a_small_area() -> None:
    household = make_household()

    assert find_door(actor=SYSTEM, area_code=COMMUNITY, building="", door="301").households == ()
    in_estate = find_door(actor=SYSTEM, area_code=household.building.estate.area_code, building="", door="301")
    assert in_estate.household == household


def test_find_door_reveals_nothing_of_another_community() -> None:
    make_household(OTHER_COMMUNITY)
    actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(actor):
        found = find_door(actor=actor, area_code=OTHER_COMMUNITY, building="5", door="301")

    assert (found.buildings, found.households) == ((), ())


def test_find_doors_asks_as_often_for_many_as_for_one() -> None:
    building = make_building()
    doors = [make_household(building=building, door=door).door for door in ("101", "201", "301")]
    written = [DoorText(estate=building.estate.name, building="5", door=door) for door in doors]

    with CaptureQueriesContext(connection) as one:
        find_doors(actor=SYSTEM, area_code=COMMUNITY, doors=written[:1])
    with CaptureQueriesContext(connection) as many:
        found = find_doors(actor=SYSTEM, area_code=COMMUNITY, doors=written)

    assert len(one) == len(many) == 3
    assert [answer.household.door for answer in found if answer.household] == doors


def test_known_doors_settle_what_an_order_chain_says() -> None:
    household = make_household()

    assert len(known_doors(actor=SYSTEM, area_code=household.building.area_code)) == 1
