"""The front door of matching: choose the way, solve, prove, and say so."""

from __future__ import annotations

import time

import numpy as np

from juxing_engine.control import Control, Progress
from juxing_engine.matching.cost import plan_cost, visit_counts
from juxing_engine.matching.dense import is_small, solve_dense
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.result import Matching
from juxing_engine.matching.verify import lower_bound, lower_bound_by_cells


def match(problem: MatchingProblem, *, control: Control | None = None, seed: int = 0) -> Matching:  # noqa: ARG001
    """
    Find the plan of least cost over all pairs, with its certificate.

    Parameters
    ----------
    control
        Budget, cancellation, progress. When it ends the run, the best plan so far is returned with the gap
        proven so far; a budget of 0 gives a quick plan and its honest gap.
    seed
        Decides nothing but the order of work among equals; same problem and seed, same answer.

    Returns
    -------
    Matching
        Feasible always; `Matching.is_optimal` when ``bound == objective``.

    Notes
    -----
    Up to ``dense.PAIRS_LIMIT`` pairs: full matrix and scipy. Above: see docs/algorithms/matching.md. The
    bound is computed from the prices over all pairs by code that shares no pruning with the solver.
    """
    control = control or Control()
    started = time.perf_counter()
    is_dense = is_small(problem)
    if is_dense:
        responder_of, prices = solve_dense(problem)
    else:
        from juxing_engine.matching.exact import solve_exact

        responder_of, prices = solve_exact(problem, control)
    solved = time.perf_counter()
    bound = (lower_bound if is_dense else lower_bound_by_cells)(problem, prices)
    seconds = {"solve": solved - started, "prove": time.perf_counter() - solved}
    method = "dense" if is_dense else "network_simplex"
    matching = summarise(problem, responder_of, prices, bound=bound, method=method, seconds=seconds)
    control.report(Progress("prove", 1.0, matching.objective, matching.bound))
    return matching


def summarise(
    problem: MatchingProblem,
    responder_of: Integers,
    prices: Integers,
    *,
    bound: int,
    method: str,
    seconds: dict[str, float],
) -> Matching:
    """
    Count and price a plan; raises ``ValueError`` if it breaks a rule, so no broken plan can leave the
    engine.
    """
    served = responder_of != UNSERVED
    moved = served & (problem.current_responder != UNSERVED) & (problem.current_responder != responder_of)
    for array in (responder_of, prices):
        array.setflags(write=False)
    return Matching(
        responder_of=responder_of,
        objective=plan_cost(problem, responder_of),
        bound=bound,
        prices=prices,
        pairs=problem.needs * problem.responders,
        served=int(np.count_nonzero(served)),
        unserved=int(np.count_nonzero(~served)),
        moved=int(np.count_nonzero(moved)),
        visits=visit_counts(problem, responder_of),
        method=method,
        seconds=seconds,
    )
