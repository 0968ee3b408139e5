"""
Repairing the borders: the whole city's network simplex, started from the stitched basis.

Away from the borders the zones' plans are already as they should be, so few pivots are needed; the pairs looked at
are those that undercut what a need pays now, found over the whole ground. When there is none, the plan is optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from juxing_engine.control import Control, Progress
from juxing_engine.matching.ground import Ground
from juxing_engine.matching.pricing import Pricing, once
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.verify import price_total
from juxing_engine.network_simplex import Arcs, Basis, climb_all, pivot_inner, with_more, without_idle

NEW_PAIRS = 4
"""Pairs, besides the special ones, a need may gain in one round."""

PIVOTS = 50_000
"""Pivots before pairs are priced again although the present ones could still be improved."""

PURGE_BEYOND = 1.0
"""Idle pairs are dropped when using one would add this many times what a pair in use costs on average."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """
    Prices and what needs pay at which no pair within a part undercuts; the part of each need and each responder.

    With it a repair begins by looking at pairs across parts and at what has changed since, not at all pairs.
    """

    prices: Integers
    pays: Integers
    parts: tuple[Integers, Integers]


@dataclass(slots=True)
class Repair:
    """
    The state of a repair: the network, and what has been done to it.

    `is_settled` says that no arc present can improve the flow, `is_complete` that the optimum, or the gap asked for,
    is reached.
    """

    problem: MatchingProblem
    arcs: Arcs
    basis: Basis
    rounds: int = 0
    pivots: int = 0
    is_settled: bool = False
    is_complete: bool = False
    pricing: Pricing | None = None


def repair_borders(
    ground: Ground, repair: Repair, control: Control, goal: float = 0.0, known: Known | None = None
) -> None:
    """
    Improve until no pair of the whole ground undercuts what its need pays, until the gap is small, or until stopped.

    Parameters
    ----------
    ground
        The whole city or zone; nodes of the network are numbered by the caller's needs and responders.
    goal
        Stop when the gap, as a share of the cost of all visits, is proven to be at most this.
    known
        What need not be looked for again; only for the first call for this repair.
    """
    needs = ground.penalty.size
    last_objective = np.iinfo(np.int64).max
    while not control.should_stop():
        prices = repair.basis.potential[needs:-1][ground.responder_order]
        need, responder, cost = _look(ground, repair, known if repair.rounds == 0 else None)
        need = ground.need_order[need]
        objective, unserved = (int(cost) for cost in cost_of_flow(repair.arcs, needs))
        bound = _bound(repair, need, cost + prices[responder])
        control.report(Progress("repair", 1 - 0.3 / (1 + 0.2 * repair.rounds), objective, bound))
        repair.rounds += 1
        is_optimal = need.size == 0 and repair.is_settled
        repair.is_complete = is_optimal or objective - bound <= goal * abs(objective - unserved)
        if objective < last_objective and not repair.is_complete:
            without_idle(repair.arcs, repair.basis, (needs, repair.basis.potential.size - 1), PURGE_BEYOND)
        last_objective = objective
        # Pairs once named are kept even when this is the end: a later call does not look for them again.
        repair.arcs = with_more(repair.arcs, need, needs + ground.responder_order[responder], cost)
        if repair.is_complete:
            return
        pivots = pivot_inner(repair.arcs, repair.basis, PIVOTS)
        repair.pivots += pivots
        repair.is_settled = pivots < PIVOTS


def _look(ground: Ground, repair: Repair, known: Known | None) -> tuple[Integers, Integers, Integers]:
    """Pairs outside the network that undercut what their needs pay, in the ground's numbers."""
    potential, needs = repair.basis.potential, ground.penalty.size
    prices, pays = potential[needs:-1][ground.responder_order], potential[:needs][ground.need_order]
    if repair.pricing is None:
        repair.pricing = Pricing(ground, NEW_PAIRS)
    if known is None:
        return repair.pricing.new_pairs_below(prices, pays)
    order, turn = ground.need_order, ground.responder_order
    of_need, of_responder = known.parts
    across = repair.pricing.pairs_across(prices, pays, (of_need[order], of_responder[turn]))
    repair.pricing.know(known.prices[turn], known.pays[order])
    return once([across, repair.pricing.new_pairs_below(prices, pays)], turn.size)


def _bound(repair: Repair, need: Integers, undercut: Integers) -> int:
    """
    What the present prices prove, given the pairs outside the network that undercut what their needs pay.

    A need without one there or in the network is worth what it pays, or its penalty.
    """
    needs, potential = repair.problem.needs, repair.basis.potential
    least = least_payments(repair.arcs, potential, needs)
    np.minimum.at(least, need, undercut)
    return int(least.sum()) - price_total(repair.problem, potential[needs:-1])


@njit(cache=True)
def least_payments(arcs: Arcs, potential: Integers, needs: int) -> Integers:
    """Least ``cost + price`` of each need in the network, at most its potential; the root's price is 0."""
    least = potential[:needs].copy()
    for e in range(arcs.total[0]):
        if arcs.tail[e] < needs:
            least[arcs.tail[e]] = min(least[arcs.tail[e]], arcs.cost[e] + potential[arcs.head[e]])
    return least


@njit(cache=True)
def cost_of_flow(arcs: Arcs, needs: int) -> tuple[int, int]:
    """Cost of the whole flow, and of that on the needs' penalty arcs, which come first."""
    total, penalties = 0, 0
    for e in range(arcs.total[0]):
        total += arcs.flow[e] * arcs.cost[e]
        if e < needs:
            penalties += arcs.flow[e] * arcs.cost[e]
    return total, penalties


def change_penalties(repair: Repair, penalty: Integers) -> None:
    """Set the cost of the first arcs, the needs' penalties, and the potentials that follow from them."""
    arcs, basis = repair.arcs, repair.basis
    arcs.cost[: penalty.size] = penalty
    hang = np.append(np.where(basis.is_up[:-1], 1, -1) * arcs.cost[basis.arc[:-1]], 0)
    basis.depth[:] = -1
    climb_all(basis.parent, hang, basis.depth, basis.potential)
    repair.is_settled = repair.is_complete = False


def idle_ties(repair: Repair) -> tuple[Integers, Integers]:
    """Pairs outside the plan that cost their need what it pays, as needs and responders; the tree is among them."""
    needs, arcs, potential = repair.problem.needs, repair.arcs, repair.basis.potential
    count = int(arcs.total[0])
    tail, head = arcs.tail[:count], arcs.head[:count]
    idle = (tail < needs) & (head != potential.size - 1) & (arcs.flow[:count] == 0)
    found = np.flatnonzero(idle & (arcs.cost[:count] + potential[head] <= potential[tail]))
    pair = np.unique(tail[found].astype(np.int64) * max(1, repair.problem.responders) + head[found] - needs)
    need, responder = np.divmod(pair, max(1, repair.problem.responders))
    return need, responder


def plan_of(arcs: Arcs, needs: int, root: int) -> Integers:
    """Who visits each need, by the flow."""
    responder_of = np.full(needs, UNSERVED, dtype=np.int64)
    used = np.flatnonzero(arcs.flow[: int(arcs.total[0])] > 0)
    used = used[(arcs.tail[used] < needs) & (arcs.head[used] < root)]
    responder_of[arcs.tail[used]] = arcs.head[used] - needs
    return responder_of
