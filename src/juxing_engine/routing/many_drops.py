"""
Tens of thousands of drops in rounds of about a hundred: cut by depot and place, searched by parts, then without cuts.

Each drop goes to its nearest depot. A depot's drops are cut into groups of two rounds, searched by themselves, which
brings most of the gain soonest; then all rounds of the depot are searched together from there, so no cut remains.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from juxing_engine.control import Control, Progress
from juxing_engine.routing.clusters import split_stops
from juxing_engine.routing.local_search import SearchSettings, Stopping, improve
from juxing_engine.routing.problem import Courier, IntArray, RoundProblem
from juxing_engine.routing.pyvrp_model import PyvrpModel

Places = npt.NDArray[np.float64]

ROUNDS_TOGETHER = 2
"""Rounds of a group, planned together."""

GROUPS_SHARE = 0.5
"""Share of the time for the groups; the rest is for whole depots."""

DROPS_TOGETHER = 1_500
"""Drops of a depot above which only neighbouring rounds are searched together."""

THREADS = 2

LEAST_S = 0.02
"""Seconds below which a search is not worth beginning."""

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


@dataclass(slots=True)
class _Rounds:
    """Rounds of one depot that are searched together; each begins and ends there."""

    depot: int
    ways: list[IntArray]


class _Run:
    """One planning and the rounds so far."""

    def __init__(self, ground: _Ground, control: Control, seed: int) -> None:
        self.ground, self.control, self.seed = ground, control, seed
        self.budget_s = DEFAULT_BUDGET_S if control.budget_s is None else control.budget_s

    def plan(self) -> DropPlan:
        started = time.perf_counter()
        groups = self._groups()
        first_s = time.perf_counter() - started
        self._search_all(groups, until=GROUPS_SHARE)
        group_metres, groups_s = self._metres(groups), time.perf_counter() - started - first_s
        wholes = self._joined(groups)
        self._search_all(wholes, until=1.0)
        seconds = {"first": first_s, "groups": groups_s, "cuts": time.perf_counter() - started - first_s - groups_s}
        metres = self._metres(wholes)
        self.control.report(Progress("rounds", 1.0, metres))
        rounds = tuple(way for one in wholes for way in one.ways)
        depots = np.array([one.depot for one in wholes for _ in one.ways], np.int64)
        return DropPlan(rounds, depots, metres, group_metres, seconds)

    def _metres(self, several: list[_Rounds]) -> int:
        return sum(self.ground.length(way, one.depot) for one in several for way in one.ways)

    def _groups(self) -> list[_Rounds]:
        """Drops of a depot cut by place into two rounds each, a first order in every round."""
        from scipy.spatial import cKDTree

        ground = self.ground
        nearest = np.asarray(cKDTree(ground.depots).query(ground.points)[1] if len(ground.points) else [], np.int64)
        groups = []
        for depot in np.unique(nearest).tolist():
            for own in _cut(ground.points, np.flatnonzero(nearest == depot), ROUNDS_TOGETHER * ground.per_round):
                parts = _cut(ground.points, own, ground.per_round)
                groups.append(_Rounds(depot, [_in_turn(ground.points, part, ground.depots[depot]) for part in parts]))
        return groups

    def _joined(self, groups: list[_Rounds]) -> list[_Rounds]:
        """All rounds of a depot together; of a very large one, neighbouring rounds."""
        wholes = []
        for depot in sorted({one.depot for one in groups}):
            ways = [way for one in groups if one.depot == depot for way in one.ways]
            middle = np.array([self.ground.points[way].mean(axis=0) for way in ways])
            part = split_stops(middle, load=[way.size for way in ways], limit=DROPS_TOGETHER)
            members = [np.flatnonzero(part == number).tolist() for number in range(int(part.max()) + 1)]
            wholes += [_Rounds(depot, [ways[place] for place in some]) for some in members]
        return wholes

    def _search_all(self, several: list[_Rounds], *, until: float) -> None:
        """Search each for its share of the time, by its drops, in threads: the search leaves the interpreter's lock."""
        waiting = sum(way.size for one in several for way in one.ways)
        begun = min(1.0, self.control.elapsed_s / self.budget_s) if self.budget_s else 1.0
        in_all, lock = waiting, Lock()

        def search(one: _Rounds) -> None:
            nonlocal waiting
            drops = sum(way.size for way in one.ways)
            with lock:
                left = 0.0 if self.control.should_stop() else until * self.budget_s - self.control.elapsed_s
                seconds = THREADS * left * drops / waiting
            if seconds >= LEAST_S and drops > 1:
                self._search(one, min(seconds, left))
            with lock:
                waiting -= drops
                self.control.report(Progress("rounds", begun + (until - begun) * (1 - waiting / in_all)))

        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(search, several):
                pass

    def _search(self, one: _Rounds, seconds: float) -> None:
        drops = np.concatenate(one.ways)
        crew = len(one.ways) + 1
        model = PyvrpModel(self.ground.problem(drops, one.depot, crew), servable=np.ones(drops.size, bool))
        ends = np.cumsum([way.size for way in one.ways])
        start = [list(range(end - way.size, end)) for way, end in zip(one.ways, ends.tolist(), strict=True)]
        stopping = Stopping(self.control, seconds)
        found = improve(model, [*start, []], stopping, seed=self.seed % 2**31, settings=SearchSettings())
        ways = [drops[np.array(stops, np.int64)] for stops in found or [] if stops]
        after = _Rounds(one.depot, ways)
        if sum(way.size for way in ways) == drops.size and self._metres([after]) < self._metres([one]):
            one.ways = ways


def _cut(points: Places, drops: IntArray, limit: int) -> list[IntArray]:
    part = split_stops(points[drops], limit=limit)
    return [drops[part == number] for number in range(int(part.max(initial=-1)) + 1)]


def _in_turn(points: Places, drops: IntArray, depot: Places) -> IntArray:
    """The drops in order, each time the nearest one left."""
    left, here, order = drops.tolist(), depot, []
    while left:
        nearest = int(np.hypot(*(points[left] - here).T).argmin())
        order.append(left.pop(nearest))
        here = points[order[-1]]
    return np.array(order, np.int64)


def _places(name: str, given: ArrayLike) -> Places:
    places = np.asarray(given, float).reshape(-1, 2) if np.size(given) == 0 else np.asarray(given, float)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise ValueError(f"Expected finite {name} of shape (n, 2).")
    return places
