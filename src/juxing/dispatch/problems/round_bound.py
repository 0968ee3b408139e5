"""The least any order of a few doors can cost: every order counted, by dynamic programming over sets of doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from juxing_engine.routing import RoundProblem

MOST_STOPS = 11
"""Doors up to which every order is counted: 2,048 sets, some tens of milliseconds."""


def least_cost(problem: RoundProblem) -> int | None:
    """
    Return the cost no order of one courier's stops can pass below; None with several couriers or too many stops.

    Times asked for are left out, and waiting for them only adds, so the number holds with them as well (Held, Karp
    1962).
    """
    stops = problem.stops
    if len(problem.couriers) != 1 or not 0 < stops <= MOST_STOPS:
        return None
    who, ways = problem.couriers[0], _weighted(problem)
    inner = ways[np.ix_(problem.location, problem.location)]
    ahead = ways[problem.location, who.end]
    least = np.full((1 << stops, stops), np.inf)
    least[1 << np.arange(stops), np.arange(stops)] = ways[who.start, problem.location]
    for visited in range(1, 1 << stops):
        reached = least[visited]
        for stop in range(stops):
            if not visited >> stop & 1:
                further = visited | 1 << stop
                least[further, stop] = min(least[further, stop], float((reached + inner[:, stop]).min()))
    service = problem.duration_weight * int(problem.service_s.sum())
    return round(float((least[-1] + ahead).min())) + service + who.fixed_cost


def _weighted(problem: RoundProblem) -> np.ndarray:
    whole = problem.distance_weight * problem.distance_m + problem.duration_weight * problem.duration_s
    return whole.astype(float)
