"""The front door of city matching: cut, solve the zones, join them, repair what is left, prove."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from juxing_engine.city_matching.bound import city_bound
from juxing_engine.city_matching.levels import join_levels, solve_zones, start_of
from juxing_engine.city_matching.repair import Repair, change_penalties, plan_of, repair_borders
from juxing_engine.city_matching.result import CityMatching
from juxing_engine.city_matching.stitching import stitch
from juxing_engine.city_matching.survey import zones_by_survey
from juxing_engine.city_matching.workers import Cluster, hired
from juxing_engine.city_matching.zone_solver import known_of
from juxing_engine.city_matching.zones import NEEDS_PER_ZONE, Zone, cut_into_zones
from juxing_engine.control import Control, Progress
from juxing_engine.matching.cost import plan_cost
from juxing_engine.matching.exact import complete_greedily
from juxing_engine.matching.ground import Ground, lay_ground
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import empty_rows
from juxing_engine.matching.solve import summarise


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
    with hired(cluster or Cluster()) as solver:
        solved = solve_zones(softened, zones, solver, control)
        clock.stop("zones")
        join_levels(softened, solved, solver, control)
        clock.stop("join")
    ground = lay_ground(problem)
    if solved.solved < len(zones):
        _complete(ground, solved.responder_of)
    whole = Zone(np.arange(problem.needs), np.arange(problem.responders))
    start = start_of(solved, whole, range(len(solved.zones)))
    first_plan = solved.first_plan if solved.solved == len(zones) else start.responder_of
    objective = plan_cost(problem, first_plan)
    control.report(Progress("stitch", 0.7, objective))
    repair = Repair(softened, *stitch(softened, start.responder_of, start.prices, start.ties))
    known = known_of(softened, start) if solved.solved == len(zones) else None
    clock.stop("stitch")
    repair_borders(ground, repair, control, gap_goal / 4, known)
    change_penalties(repair, problem.unserved_penalty)
    clock.stop("repair")
    repair_borders(ground, repair, control, gap_goal)
    responder_of = plan_of(repair.arcs, problem.needs, problem.needs + problem.responders)
    if not repair.is_complete:
        _complete(ground, responder_of)
    clock.stop("true_penalties")
    prices, bound = _best_prices(problem, repair, start.prices)
    clock.stop("prove")
    matching = summarise(problem, responder_of, prices, bound=bound, method="zones_and_repair", seconds=clock.seconds)
    control.report(Progress("prove", 1.0, matching.objective, matching.bound))
    return CityMatching(
        matching=matching,
        travel=matching.objective - int(problem.unserved_penalty[responder_of == UNSERVED].sum()),
        zones=len(zones),
        zones_solved=solved.solved,
        stitched_objective=objective,
        changed_by_repair=np.flatnonzero(responder_of != first_plan),
        rounds=repair.rounds,
        pivots=repair.pivots,
        pivots_of_levels=solved.pivots,
        is_complete=repair.is_complete,
        zone_cpu_s=solved.cpu_s,
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


def _best_prices(problem: MatchingProblem, repair: Repair, before: Integers) -> tuple[Integers, int]:
    """Prices of the repair with what they prove; of a repair cut short, those of before where they prove more."""
    prices = np.where(problem.capacity > 0, repair.basis.potential[problem.needs : -1], 0).astype(np.int64)
    bound = city_bound(problem, prices)
    if repair.is_complete:
        return prices, bound
    other = city_bound(problem, before)
    return (prices, bound) if bound >= other else (before, other)
