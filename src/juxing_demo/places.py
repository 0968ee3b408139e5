"""Areas, estates, grids, buildings, stairwell units and households."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from juxing_demo import ground_plan
from juxing_demo.buildings import build_estates
from juxing_demo.data_files import data
from juxing_demo.district_tables import AreaTable, Size
from juxing_demo.draws import Draws
from juxing_demo.estate_plan import (
    DISTRICT_CODE,
    ESTATE_KINDS,
    PEOPLE_PER_HOUSEHOLD,
    PEOPLE_PER_M2,
    SIZE_PLANS,
    STREET_DENSITY,
    EstatePlan,
    Places,
    SizePlan,
    is_village,
    nominal_households,
)


@dataclass
class _Community:
    code: str
    name: str
    street: int
    estates: list[EstatePlan]
    cell: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))


def build_places(size: Size, seed: int) -> Places:
    """All places of the district, deterministic in `size` and `seed`."""
    plan = SIZE_PLANS[size]
    streets = data("places")["size"][size]["street"]
    communities = _communities(streets, plan, Draws(seed, size, "communities"))
    street_cells, district_cell = _lay_out(streets, communities, plan, Draws(seed, size, "ground"))
    estates = [estate for community in communities for estate in community.estates]
    _name_estates(estates, Draws(seed, size, "estate names"))
    areas = _areas(streets, communities, street_cells, district_cell)
    return build_estates(areas, estates, plan, Draws(seed, size, "buildings"))


def _communities(streets: list[dict[str, Any]], plan: SizePlan, draws: Draws) -> list[_Community]:
    result: list[_Community] = []
    for number, street in enumerate(streets):
        names: list[str] = street["communities"]
        villages = [name for name in names if name.endswith(data("places")["village_suffix"])]
        serial = {False: 0, True: 200}
        own: list[_Community] = []
        for name in names:
            serial[name in villages] += 1
            code = f"{DISTRICT_CODE}{street['code']}{serial[name in villages]:03d}"
            own.append(_Community(code, name, number, []))
        _share_out(street["estates"], own, plan, draws)
        result += own
    return result


def _share_out(counts: dict[str, int], communities: list[_Community], plan: SizePlan, draws: Draws) -> None:
    """Give each community estates so that households are even; village estates go to villages."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    kinds = [kinds[index] for index in draws.order(len(kinds))]
    kinds.sort(key=lambda kind: -nominal_households(kind, plan))
    villages = [each for each in communities if is_village(each.code)]
    towns = [each for each in communities if each not in villages]
    for kind in kinds:
        rural = villages and kind in {"village_grid", "sublet_park"}
        among = villages if rural else towns
        empty = [each for each in among if not each.estates]
        target = min(empty or among, key=lambda each: sum(nominal_households(e.kind, plan) for e in each.estates))
        target.estates.append(EstatePlan(kind, target.street))
    for community in communities:
        for index, estate in enumerate(community.estates, start=1):
            estate.community = community.code
            estate.code = f"{community.code}-E{index:03d}"
            estate.households = nominal_households(estate.kind, plan)


def _lay_out(
    streets: list[dict[str, Any]], communities: list[_Community], plan: SizePlan, draws: Draws
) -> tuple[list[Any], Any]:
    land = plan.households * PEOPLE_PER_HOUSEHOLD / PEOPLE_PER_M2
    district_cell = ground_plan.outline(land)

    def weight(community: _Community) -> float:
        houses = sum(max(estate.households, 500) for estate in community.estates)
        return houses * STREET_DENSITY[streets[community.street]["archetype"]]

    by_street = [[each for each in communities if each.street == number] for number in range(len(streets))]
    weights = [sum(map(weight, each)) for each in by_street]
    street_cells = ground_plan.split(district_cell, weights, draws, gap_m=110.0)
    for cell, members in zip(street_cells, by_street, strict=True):
        for member, part in zip(members, ground_plan.split(cell, [*map(weight, members)], draws, 24.0), strict=True):
            member.cell = part
            sizes = [max(estate.households, 500) for estate in member.estates]
            for estate, block in zip(member.estates, ground_plan.split(part, sizes, draws, 20.0), strict=True):
                land_m2 = estate.households * ESTATE_KINDS[estate.kind].land_m2
                estate.cell = ground_plan.shrunk(block, land_m2)
    return street_cells, district_cell


def _name_estates(estates: Iterable[EstatePlan], draws: Draws) -> None:
    words = data("places")
    free: dict[str, list[str]] = {}
    for kind in ESTATE_KINDS:
        pairs = [stem + suffix for stem in words["estate_stem"][kind] for suffix in words["estate_suffix"][kind]]
        free[kind] = [pairs[index] for index in draws.order(len(pairs))]
    for estate in estates:
        estate.name = free[estate.kind].pop()


def _areas(
    streets: list[dict[str, Any]], communities: list[_Community], street_cells: list[Any], district_cell: Any
) -> AreaTable:
    names = data("places")["district"]
    rows: list[tuple[str, str, str, str, Any]] = [
        (DISTRICT_CODE[:2], names["province"], "province", "", district_cell),
        (DISTRICT_CODE[:4], names["city"], "city", DISTRICT_CODE[:2], district_cell),
        (DISTRICT_CODE, names["district"], "district", DISTRICT_CODE[:4], district_cell),
    ]
    for street, cell in zip(streets, street_cells, strict=True):
        rows.append((DISTRICT_CODE + street["code"], street["name"], "street", DISTRICT_CODE, cell))
    rows += [(each.code, each.name, "community", each.code[:9], each.cell) for each in communities]
    centres = ground_plan.to_lon_lat(np.array([ground_plan.centre(row[4]) for row in rows]))
    return AreaTable(
        code=[row[0] for row in rows],
        name=[row[1] for row in rows],
        level=[row[2] for row in rows],
        parent_code=[row[3] for row in rows],
        lon=centres[:, 0],
        lat=centres[:, 1],
        polygon=[ground_plan.ring(row[4]) if row[2] not in {"province", "city"} else [] for row in rows],
    )
