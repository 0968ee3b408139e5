"""Pages that add and rename places: within the own area, bearing bad input, keeping what was typed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.places.models import Area, Building, Estate, Household
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_areas, make_building, make_household

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def client_of(role: Role) -> Client:
    make_areas()
    client = Client()
    client.force_login(make_account(role, COMMUNITY), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(everywhere: None) -> Client:
    return client_of(Role.COMMUNITY_WORKER)


def test_estate_grid_building_and_door_are_added_one_after_another(client: Client) -> None:
    filled = {"name": "湖滨一村", "estate_type": "old", "has_property_company": "on", "idempotency_key": "e1"}
    for _ in range(2):
        assert client.post(reverse("places:add_estate", args=[COMMUNITY]), filled).status_code == 302
    estate = Estate.objects.get()
    client.post(reverse("places:add_grid", args=[estate.uuid]), {"name": "第一网格"})
    grid = Area.objects.get(level="grid")
    address = reverse("places:add_building", args=[estate.uuid])
    assert "第一网格" in client.get(address).content.decode()
    client.post(address, {"grid_code": grid.code, "label": "五号楼", "floors": "6", "has_lift": "False"})
    building = Building.objects.get()
    added = client.post(reverse("places:add_household", args=[building.uuid]), {"unit": "1", "door": "301室"})

    household = Household.objects.get()
    assert added.status_code == 302
    assert (building.number, building.floors, building.has_lift) == ("5", 6, False)
    assert (household.door, household.floor, household.area_code) == ("301", 3, f"{building.area_code}-U01-R0301")


def test_names_are_changed_in_the_tree_and_the_estate(client: Client) -> None:
    client.post(reverse("places:add_estate", args=[COMMUNITY]), {"name": "旧名", "estate_type": "old"})
    code = Estate.objects.get().area_code

    answer = client.post(reverse("places:rename_area", args=[code]), {"name": "新名"})

    assert answer.status_code == 302
    assert (Estate.objects.get().name, Area.objects.get(code=code).name) == ("新名", "新名")
    official = client.post(reverse("places:rename_area", args=[COMMUNITY]), {"name": "新名"})
    assert official.status_code == 422


def test_building_takes_a_corrected_number_but_no_second_one(client: Client) -> None:
    building = make_building()
    other = Building.objects.create(
        estate=building.estate, area_code=f"{building.estate.area_code}-G01-B006", label="6号楼", number="6"
    )
    address = reverse("places:change_building", args=[other.uuid])

    assert client.post(address, {"label": "5栋", "floors": "", "has_lift": ""}).status_code == 422
    assert client.post(address, {"label": "7栋", "floors": "11", "has_lift": "True"}).status_code == 302
    other.refresh_from_db()
    assert (other.label, other.number, other.floors, other.has_lift) == ("7栋", "7", 11, True)


def test_door_keeps_its_number_and_takes_a_floor(client: Client) -> None:
    household = make_household(door="301")
    address = reverse("places:change_household", args=[household.uuid])

    assert client.post(address, {"door": "302", "floor": "3"}).status_code == 422
    assert client.post(address, {"door": "301室", "floor": "4"}).status_code == 302
    household.refresh_from_db()
    assert (household.door, household.floor) == ("301", 4)


@pytest.mark.parametrize(
    ("unit", "door"), [("1", ""), ("1", "室"), ("999999999999", "301" * 6), ("A" * 12, "9" * 20), ("1", "9" * 21)]
)
def test_odd_doors_are_refused_or_kept_but_never_break(unit: str, door: str, client: Client) -> None:
    building = make_building()
    address = reverse("places:add_household", args=[building.uuid])

    answer = client.post(address, {"unit": unit, "door": door})

    assert answer.status_code == 422
    assert not Household.objects.exists()


@pytest.mark.parametrize("name", ["", "长" * 81, "   "])
def test_estate_form_keeps_what_was_typed(name: str, client: Client) -> None:
    filled = {"name": name, "estate_type": "castle", "longitude": "121.5", "latitude": "91"}

    answer = client.post(reverse("places:add_estate", args=[COMMUNITY]), filled)

    assert answer.status_code == 422
    assert "121.5" in answer.content.decode()


def test_other_communities_do_not_exist(client: Client) -> None:
    building = make_building(OTHER_COMMUNITY)
    household = make_household(building=building)
    addresses = [
        reverse("places:add_estate", args=[OTHER_COMMUNITY]),
        reverse("places:rename_area", args=[building.estate.area_code]),
        reverse("places:add_grid", args=[building.estate.uuid]),
        reverse("places:add_building", args=[building.estate.uuid]),
        reverse("places:change_building", args=[building.uuid]),
        reverse("places:add_household", args=[building.uuid]),
        reverse("places:change_household", args=[household.uuid]),
        reverse("places:add_building", args=[uuid4()]),
    ]

    assert {client.get(address).status_code for address in addresses} == {404}
    assert {client.post(address, {"name": "x"}).status_code for address in addresses} == {404}


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_those_who_keep_places(role: Role) -> None:
    building = make_building()
    client = client_of(role)
    keeps = role in {
        Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, Role.COMMUNITY_SECRETARY,
        Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER,
    }  # fmt: skip

    assert client.get(reverse("places:add_household", args=[building.uuid])).status_code == (200 if keeps else 403)
