"""Where new venues help most, and what each of them adds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from juxing_engine.control import Control
from juxing_engine.coverage.branching import PlaceSearch
from juxing_engine.coverage.covering_programme import prove_covering
from juxing_engine.coverage.gains import Gains, Goal, gains_of
from juxing_engine.coverage.problem import FAR_M, CoverageProblem, IntArray

_COVER_NODES = 3
"""Branches after which covering is handed to an integer programme, which proves it sooner."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """
    The best new places found, and how good they provably are.

    Parameters
    ----------
    goal
        What they are for.
    sites
        Their numbers, in the order in which each adds most.
    adds
        What each adds to those before it: residents covered, or residents x metres saved.
    lost_without
        What would be lost if it alone were left out.
    before, after
        Residents covered, or residents x metres, without and with them.
    bound
        Most residents any choice could cover, or fewest residents x metres any could leave.
    nodes
        Branches searched; 1 if the first bound proved it.
    seconds
        Wall seconds.
    """

    goal: Goal
    sites: IntArray
    adds: IntArray
    lost_without: IntArray
    before: int
    after: int
    bound: int
    nodes: int
    seconds: float

    @property
    def gap(self) -> float:
        """Proven relative gap of ``after``, in [0, 1]."""
        most = max(self.after, self.bound)
        return 0.0 if most == 0 else abs(self.bound - self.after) / most

    @property
    def is_optimal(self) -> bool:
        """Whether no other choice is better."""
        return self.after == self.bound


def best_places(
    problem: CoverageProblem,
    count: int,
    *,
    goal: Goal = Goal.COVER,
    limit_m: int = 1_000,
    control: Control | None = None,
) -> Places:
    """
    Choose candidates to open next to the venues that are open already; exact, every building counted as it
    is.

    Parameters
    ----------
    problem
        Buildings, sites and distances.
    count
        Places to open, >= 0; fewer are chosen if there are fewer candidates, or if more would add nothing.
    goal
        Residents within reach, or metres walked.
    limit_m
        Walking distance counted as reach, for `Goal.COVER`.
    control
        Budget, progress, cancellation; the best choice so far is returned with its bound.

    Raises
    ------
    ValueError
        If the count is negative, or the limit is not in [0, FAR_M).

    Examples
    --------
    >>> problem = CoverageProblem([[0, 900, 2000], [900, 0, 2000], [2000, 2000, 0]], [10, 10, 15])
    >>> best_places(problem, 1, limit_m=1000).after, best_places(problem, 1, goal=Goal.DISTANCE).sites.tolist()
    (20, [0])
    """
    if count < 0 or not 0 <= limit_m < FAR_M:
        raise ValueError(f"Expected count >= 0 and limit_m in [0, {FAR_M}).")
    started = time.perf_counter()
    gains, before = gains_of(problem, goal, limit_m=limit_m)
    most_nodes = _COVER_NODES if goal is Goal.COVER else None
    search = PlaceSearch(gains, min(count, gains.candidate.size), control or Control(), most_nodes)
    search.run()
    if goal is Goal.COVER and search.bound >= search.value + 1 and not search.control.should_stop():
        prove_covering(search)
    needs_one = goal is Goal.DISTANCE and not problem.is_open.any()
    order, adds = _in_order(gains, search.best, needs_one=needs_one)
    lost = [search.value - int(gains.best_of(order[order != one]).sum()) for one in order.tolist()]
    sign = 1 if goal is Goal.COVER else -1
    return Places(
        goal=goal,
        sites=gains.candidate[order],
        adds=adds,
        lost_without=np.array(lost, np.int64),
        before=before,
        after=before + sign * search.value,
        bound=before + sign * int(np.floor(search.bound)),
        nodes=search.nodes,
        seconds=time.perf_counter() - started,
    )


def _in_order(gains: Gains, chosen: IntArray, *, needs_one: bool) -> tuple[IntArray, IntArray]:
    """
    Chosen candidates by what each adds to those before it; those that add nothing are left out, unless one
    is needed.
    """
    waiting: list[int] = chosen.tolist()
    order: list[int] = []
    adds: list[int] = []
    reached = np.zeros(gains.groups, np.int64)
    while waiting:
        best = int(np.argmax(gains.excess(reached)[waiting]))
        after = np.maximum(reached, gains.best_of(np.array([waiting[best]], np.int64)))
        added = int(after.sum()) - int(reached.sum())
        if added <= 0 and (order or not needs_one):
            break
        order.append(waiting.pop(best))
        adds.append(added)
        reached = after
    return np.array(order, np.int64), np.array(adds, np.int64)
