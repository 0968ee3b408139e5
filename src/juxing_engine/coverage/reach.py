"""Who reaches a venue on foot, and where nobody does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from juxing_engine.coverage.problem import FAR_M, BoolArray, CoverageProblem, IntArray

NOWHERE = -1
"""Nearest venue of a building from which none can be reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """
    Reach of the open venues.

    Parameters
    ----------
    nearest_m
        Metres to the nearest open venue, shape ``(buildings,)``; ``FAR_M`` if there is none.
    venue
        That venue, the lowest number of equally near ones, or ``NOWHERE``.
    is_covered
        Whether it is within the limit.
    covered, residents
        People within the limit, and in all.
    """

    nearest_m: IntArray
    venue: IntArray
    is_covered: BoolArray
    covered: int
    residents: int

    @property
    def share(self) -> float:
        """Share of residents covered; 1 if there are none."""
        return self.covered / self.residents if self.residents else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class CoverageGap:
    """
    Buildings close to each other and beyond reach (覆盖空白).

    Parameters
    ----------
    buildings
        Their numbers.
    residents
        People in them.
    nearest_m, farthest_m
        Distance to the nearest open venue, of the best and the worst placed building.
    """

    buildings: IntArray
    residents: int
    nearest_m: int
    farthest_m: int


def reach_of(problem: CoverageProblem, *, limit_m: int) -> Reach:
    """
    Find out who has an open venue within a walking distance, limit included (15-minute life circle: about
    1,000 m).

    Raises
    ------
    ValueError
        If the limit is negative or not below ``FAR_M``.
    """
    if not 0 <= limit_m < FAR_M:
        raise ValueError(f"Expected limit_m in [0, {FAR_M}).")
    nearest = problem.nearest_open_m()
    venue = np.full(nearest.size, NOWHERE)
    if problem.is_open.any():
        numbers = np.flatnonzero(problem.is_open)
        venue = np.where(nearest < FAR_M, numbers[problem.way_m()[numbers].argmin(axis=0)], NOWHERE)
    covered: BoolArray = nearest <= limit_m
    return Reach(nearest, venue, covered, int(problem.residents[covered].sum()), int(problem.residents.sum()))


def coverage_gaps(
    problem: CoverageProblem, points: ArrayLike, *, limit_m: int, link_m: float = 200.0
) -> list[CoverageGap]:
    """
    Group inhabited buildings beyond reach into gaps, most residents first.

    Parameters
    ----------
    points
        Coordinates of the buildings in metres, shape ``(buildings, 2)``.
    limit_m
        Walking distance counted as reach.
    link_m
        Buildings at most this far apart belong to one gap.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    reach = reach_of(problem, limit_m=limit_m)
    places = np.asarray(points, float)
    if places.shape != (problem.residents.size, 2):
        raise ValueError(f"Expected points of shape ({problem.residents.size}, 2).")
    beyond = np.flatnonzero(~reach.is_covered & (problem.residents > 0))
    if not beyond.size:
        return []
    pairs = cKDTree(places[beyond]).query_pairs(link_m, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(beyond.size, beyond.size))
    count, label = connected_components(links, directed=False)
    gaps = []
    for number in range(count):
        members = beyond[label == number]
        metres = reach.nearest_m[members]
        people = int(problem.residents[members].sum())
        gaps.append(CoverageGap(members, people, int(metres.min()), int(metres.max())))
    return sorted(gaps, key=lambda gap: (-gap.residents, int(gap.buildings[0])))
