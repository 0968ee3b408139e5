"""
Network simplex for matching on a growing set of pairs: insensitive to how tight supply is.

Flow runs from each need (supply 1) to a responder or straight to the root at its penalty, and from each
responder to the root, one arc for each run of equal load costs. The basis is a strongly feasible spanning
tree, so degenerate pivots cannot cycle; node potentials are the needs' costs and the responders' prices.
Adding arcs keeps the basis.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import Integers

UNLIMITED = 2**40
LOWER, TREE, UPPER = 1, 0, -1

Links = npt.NDArray[np.int32]


class Arcs(NamedTuple):
    """
    Arcs ``tail -> head``; ``state`` tells which bound a non-tree arc is at; only the first ``count[0]``
    exist.
    """

    tail: Links
    head: Links
    cost: Integers
    limit: Integers
    flow: Integers
    state: npt.NDArray[np.int8]
    total: Integers


class Basis(NamedTuple):
    """
    The spanning tree: needs, then responders, then the root.

    ``arc`` joins a node to its ``parent``, and points up where ``is_up``; children hang in doubly linked
    lists.
    """

    potential: Integers
    parent: Links
    arc: Links
    is_up: npt.NDArray[np.bool_]
    depth: Links
    first_child: Links
    next_sibling: Links
    previous_sibling: Links
    cursor: Integers


def first_arcs(ground: Ground, room: int) -> Arcs:
    """Arcs to the root alone: penalties, then load costs; with room for ``room`` pairs."""
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
    arcs = Arcs(
        tail=np.zeros(size + room, dtype=np.int32),
        head=np.zeros(size + room, dtype=np.int32),
        cost=np.zeros(size + room, dtype=np.int64),
        limit=np.full(size + room, UNLIMITED, dtype=np.int64),
        flow=np.zeros(size + room, dtype=np.int64),
        state=np.full(size + room, LOWER, dtype=np.int8),
        total=np.array([size]),
    )
    arcs.tail[:size] = np.concatenate(tail)
    arcs.head[:size] = needs + responders
    arcs.cost[:size] = np.concatenate(cost)
    arcs.limit[:size] = np.concatenate(limit)
    arcs.flow[:needs] = 1
    arcs.state[: needs + responders] = TREE
    return arcs


def _load_runs(load: Integers) -> tuple[Integers, Integers, Integers]:
    """Where runs of equal load cost begin, their cost and length."""
    visits = max(1, load.size - 1)
    starts = np.flatnonzero(np.diff(load[:visits], prepend=-1))
    return starts, load[starts], np.diff(np.append(starts, visits))


def first_basis(ground: Ground) -> Basis:
    """Every node hangs on the root."""
    needs, responders = ground.penalty.size, ground.capacity.size
    nodes = needs + responders + 1
    root = nodes - 1
    around = np.arange(nodes, dtype=np.int32)
    first_child = np.full(nodes, -1, dtype=np.int32)
    first_child[root] = 0 if root > 0 else -1
    following = np.where(around < root - 1, around + 1, -1).astype(np.int32)
    potential = np.concatenate([ground.penalty, np.full(responders, ground.load[0]), [0]])
    return Basis(
        potential=potential.astype(np.int64),
        parent=np.where(around == root, -1, root).astype(np.int32),
        arc=np.where(around == root, -1, around).astype(np.int32),
        is_up=np.ones(nodes, dtype=np.bool_),
        depth=np.where(around == root, 0, 1).astype(np.int32),
        first_child=first_child,
        next_sibling=following,
        previous_sibling=(around - 1).astype(np.int32),
        cursor=np.zeros(1, dtype=np.int64),
    )


def with_more(arcs: Arcs, tail: Integers, head: Integers, cost: Integers) -> Arcs:
    """The arcs and new ones, empty."""
    count, size = int(arcs.total[0]), tail.size
    if count + size > arcs.tail.size:
        length = max(count + size, arcs.tail.size * 3 // 2)
        arcs = Arcs(
            tail=np.resize(arcs.tail, length),
            head=np.resize(arcs.head, length),
            cost=np.resize(arcs.cost, length),
            limit=np.resize(arcs.limit, length),
            flow=np.resize(arcs.flow, length),
            state=np.resize(arcs.state, length),
            total=arcs.total,
        )
    new = slice(count, count + size)
    arcs.tail[new], arcs.head[new], arcs.cost[new] = tail, head, cost
    arcs.limit[new], arcs.flow[new], arcs.state[new] = UNLIMITED, 0, LOWER
    arcs.total[0] += size
    return arcs


def without(arcs: Arcs, basis: Basis, dropped: npt.NDArray[np.bool_]) -> None:
    """
    Drop arcs that are not in the tree and carry no flow; `dropped` has one flag for each existing arc.
    """
    kept = np.flatnonzero(~dropped)
    for part in (arcs.tail, arcs.head, arcs.cost, arcs.limit, arcs.flow, arcs.state):
        part[: kept.size] = part[kept]
    new_number = np.cumsum(~dropped) - 1
    hanging = basis.arc >= 0
    basis.arc[hanging] = new_number[basis.arc[hanging]]
    arcs.total[0] = kept.size


@njit(cache=True)
def pivot_all(arcs: Arcs, basis: Basis, most: int) -> int:  # noqa: C901, PLR0912, PLR0915
    """
    Pivot until no arc can improve the flow, or ``most`` times; return the number of pivots.

    Entering arcs by block search, leaving arcs by the rule that keeps the tree strongly feasible. One long
    function on purpose: arrays leave their tuples once.
    """
    tail, head, cost, limit, flow, state = arcs.tail, arcs.head, arcs.cost, arcs.limit, arcs.flow, arcs.state
    potential, parent, up_arc, is_up = basis.potential, basis.parent, basis.arc, basis.is_up
    depth, first_child = basis.depth, basis.first_child
    next_sibling, previous_sibling = basis.next_sibling, basis.previous_sibling
    count = arcs.total[0]
    block = max(50, int(0.4 * np.sqrt(count)))
    cursor = basis.cursor[0] % max(1, count)
    pivots = 0
    while pivots < most:
        best, entering, seen = 0, -1, 0
        while seen < count:
            stop = min(seen + block, count)
            while seen < stop:
                e = cursor
                value = state[e] * (cost[e] + potential[head[e]] - potential[tail[e]])
                if value < best:
                    best, entering = value, e
                cursor += 1
                if cursor == count:
                    cursor = 0
                seen += 1
            if entering >= 0:
                break
        if entering < 0:
            break
        pivots += 1
        # Flow is pushed from `first` to `second` along the entering arc and back through the tree.
        e = entering
        if state[e] == LOWER:
            first, second = tail[e], head[e]
            push = limit[e] - flow[e]
        else:
            first, second = head[e], tail[e]
            push = flow[e]
        a, b = first, second
        while a != b:
            if depth[a] >= depth[b]:
                a = parent[a]
            else:
                b = parent[b]
        join = a
        side, out = 0, -1
        v = first
        while v != join:
            f = up_arc[v]
            left = flow[f] if is_up[v] else limit[f] - flow[f]
            if left < push:
                push, side, out = left, 1, v
            v = parent[v]
        v = second
        while v != join:
            f = up_arc[v]
            left = limit[f] - flow[f] if is_up[v] else flow[f]
            if left <= push:
                push, side, out = left, 2, v
            v = parent[v]
        if push > 0:
            flow[e] += push if state[e] == LOWER else -push
            v = first
            while v != join:
                flow[up_arc[v]] += -push if is_up[v] else push
                v = parent[v]
            v = second
            while v != join:
                flow[up_arc[v]] += push if is_up[v] else -push
                v = parent[v]
        if side == 0:
            state[e] = -state[e]
            continue
        leaving = up_arc[out]
        state[leaving] = LOWER if flow[leaving] == 0 else UPPER
        reduced = cost[e] + potential[head[e]] - potential[tail[e]]
        state[e] = TREE
        inner, outer = (first, second) if side == 1 else (second, first)
        shift = reduced if inner == tail[e] else -reduced
        # Hang the cut subtree on the entering arc: turn the path from `inner` up to `out` round.
        v, above, arc, points_up = inner, outer, e, inner == tail[e]
        while True:
            old_above, old_arc, old_up = parent[v], up_arc[v], is_up[v]
            before, after = previous_sibling[v], next_sibling[v]
            if before >= 0:
                next_sibling[before] = after
            else:
                first_child[old_above] = after
            if after >= 0:
                previous_sibling[after] = before
            parent[v], up_arc[v], is_up[v] = above, arc, points_up
            previous_sibling[v] = -1
            next_sibling[v] = first_child[above]
            if first_child[above] >= 0:
                previous_sibling[first_child[above]] = v
            first_child[above] = v
            if v == out:
                break
            v, above, arc, points_up = old_above, v, old_arc, not old_up
        # Walk the subtree: new depths and potentials.
        v = inner
        while True:
            depth[v] = depth[parent[v]] + 1
            potential[v] += shift
            if first_child[v] >= 0:
                v = first_child[v]
                continue
            while v != inner and next_sibling[v] < 0:
                v = parent[v]
            if v == inner:
                break
            v = next_sibling[v]
    basis.cursor[0] = cursor
    return pivots
