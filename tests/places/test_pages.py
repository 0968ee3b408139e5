"""Places on the screen, their map, and the commands that add to them."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.places import commands
from juxing.places.models import Area
from juxing.places.queries import name_of
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    make_account,
    make_actor,
    make_areas,
    make_building,
    make_household,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


@pytest.fixture
def client(everywhere: None) -> Client:
    make_areas()
    client = Client()
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_building_page_shows_every_door_with_a_link(client: Client) -> None:
    household = make_household()

    shown = client.get(reverse("places:building", args=[household.building.uuid])).content.decode()

    assert reverse("people:household", args=[household.uuid]) in shown
    assert ">301<" in shown


@pytest.mark.parametrize("name", ["estate", "building"])
def test_place_of_another_community_does_not_exist(name: str, client: Client) -> None:
    building = make_building(OTHER_COMMUNITY)
    thing = building if name == "building" else building.estate

    assert client.get(reverse(f"places:{name}", args=[thing.uuid])).status_code == 404
    assert client.get(reverse(f"places:{name}", args=[uuid4()])).status_code == 404


def test_map_holds_the_own_estates_only(client: Client) -> None:
    mine, _other = make_building(), make_building(OTHER_COMMUNITY)

    here = client.get(reverse("places:map"), {"area": COMMUNITY}).json()
    there = client.get(reverse("places:map"), {"area": OTHER_COMMUNITY}).json()
    wider = client.get(reverse("places:map"), {"area": DISTRICT}).json()

    assert [feature["properties"]["title"] for feature in here["features"]] == [mine.estate.name]
    assert there["features"] == wider["features"] == []


@pytest.mark.parametrize("query", [{"area": "x'"}, {"area": "99011700100199"}, {"cursor": "bad", "area": COMMUNITY}])
def test_areas_page_bears_bad_addresses(query: dict[str, str], client: Client) -> None:
    assert client.get(reverse("places:areas"), query).status_code in {404, 422}


def test_areas_page_finds_by_name_and_code(client: Client) -> None:
    shown = client.get(reverse("places:areas"), {"q": "湖滨"}).content.decode()

    assert "湖滨社区" in shown


def test_codes_are_given_in_order(now: datetime) -> None:
    make_areas()
    estates = [
        commands.add_estate(actor=SYSTEM, now=now, community_code=COMMUNITY, name=name, estate_type="old")
        for name in ("湖滨一村", "湖滨二村")
    ]
    grid = commands.add_grid(actor=SYSTEM, now=now, estate=estates[1], name="第一网格")
    building = commands.add_building(actor=SYSTEM, now=now, estate=estates[1], grid_code=grid.code, label="五号楼")
    household = commands.add_household(actor=SYSTEM, now=now, building=building, door="0301室", unit="二单元")

    assert [estate.area_code[-4:] for estate in estates] == ["E001", "E002"]
    assert household.area_code == f"{COMMUNITY}-E002-G01-B001-U02-R0301"
    assert (building.number, household.floor) == ("5", 3)
    assert name_of(grid.code, depth=3) == "湖滨社区湖滨二村第一网格"


@pytest.mark.parametrize("name", ["湖滨一村", " 湖滨 一村 ", "", "长" * 81])
def test_add_estate_refuses_a_name_that_is_taken_or_bad(name: str, now: datetime) -> None:
    make_areas()
    commands.add_estate(actor=SYSTEM, now=now, community_code=COMMUNITY, name="湖滨一村", estate_type="old")

    with pytest.raises(InvalidInput):
        commands.add_estate(actor=SYSTEM, now=now, community_code=COMMUNITY, name=name, estate_type="old")


def test_commands_refuse_another_area(now: datetime) -> None:
    make_areas()
    actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with pytest.raises(NotPermitted):
        commands.add_estate(actor=actor, now=now, community_code=OTHER_COMMUNITY, name="甲", estate_type="old")


def test_set_up_district_needs_it_in_the_tree(now: datetime) -> None:
    make_areas()

    done = commands.set_up_district(actor=SYSTEM, now=now, code=DISTRICT)

    assert (done.streets, done.communities) == (2, 3)
    with pytest.raises(Refusal, match="district_unknown"):
        commands.set_up_district(actor=SYSTEM, now=now, code="310117")


def test_official_names_are_not_changed_by_hand(now: datetime) -> None:
    make_areas()
    estate = commands.add_estate(actor=SYSTEM, now=now, community_code=COMMUNITY, name="甲村", estate_type="old")

    commands.rename_area(actor=SYSTEM, now=now, code=estate.area_code, name="乙村")

    assert Area.objects.get(code=estate.area_code).name == "乙村"
    with pytest.raises(Refusal, match="name_official"):
        commands.rename_area(actor=SYSTEM, now=now, code=COMMUNITY, name="x")
