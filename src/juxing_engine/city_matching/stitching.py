"""
Putting the zones' plans and prices together as one basis of the whole city's network.

Every need and responder must lead to the root along arcs that can take one unit more, and every arc in use short of
its limit must be in the tree. The zones' ties give such a tree at the zones' prices: from a responder with a visit
free or a need at its penalty, back along pairs that cost their need no more than the one in use.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.cost import pair_costs
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.network_simplex import LOWER, TREE, UNLIMITED, UPPER, Arcs, Basis, make_arcs, make_basis

Flags = npt.NDArray[np.bool_]


def stitch(
    problem: MatchingProblem, responder_of: Integers, prices: Integers, tie_pairs: tuple[Integers, Integers]
) -> tuple[Arcs, Basis]:
    """
    Make the network of a plan and a basis to improve it from.

    Parameters
    ----------
    responder_of, prices
        A feasible plan and prices; the closer to an optimum, the closer is the basis.
    tie_pairs
        Needs and responders of pairs outside the plan to hang the tree on.

    Notes
    -----
    Nodes: needs, responders, root. Arcs: each need's penalty, each run of equal load costs of each responder, the
    plan's pairs, the ties. A full responder whom no tie leads on from hangs on one of its needs at that need's
    penalty: a poor potential, soon improved, and never a wrong one.
    """
    needs, responders = problem.needs, problem.responders
    root = needs + responders
    served = np.flatnonzero(responder_of != UNSERVED)
    need_of_tie, responder_of_tie = tie_pairs
    load_tail, load_cost, load_limit, load_flow = _load_arcs(problem, responder_of)
    pair_need, pair_responder = (
        np.concatenate([served, need_of_tie]),
        np.concatenate([responder_of[served], responder_of_tie]),
    )
    pair_cost = pair_costs(problem, pair_need, pair_responder)
    tail = np.concatenate([np.arange(needs), needs + load_tail, pair_need])
    head = np.concatenate([np.full(needs + load_tail.size, root), needs + pair_responder])
    arcs = make_arcs(tail, head, np.concatenate([problem.unserved_penalty, load_cost, pair_cost]))
    loads = slice(needs, needs + load_tail.size)
    arcs.limit[loads], arcs.flow[loads] = load_limit, load_flow
    arcs.flow[:needs] = responder_of == UNSERVED
    plan_arc = np.full(needs, -1, dtype=np.int64)
    plan_arc[served] = loads.stop + np.arange(served.size)
    arcs.flow[plan_arc[served]] = 1
    parent, arc, is_up = _tree(problem, responder_of, prices, arcs, (loads.start, loads.stop), plan_arc)
    arcs.state[: int(arcs.total[0])] = np.where(arcs.flow == arcs.limit, UPPER, LOWER)
    arcs.state[arc] = TREE
    return arcs, make_basis(parent, arc, is_up, arcs)


def _load_arcs(problem: MatchingProblem, responder_of: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """Responder, cost, limit and flow of each arc to the root, grouped by responder, cheapest first."""
    capacity = np.minimum(problem.capacity, problem.needs)
    visits = np.bincount(responder_of[responder_of != UNSERVED], minlength=problem.responders)
    longest = int(capacity.max(initial=0))
    load = problem.load_cost[:longest] if problem.load_cost.size else np.zeros(min(1, longest), dtype=np.int64)
    starts = np.flatnonzero(np.diff(load, prepend=-1)) if load.size else np.zeros(1, dtype=np.int64)
    ends = np.append(starts[1:], max(longest, 1))
    row, run = np.nonzero((capacity[:, None] > starts) | (starts == 0))
    limit = np.minimum(capacity[row], ends[run]) - starts[run]
    flow = np.clip(visits[row] - starts[run], 0, limit)
    # Who can do nothing keeps a way to the root; no pair leads there.
    limit = np.where(capacity[row] == 0, UNLIMITED, limit)
    cost = load[starts[run]] if load.size else np.zeros(row.size, dtype=np.int64)
    return row, cost, limit, flow


def _tree(  # noqa: PLR0917
    problem: MatchingProblem,
    responder_of: Integers,
    prices: Integers,
    arcs: Arcs,
    loads: tuple[int, int],
    plan_arc: Integers,
) -> tuple[Integers, Integers, Flags]:
    """Parent, arc and direction of every node but the root."""
    needs, responders = problem.needs, problem.responders
    root = needs + responders
    parent, arc = np.full(root, -1, dtype=np.int64), np.full(root, -1, dtype=np.int64)
    is_up = np.ones(root, dtype=np.bool_)
    unserved = np.flatnonzero(responder_of == UNSERVED)
    parent[unserved], arc[unserved] = root, unserved
    # A load arc in use short of its limit must be in the tree; one not yet in use may be, if it is the next.
    load = np.arange(*loads)
    owner = arcs.tail[load].astype(np.int64)
    partial = (arcs.flow[load] > 0) & (arcs.flow[load] < arcs.limit[load])
    is_idle = np.bincount(responder_of[responder_of != UNSERVED], minlength=responders) == 0
    unused = (arcs.flow[load] == 0) & (is_idle[owner - needs] | (arcs.cost[load] <= prices[owner - needs]))
    for chosen in (np.flatnonzero(unused)[::-1], np.flatnonzero(partial)):
        parent[owner[chosen]], arc[owner[chosen]] = root, load[chosen]
    pays = np.full(needs, np.iinfo(np.int64).max)
    served = np.flatnonzero(responder_of != UNSERVED)
    pays[served] = arcs.cost[plan_arc[served]] + prices[responder_of[served]]
    visitors = served[np.argsort(responder_of[served], kind="stable")]
    first_visitor = np.searchsorted(responder_of[visitors], np.arange(responders + 1))
    tie = np.arange(loads[1] + served.size, arcs.tail.size)
    tie = tie[arcs.cost[tie] + prices[arcs.head[tie] - needs] <= pays[arcs.tail[tie]]]
    tie = tie[np.argsort(arcs.head[tie], kind="stable")]
    first_tie = np.searchsorted(arcs.head[tie], needs + np.arange(responders + 1))
    at_penalty = served[problem.unserved_penalty[served] <= pays[served]]
    lists = (visitors, first_visitor, tie, first_tie, at_penalty, plan_arc)
    _grow(parent, arc, is_up, lists, responder_of, arcs.tail)
    return parent, arc, is_up


@njit(cache=True)
def _grow(  # noqa: C901, PLR0912, PLR0915, PLR0917 - compiled: arrays, not objects
    parent: Integers,
    arc: Integers,
    is_up: Flags,
    lists: tuple[Integers, Integers, Integers, Integers, Integers, Integers],
    responder_of: Integers,
    tail: npt.NDArray[np.int32],
) -> None:
    """Hang responders and their needs on what is hung already, along ties; then who is left, at a penalty."""
    visitors, first_visitor, tie, first_tie, at_penalty, plan_arc = lists
    needs = responder_of.size
    responders = parent.size - needs
    root = parent.size
    queue = np.empty(responders, dtype=np.int64)
    size = 0
    for j in range(responders):
        if parent[needs + j] >= 0:
            queue[size] = j
            size += 1
    done, next_penalty, next_left = 0, 0, -1
    for place in range(size):
        j = queue[place]
        for v in range(first_visitor[j], first_visitor[j + 1]):
            i = visitors[v]
            parent[i], arc[i] = needs + j, plan_arc[i]
    while True:
        # One need that leads on from a responder not yet hung: along a tie, else at its penalty.
        through, along, above = -1, -1, -1
        if done < size:
            j = queue[done]
            if next_left < 0:
                next_left = first_tie[j]
            while next_left < first_tie[j + 1]:
                e = tie[next_left]
                next_left += 1
                i = tail[e]
                if responder_of[i] >= 0 and parent[needs + responder_of[i]] < 0:
                    through, along, above = i, e, needs + j
                    break
            if through < 0:
                done, next_left = done + 1, -1
                continue
        elif next_penalty < at_penalty.size:
            i = at_penalty[next_penalty]
            next_penalty += 1
            if parent[needs + responder_of[i]] >= 0:
                continue
            through, along, above = i, i, root
        else:
            break
        j = responder_of[through]
        for v in range(first_visitor[j], first_visitor[j + 1]):
            i = visitors[v]
            parent[i], arc[i] = needs + j, plan_arc[i]
        parent[through], arc[through] = above, along
        parent[needs + j], arc[needs + j], is_up[needs + j] = through, plan_arc[through], False
        queue[size] = j
        size += 1
    for j in range(responders):
        if parent[needs + j] >= 0:
            continue
        through = visitors[first_visitor[j]]
        for v in range(first_visitor[j], first_visitor[j + 1]):
            i = visitors[v]
            parent[i], arc[i] = needs + j, plan_arc[i]
        parent[through], arc[through] = root, through
        parent[needs + j], arc[needs + j], is_up[needs + j] = through, plan_arc[through], False
