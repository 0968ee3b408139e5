"""
Tens of thousands of drops in rounds of about a hundred: cut by depot and place, searched by parts, mended across cuts.

Each drop goes to its nearest depot. A depot's drops are cut into groups of two rounds, each planned by itself; then
neighbouring rounds that a cut parted are searched together, and what they find is kept where it is shorter.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from juxing_engine.control import Control, Progress
from juxing_engine.routing.clusters import split_stops
from juxing_engine.routing.local_search import SearchSettings, Stopping, improve
from juxing_engine.routing.problem import Courier, IntArray, RoundProblem
from juxing_engine.routing.pyvrp_model import PyvrpModel
from juxing_engine.routing.search import plan_rounds

Places = npt.NDArray[np.float64]

ROUNDS_TOGETHER = 2
"""Rounds of a group, planned together."""

GROUPS_SHARE = 0.6
"""Share of the time for the groups; the rest mends the cuts between them."""

DEFAULT_BUDGET_S = 60.0
"""Wall seconds when the control names none."""


@dataclass(frozen=True, slots=True, eq=False)
class DropPlan:
    """
    Rounds over all drops.

    ``rounds`` are drops in the order they are made, ``depot_of`` where each round begins and ends, ``metres`` the way
    of all, ``group_metres`` that before cuts were mended, ``seconds`` wall seconds by part.
    """

    rounds: tuple[IntArray, ...]
    depot_of: IntArray
    metres: int
    group_metres: int
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    points: Places
    depots: Places
    per_round: int
    detour: float

    def metres(self, drops: IntArray, depot: int) -> IntArray:
        """Whole metres between a depot, which comes first, and some drops."""
        places = np.vstack([self.depots[depot], self.points[drops]])
        way = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        metres: IntArray = np.rint(self.detour * way).astype(np.int64)
        return metres

    def problem(self, drops: IntArray, depot: int, rounds: int) -> RoundProblem:
        """One load a drop, ``per_round`` a round."""
        metres = self.metres(drops, depot)
        crew = (Courier(capacity=(self.per_round,)),) * rounds
        return RoundProblem(metres, metres, np.arange(1, drops.size + 1), crew, delivery=np.ones((drops.size, 1), int))

    def length(self, drops: IntArray, depot: int) -> int:
        """Metres of one round."""
        places = np.vstack([self.depots[depot], self.points[drops], self.depots[depot]])
        way = np.hypot(*np.diff(places, axis=0).T)
        return int(np.rint(self.detour * way).astype(np.int64).sum())


def plan_drops(
    points_m: ArrayLike,
    depots_m: ArrayLike,
    *,
    per_round: int = 100,
    detour_factor: float = 1.3,
    control: Control | None = None,
    seed: int = 0,
) -> DropPlan:
    """
    Plan rounds that make every drop once, each from and to the nearest depot, as short as the budget allows.

    Parameters
    ----------
    points_m, depots_m
        Coordinates in metres, shapes ``(drops, 2)`` and ``(depots, 2)``, at least one depot.
    per_round
        Most drops of a round, >= 1.
    control
        Budget (60 s if it names none), progress, cancellation; every drop is on a round whenever it ends.

    Raises
    ------
    ValueError
        If shapes disagree, coordinates are not finite, or ``per_round`` is below 1.

    Notes
    -----
    A heuristic without a bound. `drop_defects` checks a plan independently.
    """
    points, depots = _places("points_m", points_m), _places("depots_m", depots_m)
    if not len(depots) or per_round < 1 or not detour_factor > 0:
        raise ValueError("Expected a depot, per_round >= 1 and detour_factor > 0.")
    run = _Run(_Ground(points, depots, per_round, detour_factor), control or Control(), seed)
    return run.plan()


def drop_defects(points_m: ArrayLike, depots_m: ArrayLike, plan: DropPlan, *, per_round: int = 100) -> list[str]:
    """What is wrong with a plan: drops missing or twice, rounds too long, metres that do not add up."""
    ground = _Ground(np.asarray(points_m, float), np.asarray(depots_m, float), per_round, 1.3)
    made = np.concatenate([np.zeros(0, np.int64), *plan.rounds])
    defects = []
    if not np.array_equal(np.sort(made), np.arange(len(ground.points))):
        defects.append("Not every drop is made exactly once.")
    if any(drops.size > per_round for drops in plan.rounds):
        defects.append("A round has too many drops.")
    metres = sum(ground.length(drops, depot) for drops, depot in zip(plan.rounds, plan.depot_of.tolist(), strict=True))
    if metres != plan.metres:
        defects.append(f"The rounds are {metres} m, not {plan.metres} m.")
    return defects


class _Run:
    """One planning and the rounds so far, by depot."""

    def __init__(self, ground: _Ground, control: Control, seed: int) -> None:
        self.ground, self.control, self.seed = ground, control, seed
        self.budget_s = DEFAULT_BUDGET_S if control.budget_s is None else control.budget_s
        self.rounds: list[IntArray] = []
        self.depot_of: list[int] = []
        self.group_of: list[int] = []

    def plan(self) -> DropPlan:
        started = time.perf_counter()
        self._plan_groups(self._groups())
        group_metres, groups_s = self._metres(), time.perf_counter() - started
        self._mend_cuts()
        seconds = {"groups": groups_s, "cuts": time.perf_counter() - started - groups_s}
        metres = self._metres()
        self.control.report(Progress("rounds", 1.0, metres))
        return DropPlan(tuple(self.rounds), np.array(self.depot_of, np.int64), metres, group_metres, seconds)

    def _metres(self) -> int:
        return sum(self.ground.length(drops, depot) for drops, depot in zip(self.rounds, self.depot_of, strict=True))

    def _left_s(self) -> float:
        cancelled = self.control.is_cancelled
        return 0.0 if cancelled and cancelled() else max(0.0, self.budget_s - self.control.elapsed_s)

    def _groups(self) -> list[tuple[int, IntArray]]:
        from scipy.spatial import cKDTree

        ground = self.ground
        nearest = np.asarray(cKDTree(ground.depots).query(ground.points)[1] if len(ground.points) else [], np.int64)
        groups = []
        for depot in np.unique(nearest).tolist():
            own = np.flatnonzero(nearest == depot)
            part = split_stops(ground.points[own], limit=ROUNDS_TOGETHER * ground.per_round)
            groups += [(depot, own[part == number]) for number in range(int(part.max()) + 1)]
        return groups

    def _plan_groups(self, groups: list[tuple[int, IntArray]]) -> None:
        for number, (depot, drops) in enumerate(groups):
            left = max(0.0, self._left_s() - (1 - GROUPS_SHARE) * self.budget_s)
            crew = -(-drops.size // self.ground.per_round) + 1
            inner = Control(budget_s=left / (len(groups) - number), is_cancelled=self.control.is_cancelled)
            found = plan_rounds(self.ground.problem(drops, depot, crew), control=inner, seed=self.seed)
            made = [drops[np.array(way.stops, np.int64)] for way in found.rounds]
            # One round too many is in reserve, so nobody is left out; whoever were would go alone.
            made += [drops[[stop]] for stop in found.skipped]
            self.rounds += made
            self.depot_of += [depot] * len(made)
            self.group_of += [number] * len(made)
            self.control.report(Progress("rounds", GROUPS_SHARE * (number + 1) / len(groups)))

    def _mend_cuts(self) -> None:
        """Search pairs of neighbouring rounds of different groups together, those that lie closest first."""
        pairs = self._neighbours()
        for number, (a, b) in enumerate(pairs):
            left = self._left_s()
            if left <= 0:
                return
            self._search_pair(a, b, left / (len(pairs) - number))
            self.control.report(Progress("rounds", GROUPS_SHARE + (1 - GROUPS_SHARE) * number / len(pairs)))

    def _neighbours(self) -> list[tuple[int, int]]:
        middle = np.array([self.ground.points[drops].mean(axis=0) for drops in self.rounds]).reshape(-1, 2)
        depot, group = np.array(self.depot_of), np.array(self.group_of)
        found = []
        for a in range(len(middle)):
            other = np.flatnonzero((depot == depot[a]) & (group != group[a]) & (np.arange(len(middle)) > a))
            far = np.hypot(*(middle[other] - middle[a]).T)
            found += [(float(far[place]), a, int(other[place])) for place in np.argsort(far, kind="stable")[:2]]
        return [(a, b) for _, a, b in sorted(found)]

    def _search_pair(self, a: int, b: int, seconds: float) -> None:
        depot = self.depot_of[a]
        first, second = self.rounds[a], self.rounds[b]
        drops = np.concatenate([first, second])
        model = PyvrpModel(self.ground.problem(drops, depot, 2), servable=np.ones(drops.size, bool))
        start = [list(range(first.size)), list(range(first.size, drops.size))]
        found = improve(model, start, Stopping(self.control, seconds), seed=self.seed, settings=SearchSettings())
        if found is None:
            return
        ways = [drops[np.array(stops, np.int64)] for stops in found]
        before = self.ground.length(first, depot) + self.ground.length(second, depot)
        if sum(way.size for way in ways) == drops.size and before > sum(self.ground.length(w, depot) for w in ways):
            self.rounds[a], self.rounds[b] = ways


def _places(name: str, given: ArrayLike) -> Places:
    places = np.asarray(given, float).reshape(-1, 2) if np.size(given) == 0 else np.asarray(given, float)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise ValueError(f"Expected finite {name} of shape (n, 2).")
    return places
