"""
Why a plan is as it is: for each visit its cost and the runner-up, for each unserved need what stood in
the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from juxing_engine.matching import cost
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem, Metres
from juxing_engine.matching.result import Matching

PAIRS_AT_ONCE = 2_000_000


class BindingConstraint(StrEnum):
    """What keeps a need unserved; the first that applies, in this order."""

    NOBODY_QUALIFIED = "nobody_qualified"
    NO_CAPACITY = "no_capacity"
    OUT_OF_REACH = "out_of_reach"
    ALL_DECLINED = "all_declined"
    COSTS_MORE_THAN_PENALTY = "costs_more_than_penalty"
    CAPACITY_USED_BY_HIGHER_PRIORITY = "capacity_used_by_higher_priority"
    CAPACITY_USED_BY_OTHERS = "capacity_used_by_others"


@dataclass(frozen=True, slots=True)
class CostParts:
    """
    What a visit costs and why, in metre-equivalents; they sum to `total`. `walking_m` is the way itself.
    """

    walking_m: float
    distance: int
    language: int
    adjustment: int
    stability: int

    @property
    def total(self) -> int:
        """Cost of the pair, without the responder's load."""
        return self.distance + self.language + self.adjustment + self.stability


@dataclass(frozen=True, slots=True)
class Alternative:
    """
    Another responder for the same need.

    Parameters
    ----------
    responder
        Index of the responder.
    extra_cost
        Metre-equivalents this pair costs more than the chosen one; negative when the pair alone would be
        cheaper and the plan as a whole dearer.
    extra_walking_m
        Metres this responder would walk more (negative: less).
    """

    responder: int
    extra_cost: int
    extra_walking_m: float


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why one need has this responder, or none.

    Parameters
    ----------
    need, responder
        Indices; responder is ``UNSERVED`` when nobody comes.
    parts
        Cost of the chosen pair; None when unserved.
    runner_up
        Cheapest other compatible responder by the pair's own cost, free or not; None if there is no other.
    runner_up_in_plan
        Other responder who would cost the *plan* least, with `extra_cost` counting what the visit is worth
        elsewhere (prices): a proven minimum of what choosing them would add. None if there is no other.
    binding
        For an unserved need, what stood in the way; else None.
    """

    need: int
    responder: int
    parts: CostParts | None
    runner_up: Alternative | None
    runner_up_in_plan: Alternative | None
    binding: BindingConstraint | None


def reasons(problem: MatchingProblem, matching: Matching, needs: Integers | None = None) -> list[Reason]:
    """
    Explain a plan, need by need.

    Parameters
    ----------
    needs
        Indices to explain; all when None. Each costs one look at every responder, so ask for the page you
        show: about 1 ms a need at 5,700 responders.
    """
    wanted = np.arange(problem.needs) if needs is None else np.asarray(needs, dtype=np.int64).reshape(-1)
    rows = max(1, PAIRS_AT_ONCE // max(1, problem.responders))
    found: list[Reason] = []
    for start in range(0, wanted.size, rows):
        found.extend(_explain(problem, matching, wanted[start : start + rows]))
    return found


def _explain(problem: MatchingProblem, matching: Matching, needs: Integers) -> list[Reason]:
    everyone = np.arange(problem.responders)
    costs = cost.possible_costs(problem, needs[:, None], everyone)
    walks_m = cost.walking_m(problem, needs[:, None], everyone)
    priced = np.where(costs == cost.IMPOSSIBLE, cost.IMPOSSIBLE, costs + matching.prices)
    found = []
    for row, need in enumerate(needs):
        chosen = int(matching.responder_of[need])
        binding = None
        penalty = int(problem.unserved_penalty[need])
        if chosen == UNSERVED:
            binding = binding_constraint(problem, matching, int(need), costs[row])
        found.append(
            Reason(
                need=int(need),
                responder=chosen,
                parts=None if chosen == UNSERVED else cost_parts(problem, int(need), chosen),
                runner_up=_alternative(costs[row], walks_m[row], chosen, penalty),
                runner_up_in_plan=_alternative(priced[row], walks_m[row], chosen, int(problem.unserved_penalty[need])),
                binding=binding,
            )
        )
    return found


def cost_parts(problem: MatchingProblem, need: int, responder: int) -> CostParts:
    """Break the cost of one pair into its parts."""
    i, j = np.array([need]), np.array([responder])
    return CostParts(
        walking_m=float(cost.walking_m(problem, i, j)[0]),
        distance=int(cost.distance_costs(problem, i, j)[0]),
        language=int(cost.language_costs(problem, i, j)[0]),
        adjustment=int(cost.adjustments(problem, i, j)[0]),
        stability=-int(cost.stability_savings(problem, i, j)[0]),
    )


def binding_constraint(problem: MatchingProblem, matching: Matching, need: int, costs: Integers) -> BindingConstraint:
    """First constraint that keeps this need unserved; `costs` is its row of `possible_costs`."""
    everyone = np.arange(problem.responders)
    row = np.full(problem.responders, need)
    qualified = cost.are_qualified(problem, row, everyone)
    if not qualified.any():
        return BindingConstraint.NOBODY_QUALIFIED
    able = qualified & (problem.capacity > 0)
    if not able.any():
        return BindingConstraint.NO_CAPACITY
    near = able & cost.are_within_reach(problem, row, everyone)
    if not near.any():
        return BindingConstraint.OUT_OF_REACH
    if not (costs != cost.IMPOSSIBLE).any():
        return BindingConstraint.ALL_DECLINED
    penalty = int(problem.unserved_penalty[need])
    worthwhile = costs + cost.load_cost_of(problem, np.zeros_like(everyone)) < penalty
    if not worthwhile.any():
        return BindingConstraint.COSTS_MORE_THAN_PENALTY
    holders = np.isin(matching.responder_of, np.flatnonzero(worthwhile))
    if holders.any() and problem.unserved_penalty[holders].min() > penalty:
        return BindingConstraint.CAPACITY_USED_BY_HIGHER_PRIORITY
    return BindingConstraint.CAPACITY_USED_BY_OTHERS


def _alternative(costs: Integers, walks_m: Metres, chosen: int, penalty: int) -> Alternative | None:
    others = costs.copy()
    if chosen != UNSERVED:
        others[chosen] = cost.IMPOSSIBLE
    best = int(np.argmin(others)) if others.size else UNSERVED
    if best == UNSERVED or others[best] == cost.IMPOSSIBLE:
        return None
    if chosen == UNSERVED:
        return Alternative(best, int(others[best]) - penalty, float(walks_m[best]))
    return Alternative(best, int(others[best] - costs[chosen]), float(walks_m[best] - walks_m[chosen]))
