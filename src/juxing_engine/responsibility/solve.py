"""
Assigning whole places under soft limits, exactly: two integer programmes, one after the other.

The generalised assignment problem (Martello, Toth: Knapsack Problems, 1990, chapter 7) with limits that may be passed
at a price no way can outweigh. HiGHS (through scipy) solves first for the fewest households above the limits, then for
the least way at that number; a greedy answer stands ready if time runs out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from juxing_engine.control import Control
from juxing_engine.responsibility.problem import NOBODY, Integers, ResponsibilityProblem


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """
    Who answers for each place, and what is proven.

    ``overload`` is how many households stand above the limits and ``overload_bound`` what no answer can pass;
    ``way`` and ``way_bound`` likewise, at this overload. Loads already there outside the places count too.
    """

    holder_of: Integers
    overload: int
    overload_bound: int
    way: int
    way_bound: int

    @property
    def is_optimal(self) -> bool:
        """Whether neither number can be better."""
        return self.overload == self.overload_bound and self.way == self.way_bound


def assign_places(problem: ResponsibilityProblem, *, control: Control | None = None) -> Assignment:
    """Return the best assignment found within the control's budget, with bounds on both numbers; never raises."""
    control = control or Control()
    holder_of = _greedy(problem)
    overload = overload_of(problem, holder_of)
    bound = int(max(0, problem.load.sum() + _reachable_households(problem) - problem.limit.sum()))
    bound = max(bound, int(np.maximum(problem.load - problem.limit, 0).sum()))
    if overload > bound:
        better, proven = _programme(problem, control, limit_overload=None)
        bound = max(bound, proven)
        if better is not None and overload_of(problem, better) < overload:
            holder_of, overload = better, overload_of(problem, better)
    way, way_bound = way_of(problem, holder_of), _least_way(problem)
    if way > way_bound:
        better, proven = _programme(problem, control, limit_overload=overload)
        way_bound = max(way_bound, proven)
        if better is not None and overload_of(problem, better) <= overload and way_of(problem, better) < way:
            holder_of, way = better, way_of(problem, better)
    return Assignment(holder_of, overload, min(bound, overload), way, min(way_bound, way))


def overload_of(problem: ResponsibilityProblem, holder_of: Integers) -> int:
    """Return how many households stand above their holders' limits under this assignment."""
    given = holder_of != NOBODY
    sums = np.bincount(holder_of[given], weights=problem.households[given], minlength=problem.limit.size)
    return int(np.maximum(problem.load + sums.astype(np.int64) - problem.limit, 0).sum())


def way_of(problem: ResponsibilityProblem, holder_of: Integers) -> int:
    """Return the way of this assignment, households x metres."""
    given = np.flatnonzero(holder_of != NOBODY)
    return int(problem.ways[given, holder_of[given]].sum())


def _reachable_households(problem: ResponsibilityProblem) -> int:
    return int(problem.households[problem.may.any(axis=1)].sum())


def _least_way(problem: ResponsibilityProblem) -> int:
    possible = problem.may.any(axis=1)
    if not possible.any():
        return 0
    ways = np.where(problem.may, problem.ways, np.iinfo(np.int64).max)
    return int(ways[possible].min(axis=1).sum())


def _greedy(problem: ResponsibilityProblem) -> Integers:
    """Largest places first, each to the nearest holder with room, else to the one it overloads least."""
    room = (problem.limit - problem.load).astype(np.int64)
    ways, holder_of = problem.ways, np.full(problem.households.size, NOBODY, dtype=np.int64)
    for place in np.argsort(-problem.households, kind="stable").tolist():
        able = np.flatnonzero(problem.may[place])
        if not able.size:
            continue
        excess = np.maximum(problem.households[place] - np.maximum(room[able], 0), 0)
        best = able[np.lexsort((ways[place, able], excess))[0]]
        holder_of[place] = best
        room[best] -= problem.households[place]
    return holder_of


def _programme(
    problem: ResponsibilityProblem, control: Control, *, limit_overload: int | None
) -> tuple[Integers | None, int]:
    """Solve for least overload, or for least way at this overload; the answer (None: none in time) and the bound."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    place, holder = np.nonzero(problem.may)
    pairs, holders = place.size, problem.limit.size
    if not pairs or control.should_stop():
        return None, 0
    possible = np.flatnonzero(problem.may.any(axis=1))
    row_of = np.full(problem.households.size, -1)
    row_of[possible] = np.arange(possible.size)
    numbers = np.arange(pairs)
    once = coo_array((np.ones(pairs), (row_of[place], numbers)), shape=(possible.size, pairs + holders))
    weights = np.concatenate([problem.households[place].astype(float), -np.ones(holders)])
    loads = coo_array(
        (weights, (np.concatenate([holder, np.arange(holders)]), np.arange(pairs + holders))),
        shape=(holders, pairs + holders),
    )
    rules = [LinearConstraint(once, 1, 1), LinearConstraint(loads, -np.inf, problem.limit - problem.load)]
    over = np.concatenate([np.zeros(pairs), np.ones(holders)])
    cost = over
    if limit_overload is not None:
        rules.append(LinearConstraint(over[None], -np.inf, limit_overload))
        cost = np.concatenate([problem.ways[place, holder].astype(float), np.zeros(holders)])
    upper = np.concatenate([np.ones(pairs), np.full(holders, np.inf)])
    budget = control.remaining_s / (2 if limit_overload is None else 1)
    found: Any = milp(
        cost, integrality=np.concatenate([np.ones(pairs), np.zeros(holders)]), bounds=Bounds(0, upper),
        constraints=rules,
        options={"mip_rel_gap": 0.0} | ({} if np.isinf(budget) else {"time_limit": max(0.05, budget)}),
    )  # fmt: skip
    bound = found.mip_dual_bound
    proven = int(np.ceil(bound - 1e-6 * max(1.0, abs(bound)) ** 0.5)) if bound is not None and np.isfinite(bound) else 0
    if found.x is None:
        return None, max(0, proven)
    holder_of = np.full(problem.households.size, NOBODY, dtype=np.int64)
    chosen = found.x[:pairs] > 0.5
    holder_of[place[chosen]] = holder[chosen]
    return holder_of, max(0, proven)
