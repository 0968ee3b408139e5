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
from juxing_engine.matching.ground import Ground, lay_ground
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import Rows, empty_rows, fill_all, fill_row, raise_floors, set_floor
from juxing_engine.matching.simplex import (
    LOWER,
    Arcs,
    Basis,
    first_arcs,
    first_basis,
    pivot_all,
    with_more,
    without,
)

NEAREST = 8
"""Pairs of each need, besides the special ones, the first round starts with."""

NEW_PAIRS = 12
"""Pairs a need may gain in one round."""

PIVOTS = 20_000
"""Pivots before pairs are priced again although the present ones could still be improved."""

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
    room = problem.needs * (NEAREST + 2 * NEW_PAIRS) + 2 * ground.special_responder.size
    rows = empty_rows(ground, np.full(problem.responders, ground.load[0]), room)
    fill_all(ground, rows, NEAREST)
    arcs, basis = _first_flow(ground, rows)
    arcs, is_finished = _rounds(ground, rows, arcs, basis, control)
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


def _first_flow(ground: Ground, rows: Rows) -> tuple[Arcs, Basis]:
    needs = ground.penalty.size
    tail = np.repeat(np.arange(needs), rows.size)
    edge = np.arange(tail.size) + np.repeat(rows.start - (np.cumsum(rows.size) - rows.size), rows.size)
    arcs = first_arcs(ground, 2 * tail.size)
    return with_more(arcs, tail, needs + rows.to[edge], rows.cost[edge]), first_basis(ground)


def _rounds(ground: Ground, rows: Rows, arcs: Arcs, basis: Basis, control: Control) -> tuple[Arcs, bool]:
    """Pivot and price until nothing is left to gain; return the arcs and whether that was reached."""
    needs = ground.penalty.size
    space = needs * NEW_PAIRS + ground.special_responder.size
    tail, head, cost = (np.zeros(space, dtype=np.int64) for _ in range(3))
    last_objective = np.iinfo(np.int64).max
    turn = 0
    while not control.should_stop():
        pivots = pivot_all(arcs, basis, PIVOTS)
        is_solved = pivots < PIVOTS
        raise_floors(ground, rows, basis.potential[needs:-1].copy())
        share = (0, 1) if is_solved else (turn % SHARES, SHARES)
        found = undercutting(ground, rows, basis.potential, share, (tail, head, cost))
        count = int(arcs.total[0])
        objective = int((arcs.flow[:count] * arcs.cost[:count]).sum())
        control.report(Progress("improve", 1 - 1 / (2 + turn), objective))
        if is_solved and found == 0:
            return arcs, True
        if objective < last_objective:
            _purge(arcs, basis, needs)
        last_objective = objective
        arcs = with_more(arcs, tail[:found], needs + head[:found], cost[:found])
        turn += 1
    return arcs, False


@njit(cache=True)
def undercutting(
    ground: Ground,
    rows: Rows,
    potential: Integers,
    share: tuple[int, int],
    space: tuple[Integers, Integers, Integers],
) -> int:
    """Write the pairs that cost a need less than it pays into ``space``; return how many."""
    tail, head, cost = space
    found = 0
    for i in range(share[0], rows.start.size, share[1]):
        fill_row(ground, rows, i, NEW_PAIRS, potential[i])
        for edge in range(rows.start[i], rows.start[i] + rows.size[i]):
            j = rows.to[edge]
            if rows.cost[edge] + rows.floor[j] < potential[i]:
                tail[found], head[found], cost[found] = i, j, rows.cost[edge]
                found += 1
    return found


def _purge(arcs: Arcs, basis: Basis, needs: int) -> None:
    """
    Drop idle pairs far from being used, measured by what a pair in use costs.

    Only after the objective fell, so that pairs cannot be dropped and found again for ever.
    """
    count = int(arcs.total[0])
    tail, head, cost = arcs.tail[:count], arcs.head[:count], arcs.cost[:count]
    is_pair = head != basis.potential.size - 1
    used = is_pair & (arcs.flow[:count] > 0)
    typical = int(np.abs(cost[used]).mean()) if used.any() else 0
    reduced = cost + basis.potential[head] - basis.potential[tail]
    idle = is_pair & (tail < needs) & (arcs.state[:count] == LOWER)
    without(arcs, basis, idle & (reduced > PURGE_BEYOND * typical + 1))


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
