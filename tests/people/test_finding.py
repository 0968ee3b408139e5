"""Residents are found by what a clerk has in hand, masked, and only within scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.people.finding import MAXIMUM_FOUND, find_people, residents_of, residents_with_phone
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_actor, make_household, make_resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")
TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
FULL_WIDTH_INITIALS = "wxy".translate(TO_FULL_WIDTH)
FULL_WIDTH_PHONE = "12800991234".translate(TO_FULL_WIDTH)


@pytest.mark.parametrize(
    "text", ["王秀英", "王秀", "秀英", "英", "wxy", "wx", "WXY", FULL_WIDTH_INITIALS, "5-301", "5号楼301", "王 5-301"]
)
def test_find_people_finds_by_each_kind_of_text(text: str) -> None:
    resident = make_resident(name="王秀英")
    make_resident(make_household(door="502"), name="李国强")

    found = find_people(SYSTEM, text, COMMUNITY)

    assert [person.uuid for person in found.people] == [resident.uuid]


def test_find_people_understands_an_estate_beside_the_door() -> None:
    resident, _other = make_resident(), make_resident()

    found = find_people(SYSTEM, f"{resident.household.building.estate.name}5-301", COMMUNITY)

    assert [person.uuid for person in found.people] == [resident.uuid]


@pytest.mark.parametrize("written", ["12800991234", "128 0099 1234", "+86 128-0099-1234", FULL_WIDTH_PHONE])
def test_find_people_finds_by_phone_however_it_is_written(written: str) -> None:
    resident = make_resident(phone="12800991234")
    make_resident()

    found = find_people(SYSTEM, written, COMMUNITY)

    assert [person.uuid for person in found.people] == [resident.uuid]
    assert found.people[0].phone == "12800991234"


def test_find_people_masks_what_the_searcher_does_not_know() -> None:
    make_resident(name="王秀英", phone="12800991234")

    [by_initials] = find_people(SYSTEM, "wxy", COMMUNITY).people
    [by_name] = find_people(SYSTEM, "王秀英", COMMUNITY).people

    assert (by_initials.name, by_initials.phone, by_initials.door) == ("王**", "128******34", "3**")
    assert (by_name.name, by_name.phone) == ("王秀英", "128******34")


@pytest.mark.parametrize("text", ["", "  ", "%", "'; DROP TABLE people_resident; --", "😀", "<script>", "王%"])
def test_find_people_finds_nobody_for_odd_text(text: str) -> None:
    make_resident()

    assert find_people(SYSTEM, text, COMMUNITY).people in ([], ())


def test_find_people_asks_for_more_than_a_bare_number() -> None:
    with pytest.raises(InvalidInput, match="search_number_short"):
        find_people(SYSTEM, "301", COMMUNITY)


def test_find_people_says_when_there_are_more() -> None:
    household = make_household()
    for _ in range(MAXIMUM_FOUND + 1):
        make_resident(household)

    found = find_people(SYSTEM, "wxy", COMMUNITY)

    assert (len(found.people), found.is_cut) == (MAXIMUM_FOUND, True)


@pytest.mark.parametrize("role", list(Role))
def test_find_people_never_leaks_another_area(role: Role) -> None:
    make_resident(make_household(OTHER_COMMUNITY), name="王秀英", phone="12800991234")
    actor = make_actor(role, COMMUNITY)

    with acting(actor):
        for text in ("王秀英", "wxy", "5-301", "12800991234"):
            assert not find_people(actor, text, "").people
            assert not find_people(actor, text, OTHER_COMMUNITY).people
        assert residents_with_phone(actor=actor, phone="12800991234") == []


def test_find_people_needs_the_right_at_the_place() -> None:
    make_resident()
    actor = make_actor(Role.STOREKEEPER, STREET)

    with acting(actor):
        assert not find_people(actor, "王秀英").people


@pytest.mark.parametrize(("text", "queries"), [("wxy", 1), ("王", 3)])
def test_find_people_asks_as_often_for_many_as_for_one(text: str, queries: int) -> None:
    make_resident()
    with CaptureQueriesContext(connection) as one:
        find_people(SYSTEM, text, COMMUNITY)
    make_resident()
    make_resident()
    with CaptureQueriesContext(connection) as many:
        find_people(SYSTEM, text, COMMUNITY)

    assert len(one) == len(many) == queries


def test_find_people_finds_a_name_once_though_several_columns_match() -> None:
    resident = make_resident(name="王王王")

    assert [person.uuid for person in find_people(SYSTEM, "王", COMMUNITY).people] == [resident.uuid]


def test_residents_with_phone_returns_all_who_share_it() -> None:
    household = make_household()
    family = [make_resident(household, name=name, phone="12800991234") for name in ("王秀英", "李国强")]

    assert residents_with_phone(actor=SYSTEM, phone="128 0099 1234", area_code=COMMUNITY) == family


def test_residents_of_lists_the_eldest_first() -> None:
    household = make_household()
    child, elder = make_resident(household, birth_year=2015), make_resident(household, birth_year=1940)

    assert residents_of(actor=SYSTEM, household=household) == [elder, child]
