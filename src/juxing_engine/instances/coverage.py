"""A seeded district of buildings in estates, open venues and candidate places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from juxing_engine.coverage import CoverageProblem, straight_distance_m

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"buildings": 30, "sites": 6},
    "street": {"buildings": 1_200, "sites": 20},
    "district": {"buildings": 25_000, "sites": 300},
    "city": {"buildings": 60_000, "sites": 600},
}
"""Arguments of `district_coverage` by size; a larger city is taken district by district, as nobody walks across it."""


def district_coverage(
    *, buildings: int, sites: int, open_share: float = 0.2, seed: int
) -> tuple[CoverageProblem, NDArray[np.float64]]:
    """
    Buildings of a district of 600 km2, a share of all sites being open venues.

    Parameters
    ----------
    buildings, sites
        Numbers, each >= 1.
    open_share
        Share of sites that are open, in [0, 1].
    seed
        Same seed, same instance.

    Returns
    -------
    tuple
        The problem, and the coordinates of the buildings in metres, shape ``(buildings, 2)``.
    """
    random = np.random.default_rng(seed)
    estates = random.uniform(0, 24_500, (max(1, buildings // 12), 2))
    towns = random.uniform(0, 24_500, (8, 2))
    near_town = random.random(len(estates)) < 0.6
    estates[near_town] = towns[random.integers(0, 8, near_town.sum())] + random.normal(0, 1_800, (near_town.sum(), 2))
    homes = estates[random.integers(0, len(estates), buildings)] + random.normal(0, 120, (buildings, 2))
    places = homes[random.integers(0, buildings, sites)] + random.normal(0, 150, (sites, 2))
    residents = random.integers(10, 180, buildings)
    is_open = random.random(sites) < open_share
    return CoverageProblem(straight_distance_m(homes, places), residents, is_open=is_open), homes
