"""What stands on an estate: grids, buildings, stairwell units, households."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from juxing_demo import ground_plan
from juxing_demo.data_files import data
from juxing_demo.district_tables import (
    AreaTable,
    BuildingTable,
    EstateTable,
    GridTable,
    HouseholdTable,
    UnitTable,
)
from juxing_demo.draws import Draws, quotas
from juxing_demo.estate_plan import (
    ESTATE_KINDS,
    HOUSEHOLD_SHARES,
    EstatePlan,
    Places,
    SizePlan,
    building_count,
)

ONE_PERSON_PULL = {
    "sublet_park": -0.55,
    "mixed_use": -0.25,
    "old": -0.08,
    "work_unit": -0.05,
    "village_grid": 0.25,
}
"""Shifts an estate's households in the order of sizes: below zero towards one person."""


def build_estates(areas: AreaTable, estates: list[EstatePlan], plan: SizePlan, draws: Draws) -> Places:
    """Everything below the communities; households sum exactly to the plan."""
    estate_of_building, per_building = _households_per_building(estates, plan)
    floors = [_one(ESTATE_KINDS[estate.kind].floors, draws) for estate in estates]
    grids, grid_of_building = _grids(estates, estate_of_building, per_building, plan)
    buildings = _buildings(estates, estate_of_building, grid_of_building, grids, floors)
    grids = _centred(grids, buildings)
    units, households = _households(estates, buildings, per_building, floors, draws)
    estate_of_household = buildings.estate_row[households.building_row].astype(np.int64)
    return Places(areas, _estates(estates, floors), grids, buildings, units, households, estate_of_household)


def _households_per_building(estates: list[EstatePlan], plan: SizePlan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counts = [building_count(estate.kind, plan) for estate in estates]
    estate_of_building = np.repeat(np.arange(len(estates)), counts)
    is_house = np.array([estate.kind == "village_grid" for estate in estates])[estate_of_building]
    weight = np.array([ESTATE_KINDS[estate.kind].households for estate in estates])[estate_of_building]
    result = np.ones(estate_of_building.size, dtype=np.int64)
    result[~is_house] = quotas(plan.households - int(is_house.sum()), weight[~is_house])
    for row, estate in enumerate(estates):
        estate.households = int(result[estate_of_building == row].sum())
    return estate_of_building, result


def _grids(
    estates: list[EstatePlan],
    estate_of_building: NDArray[np.int64],
    per_building: NDArray[np.int64],
    plan: SizePlan,
) -> tuple[GridTable, NDArray[np.int64]]:
    counts = quotas(plan.grids, [estate.households for estate in estates])
    while (counts == 0).any():
        counts[np.argmax(counts)] -= 1
        counts[np.argmin(counts)] += 1
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    grid_of_building = np.zeros(estate_of_building.size, dtype=np.int64)
    for row, count in enumerate(counts):
        own = np.flatnonzero(estate_of_building == row)
        grid_of_building[own] = first[row] + (np.arange(own.size) * count) // own.size
    numbers = [number for count in counts for number in range(1, count + 1)]
    estate_row = np.repeat(np.arange(len(estates)), counts)
    label = data("places")["label"]["grid"]
    codes = [f"{estates[row].code}-G{n:02d}" for row, n in zip(estate_row.tolist(), numbers, strict=True)]
    names = [estates[row].name + label.format(number=n) for row, n in zip(estate_row.tolist(), numbers, strict=True)]
    households = np.bincount(grid_of_building, weights=per_building, minlength=len(codes)).astype(np.int32)
    nowhere = np.zeros(len(codes))
    return GridTable(codes, names, estate_row.astype(np.int32), households, nowhere, nowhere), grid_of_building


def _buildings(
    estates: list[EstatePlan],
    estate_of_building: NDArray[np.int64],
    grid_of_building: NDArray[np.int64],
    grids: GridTable,
    floors: list[int],
) -> BuildingTable:
    words = data("places")["label"]
    codes: list[str] = []
    labels: list[str] = []
    places: list[NDArray[np.float64]] = []
    for row, estate in enumerate(estates):
        own = np.flatnonzero(estate_of_building == row)
        label = words["village_building" if estate.kind == "village_grid" else "building"]
        codes += [f"{grids.code[grid_of_building[index]]}-B{n:03d}" for n, index in enumerate(own, start=1)]
        labels += [label.format(number=n) for n in range(1, own.size + 1)]
        places.append(ground_plan.lattice(estate.cell, own.size))
    degrees = ground_plan.to_lon_lat(np.concatenate(places))
    return BuildingTable(
        code=codes,
        label=labels,
        grid_row=grid_of_building.astype(np.int32),
        estate_row=estate_of_building.astype(np.int32),
        floors=np.array(floors, dtype=np.int32)[estate_of_building],
        has_lift=np.array([ESTATE_KINDS[each.kind].has_lift for each in estates])[estate_of_building],
        lon=degrees[:, 0],
        lat=degrees[:, 1],
    )


def _centred(grids: GridTable, buildings: BuildingTable) -> GridTable:
    count = np.bincount(buildings.grid_row, minlength=len(grids))
    lon = np.bincount(buildings.grid_row, weights=buildings.lon, minlength=len(grids)) / count
    lat = np.bincount(buildings.grid_row, weights=buildings.lat, minlength=len(grids)) / count
    return GridTable(grids.code, grids.name, grids.estate_row, grids.households, np.round(lon, 6), np.round(lat, 6))


def _households(
    estates: list[EstatePlan],
    buildings: BuildingTable,
    per_building: NDArray[np.int64],
    floors: list[int],
    draws: Draws,
) -> tuple[UnitTable, HouseholdTable]:
    unit_codes: list[str] = []
    unit_labels: list[str] = []
    unit_building: list[int] = []
    codes: list[str] = []
    doors: list[str] = []
    unit_of: list[int] = []
    label = data("places")["label"]["unit"]
    for building, estate_row in enumerate(buildings.estate_row.tolist()):
        kind = ESTATE_KINDS[estates[estate_row].kind]
        total = int(per_building[building])
        unit_count = max(1, round(total / kind.unit_households))
        per_floor = -(-total // (unit_count * floors[estate_row]))
        for number, own in enumerate(quotas(total, [1] * unit_count).tolist(), start=1):
            unit_code = f"{buildings.code[building]}-U{number:02d}"
            for floor, door in _doors(own, floors[estate_row], (number - 1) * per_floor):
                codes.append(f"{unit_code}-R{floor:02d}{door:02d}")
                doors.append(f"{floor}{door:02d}")
                unit_of.append(len(unit_codes))
            unit_codes.append(unit_code)
            unit_labels.append(label.format(number=number))
            unit_building.append(building)
    units = UnitTable(unit_codes, unit_labels, np.array(unit_building, dtype=np.int32))
    unit_row = np.array(unit_of, dtype=np.int32)
    building_row = units.building_row[unit_row]
    estate_row_of = buildings.estate_row[building_row]
    pull = np.array([ONE_PERSON_PULL.get(estate.kind, 0.04) for estate in estates])[estate_row_of]
    floor_column = np.array([int(door[:-2]) for door in doors], dtype=np.int32)
    sizes = _sizes(pull, draws)
    return units, HouseholdTable(codes, doors, floor_column, unit_row, building_row, sizes)


def _one(values: tuple[int, ...], draws: Draws) -> int:
    return values[int(draws.below(1, len(values))[0])]


def _doors(households: int, floors: int, first: int) -> list[tuple[int, int]]:
    """
    (floor, door) of the flats lived in, doors numbered after `first`; empty flats lie evenly between
    them.
    """
    if households == 1:
        return [(1, first + 1)]
    per_floor = -(-households // floors)
    slots = per_floor * floors
    taken = [(number * slots) // households for number in range(households)]
    return [(slot // per_floor + 1, first + slot % per_floor + 1) for slot in taken]


def _sizes(pull: NDArray[np.float64], draws: Draws) -> NDArray[np.int32]:
    """Household sizes in exact shares; total persons are 2.32 a household, to the nearest person."""
    count = pull.size
    per_size = quotas(count, HOUSEHOLD_SHARES)
    ascending = np.repeat(np.arange(1, len(per_size) + 1), per_size)
    surplus = int(ascending.sum()) - round(count * 2.32)
    for _ in range(abs(surplus)):
        size = 2 if surplus > 0 else 1
        edge = int(np.searchsorted(ascending, size, side="left" if surplus > 0 else "right"))
        ascending[edge if surplus > 0 else edge - 1] += -1 if surplus > 0 else 1
    keys = np.argsort(draws.uniform(count) + pull, kind="stable")
    sizes = np.empty(count, dtype=np.int32)
    sizes[keys] = ascending
    return sizes


def _estates(estates: list[EstatePlan], floors: list[int]) -> EstateTable:
    centres = ground_plan.to_lon_lat(np.array([ground_plan.centre(estate.cell) for estate in estates]))
    kinds = [ESTATE_KINDS[estate.kind] for estate in estates]
    return EstateTable(
        code=[estate.code for estate in estates],
        name=[estate.name for estate in estates],
        community_code=[estate.community for estate in estates],
        estate_type=[estate.kind for estate in estates],
        floors=np.array(floors, dtype=np.int32),
        has_lift=np.array([kind.has_lift for kind in kinds]),
        has_property_company=np.array([kind.has_property_company for kind in kinds]),
        lon=centres[:, 0],
        lat=centres[:, 1],
        polygon=[ground_plan.ring(estate.cell) for estate in estates],
    )
