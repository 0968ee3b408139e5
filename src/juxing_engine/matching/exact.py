"""
Proven optimum over all pairs without writing them out: network simplex on a set of pairs that grows and is
purged.

Rounds of pivots on the pairs known so far alternate with pricing: for each need, the responders whose
``cost + price`` undercuts what the need pays now. When none is left anywhere, the plan is optimal over all
pairs.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from juxing_engine.control import Control, Progress
from juxing_engine.matching.first_flow import first_arcs, first_basis
from juxing_engine.matching.ground import Ground, lay_ground
from juxing_engine.matching.pricing import Pricing
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import Rows, empty_rows, fill_all, fill_row, raise_floors, set_floor
from juxing_engine.network_simplex import Arcs, Basis, pivot_inner, with_more, without_idle

NEAREST = 8
"""Pairs of each need, besides the special ones, the first round starts with."""

NEW_PAIRS = 12
"""Pairs a need may gain in one round."""

PIVOTS = 20_000
"""Pivots, or as many as needs if there are more, before pairs are priced again although more would help."""

PURGE_BEYOND = 0.8
"""Idle pairs are dropped when using one would add this many times what a pair in use costs on average."""

SHARES = 3
"""Parts in which the needs take turns to be priced while a round is not finished."""

FULL = 2**61
"""Floor price of a responder without a visit left, while a plan is completed greedily."""


def solve_exact(problem: MatchingProblem, control: Control) -> tuple[Integers, Integers]:
    """
    Solve to optimality over all pairs, or until the control stops; return ``responder_of`` and the prices.

    Notes
    -----
    Deterministic. Stopped early, the plan is the flow so far, completed by the nearest responder still
    free, needs of higher penalty first; the prices then prove less than the optimum but nothing wrong.
    """
    ground = lay_ground(problem)
    rows = _laid_rows(ground)
    fill_all(ground, rows, NEAREST)
    arcs, basis = _first_flow(ground, rows)
    arcs, is_finished = _rounds(ground, arcs, basis, control)
    chosen = _flow_as_plan(ground, arcs)
    if not is_finished:
        complete_greedily(ground, rows, chosen)
    return _named(ground, chosen, basis.potential[problem.needs : -1])


def solve_greedily(problem: MatchingProblem) -> Integers:
    """
    Nearest compatible responder still free, needs of higher penalty first; the plan a careful person makes.

    Returns ``responder_of``; feasible, unproven. Ties: first in spatial order.
    """
    ground = lay_ground(problem)
    rows = empty_rows(ground, np.zeros(problem.responders, dtype=np.int64), problem.needs * 4 + 64)
    chosen = np.full(problem.needs, UNSERVED, dtype=np.int64)
    complete_greedily(ground, rows, chosen)
    return _named(ground, chosen, np.zeros(problem.responders, dtype=np.int64))[0]


def complete_greedily(ground: Ground, rows: Rows, chosen: Integers) -> None:
    """Serve whom ``chosen`` leaves unserved, as far as visits are free; changes ``chosen`` and ``rows``."""
    visits = np.bincount(chosen[chosen != UNSERVED], minlength=ground.capacity.size)
    left = ground.capacity - visits
    raise_floors(ground, rows, np.where(left > 0, 0, FULL).astype(np.int64))
    waiting = np.flatnonzero(chosen == UNSERVED)
    waiting = waiting[np.argsort(-ground.penalty[waiting], kind="stable")]
    done = 0
    while done < waiting.size:
        done += int(_serve_nearest(ground, rows, left, chosen, waiting[done:]))
        rows.used[0], rows.room[:] = 0, 0


@njit(cache=True)
def _serve_nearest(ground: Ground, rows: Rows, left: Integers, chosen: Integers, waiting: Integers) -> int:
    for turn in range(waiting.size):
        i = waiting[turn]
        if not fill_row(ground, rows, i, 1, ground.penalty[i]):
            return turn
        best, best_j = ground.penalty[i], -1
        for edge in range(rows.start[i], rows.start[i] + rows.size[i]):
            j = rows.to[edge]
            if left[j] > 0 and rows.cost[edge] + ground.load[ground.capacity[j] - left[j]] < best:
                best, best_j = rows.cost[edge] + ground.load[ground.capacity[j] - left[j]], j
        if best_j >= 0:
            chosen[i] = best_j
            left[best_j] -= 1
            if left[best_j] == 0:
                set_floor(ground, rows, best_j, FULL)
    return waiting.size


def _laid_rows(ground: Ground) -> Rows:
    """Empty rows with the room each will need."""
    room = np.diff(ground.special_first) + NEAREST
    rows = empty_rows(ground, np.full(ground.capacity.size, ground.load[0]), int(room.sum()))
    rows.start[:], rows.room[:], rows.used[0] = np.cumsum(room) - room, room, room.sum()
    return rows


def _first_flow(ground: Ground, rows: Rows) -> tuple[Arcs, Basis]:
    needs, responders = ground.penalty.size, ground.capacity.size
    tail = np.repeat(np.arange(needs), rows.size)
    edge = np.arange(tail.size) + np.repeat(rows.start - (np.cumsum(rows.size) - rows.size), rows.size)
    arcs = first_arcs(ground)
    basis = first_basis(arcs, needs + responders + 1)
    return with_more(arcs, tail, needs + rows.to[edge], rows.cost[edge]), basis


def _rounds(ground: Ground, arcs: Arcs, basis: Basis, control: Control) -> tuple[Arcs, bool]:
    """Pivot and price until nothing is left to gain; return the arcs and whether that was reached."""
    needs = ground.penalty.size
    last_objective = np.iinfo(np.int64).max
    most = max(PIVOTS, needs)
    turn = 0
    pricing = Pricing(ground, NEW_PAIRS)
    while not control.should_stop():
        is_solved = pivot_inner(arcs, basis, most) < most
        prices, pays = basis.potential[needs:-1].copy(), basis.potential[:needs].copy()
        if is_solved:
            need, responder, cost = pricing.new_pairs_below(prices, pays)
        else:
            pricing.forget()
            need, responder, cost = pricing.pairs_below(prices, pays, np.arange(turn % SHARES, needs, SHARES))
        count = int(arcs.total[0])
        objective = int((arcs.flow[:count] * arcs.cost[:count]).sum())
        control.report(Progress("improve", 1 - 1 / (2 + turn), objective))
        if is_solved and not need.size:
            return arcs, True
        if objective < last_objective:
            without_idle(arcs, basis, (needs, basis.potential.size - 1), PURGE_BEYOND)
        last_objective = objective
        arcs = with_more(arcs, need, needs + responder, cost)
        turn += 1
    return arcs, False


def _flow_as_plan(ground: Ground, arcs: Arcs) -> Integers:
    needs = ground.penalty.size
    chosen = np.full(needs, UNSERVED, dtype=np.int64)
    count = int(arcs.total[0])
    used = np.flatnonzero(arcs.flow[:count] > 0)
    used = used[(arcs.tail[used] < needs) & (arcs.head[used] < needs + ground.capacity.size)]
    chosen[arcs.tail[used]] = arcs.head[used] - needs
    return chosen


def _named(ground: Ground, chosen: Integers, potential: Integers) -> tuple[Integers, Integers]:
    """Back to the caller's numbers."""
    responder_of = np.full(chosen.size, UNSERVED, dtype=np.int64)
    served = chosen != UNSERVED
    responder_of[ground.need_order[served]] = ground.responder_order[chosen[served]]
    prices = np.zeros(potential.size, dtype=np.int64)
    prices[ground.responder_order] = np.where(ground.capacity > 0, potential, 0)
    return responder_of, prices
