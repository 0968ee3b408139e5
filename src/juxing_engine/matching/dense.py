"""
The way for small problems: the whole cost matrix, scipy's assignment, prices by longest gain; nothing to
compile.
"""

from __future__ import annotations

import numpy as np

from juxing_engine.matching.cost import IMPOSSIBLE, load_cost_of, possible_costs, visit_counts
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem, pair_cost_range

PAIRS_LIMIT = 90_000
"""Above this many pairs the compiled solver is used."""

EXACT_FLOAT_LIMIT = 2**52
"""scipy computes in 64-bit floats; below this total every integer is exact."""


def is_small(problem: MatchingProblem) -> bool:
    """Whether the problem is small enough, in pairs, visits and costs, for this way."""
    pairs = problem.needs * problem.responders
    slots = int(np.minimum(problem.capacity, problem.needs).sum())
    if pairs > PAIRS_LIMIT or problem.needs * (slots + problem.needs) > 10 * PAIRS_LIMIT:
        return False
    return _dearest(problem) * max(1, problem.needs) <= EXACT_FLOAT_LIMIT


def solve_dense(problem: MatchingProblem) -> tuple[Integers, Integers]:
    """
    Solve to proven optimality; return ``responder_of`` and the certificate's prices.

    Notes
    -----
    A responder becomes one column per visit, a need may also take one of ``needs`` columns "unserved". Ties
    are broken by scipy's fixed order of rows and columns. Memory grows with ``needs x (visits + needs)``.
    """
    from scipy.optimize import linear_sum_assignment

    needs = np.arange(problem.needs)
    costs = possible_costs(problem, needs[:, None], np.arange(problem.responders))
    visits = np.minimum(problem.capacity, problem.needs)
    owner = np.repeat(np.arange(problem.responders), visits)
    visit = np.arange(owner.size) - np.repeat(np.cumsum(visits) - visits, visits)
    matrix = np.empty((problem.needs, owner.size + problem.needs), dtype=np.float64)
    columns = costs[:, owner]
    matrix[:, : owner.size] = np.where(columns == IMPOSSIBLE, np.inf, columns + load_cost_of(problem, visit))
    matrix[:, owner.size :] = problem.unserved_penalty[:, None]
    _, column = linear_sum_assignment(matrix)
    responder_of = np.append(owner, UNSERVED)[np.minimum(column, owner.size)].astype(np.int64)
    return responder_of, longest_gain_prices(problem, responder_of, costs)


def longest_gain_prices(problem: MatchingProblem, responder_of: Integers, costs: Integers) -> Integers:
    """
    Least prices under which nobody in an optimal plan would rather change.

    Parameters
    ----------
    responder_of
        An optimal plan; with another the answer is still a valid certificate, but of a worse bound.
    costs
        Full matrix of `possible_costs`.

    Notes
    -----
    A price must reach the load cost of the responder's last visit and what an unserved need would gain; and
    a need at ``j`` must not gain by going to ``k``: ``p_k >= p_j + c_ij - c_ik``. The least solution is the
    longest path to each responder (Bellman-Ford); an optimal plan has no cycle of gain, so it ends within
    ``responders`` rounds.
    """
    served = responder_of != UNSERVED
    visits = visit_counts(problem, responder_of)
    prices: Integers = load_cost_of(problem, np.maximum(visits - 1, 0))
    wanted = np.where(costs[~served] == IMPOSSIBLE, 0, problem.unserved_penalty[~served, None] - costs[~served])
    prices = np.maximum(prices, wanted.max(axis=0, initial=0))
    if not served.any():
        return prices
    chosen = responder_of[served]
    paid = np.take_along_axis(costs[served], chosen[:, None], axis=1)
    gain = np.where(costs[served] == IMPOSSIBLE, -IMPOSSIBLE, paid - costs[served])
    for _ in range(problem.responders + 1):
        raised: Integers = np.maximum(prices, (prices[chosen][:, None] + gain).max(axis=0))
        if np.array_equal(raised, prices):
            break
        prices = raised
    return prices


def _dearest(problem: MatchingProblem) -> int:
    least, greatest = pair_cost_range(problem)
    dearest = max(abs(least), abs(greatest)) + int(problem.load_cost.max(initial=0))
    return max(dearest, int(problem.unserved_penalty.max(initial=0)))
