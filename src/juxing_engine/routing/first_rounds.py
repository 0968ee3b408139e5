"""A first plan in milliseconds: cheapest insertion, and two-opt for a single round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from juxing_engine.routing.plan import heaviest_load, walk_through
from juxing_engine.routing.problem import REQUIRED, IntArray, RoundProblem

_TRIES = 12
"""Cheapest places tried for each stop; a stop that fits none of them waits for the search."""


def first_order(cost: ArrayLike, *, start: int = 0, end: int | None = None) -> tuple[int, ...]:
    """
    Order of all other places for one courier on foot, good enough to set out with.

    Parameters
    ----------
    cost
        Metres or seconds from row to column, shape ``(places, places)``, not negative; need not be symmetric.
    start, end
        Where the walk begins and ends; ``end`` None: back at ``start``.

    Notes
    -----
    Nearest insertion, then two-opt with reversal costs until no reversal helps: O(n^2) a step, vectorised;
    about a millisecond for 10 places and tens for 60. No proof of quality; use `plan_rounds` where seconds
    are allowed.

    Examples
    --------
    >>> first_order([[0, 9, 1, 5], [9, 0, 6, 2], [1, 6, 0, 4], [5, 2, 4, 0]])
    (3, 1, 2)
    """
    costs = np.asarray(cost, float)
    if costs.ndim != 2 or costs.shape[0] != costs.shape[1] or not np.all(costs >= 0):
        raise ValueError("Expected a square matrix of costs >= 0.")
    last = start if end is None else end
    waiting = [place for place in range(len(costs)) if place not in {start, last}]
    order = [start, last]
    while waiting:
        near = costs[np.ix_(order, waiting)].min(axis=0)
        place = waiting.pop(int(near.argmin()))
        tails, heads = order[:-1], order[1:]
        detour = costs[tails, place] + costs[place, heads] - costs[tails, heads]
        order.insert(int(detour.argmin()) + 1, place)
    return tuple(_two_opt(costs, order)[1:-1])


def _two_opt(costs: np.ndarray, order: list[int]) -> list[int]:
    """Reverse the stretch that helps most until none does."""
    while len(order) > 3:
        path = np.array(order)
        forth = np.concatenate([[0.0], np.cumsum(costs[path[:-1], path[1:]])])
        back = np.concatenate([[0.0], np.cumsum(costs[path[1:], path[:-1]])])
        first, last = np.triu_indices(len(order) - 2, 1)
        first, last = first + 1, last + 1
        before, after = path[first - 1], path[last + 1]
        gain = costs[before, path[first]] + costs[path[last], after] + forth[last] - forth[first]
        gain -= costs[before, path[last]] + costs[path[first], after] + back[last] - back[first]
        best = int(gain.argmax())
        if gain[best] <= 1e-9:
            break
        order[first[best] : last[best] + 1] = order[first[best] : last[best] + 1][::-1]
    return order


def first_rounds(problem: RoundProblem, *, given: Sequence[Sequence[int]] | None = None) -> list[list[int]]:
    """
    Rounds that keep every rule, stop by stop at the cheapest place; required and far stops first.

    Parameters
    ----------
    problem
        What to plan.
    given
        Rounds to start from, one sequence of stops for each courier, locked stops included; they must keep
        every rule. None: the locked stops only.

    Returns
    -------
    list of lists
        Stops of each courier, locked ones first. What fitted nowhere, or is not worth its detour, is left
        out.
    """
    rounds = [list(one) for one in (given or [who.locked for who in problem.couriers])]
    placed = {stop for one in rounds for stop in one}
    filling = _Filling(problem, rounds)
    homes = [who.start for who in problem.couriers]
    far = problem.distance_m[homes][:, problem.location].min(axis=0)
    for stop in np.lexsort((-far, problem.skip_penalty != REQUIRED)).tolist():
        if stop not in placed:
            filling.insert(stop)
    return filling.rounds


class _Filling:
    """Rounds being filled, with their loads and their legs kept ready."""

    def __init__(self, problem: RoundProblem, rounds: list[list[int]]) -> None:
        self.problem, self.rounds = problem, rounds
        crew = range(len(problem.couriers))
        self.allowed = np.array([problem.may_serve(courier) for courier in crew])
        self.capacity = np.array([who.capacity for who in problem.couriers], np.int64)
        self.brought = np.array([problem.delivery[rounds[courier]].sum(axis=0) for courier in crew])
        self.taken = np.array([problem.returned[rounds[courier]].sum(axis=0) for courier in crew])
        kinds = {replace(who, locked=()): number for number, who in enumerate(problem.couriers)}
        self.kind = np.array([kinds[replace(who, locked=())] for who in problem.couriers])
        self.legs = [self._legs(courier) for courier in crew]

    def _legs(self, courier: int) -> IntArray:
        """Courier, position, from, to, and cost that a stop put there replaces; shape ``(5, positions)``."""
        problem, who, stops = self.problem, self.problem.couriers[courier], self.rounds[courier]
        places = np.array([who.start, *problem.location[stops].tolist(), who.end], np.int64)
        first = len(who.locked)
        tail, head = places[first:-1], places[first + 1 :]
        replaced = problem.distance_weight * problem.distance_m[tail, head]
        replaced = replaced + problem.duration_weight * problem.duration_s[tail, head]
        if not stops:
            replaced = np.array([-who.fixed_cost])
        position = np.arange(first, len(stops) + 1)
        return np.stack([np.full_like(position, courier), position, tail, head, replaced])

    def _roomy(self, stop: int) -> IntArray:
        """Couriers who may serve a stop and have room; of idle ones of a kind only the first."""
        problem = self.problem
        brought, taken = self.brought + problem.delivery[stop], self.taken + problem.returned[stop]
        fits = self.allowed[:, stop] & np.all(np.maximum(brought, taken) <= self.capacity, axis=1)
        idle = np.array([not stops for stops in self.rounds])
        first = np.zeros(idle.size, bool)
        numbers = np.flatnonzero(idle & fits)
        first[numbers[np.unique(self.kind[numbers], return_index=True)[1]]] = True
        return np.flatnonzero(fits & (~idle | first)).astype(np.int64)

    def insert(self, stop: int) -> None:
        """Put a stop at the cheapest place that keeps every rule, if there is one worth it."""
        roomy, problem = self._roomy(stop), self.problem
        if not roomy.size:
            return
        courier, position, tail, head, replaced = np.concatenate([self.legs[who] for who in roomy], axis=1)
        here, penalty = int(problem.location[stop]), int(problem.skip_penalty[stop])
        metres = problem.distance_m[tail, here] + problem.distance_m[here, head]
        seconds = problem.duration_s[tail, here] + problem.duration_s[here, head]
        detour = problem.distance_weight * metres + problem.duration_weight * seconds - replaced
        for choice in np.argsort(detour, kind="stable")[:_TRIES].tolist():
            if penalty != REQUIRED and detour[choice] >= penalty:
                return
            who, where = int(courier[choice]), int(position[choice])
            longer = [*self.rounds[who][:where], stop, *self.rounds[who][where:]]
            if keeps_rules(problem, who, longer):
                self.rounds[who] = longer
                self.brought[who] += problem.delivery[stop]
                self.taken[who] += problem.returned[stop]
                self.legs[who] = self._legs(who)
                return


def keeps_rules(problem: RoundProblem, courier: int, stops: Sequence[int]) -> bool:
    """Whether one round keeps windows, shift, load and length, apart from what locked stops already break."""
    who = problem.couriers[courier]
    if np.any(heaviest_load(problem, stops) > who.capacity):
        return False
    walked = walk_through(problem, courier, stops)
    if who.max_distance_m is not None and walked.distance_m > who.max_distance_m:
        return False
    return walked.late_s == 0 or walked.late_s <= walk_through(problem, courier, who.locked).late_s
