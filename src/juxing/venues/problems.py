"""
From buildings, their people and venues to the engine's coverage problem, and back to gaps and proposals.

Ways are straight lines times a detour factor: no street network is needed, and the figure is open to anyone. An elder
counts as ``elder_weight`` persons when places are chosen; gaps are ranked by elders first, then by everyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.coverage import CoverageGap

METRES_A_DEGREE = 111_320.0
DETOUR = 1.3
LINK_M = 200.0
MOST_GAPS = 2_000


@dataclass(frozen=True, slots=True)
class Ground:
    """Inhabited buildings: place, code, and how many live there; arrays of one length."""

    longitude: np.ndarray
    latitude: np.ndarray
    residents: np.ndarray
    elders: np.ndarray
    area_codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Site:
    """A venue that serves the function, or could."""

    venue_id: int
    longitude: float
    latitude: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class GapFound:
    """A gap as it is kept."""

    area_code: str
    residents: int
    elders: int
    buildings: int
    nearest_m: int | None
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """A place to open, and what it adds to those before it."""

    venue_id: int
    residents_added: int
    elders_added: int
    lost_without: int


@dataclass(frozen=True, slots=True)
class Circle:
    """The answer: totals and proof as plain data, gaps and proposals."""

    result: dict[str, Any]
    gaps: Sequence[GapFound]
    proposals: Sequence[Proposed]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one walks, how many places to propose, and how much an elder counts."""

    limit_m: int
    places: int
    elder_weight: int


def life_circle(ground: Ground, sites: Sequence[Site], limits: Limits, *, control: Control | None = None) -> Circle:
    """
    Return who reaches an open site, where nobody does, and the best places to open, exactly.

    Raises:
        Refusal: if nobody lives here, as far as is known.
    """
    if not ground.residents.size or not int(ground.residents.sum()):
        raise Refusal("nobody_here", _("No building with residents and a place on the map is known here."))
    homes, places = _metres(ground, sites)
    if not sites:
        return _no_site(ground, homes, limits)
    from juxing_engine.coverage import CoverageProblem, best_places, coverage_gaps, reach_of, straight_distance_m

    weight = ground.residents + (limits.elder_weight - 1) * ground.elders
    is_open = np.array([site.is_open for site in sites])
    problem = CoverageProblem(straight_distance_m(homes, places, detour=DETOUR), weight, is_open=is_open)
    reach = reach_of(problem, limit_m=limits.limit_m)
    chosen = best_places(problem, limits.places, limit_m=limits.limit_m, control=control)
    near = problem.way_m() <= limits.limit_m
    proposals, covered = _proposals(ground, sites, near, chosen, reach.is_covered)
    result = {
        **_totals(ground, reach.is_covered), "sites": int(is_open.sum()), "candidates": int((~is_open).sum()),
        "residents_after": int(ground.residents[covered].sum()), "elders_after": int(ground.elders[covered].sum()),
        "is_optimal": chosen.is_optimal, "gap": chosen.gap, "objective": chosen.after, "bound": chosen.bound,
        "seconds": round(chosen.seconds, 3),
    }  # fmt: skip
    found = coverage_gaps(problem, homes, limit_m=limits.limit_m, link_m=LINK_M)
    return Circle(result, _ranked(ground, found), proposals)


def _metres(ground: Ground, sites: Sequence[Site]) -> tuple[np.ndarray, np.ndarray]:
    """Lay longitudes and latitudes flat, round the middle of the buildings; good to a metre over a district."""
    middle_lon, middle_lat = float(ground.longitude.mean()), float(ground.latitude.mean())
    scale = np.array([METRES_A_DEGREE * cos(radians(middle_lat)), METRES_A_DEGREE])
    homes = (np.column_stack([ground.longitude, ground.latitude]) - [middle_lon, middle_lat]) * scale
    spots = np.array([[site.longitude, site.latitude] for site in sites], float).reshape(-1, 2)
    return homes, (spots - [middle_lon, middle_lat]) * scale


def _totals(ground: Ground, covered: np.ndarray) -> dict[str, Any]:
    return {
        "residents": int(ground.residents.sum()), "elders": int(ground.elders.sum()),
        "residents_covered": int(ground.residents[covered].sum()), "elders_covered": int(ground.elders[covered].sum()),
        "buildings": int(ground.residents.size),
    }  # fmt: skip


def _proposals(
    ground: Ground, sites: Sequence[Site], near: np.ndarray, chosen: Any, covered_before: np.ndarray
) -> tuple[list[Proposed], np.ndarray]:
    covered = covered_before.copy()
    proposals = []
    for number, lost in zip(chosen.sites.tolist(), chosen.lost_without.tolist(), strict=True):
        added = near[number] & ~covered
        proposals.append(
            Proposed(sites[number].venue_id, int(ground.residents[added].sum()), int(ground.elders[added].sum()), lost)
        )
        covered |= near[number]
    return proposals, covered


def _ranked(ground: Ground, gaps: Sequence[CoverageGap]) -> list[GapFound]:
    from juxing_engine.coverage import FAR_M

    found = []
    for gap in gaps:
        members, people = gap.buildings, ground.residents[gap.buildings]
        heaviest = int(members[int(people.argmax())])
        found.append(
            GapFound(
                area_code=ground.area_codes[heaviest].partition("-")[0], residents=int(people.sum()),
                elders=int(ground.elders[members].sum()), buildings=int(members.size),
                nearest_m=gap.nearest_m if gap.nearest_m < FAR_M else None,
                longitude=round(float(np.average(ground.longitude[members], weights=people)), 6),
                latitude=round(float(np.average(ground.latitude[members], weights=people)), 6),
            )
        )  # fmt: skip
    found.sort(key=lambda gap: (-gap.elders, -gap.residents, gap.area_code))
    return found[:MOST_GAPS]


def _no_site(ground: Ground, homes: np.ndarray, limits: Limits) -> Circle:
    """Return the circle where there is neither a venue nor a candidate: everybody lives in a gap."""
    from juxing_engine.coverage import FAR_M, NO_WAY, CoverageProblem, coverage_gaps

    problem = CoverageProblem(np.full((1, ground.residents.size), NO_WAY), ground.residents)
    nobody = np.zeros(ground.residents.size, bool)
    totals = _totals(ground, nobody)
    result = {
        **totals, "sites": 0, "candidates": 0, "residents_after": 0, "elders_after": 0, "is_optimal": True, "gap": 0.0,
        "objective": 0, "bound": 0, "seconds": 0.0,
    }  # fmt: skip
    found = coverage_gaps(problem, homes, limit_m=min(limits.limit_m, FAR_M - 1), link_m=LINK_M)
    return Circle(result, _ranked(ground, found), [])
