"""
A survey of the city before it is cut up: one need in many, matched across the whole city, tells where help must
come from.

A zone cut by the map alone may have too few visits of some skill while the next has too many; thousands of people
would have to be moved across its border afterwards. The survey's prices are an estimate of the city's: each need joins
the zone of the responder that is cheapest for it at these prices, so that zones can serve their own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from juxing_engine.city_matching.soft_penalties import soft_penalties
from juxing_engine.city_matching.zones import Zone, with_needs_at
from juxing_engine.control import Control
from juxing_engine.matching.cost import plan_cost
from juxing_engine.matching.ground import lay_ground
from juxing_engine.matching.pricing import Pricing
from juxing_engine.matching.problem import UNSERVED, Bits, Integers, MatchingProblem, Metres, pair_cost_range
from juxing_engine.matching.solve import match

SURVEYED_NEEDS = 25_000
"""About so many needs are asked."""


def survey_problem(problem: MatchingProblem, surveyed_needs: int) -> tuple[MatchingProblem, Integers]:
    """
    The city in small: every k-th need and one k-th of each capacity, spread evenly over skills and places.

    Returns the problem, with all responders (some without a visit), and the needs in it.
    """
    k = max(1, round(problem.needs / surveyed_needs))
    needs = np.sort(_by_skill_and_place(problem.required_skills, problem.need_xy_m)[k // 2 :: k])
    order = _by_skill_and_place(problem.held_skills, problem.responder_xy_m)
    up_to = np.cumsum(np.minimum(problem.capacity[order], problem.needs)) // k
    capacity = np.zeros(problem.responders, dtype=np.int64)
    capacity[order] = np.diff(up_to, prepend=0)
    kept = np.isin(problem.adjusted_pairs[:, 0], needs)
    declined = problem.forbidden_pairs[np.isin(problem.forbidden_pairs[:, 0], needs)]
    small = replace(
        problem,
        need_xy_m=problem.need_xy_m[needs],
        capacity=capacity,
        unserved_penalty=problem.unserved_penalty[needs],
        required_skills=problem.required_skills[needs],
        needed_languages=problem.needed_languages[needs],
        priority_weight=problem.priority_weight[needs],
        current_responder=problem.current_responder[needs],
        load_cost=problem.load_cost[::k] if problem.load_cost.size else problem.load_cost,
        forbidden_pairs=_renumbered(declined, needs),
        adjusted_pairs=_renumbered(problem.adjusted_pairs[kept], needs),
        pair_adjustment=problem.pair_adjustment[kept],
    )
    return small, needs


def zones_by_survey(
    problem: MatchingProblem, zones: list[Zone], control: Control, surveyed_needs: int = SURVEYED_NEEDS
) -> tuple[list[Zone], Integers]:
    """
    Return the same zones of responders, with each need in the zone where the survey says it is best served, and
    the soft penalties to begin with.
    """
    if len(zones) < 2 or not problem.responders:
        return zones, problem.unserved_penalty
    small, _ = survey_problem(problem, surveyed_needs)
    small = replace(small, unserved_penalty=soft_penalties(small, pair_cost_range(small)[1]))
    surveyed = match(small, control=Control(budget_s=control.budget_s, is_cancelled=control.is_cancelled))
    prices = surveyed.prices
    typical = max(1, plan_cost(replace(small, unserved_penalty=0 * small.unserved_penalty), surveyed.responder_of))
    soft = soft_penalties(problem, typical // max(1, surveyed.served))
    choice = cheapest(replace(problem, capacity=small.capacity, load_cost=small.load_cost), prices)
    return with_needs_at(problem, zones, choice), soft


def cheapest(problem: MatchingProblem, prices: Integers) -> Integers:
    """For each need the responder of least ``cost + price`` below its penalty; ``UNSERVED`` if there is none."""
    ground = lay_ground(problem)
    turn = ground.responder_order
    price = prices[turn].copy()
    need, responder, cost = Pricing(ground, 1).pairs_below(price, ground.penalty)
    total = cost + price[responder]
    best = np.lexsort((responder, total, need))
    first = best[np.flatnonzero(np.diff(need[best], prepend=-1))]
    choice = np.full(problem.needs, UNSERVED, dtype=np.int64)
    choice[ground.need_order[need[first]]] = turn[responder[first]]
    return choice


def _by_skill_and_place(skills: Bits, xy_m: Metres) -> Integers:
    """Order by skills, and among equals along a curve that keeps neighbours together."""
    return np.lexsort((_along_curve(xy_m), skills))


def _along_curve(xy_m: Metres) -> npt.NDArray[np.uint64]:
    """Place of each point on a Z-order curve of 2**16 steps a side."""
    extent = float(np.ptp(xy_m, axis=0).max(initial=0.0)) + 1.0
    steps = ((xy_m - xy_m.min(axis=0, initial=np.inf)) / extent * 65_535).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        steps = (steps | (steps << np.uint64(shift))) & np.uint64(mask)
    curve: npt.NDArray[np.uint64] = steps[:, 0] | (steps[:, 1] << np.uint64(1))
    return curve


def _renumbered(pairs: Integers, needs: Integers) -> Integers:
    return np.column_stack([np.searchsorted(needs, pairs[:, 0]), pairs[:, 1]])
