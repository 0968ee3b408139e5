"""A lower limit no plan of rounds can pass."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juxing_engine.routing.problem import REQUIRED, RoundProblem

FloatArray = NDArray[np.float64]
_TINY = 1e-3
_MAX_CLOSURE = 800
"""Most places for which shortest detours are computed when stops may be skipped."""


def lower_bound(problem: RoundProblem, *, required: NDArray[np.bool_], seconds: float) -> int:
    """
    Least objective of any plan that serves the required stops.

    Parameters
    ----------
    problem
        What is planned.
    required
        Stops counted, shape ``(stops,)``: required ones that somebody can serve.
    seconds
        Wall seconds to spend; one step is always made.

    Notes
    -----
    All depots are one place, arcs cost the cheaper of their two directions, windows and loads only set the
    least number of rounds. ``R`` rounds over ``n`` stops are a connected graph with ``n + R`` edges, every
    stop of degree 2 and the depot of degree ``2 R``; the degrees are relaxed with multipliers (Fisher 1994,
    minimum K-trees), improved by subgradient steps. If stops may be skipped, arcs are replaced by shortest
    paths, because skipping must not make the rest dearer. Where it is higher, the radial bound (a round is
    at least as long as the way to any of its stops and back, averaged over its load) takes its place.
    Computed in floating point and rounded down by one part in 10^9.
    """
    chosen = np.flatnonzero(required & (problem.skip_penalty == REQUIRED))
    if not chosen.size:
        return 0
    costs = _edge_costs(problem, chosen)
    least, most, fixed = _round_numbers(problem, chosen)
    value = _Ascent(costs, least, most).run(seconds)
    value = max(value, _radial_bound(problem, chosen, costs))
    service = problem.duration_weight * int(problem.service_s[chosen].sum())
    return max(0, int(np.floor(value * (1 - np.sign(value) * 1e-9) + 1e-6))) + service + fixed


def _edge_costs(problem: RoundProblem, chosen: NDArray[np.int64]) -> FloatArray:
    """Symmetric costs between the depot (first) and the chosen stops."""
    cost = (problem.distance_weight * problem.distance_m + problem.duration_weight * problem.duration_s).astype(float)
    if chosen.size < problem.stops:
        if len(cost) > _MAX_CLOSURE:
            return np.zeros((chosen.size + 1, chosen.size + 1))
        cost = _shortest(cost)
    places = problem.location[chosen]
    starts = {who.start for who in problem.couriers}
    starts |= {int(problem.location[who.locked[-1]]) for who in problem.couriers if who.locked}
    ends = {who.end for who in problem.couriers}
    out = cost[sorted(starts)][:, places].min(axis=0)
    back = cost[places][:, sorted(ends)].min(axis=1)
    costs = np.zeros((chosen.size + 1, chosen.size + 1))
    inner = cost[np.ix_(places, places)]
    costs[1:, 1:] = np.minimum(inner, inner.T)
    costs[0, 1:] = costs[1:, 0] = np.minimum(out, back)
    return costs


def _shortest(costs: FloatArray, *, origin: int | None = None) -> FloatArray:
    """
    Lengths of shortest paths, never too long: scipy takes a zero for a missing arc, so zeros are lengthened
    a little.
    """
    from scipy.sparse.csgraph import shortest_path

    lengthened = np.where(costs < _TINY, _TINY, costs)
    method, indices = ("FW", None) if origin is None else ("D", origin)
    found = np.asarray(shortest_path(lengthened, method=method, indices=indices), float)
    shortest: FloatArray = np.maximum(0.0, found - _TINY * len(costs))
    return shortest


def _radial_bound(problem: RoundProblem, chosen: NDArray[np.int64], costs: FloatArray) -> float:
    """Way to the depot and back, shared among the loads of a full vehicle."""
    if not problem.delivery.shape[1]:
        return 0.0
    away = 2 * _shortest(costs, origin=0)[1:]
    locked = [stop for who in problem.couriers for stop in who.locked]
    free = ~np.isin(chosen, locked)
    bound = 0.0
    for dimension in range(problem.delivery.shape[1]):
        largest = max(who.capacity[dimension] for who in problem.couriers)
        load = np.maximum(problem.delivery[chosen, dimension], 0)[free]
        if largest > 0:
            bound = max(bound, float((away[free] * load).sum()) / largest)
    return bound


def _round_numbers(problem: RoundProblem, chosen: NDArray[np.int64]) -> tuple[int, int, int]:
    """Least and most rounds that go out, and the least they cost for going out."""
    least = 1
    most = min(len(problem.couriers), chosen.size)
    locked = [stop for who in problem.couriers for stop in who.locked]
    loaded = np.setdiff1d(chosen, np.array(locked, np.int64))
    for dimension in range(problem.delivery.shape[1]):
        largest = sorted((who.capacity[dimension] for who in problem.couriers), reverse=True)
        load = max(problem.delivery[loaded, dimension].sum(), problem.returned[loaded, dimension].sum())
        reach = np.cumsum(largest)
        least = max(least, int(np.searchsorted(reach, load)) + 1)
    least = min(least, most)
    cheapest = sorted(who.fixed_cost for who in problem.couriers)
    return least, most, int(sum(cheapest[:least]))


@dataclass(slots=True)
class _Ascent:
    """Subgradient ascent of the Lagrangian of degrees."""

    costs: FloatArray
    least: int
    most: int

    def run(self, seconds: float) -> float:
        size = len(self.costs)
        multiplier = np.zeros(size)
        ends = time.monotonic() + seconds
        best, step, stale = -np.inf, 0.0, 0
        while True:
            value, degree, rounds = self._relaxed(multiplier)
            step = step or 0.05 * max(1.0, value) / max(1, size)
            stale = 0 if value > best + 1e-9 else stale + 1
            best = max(best, value)
            if stale > 5:
                step, stale = step / 2, 0
            target = np.full(size, 2.0)
            target[0] = 2.0 * rounds
            slope = target - degree
            if time.monotonic() >= ends or not slope.any() or step < 1e-4:
                return best
            multiplier += step * slope

    def _relaxed(self, multiplier: FloatArray) -> tuple[float, FloatArray, int]:
        """Cheapest tree and extra edges under the multipliers; value, degrees, number of rounds."""
        size = len(self.costs)
        reduced = self.costs - multiplier[:, None] - multiplier[None, :]
        tree = _tree(reduced)
        nodes = np.arange(1, size)
        degree = np.bincount(tree, minlength=size) + np.concatenate([[0], np.ones(size - 1)])
        value = float(reduced[nodes, tree].sum())
        tail, head = np.triu_indices(size, 1)
        spare = reduced[tail, head].copy()
        low, high = np.minimum(nodes, tree), np.maximum(nodes, tree)
        twice = low == 0
        index = low * (2 * size - low - 1) // 2 + high - low - 1
        spare[index[~twice]] = np.inf
        extra = np.argpartition(spare, min(self.most, spare.size) - 1)[: self.most]
        extra = extra[np.argsort(spare[extra], kind="stable")]
        price = np.cumsum(spare[extra] + 2 * multiplier[0])[self.least - 1 :]
        rounds = self.least + int(price.argmin()) if price.size else self.least
        used = extra[:rounds]
        degree = degree + np.bincount(tail[used], minlength=size) + np.bincount(head[used], minlength=size)
        value += float(price.min()) if price.size else 0.0
        return value + 2 * float(multiplier[1:].sum()), degree, rounds


def _tree(costs: FloatArray) -> NDArray[np.int64]:
    """Parent of nodes 1, 2, ... in a minimum spanning tree rooted at 0 (Prim)."""
    size = len(costs)
    near, parent = costs[0].copy(), np.zeros(size, np.int64)
    near[0] = np.inf
    outside = np.ones(size, bool)
    outside[0] = False
    for _ in range(size - 1):
        node = int(near.argmin())
        outside[node] = False
        near[node] = np.inf
        closer = outside & (costs[node] < near)
        near[closer] = costs[node][closer]
        parent[closer] = node
    return parent[1:]
