"""A seeded district short of goods: communities, depots, items, days."""

from __future__ import annotations

import numpy as np

from juxing_engine.allocation import AllocationProblem

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"communities": 4, "items": 2, "depots": 2, "days": 1},
    "street": {"communities": 20, "items": 20, "depots": 3, "days": 7},
    "district": {"communities": 300, "items": 60, "depots": 20, "days": 7},
    "city": {"communities": 3_300, "items": 60, "depots": 200, "days": 7},
}
"""Arguments of `district_allocation` by size."""


def district_allocation(
    *,
    seed: int,
    communities: int = 300,
    items: int = 60,
    depots: int = 20,
    days: int = 7,
    supply_share: float = 0.7,
    vehicle_share: float | None = None,
) -> AllocationProblem:
    """
    Demand of every community for every item on every day, and less supply than that.

    Parameters
    ----------
    seed
        Same seed, same instance.
    communities, items, depots, days
        Sizes, each >= 1.
    supply_share
        Expected supply over demand, > 0; spread over depots and days at random.
    vehicle_share
        Vehicle capacity over the mass of all supply, > 0; None: vehicles do not limit.

    Notes
    -----
    5 to 199 boxes a cell, boxes of mass 1 to 19, weights 1 to 3, straight distances over 25 x 25 km.
    """
    random = np.random.default_rng(seed)
    demand = random.integers(5, 200, (days, communities, items))
    mean = demand.sum() / items / depots / days * supply_share
    supply = random.integers(0, max(2, int(2 * mean)), (days, depots, items))
    homes, stores = random.uniform(0, 25_000, (communities, 2)), random.uniform(0, 25_000, (depots, 2))
    distance = np.hypot(*(stores[:, None] - homes[None]).transpose(2, 0, 1))
    mass, weight = random.integers(1, 20, items), random.integers(1, 4, communities)
    capacity = None
    if vehicle_share is not None:
        share = random.uniform(0.6, 1.4, (days, depots)) * vehicle_share
        capacity = np.floor((supply @ mass).sum() / days / depots * share)
    return AllocationProblem(
        demand, supply, weight=weight, distance_m=np.rint(distance), box_mass=mass, vehicle_capacity=capacity
    )
