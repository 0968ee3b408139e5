"""
The separate verifier: from prices alone, a cost no plan can undercut, checked against every pair.

It knows nothing of how the plan was found and leaves out no pair, so a mistake of the solver's pruning
cannot hide.

Notes
-----
Let a plan pay every responder ``j`` a price ``p_j`` per visit and take the same prices back. Visits paid:
each need costs at least the cheaper of its penalty and its best ``c_ij + p_j``. Visits taken back: a
responder making ``n`` visits costs the first ``n`` load costs less ``n p_j``, at least the sum of all
negative ``l_k - p_j``, because load costs never fall. Adding up, for *any* integer prices,

``bound = Σ_i min(penalty_i, min_j (c_ij + p_j)) - Σ_j Σ_{k <= capacity_j} max(0, p_j - l_k)``

is at most the cost of every plan. This is Lagrangian duality for the constraint that links a responder's
visits to the needs; the constraint matrix is totally unimodular, so the best integer prices close the gap
completely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.matching.cost import IMPOSSIBLE, plan_cost, possible_costs
from juxing_engine.matching.problem import Integers, MatchingProblem

PAIRS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier found: the plan's true cost and the proven bound, in metre-equivalents."""

    objective: int
    bound: int

    @property
    def gap(self) -> int:
        """Distance between the two; 0 proves the plan optimal."""
        return self.objective - self.bound


def lower_bound(problem: MatchingProblem, prices: Integers) -> int:
    """
    Cost no plan undercuts, from any prices, over all pairs, without pruning.

    Parameters
    ----------
    prices
        Integers of shape ``(responders,)``, in absolute value at most 2**60. Poor prices give a poor bound,
        never a wrong one.

    Raises
    ------
    ValueError
        If the shape or the range is wrong.

    Notes
    -----
    Exact; ``needs x responders`` operations: numpy in pieces up to ``PAIRS_AT_ONCE`` pairs, compiled code
    without memory above. `lower_bound_by_cells` gives the same number faster.
    """
    prices = checked_prices(problem, prices)
    if problem.needs * problem.responders > PAIRS_AT_ONCE:
        from juxing_engine.matching.verify_compiled import sum_of_least, write_sheet

        return int(sum_of_least(write_sheet(problem, prices))) - price_total(problem, prices)
    return lower_bound_in_numpy(problem, prices)


def lower_bound_by_cells(problem: MatchingProblem, prices: Integers) -> int:
    """
    Compute the same bound as `lower_bound`, leaving out cells of a grid that cannot matter.

    A cell is left out when the least distance to it, rounded as costs are, plus its least price is no less
    than what the need already found. Exceptions (today's, wished and declined pairs) are looked at one by
    one.
    """
    from juxing_engine.matching.verify_compiled import cell_side_m, sum_of_least_by_cells, write_sheet

    prices = checked_prices(problem, prices)
    if not (problem.needs and np.any(problem.capacity > 0)):
        return lower_bound_in_numpy(problem, prices)
    sheet = write_sheet(problem, prices)
    return int(sum_of_least_by_cells(sheet, cell_side_m(problem))) - price_total(problem, prices)


def lower_bound_in_numpy(problem: MatchingProblem, prices: Integers) -> int:
    """Compute `lower_bound` without compiled code, in pieces of ``PAIRS_AT_ONCE`` pairs."""
    everyone = np.arange(problem.responders)
    rows = max(1, PAIRS_AT_ONCE // max(1, problem.responders))
    total = 0
    for start in range(0, problem.needs, rows):
        needs = np.arange(start, min(start + rows, problem.needs))
        costs = possible_costs(problem, needs[:, None], everyone)
        dearest = np.where(costs == IMPOSSIBLE, IMPOSSIBLE, costs + prices)
        cheapest = np.minimum(dearest.min(axis=1, initial=IMPOSSIBLE), problem.unserved_penalty[needs])
        total += int(cheapest.sum())
    return total - price_total(problem, prices)


def price_total(problem: MatchingProblem, prices: Integers) -> int:
    """``Σ_j Σ_{k <= capacity_j} max(0, p_j - l_k)``, in unbounded integers."""
    visits = np.minimum(problem.capacity, problem.needs)
    if problem.load_cost.size == 0:
        return sum(int(n) * max(0, int(p)) for n, p in zip(visits, prices, strict=True))
    worth_paying = np.minimum(np.searchsorted(problem.load_cost, prices, side="left"), visits)
    up_to = np.concatenate([[0], np.cumsum(problem.load_cost)])
    return sum(int(n) * int(p) - int(up_to[n]) for n, p in zip(worth_paying, prices, strict=True))


def verify(problem: MatchingProblem, responder_of: Integers, prices: Integers) -> Verdict:
    """
    Check a plan and its certificate from nothing but the problem.

    Raises
    ------
    ValueError
        If the plan breaks a rule, or the prices have the wrong shape or range.
    """
    return Verdict(objective=plan_cost(problem, responder_of), bound=lower_bound(problem, prices))


def checked_prices(problem: MatchingProblem, prices: Integers) -> Integers:
    """Return prices as 64-bit integers, or raise ``ValueError``."""
    prices = np.asarray(prices)
    if prices.shape != (problem.responders,) or (prices.size and prices.dtype.kind not in "iu"):
        raise ValueError(f"Expected integer prices of shape ({problem.responders},), got {prices.shape}.")
    if prices.size and max(abs(int(prices.min())), abs(int(prices.max()))) > 2**60:
        raise ValueError("Expected prices within ±2**60.")
    return prices.astype(np.int64)
