"""The three sizes hold what their table promises."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from juxing_demo import District, generate_district

EXPECTED = {
    "S": {
        "streets": 1, "communities": 3, "estates": 4, "households": 4_500, "residents": 10_440, "grids": 12,
        "buildings": 95, "workers": 19, "special_care": 114, "carers": 31, "medicine": 421, "squads": 5,
        "volunteers": 397, "venues": 6, "suppliers": 4, "members": 10,
    },
    "M": {
        "streets": 3, "communities": 12, "estates": 25, "households": 30_000, "residents": 69_600, "grids": 80,
        "buildings": 609, "workers": 125, "special_care": 759, "carers": 207, "medicine": 2_805, "squads": 30,
        "volunteers": 2_645, "venues": 24, "suppliers": 15, "members": 60,
    },
    "L": {
        "streets": 8, "communities": 44, "estates": 100, "households": 120_000, "residents": 278_400, "grids": 320,
        "buildings": 2_454, "workers": 500, "special_care": 3_035, "carers": 827, "medicine": 11_220, "squads": 117,
        "volunteers": 10_579, "venues": 80, "suppliers": 40, "members": 200,
    },
}  # fmt: skip


def test_size_holds_the_promised_counts(district: District) -> None:
    levels = Counter(district.areas.level)
    responders = list(district.responders.rows("kind", "is_verified"))

    found = {
        "streets": levels["street"],
        "communities": levels["community"],
        "estates": len(district.estates),
        "households": len(district.households),
        "residents": len(district.residents),
        "grids": len(district.grids),
        "buildings": len(district.buildings),
        "workers": district.staff.role.count("community_worker"),
        "special_care": len(district.special_care),
        "carers": int(district.responders.is_carer.sum()),
        "medicine": int((district.residents.care_flags & 4 > 0).sum()),
        "squads": district.teams.team_type.count("medicine_squad"),
        "volunteers": sum(verified and kind != "party_member" for kind, verified in responders),
        "venues": len(district.venues),
        "suppliers": int(district.organisations.is_supplier.sum()),
        "members": int(district.organisations.is_member_unit.sum()),
    }

    assert found == EXPECTED[district.size]


def test_medium_has_the_streets_of_the_story(medium: District) -> None:
    streets = [name for name, level in medium.areas.rows("name", "level") if level == "street"]

    assert streets == ["望湖街道", "桂溪街道", "泖田镇"]
    assert medium.story.code[:3] == ["epidemic_14_days", "rainstorm_orange_drill", "gas_outage_2_days"]
    assert [bool(each) for each in medium.story.is_exercise] == [False, True, False, False]


def test_small_has_one_estate_of_each_kind(small: District) -> None:
    assert sorted(small.estates.estate_type) == ["commercial", "large_resettlement", "old", "village_grid"]


@pytest.mark.parametrize("size", ["S", "M"])
def test_generating_twice_gives_the_same_rows(size: str, small: District, medium: District) -> None:
    before = {"S": small, "M": medium}[size]

    again = generate_district(size)  # type: ignore[arg-type]

    assert again.digest() == before.digest()


def test_other_seed_gives_other_people_and_the_same_counts(small: District) -> None:
    other = generate_district("S", seed=7)

    assert other.residents.digest() != small.residents.digest()
    assert {
        name: len(table)
        for name, table in other.tables().items()
        if name not in {"teams", "staff", "stock", "organisations"}
    } == {
        name: len(table)
        for name, table in small.tables().items()
        if name not in {"teams", "staff", "stock", "organisations"}
    }


def test_large_is_made_in_time() -> None:
    started = time.process_time()

    generate_district("L")

    assert time.process_time() - started < 20
