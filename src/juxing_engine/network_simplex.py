"""
Network simplex for trees that are nearly all leaves, on a set of arcs that grows and is purged.

A pivot changes the potential and depth of every node of one subtree. In these networks most nodes are needs that hang
on a single responder, or requests on a single shelf; nothing hangs on them. Here such leaves are not walked: their
potential is their parent's plus the cost of their arc, worked out when asked for. Lists of children hold inner nodes
only. A million needs at one door cost no more than a million doors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Integers = npt.NDArray[np.int64]
Links = npt.NDArray[np.int32]

UNLIMITED = 2**40
LOWER, TREE, UPPER = 1, 0, -1

BLOCK_FACTOR = 0.3
"""Arcs looked at before the best of them enters, in square roots of their number."""


class Arcs(NamedTuple):
    """Arcs ``tail -> head``; ``state``: at which bound an arc outside the tree is; the first ``total[0]`` exist."""

    tail: Links
    head: Links
    cost: Integers
    limit: Integers
    flow: Integers
    state: npt.NDArray[np.int8]
    total: Integers


class Basis(NamedTuple):
    """
    The spanning tree; the last node is its root.

    ``arc`` joins a node to its ``parent`` and points up where ``is_up``. ``potential`` is the cost of the way to the
    root along the tree. Every arc of the tree must let one more unit towards the root (strongly feasible).
    """

    potential: Integers
    parent: Links
    arc: Links
    is_up: npt.NDArray[np.bool_]
    depth: Links
    first_child: Links
    following: Links
    before: Links
    cursor: Integers


def make_arcs(tail: Integers, head: Integers, cost: Integers) -> Arcs:
    """Arcs without flow and without limit."""
    size = tail.size
    return Arcs(
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        cost=cost.astype(np.int64),
        limit=np.full(size, UNLIMITED, dtype=np.int64),
        flow=np.zeros(size, dtype=np.int64),
        state=np.full(size, LOWER, dtype=np.int8),
        total=np.array([size]),
    )


def make_basis(parent: Integers, arc: Integers, is_up: npt.NDArray[np.bool_], arcs: Arcs) -> Basis:
    """
    Tree from each node's parent, arc and direction, without the root, which is the last node.

    Raises
    ------
    ValueError
        If some node does not lead to the root.
    """
    nodes = parent.size + 1
    depth = np.full(nodes, -1, dtype=np.int32)
    potential = np.zeros(nodes, dtype=np.int64)
    links = np.append(parent, -1).astype(np.int32)
    hang = np.where(is_up, arcs.cost[arc], -arcs.cost[arc])
    if not climb_all(links, hang, depth, potential):
        raise ValueError("Expected every node to lead to the root.")
    return Basis(
        potential=potential,
        parent=links,
        arc=np.append(arc, -1).astype(np.int32),
        is_up=np.append(is_up, True),
        depth=depth,
        first_child=np.full(nodes, -1, dtype=np.int32),
        following=np.full(nodes, -1, dtype=np.int32),
        before=np.full(nodes, -1, dtype=np.int32),
        cursor=np.zeros(1, dtype=np.int64),
    )


@njit(cache=True)
def climb_all(parent: Links, hang: Integers, depth: Links, potential: Integers) -> bool:
    """Depth and potential of every node; False if some way does not end at the root."""
    nodes = parent.size
    way = np.empty(nodes, dtype=np.int64)
    depth[nodes - 1] = 0
    for start in range(nodes):
        steps, v = 0, start
        while depth[v] < 0:
            if steps == nodes or parent[v] < 0:
                return False
            way[steps] = v
            steps += 1
            v = parent[v]
        for step in range(steps - 1, -1, -1):
            v = way[step]
            depth[v] = depth[parent[v]] + 1
            potential[v] = potential[parent[v]] + hang[v]
    return True


@njit(cache=True)
def without_idle(arcs: Arcs, basis: Basis, span: tuple[int, int], most: float) -> None:
    """
    Drop idle arcs from nodes below ``span[0]`` to nodes below ``span[1]`` that are far from being used.

    Far is a reduced cost beyond ``most`` times what such an arc in use costs on average.
    """
    tail, head, cost, flow, state = arcs.tail, arcs.head, arcs.cost, arcs.flow, arcs.state
    potential, own_arc = basis.potential, basis.arc
    count = arcs.total[0]
    used, spent = 0, 0
    for e in range(count):
        if flow[e] > 0 and tail[e] < span[0] and head[e] < span[1]:
            used += 1
            spent += abs(cost[e])
    limit = int(most * (spent // max(1, used))) + 1
    kept = 0
    for e in range(count):
        is_idle = state[e] == LOWER and tail[e] < span[0] and head[e] < span[1]
        if is_idle and cost[e] + potential[head[e]] - potential[tail[e]] > limit:
            continue
        if state[e] == TREE:
            # Its lower node is the one whose own arc it is; the arc's number changes there.
            low = tail[e] if own_arc[tail[e]] == e else head[e]
            own_arc[low] = kept
        tail[kept], head[kept], cost[kept] = tail[e], head[e], cost[e]
        arcs.limit[kept], flow[kept], state[kept] = arcs.limit[e], flow[e], state[e]
        kept += 1
    arcs.total[0] = kept


def with_more(arcs: Arcs, tail: Integers, head: Integers, cost: Integers) -> Arcs:
    """The arcs and new ones, empty and without limit."""
    old, size = int(arcs.total[0]), tail.size
    if old + size > arcs.tail.size:
        length = max(old + size, arcs.tail.size * 5 // 4)
        parts = (arcs.tail, arcs.head, arcs.cost, arcs.limit, arcs.flow, arcs.state)
        grown = [np.concatenate([part, np.zeros(length - part.size, part.dtype)]) for part in parts]
        arcs = Arcs(grown[0], grown[1], grown[2], grown[3], grown[4], grown[5], arcs.total)
    new = slice(old, old + size)
    arcs.tail[new], arcs.head[new], arcs.cost[new] = tail, head, cost
    arcs.limit[new], arcs.flow[new], arcs.state[new] = UNLIMITED, 0, LOWER
    arcs.total[0] += size
    return arcs


def without(arcs: Arcs, basis: Basis, dropped: npt.NDArray[np.bool_]) -> None:
    """Drop arcs, one flag for each that exists; none may be in the tree or carry flow."""
    kept = np.flatnonzero(~dropped)
    for part in (arcs.tail, arcs.head, arcs.cost, arcs.limit, arcs.flow, arcs.state):
        part[: kept.size] = part[kept]
    number = np.cumsum(~dropped) - 1
    basis.arc[:-1] = number[basis.arc[:-1]]
    arcs.total[0] = kept.size


@njit(cache=True)
def _link(first_child: Links, following: Links, before: Links, v: int, above: int) -> None:
    old = first_child[above]
    before[v], following[v] = -1, old
    if old >= 0:
        before[old] = v
    first_child[above] = v


@njit(cache=True)
def _unlink(first_child: Links, following: Links, before: Links, v: int, above: int) -> None:
    if before[v] >= 0:
        following[before[v]] = following[v]
    else:
        first_child[above] = following[v]
    if following[v] >= 0:
        before[following[v]] = before[v]


@njit(cache=True)
def settle_leaves(basis: Basis, hang: Integers, children: Links) -> None:
    """Write potential and depth of the leaves, which pivots leave stale."""
    for v in range(children.size):
        if children[v] == 0 and basis.parent[v] >= 0:
            basis.potential[v] = basis.potential[basis.parent[v]] + hang[v]
            basis.depth[v] = basis.depth[basis.parent[v]] + 1


@njit(cache=True, nogil=True)
def pivot_inner(arcs: Arcs, basis: Basis, most: int) -> int:  # noqa: C901, PLR0912, PLR0915
    """
    Pivot until no arc can improve the flow, or ``most`` times; return the number of pivots.

    Entering arcs by block search, leaving arcs by the rule that keeps the tree strongly feasible, so it ends. All
    potentials are right on return. Lists of children are written anew at the start. One long function on purpose:
    arrays leave their tuples once.
    """
    tail, head, cost, limit, flow, state = arcs.tail, arcs.head, arcs.cost, arcs.limit, arcs.flow, arcs.state
    potential, parent, own_arc, is_up, depth = basis.potential, basis.parent, basis.arc, basis.is_up, basis.depth
    first_child, following, before = basis.first_child, basis.following, basis.before
    nodes = parent.size
    children = np.zeros(nodes, dtype=np.int32)
    hang = np.zeros(nodes, dtype=np.int64)
    first_child[:] = -1
    for v in range(nodes):
        if parent[v] >= 0:
            children[parent[v]] += 1
            hang[v] = cost[own_arc[v]] if is_up[v] else -cost[own_arc[v]]
    for v in range(nodes):
        if children[v] > 0 and parent[v] >= 0:
            _link(first_child, following, before, v, parent[v])
    count = arcs.total[0]
    block = max(50, int(BLOCK_FACTOR * np.sqrt(count)))
    cursor = basis.cursor[0] % max(1, count)
    pivots = 0
    while pivots < most:
        best, entering, seen = 0, -1, 0
        last_tail, tail_potential = -1, 0
        while seen < count and entering < 0:
            stop = min(seen + block, count)
            while seen < stop:
                if state[cursor] != TREE:
                    t, h = tail[cursor], head[cursor]
                    if t != last_tail:
                        last_tail = t
                        tail_potential = potential[t] if children[t] > 0 else potential[parent[t]] + hang[t]
                    up = potential[h]
                    if children[h] == 0:
                        up = potential[parent[h]] + hang[h]
                    value = state[cursor] * (cost[cursor] + up - tail_potential)
                    if value < best:
                        best, entering = value, cursor
                cursor += 1
                if cursor == count:
                    cursor = 0
                seen += 1
        if entering < 0:
            break
        pivots += 1
        # A unit goes round the cycle: join, down to `source`, over the entering arc to `target`, up to join.
        if state[entering] == LOWER:
            source, target, room = tail[entering], head[entering], limit[entering] - flow[entering]
        else:
            source, target, room = head[entering], tail[entering], flow[entering]
        for v in (source, target):
            if children[v] == 0:
                potential[v] = potential[parent[v]] + hang[v]
                depth[v] = depth[parent[v]] + 1
        a, b = source, target
        cut, is_source_side = -1, True
        room_below = room
        while a != b:
            if depth[a] >= depth[b]:
                f = own_arc[a]
                left = flow[f] if is_up[a] else limit[f] - flow[f]
                if left < room_below:
                    room_below, cut = left, a
                a = parent[a]
            else:
                b = parent[b]
        join = a
        v = target
        while v != join:
            f = own_arc[v]
            left = limit[f] - flow[f] if is_up[v] else flow[f]
            if left <= room_below:
                room_below, cut, is_source_side = left, v, False
            v = parent[v]
        if room_below > 0:
            flow[entering] += room_below if state[entering] == LOWER else -room_below
            v = source
            while v != join:
                flow[own_arc[v]] += -room_below if is_up[v] else room_below
                v = parent[v]
            v = target
            while v != join:
                flow[own_arc[v]] += room_below if is_up[v] else -room_below
                v = parent[v]
        if cut < 0:
            state[entering] = -state[entering]
            continue
        leaving = own_arc[cut]
        state[leaving] = LOWER if flow[leaving] == 0 else UPPER
        reduced = cost[entering] + potential[head[entering]] - potential[tail[entering]]
        state[entering] = TREE
        low, high = (source, target) if is_source_side else (target, source)
        shift = reduced if low == tail[entering] else -reduced
        # The arc above `cut` leaves: the path from `low` up to it turns round and hangs on `high`.
        left_behind = parent[cut]
        children[high] += 1
        if children[high] == 1 and parent[high] >= 0:
            _link(first_child, following, before, high, parent[high])
        v, above, arc, points_up = low, high, entering, low == tail[entering]
        while True:
            old_above, old_arc, old_up = parent[v], own_arc[v], is_up[v]
            if children[v] > 0:
                _unlink(first_child, following, before, v, old_above)
            if v != low:
                children[v] -= 1
            if v != cut:
                children[v] += 1
            parent[v], own_arc[v], is_up[v] = above, arc, points_up
            hang[v] = cost[arc] if points_up else -cost[arc]
            if children[v] > 0:
                _link(first_child, following, before, v, above)
            if v == cut:
                break
            v, above, arc, points_up = old_above, v, old_arc, not old_up
        children[left_behind] -= 1
        if children[left_behind] == 0 and parent[left_behind] >= 0:
            _unlink(first_child, following, before, left_behind, parent[left_behind])
        if children[low] == 0:
            continue
        v = low
        while True:
            depth[v] = depth[parent[v]] + 1
            potential[v] += shift
            if first_child[v] >= 0:
                v = first_child[v]
                continue
            while v != low and following[v] < 0:
                v = parent[v]
            if v == low:
                break
            v = following[v]
    basis.cursor[0] = cursor
    settle_leaves(basis, hang, children)
    return pivots
