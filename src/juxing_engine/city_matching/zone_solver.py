"""Solving one zone; runs in another process or on another machine, so what goes in and out is small and plain."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from juxing_engine.control import Control
from juxing_engine.matching.ground import lay_ground
from juxing_engine.matching.pricing import Pricing
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.solve import match

TIES = 4
"""Cheapest pairs of a need looked through for ties with the one in use."""


@dataclass(frozen=True, slots=True, eq=False)
class ZoneTask:
    """One zone's problem and the wall seconds it may take; None is without limit."""

    problem: MatchingProblem
    budget_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ZoneAnswer:
    """
    A zone's plan and prices, and its ties: pairs outside the plan as cheap to their need as the one in use.

    `need_of_tie` and `responder_of_tie` are indices of the zone's problem; the ties are what a basis is rebuilt from.
    """

    responder_of: Integers
    prices: Integers
    need_of_tie: Integers
    responder_of_tie: Integers
    gap: int
    seconds: float
    cpu_s: float


def solve_zone(task: ZoneTask) -> ZoneAnswer:
    """Match a zone within itself, exactly unless the budget ends first."""
    begun, cpu_begun = time.perf_counter(), time.process_time()
    problem = task.problem
    matching = match(problem, control=Control(budget_s=task.budget_s))
    need, responder = ties(problem, matching.responder_of, matching.prices)
    return ZoneAnswer(
        responder_of=matching.responder_of,
        prices=matching.prices,
        need_of_tie=need,
        responder_of_tie=responder,
        gap=matching.gap,
        seconds=time.perf_counter() - begun,
        cpu_s=time.process_time() - cpu_begun,
    )


def ties(problem: MatchingProblem, responder_of: Integers, prices: Integers) -> tuple[Integers, Integers]:
    """Pairs outside the plan whose ``cost + price`` is at most what the need pays, as needs and responders."""
    from juxing_engine.matching.cost import pair_costs

    if not (problem.needs and problem.responders):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    pays = problem.unserved_penalty.copy()
    served = np.flatnonzero(responder_of != UNSERVED)
    chosen = responder_of[served]
    pays[served] = np.minimum(pays[served], pair_costs(problem, served, chosen) + prices[chosen])
    ground = lay_ground(problem)
    order, turn = ground.need_order, ground.responder_order
    tail, head, _ = Pricing(ground, TIES).pairs_below(prices[turn].copy(), pays[order] + 1)
    need, responder = order[tail], turn[head]
    other = responder_of[need] != responder
    return need[other], responder[other]
