"""How much of what there is: estate types with their buildings, and the totals of the three sizes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from juxing_demo.district_tables import (
    AreaTable,
    BuildingTable,
    EstateTable,
    GridTable,
    HouseholdTable,
    Size,
    UnitTable,
)

DISTRICT_CODE = "990117"


@dataclass(frozen=True)
class EstateKind:
    """How estates of one type are built; `land_m2` is ground per household."""

    buildings: int
    households: int
    floors: tuple[int, ...]
    has_lift: bool
    has_property_company: bool
    land_m2: float
    unit_households: int


ESTATE_KINDS: dict[str, EstateKind] = {
    "commercial": EstateKind(20, 66, (11, 12, 14, 16, 18), True, True, 120, 33),
    "old": EstateKind(24, 30, (6,), False, False, 100, 10),
    "work_unit": EstateKind(16, 36, (5, 6), False, True, 110, 12),
    "large_resettlement": EstateKind(30, 88, (14, 16, 18), True, True, 90, 44),
    "urban_renewal": EstateKind(30, 88, (11, 14), True, True, 90, 44),
    "mixed_use": EstateKind(3, 200, (20,), True, True, 60, 200),
    "sublet_park": EstateKind(8, 120, (5,), False, False, 60, 120),
    "village_grid": EstateKind(120, 1, (2, 3), False, False, 500, 1),
}
"""Buildings and households an estate has before the district's total is made exact (domain figures)."""

PEOPLE_PER_HOUSEHOLD = 2.32
PEOPLE_PER_M2 = 3153 / 1_000_000
HOUSEHOLD_SHARES = (0.285, 0.345, 0.215, 0.09, 0.05, 0.015)
"""Households of one to six persons; the mean is 2.32."""

STREET_DENSITY = {"urban": 1.0, "new_town": 1.7, "town": 4.5}
"""Land around a household, relative to the old town."""


@dataclass(frozen=True)
class SizePlan:
    """Totals of one size; `village_houses` is per village estate."""

    households: int
    grids: int
    village_houses: int


SIZE_PLANS: dict[Size, SizePlan] = {
    "S": SizePlan(4_500, 12, 21),
    "M": SizePlan(30_000, 80, 120),
    "L": SizePlan(120_000, 320, 120),
}


@dataclass(frozen=True)
class Places:
    """The six tables of places, and what other generators need of them."""

    areas: AreaTable
    estates: EstateTable
    grids: GridTable
    buildings: BuildingTable
    units: UnitTable
    households: HouseholdTable
    estate_of_household: NDArray[np.int64]


@dataclass
class EstatePlan:
    """
    An estate while it is being planned; `cell` is its ground in metres, shape (n, 2), filled by the
    layout.
    """

    kind: str
    street: int
    community: str = ""
    code: str = ""
    name: str = ""
    households: int = 0
    cell: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))


def nominal_households(kind: str, plan: SizePlan) -> int:
    """Households of an estate before the district's total is made exact."""
    how = ESTATE_KINDS[kind]
    return plan.village_houses if kind == "village_grid" else how.buildings * how.households


def building_count(kind: str, plan: SizePlan) -> int:
    """Buildings of an estate; a village has one a household."""
    return plan.village_houses if kind == "village_grid" else ESTATE_KINDS[kind].buildings


def is_village(community_code: str) -> bool:
    """Whether the community has a villagers' committee (serials 200-399 of the national code)."""
    return 200 <= int(community_code[9:12]) <= 399
