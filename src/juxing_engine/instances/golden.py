"""
Four published routing instances that are a formula: the square lattices of Golden, Wasil, Kelly and Chao (1998).

The lattice stands on one of its corners, where the depot is; a stop's demand falls with its distance from there. They
are numbers 9 to 12 of that set in CVRPLIB, and their best known values let rounds be judged against the literature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.routing import Courier, RoundProblem

SIDE = {9: 16, 10: 18, 11: 20, 12: 22}
"""Points along one side, by the instance's number."""

BEST_KNOWN = {9: 579.702026, 10: 735.427307, 11: 911.980164, 12: 1_100.665283}
"""Lengths of the best known rounds, from CVRPLIB as of 2026."""

UNITS = 10_000
"""Published lengths are decimals; here a length of 1 is so many units, so rounding costs at most 0.005 a way."""


@dataclass(frozen=True, slots=True, eq=False)
class PublishedRounds:
    """A problem and the best known value of its objective, in the problem's units."""

    name: str
    problem: RoundProblem
    best_known: int


def golden_lattice(number: int) -> PublishedRounds:
    """
    Make instance 9, 10, 11 or 12: 255, 323, 399 and 483 stops, capacity 1,000, no limit on rounds.

    Raises
    ------
    ValueError
        If the number is another.
    """
    if number not in SIDE:
        raise ValueError(f"Expected one of {sorted(SIDE)}, got {number}.")
    along, across = np.divmod(np.arange(SIDE[number] ** 2), SIDE[number])
    points = np.column_stack([along - across, along + across]).astype(float)
    metres = np.rint(UNITS * np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64)
    demand = 900 // (2 * np.maximum(along, across)[1:] + 1)
    stops = np.arange(1, len(points))
    couriers = (Courier(capacity=(1_000,)),) * (2 * int(np.ceil(demand.sum() / 1_000)))
    problem = RoundProblem(metres, metres, stops, couriers, delivery=demand[:, None])
    return PublishedRounds(f"Golden_{number}", problem, round(UNITS * BEST_KNOWN[number]))
