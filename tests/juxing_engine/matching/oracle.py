"""Brute force over every plan: slow, plain, and the judge of the solvers on tiny cases."""

from itertools import product

import numpy as np

from juxing_engine.matching import UNSERVED, MatchingProblem, possible_costs
from juxing_engine.matching.cost import IMPOSSIBLE


def cheapest_plan_cost(problem: MatchingProblem) -> int:
    """Least cost over all plans, by trying each."""
    costs = possible_costs(problem, np.arange(problem.needs)[:, None], np.arange(problem.responders)).tolist()
    load = problem.load_cost.tolist() or [0] * (problem.needs + 1)
    return min(
        _cost(problem, plan, costs, load)
        for plan in product(range(UNSERVED, problem.responders), repeat=problem.needs)
        if _is_allowed(problem, plan, costs)
    )


def _is_allowed(problem: MatchingProblem, plan: tuple[int, ...], costs: list[list[int]]) -> bool:
    if any(j != UNSERVED and costs[i][j] == IMPOSSIBLE for i, j in enumerate(plan)):
        return False
    return all(plan.count(j) <= problem.capacity[j] for j in range(problem.responders))


def _cost(problem: MatchingProblem, plan: tuple[int, ...], costs: list[list[int]], load: list[int]) -> int:
    total = sum(costs[i][j] if j != UNSERVED else int(problem.unserved_penalty[i]) for i, j in enumerate(plan))
    return total + sum(sum(load[: plan.count(j)]) for j in range(problem.responders))
