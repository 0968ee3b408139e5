"""Planning delivery rounds (配送路线) within a budget."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from juxing_engine.control import Control, Progress
from juxing_engine.routing.beside import SearchBeside
from juxing_engine.routing.bound import lower_bound
from juxing_engine.routing.clusters import neighbouring_couriers
from juxing_engine.routing.first_rounds import first_rounds, keeps_rules
from juxing_engine.routing.local_search import SearchSettings, Stopping, improve
from juxing_engine.routing.plan import DeliveryRound, RoundPlan, SkipReason, plan_cost, walk_through
from juxing_engine.routing.problem import REQUIRED, IntArray, RoundProblem
from juxing_engine.routing.pyvrp_model import PyvrpModel, servable_stops

SPLIT_ABOVE = 700
"""Free stops above which the whole is searched only at first, and then by neighbourhoods."""

WHOLE_SHARE = 0.7
"""Share of the time for the whole before that: too short a start costs more than parts can win back."""

PART_STOPS = 200
"""Stops searched at once after that."""

RESTART_BELOW = 20
"""Free stops up to which the search begins anew several times."""

RESTARTS = 8
"""How many times."""

WHOLE_ABOVE = 3_000
"""Free stops above which the whole is never searched at once: its matrices would not fit."""

BESIDE_ABOVE = 40
"""Free stops above which a second search runs beside the first; below, one finds what there is."""

BOUND_SHARE = 0.03
"""Share of the budget spent on the lower bound."""

DEFAULT_BUDGET_S = 10.0
"""Wall seconds when the control names none: the search has no end of its own."""


def plan_rounds(
    problem: RoundProblem,
    *,
    control: Control | None = None,
    seed: int = 0,
    settings: SearchSettings | None = None,
    steps: int | None = None,
) -> RoundPlan:
    """
    Plan rounds that keep every rule, as cheap as the budget allows.

    Every stop ends on one round or among the skipped, with its reason; required stops are skipped only if
    nobody can serve them or no complete plan was found. Locked stops stay first on their courier's round.

    Parameters
    ----------
    problem
        What to plan.
    control
        Budget (10 s if it names none), progress, cancellation. With a budget of zero the first rounds of
        `first_rounds` are returned.
    seed
        Same seed and same number of steps, same plan.
    settings
        How the search moves.
    steps
        Most steps of each search on the whole problem, none by parts; makes the answer independent of the
        machine.

    Notes
    -----
    First rounds by cheapest insertion, kept only if nothing better is found: the search begins elsewhere,
    because from them it rarely gets rid of a round too many. Iterated local search (PyVRP) on the whole;
    above `SPLIT_ABOVE` stops then on neighbouring rounds of about `PART_STOPS` stops, drawn at random, each
    part kept only if it became cheaper. Beside it, in a thread, the same search with the library's own
    settings: the better of the two is the answer. The bound is that of `lower_bound`: valid, and loose where
    rounds are long: it limits regret, it proves no optimum.
    """
    run = _Run(problem, control or Control(), seed, settings or SearchSettings(), steps)
    run.search()
    return run.result()


@dataclass(slots=True)
class _Run:
    """One planning run and the best rounds so far."""

    problem: RoundProblem
    control: Control
    seed: int
    settings: SearchSettings
    steps: int | None
    rounds: list[list[int]] = None  # type: ignore[assignment]
    cost: int = 0
    steps_done: int = 0
    parts: int = 0
    servable: np.ndarray = None  # type: ignore[assignment]
    beside: SearchBeside | None = None
    seconds: dict[str, float] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        started = time.perf_counter()
        locked = np.array([stop for who in self.problem.couriers for stop in who.locked], np.int64)
        self.servable = servable_stops(self.problem)[2]
        self.servable[locked] = True
        if BESIDE_ABOVE < self.servable.sum() <= WHOLE_ABOVE and self.time_left > 0:
            self.beside = SearchBeside(self.problem, self.servable, self.seed)
            self.beside.start(self.time_left + BOUND_SHARE * self.budget_s, self.steps)
        self.rounds = first_rounds(self.problem)
        self.cost = rounds_cost(self.problem, self.rounds)
        self.seconds = {"first rounds": time.perf_counter() - started}

    @property
    def budget_s(self) -> float:
        return DEFAULT_BUDGET_S if self.control.budget_s is None else self.control.budget_s

    @property
    def time_left(self) -> float:
        return max(0.0, self.budget_s - self.control.elapsed_s) - BOUND_SHARE * self.budget_s

    def search(self) -> None:
        started = time.perf_counter()
        free = int(self.servable.sum())
        is_large = free > SPLIT_ABOVE and self.steps is None
        if free <= RESTART_BELOW:
            self._search_anew()
        elif free <= WHOLE_ABOVE:
            self._search_whole(self.time_left * (WHOLE_SHARE if is_large else 1.0), self.steps)
        if is_large:
            self._search_parts()
        self.seconds["search"] = time.perf_counter() - started

    def _search_anew(self) -> None:
        """Few stops: the search settles at once, so new beginnings find more than more steps."""
        steps = None if self.steps is None else -(-self.steps // RESTARTS)
        for attempt in range(RESTARTS):
            self._search_whole(self.time_left / (RESTARTS - attempt), steps, attempt=attempt)

    def _search_whole(self, seconds: float, steps: int | None, *, attempt: int = 0) -> None:
        if seconds <= 0:
            return
        missing = np.setdiff1d(np.flatnonzero(self.servable), _served(self.rounds))
        is_complete = not np.any(self.problem.skip_penalty[missing] == REQUIRED)
        ends = time.monotonic() + seconds
        for may_be_left in (False, True):
            model = PyvrpModel(self.problem, servable=self.servable, required_may_be_left=may_be_left)
            if model.is_empty:
                return
            patience = 1.0 if may_be_left or is_complete else 0.5
            left = ends - time.monotonic()
            stopping = Stopping(self.control, left, steps, self._report, patience)
            seed = (self.seed + attempt) % 2**31
            found = improve(model, None, stopping, seed=seed, settings=self.settings)
            self.steps_done += stopping.done
            if found is not None:
                self._keep(found)
                return

    def _search_parts(self) -> None:
        """Search neighbouring rounds together until the time is up."""
        slice_s = max(0.1, self.time_left / 12)
        while self.time_left > 0.01 and not self.control.should_stop():
            self.parts += 1
            seed = self.seed * 1_000_003 + self.parts
            couriers = neighbouring_couriers(self.problem, self.rounds, size=PART_STOPS, seed=seed)
            if not couriers:
                return
            self._search_part(np.array(couriers, np.int64), min(slice_s, self.time_left), seed)
            self._report(self.steps_done)

    def _search_part(self, couriers: IntArray, seconds: float, seed: int) -> None:
        members = [stop for courier in couriers.tolist() for stop in self._free(courier)]
        stops = np.array(members, np.int64)
        part = self.problem.part(stops, couriers)
        number = {stop: place for place, stop in enumerate(part.names.tolist())}
        model = PyvrpModel(part.problem, servable=np.ones(part.problem.stops, bool))
        start = [[number[stop] for stop in self.rounds[courier]] for courier in couriers.tolist()]
        stopping = Stopping(self.control, seconds)
        found = improve(model, start, stopping, seed=seed % 2**31, settings=self.settings)
        self.steps_done += stopping.done
        if found is None:
            return
        trial = list(self.rounds)
        for courier, stops_found in zip(couriers.tolist(), found, strict=True):
            trial[courier] = part.names[stops_found].tolist()
        self._keep(trial)

    def _free(self, courier: int) -> list[int]:
        return self.rounds[courier][len(self.problem.couriers[courier].locked) :]

    def _keep(self, rounds: list[list[int]]) -> None:
        cost = rounds_cost(self.problem, rounds)
        if cost < self.cost:
            self.rounds, self.cost = rounds, cost

    def _report(self, _steps: int) -> None:
        fraction = min(1.0, self.control.elapsed_s / self.budget_s) if self.budget_s else 1.0
        self.control.report(Progress("rounds", fraction, self.cost))

    def _join(self) -> None:
        """Take what the search beside has found; it may use the whole budget, the bound is worked out meanwhile."""
        if self.beside is None:
            return
        is_cancelled = self.control.is_cancelled
        found, done = self.beside.end(now=is_cancelled is not None and is_cancelled())
        self.steps_done += done
        if found is not None:
            self._keep(found)

    def result(self) -> RoundPlan:
        started = time.perf_counter()
        bound = lower_bound(self.problem, required=self.servable, seconds=BOUND_SHARE * self.budget_s)
        self.seconds["bound"] = time.perf_counter() - started
        self._join()
        rounds = walked_rounds(self.problem, self.rounds)
        skipped = skip_reasons(self.problem, self.rounds)
        cost = plan_cost(self.problem, rounds, skipped)
        unavoidable = [stop for stop in skipped if not self.servable[stop]]
        bound += plan_cost(self.problem, [], unavoidable)
        self.control.report(Progress("rounds", 1.0, cost, bound))
        return RoundPlan(rounds, skipped, cost, min(bound, cost), self.steps_done, self.seconds)


def _served(rounds: list[list[int]]) -> IntArray:
    return np.array([stop for stops in rounds for stop in stops], np.int64)


def walked_rounds(problem: RoundProblem, rounds: list[list[int]]) -> tuple[DeliveryRound, ...]:
    """Rounds with their times, for couriers that go out."""
    return tuple(walk_through(problem, courier, stops) for courier, stops in enumerate(rounds) if stops)


def rounds_cost(problem: RoundProblem, rounds: list[list[int]]) -> int:
    """Objective of these rounds, every other stop skipped."""
    skipped = np.setdiff1d(np.arange(problem.stops), _served(rounds))
    return plan_cost(problem, walked_rounds(problem, rounds), skipped.tolist())


def skip_reasons(problem: RoundProblem, rounds: list[list[int]]) -> dict[int, SkipReason]:
    """Why each stop that is on no round is on none."""
    may, fits, in_time = servable_stops(problem)
    reasons: dict[int, SkipReason] = {}
    for stop in np.setdiff1d(np.arange(problem.stops), _served(rounds)).tolist():
        if not may[stop]:
            reasons[stop] = SkipReason.NOBODY_MAY
        elif not fits[stop]:
            reasons[stop] = SkipReason.TOO_LARGE
        elif not in_time[stop]:
            reasons[stop] = SkipReason.OUT_OF_TIME
        else:
            reasons[stop] = SkipReason.NOT_WORTH if _fits_somewhere(problem, rounds, stop) else SkipReason.NO_ROOM
    return reasons


def _fits_somewhere(problem: RoundProblem, rounds: list[list[int]], stop: int) -> bool:
    """Whether a stop could be added to a round as it is, at any position."""
    for courier, stops in enumerate(rounds):
        if not problem.may_serve(courier)[stop]:
            continue
        first = len(problem.couriers[courier].locked)
        longer = ([*stops[:place], stop, *stops[place:]] for place in range(first, len(stops) + 1))
        if any(keeps_rules(problem, courier, order) for order in longer):
            return True
    return False
