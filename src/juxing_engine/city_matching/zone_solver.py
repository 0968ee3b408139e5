"""Solving one zone; runs in another process or on another machine, so what goes in and out is small and plain."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from juxing_engine.city_matching.repair import Known, Repair, idle_ties, plan_of, repair_borders
from juxing_engine.city_matching.stitching import stitch
from juxing_engine.control import Control
from juxing_engine.matching.cost import pair_costs
from juxing_engine.matching.ground import lay_ground
from juxing_engine.matching.pricing import Pricing
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.solve import match

TIES = 4
"""Cheapest pairs of a need looked through for ties with the one in use."""


@dataclass(frozen=True, slots=True, eq=False)
class ZoneStart:
    """
    What is known of a zone put together from solved parts: plan, prices, ties, and the part of each.

    ``is_proven`` says that no pair within a part undercuts what its need pays at these prices.
    """

    responder_of: Integers
    prices: Integers
    ties: tuple[Integers, Integers]
    parts: tuple[Integers, Integers]
    is_proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class ZoneTask:
    """One zone's problem, the wall seconds it may take (None is without limit), and what is known of it."""

    problem: MatchingProblem
    budget_s: float | None
    start: ZoneStart | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ZoneAnswer:
    """
    A zone's plan and prices, and its ties: pairs outside the plan as cheap to their need as the one in use.

    Ties are needs and responders, as indices of the zone's problem; they are what a basis is rebuilt from.
    """

    responder_of: Integers
    prices: Integers
    ties: tuple[Integers, Integers]
    is_proven: bool
    cpu_s: float
    rounds: int = 0
    pivots: int = 0


def solve_zone(task: ZoneTask) -> ZoneAnswer:
    """Match a zone within itself, exactly unless the budget ends first."""
    return _from_nothing(task) if task.start is None else _from_parts(task, task.start)


def _from_nothing(task: ZoneTask) -> ZoneAnswer:
    begun = time.process_time()
    problem = task.problem
    matching = match(problem, control=Control(budget_s=task.budget_s))
    return ZoneAnswer(
        responder_of=matching.responder_of,
        prices=matching.prices,
        ties=ties(problem, matching.responder_of, matching.prices),
        is_proven=matching.is_optimal,
        cpu_s=time.process_time() - begun,
    )


def _from_parts(task: ZoneTask, start: ZoneStart) -> ZoneAnswer:
    """Join the parts' bases, and repair along their borders."""
    begun = time.process_time()
    problem = task.problem
    repair = Repair(problem, *stitch(problem, start.responder_of, start.prices, start.ties))
    repair_borders(lay_ground(problem), repair, Control(budget_s=task.budget_s), known=known_of(problem, start))
    potential = repair.basis.potential[problem.needs : -1]
    return ZoneAnswer(
        responder_of=plan_of(repair.arcs, problem.needs, problem.needs + problem.responders),
        prices=np.where(problem.capacity > 0, potential, 0).astype(np.int64),
        ties=idle_ties(repair),
        is_proven=repair.is_complete,
        cpu_s=time.process_time() - begun,
        rounds=repair.rounds,
        pivots=repair.pivots,
    )


def known_of(problem: MatchingProblem, start: ZoneStart) -> Known | None:
    """What need not be looked for again; None if something must."""
    if not start.is_proven:
        return None
    return Known(start.prices, _pays(problem, start.responder_of, start.prices), start.parts)


def ties(problem: MatchingProblem, responder_of: Integers, prices: Integers) -> tuple[Integers, Integers]:
    """Pairs outside the plan whose ``cost + price`` is at most what the need pays, as needs and responders."""
    if not (problem.needs and problem.responders):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    pays = _pays(problem, responder_of, prices)
    ground = lay_ground(problem)
    order, turn = ground.need_order, ground.responder_order
    tail, head, _ = Pricing(ground, TIES).pairs_below(prices[turn].copy(), pays[order] + 1)
    need, responder = order[tail], turn[head]
    other = responder_of[need] != responder
    return need[other], responder[other]


def _pays(problem: MatchingProblem, responder_of: Integers, prices: Integers) -> Integers:
    """Cost and price of each need's visit, or its penalty if that is less."""
    pays = problem.unserved_penalty.copy()
    served = np.flatnonzero(responder_of != UNSERVED)
    chosen = responder_of[served]
    pays[served] = np.minimum(pays[served], pair_costs(problem, served, chosen) + prices[chosen])
    return pays
