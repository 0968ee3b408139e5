"""
The network of a matching before anybody is served.

Flow runs from each need (supply 1) to a responder or straight to the root at its penalty, and from each responder to
the root, one arc for each run of equal load costs. Nodes: needs, responders, root; potentials are what needs pay and
the responders' prices.
"""

from __future__ import annotations

import numpy as np

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import Integers
from juxing_engine.network_simplex import TREE, UNLIMITED, Arcs, Basis, make_arcs, make_basis


def first_arcs(ground: Ground) -> Arcs:
    """Arcs to the root alone: penalties, carrying everybody, then load costs."""
    needs, responders = ground.penalty.size, ground.capacity.size
    tail, cost, limit = [np.arange(needs)], [ground.penalty], [np.full(needs, UNLIMITED)]
    runs, run_cost, run_length = _load_runs(ground.load)
    for at_visit, price, length in zip(runs, run_cost, run_length, strict=True):
        # A responder always keeps an arc to the root for the first basis, if need be with no room.
        here = np.arange(responders) if at_visit == 0 else np.flatnonzero(ground.capacity > at_visit)
        tail.append(needs + here)
        cost.append(np.full(here.size, price))
        limit.append(np.clip(ground.capacity[here] - at_visit, 0, length))
    size = sum(part.size for part in tail)
    arcs = make_arcs(np.concatenate(tail), np.full(size, needs + responders), np.concatenate(cost))
    arcs.limit[:] = np.concatenate(limit)
    arcs.flow[:needs] = 1
    arcs.state[: needs + responders] = TREE
    return arcs


def _load_runs(load: Integers) -> tuple[Integers, Integers, Integers]:
    """Where runs of equal load cost begin, their cost and length."""
    visits = max(1, load.size - 1)
    starts = np.flatnonzero(np.diff(load[:visits], prepend=-1))
    return starts, load[starts], np.diff(np.append(starts, visits))


def first_basis(arcs: Arcs, nodes: int) -> Basis:
    """Every node but the root, which is the last, hangs on the root by the arc of its own number."""
    own = np.arange(nodes - 1)
    return make_basis(np.full(own.size, nodes - 1), own, np.ones(own.size, dtype=np.bool_), arcs)
