"""The front door of city matching: cut, solve the zones, stitch, prove, repair, prove again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from juxing_engine.city_matching.bound import city_bound
from juxing_engine.city_matching.repair import Repair, change_penalties, plan_of, repair_borders
from juxing_engine.city_matching.result import CityMatching
from juxing_engine.city_matching.stitching import stitch
from juxing_engine.city_matching.survey import zones_by_survey
from juxing_engine.city_matching.workers import solve_here, solve_in_processes, solve_on_dask
from juxing_engine.city_matching.zone_solver import ZoneAnswer, ZoneTask
from juxing_engine.city_matching.zones import NEEDS_PER_ZONE, Zone, cut_into_zones, zone_problem
from juxing_engine.control import Control, Progress
from juxing_engine.matching.cost import plan_cost
from juxing_engine.matching.exact import complete_greedily
from juxing_engine.matching.ground import Ground, lay_ground
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import empty_rows
from juxing_engine.matching.solve import summarise

ZONES_SHARE = 0.6
"""Share of the work, and of a budget, that the zones take."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    Where the zones are solved.

    Parameters
    ----------
    workers
        Processes on this machine, at least 1; 1 is this process itself. Not used with a scheduler.
    scheduler
        Address of a Dask scheduler (``tcp://host:8786``); None is this machine.
    """

    workers: int = 2
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"Expected workers >= 1, got {self.workers}.")


@dataclass(slots=True)
class _Stitched:
    """The zones' plans and prices in the city's numbers."""

    responder_of: Integers
    prices: Integers
    ties: list[tuple[Integers, Integers]] = field(default_factory=list)
    solved: int = 0
    cpu_s: float = 0.0


def match_city(
    problem: MatchingProblem,
    *,
    cluster: Cluster | None = None,
    control: Control | None = None,
    needs_per_zone: int = NEEDS_PER_ZONE,
    gap_goal: float = 0.0,
    seed: int = 0,  # noqa: ARG001
) -> CityMatching:
    """
    Match a city too large for one solve, with a proof over all its pairs.

    Parameters
    ----------
    cluster
        Where the zones are solved; two processes of this machine by default. Decides nothing about the answer.
    control
        Budget, cancellation, progress. When it ends the run, the best plan so far is returned with the gap proven so
        far; zones not yet solved are filled greedily.
    needs_per_zone
        Largest zone.
    gap_goal
        Stop when the gap is proven to be at most this share of the cost of all visits; 0.0 asks for the optimum.
    seed
        The method draws nothing at random; same problem and zones, same answer on any number of workers.

    Raises
    ------
    OSError
        If no scheduler answers.
    ValueError
        If ``needs_per_zone`` is below 1 or ``gap_goal`` negative.

    Notes
    -----
    With a goal of 0.0, left to end, the plan is optimal. See docs/algorithms/city-matching.md.
    """
    if not gap_goal >= 0:
        raise ValueError(f"Expected gap_goal >= 0, got {gap_goal}.")
    control = control or Control()
    clock = _Clock()
    zones, soft = zones_by_survey(problem, cut_into_zones(problem, needs_per_zone), control)
    softened = replace(problem, unserved_penalty=soft)
    clock.stop("survey")
    stitched = _solve_zones(softened, zones, cluster or Cluster(), control)
    clock.stop("zones")
    ground = lay_ground(problem)
    if stitched.solved < len(zones):
        _complete(ground, stitched.responder_of)
    objective = plan_cost(problem, stitched.responder_of)
    bound = city_bound(problem, stitched.prices)
    control.report(Progress("stitch", ZONES_SHARE + 0.05, objective, bound))
    clock.stop("stitch_and_prove")
    none = np.zeros(0, dtype=np.int64)
    tie_pairs = tuple(np.concatenate([none, *(pair[side] for pair in stitched.ties)]) for side in range(2))
    repair = Repair(softened, *stitch(softened, stitched.responder_of, stitched.prices, (tie_pairs[0], tie_pairs[1])))
    repair_borders(ground, repair, control, gap_goal / 4)
    change_penalties(repair, problem.unserved_penalty)
    clock.stop("repair")
    repair_borders(ground, repair, control, gap_goal)
    responder_of = plan_of(repair.arcs, problem.needs, problem.needs + problem.responders)
    if not repair.is_complete:
        _complete(ground, responder_of)
    clock.stop("true_penalties")
    prices, best_bound = _best_prices(problem, stitched.prices, bound, repair.basis.potential[problem.needs : -1])
    clock.stop("prove")
    matching = summarise(
        problem, responder_of, prices, bound=best_bound, method="zones_and_repair", seconds=clock.seconds
    )
    control.report(Progress("prove", 1.0, matching.objective, matching.bound))
    return CityMatching(
        matching=matching,
        travel=matching.objective - int(problem.unserved_penalty[responder_of == UNSERVED].sum()),
        zones=len(zones),
        zones_solved=stitched.solved,
        stitched_objective=objective,
        stitched_bound=bound,
        changed_by_repair=np.flatnonzero(responder_of != stitched.responder_of),
        rounds=repair.rounds,
        pivots=repair.pivots,
        is_complete=repair.is_complete,
        zone_cpu_s=stitched.cpu_s,
        own_cpu_s=time.process_time() - clock.cpu_begun,
    )


class _Clock:
    """Wall seconds by part, and processor seconds of this process."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_begun = time.process_time()
        self.last = time.perf_counter()

    def stop(self, part: str) -> None:
        """Give the time since the last stop to ``part``."""
        now = time.perf_counter()
        self.seconds[part], self.last = now - self.last, now


def _solve_zones(problem: MatchingProblem, zones: list[Zone], cluster: Cluster, control: Control) -> _Stitched:
    stitched = _Stitched(
        responder_of=np.full(problem.needs, UNSERVED, dtype=np.int64),
        prices=np.full(problem.responders, int(problem.load_cost[0]) if problem.load_cost.size else 0, dtype=np.int64),
    )
    budget_s = None if control.budget_s is None else max(0.0, control.remaining_s * ZONES_SHARE)
    inner = Control(budget_s=budget_s, is_cancelled=control.is_cancelled)
    tasks = [ZoneTask(zone_problem(problem, zone), budget_s) for zone in zones]
    ties: dict[int, tuple[Integers, Integers]] = {}
    for number, answer in _answers(tasks, cluster, inner):
        zone = zones[number]
        served = answer.responder_of != UNSERVED
        stitched.responder_of[zone.needs[served]] = zone.responders[answer.responder_of[served]]
        stitched.prices[zone.responders] = answer.prices
        ties[number] = (zone.needs[answer.need_of_tie], zone.responders[answer.responder_of_tie])
        stitched.solved += 1
        stitched.cpu_s += answer.cpu_s
        control.report(Progress("zones", ZONES_SHARE * stitched.solved / len(zones)))
    stitched.ties = [ties[number] for number in sorted(ties)]
    return stitched


def _answers(tasks: list[ZoneTask], cluster: Cluster, control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    if cluster.scheduler is not None:
        return solve_on_dask(tasks, cluster.scheduler, control)
    if cluster.workers == 1 or len(tasks) == 1:
        return solve_here(tasks, control)
    return solve_in_processes(tasks, cluster.workers, control)


def _complete(ground: Ground, responder_of: Integers) -> None:
    """Serve greedily whom the plan leaves out, as far as visits are free; changes the plan."""
    chosen = np.full(responder_of.size, UNSERVED, dtype=np.int64)
    number_of = np.argsort(ground.responder_order)
    in_ground = responder_of[ground.need_order]
    served = in_ground != UNSERVED
    chosen[served] = number_of[in_ground[served]]
    specials = int(np.diff(ground.special_first).max(initial=0))
    rows = empty_rows(ground, np.zeros(ground.capacity.size, dtype=np.int64), 64 + specials + chosen.size)
    complete_greedily(ground, rows, chosen)
    served = chosen != UNSERVED
    responder_of[ground.need_order[served]] = ground.responder_order[chosen[served]]


def _best_prices(
    problem: MatchingProblem, stitched: Integers, stitched_bound: int, potential: Integers
) -> tuple[Integers, int]:
    """Whichever prices prove more: the stitched ones or those of the repair."""
    prices = np.where(problem.capacity > 0, potential, 0).astype(np.int64)
    bound = city_bound(problem, prices)
    return (prices, bound) if bound >= stitched_bound else (stitched, stitched_bound)


__all__ = ["Cluster", "match_city"]
