"""Codes nest, references hold, and nothing can be mistaken for a real place or person."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from juxing_demo import District
from juxing_demo.tables import Table

ROW_COLUMNS = {
    "estate_row": "estates",
    "grid_row": "grids",
    "building_row": "buildings",
    "unit_row": "units",
    "household_row": "households",
    "resident_row": "residents",
    "organisation_row": "organisations",
    "home_unit_row": "organisations",
    "team_row": "teams",
    "leader_row": "responders",
    "venue_row": "venues",
    "item_row": "supply_items",
}
MAY_BE_NONE = {"organisation_row", "home_unit_row", "team_row", "resident_row", "parent_row"}


def texts_of(table: Table) -> list[str]:
    found: list[str] = []
    for name in table.columns():
        column = table.plain(name)
        if column and isinstance(column[0], str):
            found += column
    return found


def test_references_hold(district: District) -> None:
    tables = district.tables()

    for table in tables.values():
        for name in set(table.columns()) & set(ROW_COLUMNS):
            column = getattr(table, name)
            lowest = -1 if name in MAY_BE_NONE else 0
            assert int(column.min()) >= lowest, name
            assert int(column.max()) < len(tables[ROW_COLUMNS[name]]), name
    parents = district.organisations.parent_row
    assert bool((parents < np.arange(len(parents))).all())


def test_codes_are_unique(district: District) -> None:
    for name in ("areas", "estates", "grids", "buildings", "units", "households", "organisations", "venues", "teams"):
        codes = getattr(district, name).code
        assert len(set(codes)) == len(codes), name
    assert len(set(district.staff.username)) == len(district.staff)


def test_every_code_starts_with_its_parents(district: District) -> None:
    codes = set(district.areas.code)
    chains = [
        (code, parent, code[: len(parent)] == parent and (not parent or parent in codes))
        for code, parent in district.areas.rows("code", "parent_code")
    ]
    chains += [
        (code, parent, code == f"{parent}-{code[len(parent) + 1 :]}" and parent in codes)
        for code, parent in district.estates.rows("code", "community_code")
    ]
    for child, column, parent in (
        (district.grids, district.grids.estate_row, district.estates.code),
        (district.buildings, district.buildings.grid_row, district.grids.code),
        (district.units, district.units.building_row, district.buildings.code),
        (district.households, district.households.unit_row, district.units.code),
    ):
        chains += [
            (code, parent[row], code.startswith(parent[row] + "-"))
            for code, row in zip(child.code, column.tolist(), strict=True)
        ]

    assert [chain for chain in chains if not chain[2]] == []


def test_codes_have_their_shape(district: District) -> None:
    lengths = {"province": 2, "city": 4, "district": 6, "street": 9, "community": 12}
    shape = re.compile(r"^\d{12}-E\d{3}-G\d{2}-B\d{3}-U\d{2}-R\d{4}$")

    assert all(len(code) == lengths[level] for code, level in district.areas.rows("code", "level"))
    assert all(shape.match(code) for code in district.households.code)


def test_doors_are_unique_in_a_building(district: District) -> None:
    pairs = Counter(zip(district.households.building_row.tolist(), district.households.door, strict=True))
    labels = Counter(zip(district.buildings.estate_row.tolist(), district.buildings.label, strict=True))

    assert max(pairs.values()) == 1
    assert max(labels.values()) == 1


def test_no_code_is_of_a_real_place(district: District) -> None:
    places = [*district.areas.code, *district.households.code[:50], *district.staff.area_code]
    places += [*district.organisations.area_code, *district.venues.area_code, *district.teams.area_code]

    assert {code[:2] for code in places} == {"99"}
    assert {code[:6] for code in places if len(code) >= 6} == {"990117"}


def test_phones_stay_in_the_demo_range(district: District) -> None:
    demo = re.compile(r"^1280\d{7}$")
    phones = [phone for phone in district.residents.phone if phone]
    offices = [
        *district.organisations.phone,
        *(phone for phone, row in district.staff.rows("phone", "resident_row") if row < 0),
    ]

    assert all(demo.match(phone) for phone in [*phones, *offices])
    assert len(set(phones)) == len(phones)
    assert len(set(offices)) == len(offices)
    assert set(phones).isdisjoint(offices)
    anything = "\n".join(text for table in district.tables().values() for text in texts_of(table))
    assert set(re.findall(r"(?<![\dA-Z-])1\d{10}(?!\d)", anything)) <= {*phones, *offices}


def test_accounts_exist_for_every_role_and_area(medium: District) -> None:
    roles = Counter(medium.staff.role)
    grid_areas = {area for role, area in medium.staff.rows("role", "area_code") if role == "grid_worker"}
    heads = {area for role, area in medium.staff.rows("role", "area_code") if role == "building_head"}
    villages = {
        code
        for code, row in medium.buildings.rows("code", "estate_row")
        if medium.estates.estate_type[row] == "village_grid"
    }

    assert len(roles) == 22
    assert grid_areas == set(medium.grids.code)
    assert heads == set(medium.buildings.code) - villages


def test_building_heads_live_in_their_building(medium: District) -> None:
    for role, area, resident in medium.staff.rows("role", "area_code", "resident_row"):
        if role == "building_head":
            household = medium.residents.household_row[resident]
            assert medium.households.code[household].startswith(area + "-")


def test_map_lies_round_the_invented_centre(district: District) -> None:
    for table in (district.estates, district.buildings, district.venues, district.organisations):
        assert float(np.abs(table.lon - 121.22).max()) < 0.12
        assert float(np.abs(table.lat - 31.03).max()) < 0.12
    for polygon in [*district.areas.polygon, *district.estates.polygon]:
        assert not polygon or (polygon[0] == polygon[-1] and len(polygon) >= 4)


def test_buildings_stand_on_their_estate(district: District) -> None:
    boxes = [
        (min(x), max(x), min(y), max(y)) for x, y in (zip(*ring, strict=True) for ring in district.estates.polygon)
    ]

    for row, lon, lat in district.buildings.rows("estate_row", "lon", "lat"):
        west, east, south, north = boxes[row]
        assert west <= lon <= east
        assert south <= lat <= north


def test_every_depot_opens_with_stock(district: District) -> None:
    stocked = set(district.stock.venue_row.tolist())
    slugs = {"face_mask", "gloves", "disinfectant", "rice", "flour", "oil", "meat", "eggs", "milk", "vegetable_pack",
             "fruit_pack", "drinking_water", "infant_formula", "nappies", "sanitary_pads", "otc_medicine", "blanket",
             "food_pack"}  # fmt: skip

    assert stocked == set(np.flatnonzero(district.venues.is_depot).tolist())
    assert slugs <= set(district.supply_items.code)
    assert int(district.stock.quantity.min()) >= 1
    disabled = {row for row, enabled in enumerate(district.supply_items.is_enabled.tolist()) if not enabled}
    assert disabled.isdisjoint(district.stock.item_row.tolist())
