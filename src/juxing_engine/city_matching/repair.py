"""
Repairing the borders: the whole city's network simplex, started from the stitched basis.

Away from the borders the zones' plans are already as they should be, so few pivots are needed; the pairs looked at
are those that undercut what a need pays now, found over the whole ground. When there is none, the plan is optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.city_matching.pricing import Pricing
from juxing_engine.control import Control, Progress
from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import UNSERVED, Integers
from juxing_engine.medicine.pivoting import LOWER, Arcs, Basis, pivot_inner, with_more, without

NEW_PAIRS = 4
"""Pairs, besides the special ones, a need may gain in one round."""

PIVOTS = 50_000
"""Pivots before pairs are priced again although the present ones could still be improved."""

STEP = 2_000
"""Pivots between two looks at the control."""

PURGE_BEYOND = 1.0
"""Idle pairs are dropped when using one would add this many times what a pair in use costs on average."""


@dataclass(slots=True)
class Repair:
    """The state of a repair: the network, and what has been done to it."""

    arcs: Arcs
    basis: Basis
    rounds: int = 0
    pivots: int = 0
    is_complete: bool = False


def repair_borders(ground: Ground, repair: Repair, control: Control, bound: int) -> None:
    """
    Improve until no pair of the whole city undercuts what its need pays, or until the control stops.

    Parameters
    ----------
    ground
        The whole city; nodes of the network are numbered by the caller's needs and responders.
    bound
        A proven bound, passed on to whoever listens.
    """
    needs = ground.penalty.size
    pricing = Pricing(ground, NEW_PAIRS)
    last_objective = np.iinfo(np.int64).max
    while not control.should_stop():
        potential = repair.basis.potential
        prices = potential[needs:-1][ground.responder_order]
        need, responder, cost = pricing.pairs_below(prices, potential[:needs][ground.need_order])
        objective = flow_cost(repair.arcs)
        control.report(Progress("repair", 1 - 0.3 / (1 + 0.2 * repair.rounds), objective, bound))
        if need.size == 0 and last_objective == objective and repair.rounds:
            repair.is_complete = True
            return
        if objective < last_objective:
            _purge(repair, needs)
        last_objective = objective
        tail, head = ground.need_order[need], needs + ground.responder_order[responder]
        repair.arcs = with_more(repair.arcs, tail, head, cost)
        repair.rounds += 1
        _pivot(repair, control)


def _pivot(repair: Repair, control: Control) -> None:
    done = 0
    while done < PIVOTS and not control.should_stop():
        pivots = pivot_inner(repair.arcs, repair.basis, PIVOTS)
        done += pivots
        repair.pivots += pivots
        if pivots < PIVOTS:
            break


def flow_cost(arcs: Arcs) -> int:
    """Cost of the flow."""
    total = int(arcs.total[0])
    return int((arcs.flow[:total] * arcs.cost[:total]).sum())


def _purge(repair: Repair, needs: int) -> None:
    """Drop idle pairs far from being used. Only after the objective fell, so that none comes and goes for ever."""
    arcs, potential = repair.arcs, repair.basis.potential
    total = int(arcs.total[0])
    tail, head, cost = arcs.tail[:total], arcs.head[:total], arcs.cost[:total]
    is_pair = (tail < needs) & (head != potential.size - 1)
    used = is_pair & (arcs.flow[:total] > 0)
    typical = int(np.abs(cost[used]).mean()) if used.any() else 0
    reduced = cost + potential[head] - potential[tail]
    idle = is_pair & (arcs.state[:total] == LOWER)
    without(arcs, repair.basis, idle & (reduced > PURGE_BEYOND * typical + 1))


def plan_of(arcs: Arcs, needs: int, root: int) -> Integers:
    """Who visits each need, by the flow."""
    responder_of = np.full(needs, UNSERVED, dtype=np.int64)
    used = np.flatnonzero(arcs.flow[: int(arcs.total[0])] > 0)
    used = used[(arcs.tail[used] < needs) & (arcs.head[used] < root)]
    responder_of[arcs.tail[used]] = arcs.head[used] - needs
    return responder_of
