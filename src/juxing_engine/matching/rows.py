"""
The cheapest pairs of each need, found when asked for: rows of a cost matrix nobody writes out.

A row is *complete up to its level*: every pair outside it has ``cost + floor price >= level``. While prices
stay at or above their floors, no pair outside can beat one that costs less than the level.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.ground import FORBIDDEN, Ground, leaves
from juxing_engine.matching.problem import Integers, Metres

ROW_SIZE = 12
"""Pairs, besides the special ones, a row starts with."""

COMPLETE = 2**62
"""Level of a row that holds every pair there is."""


class Rows(NamedTuple):
    """
    Rows in one pool of edges.

    Row ``i`` is ``start[i] : start[i] + size[i]`` of ``to`` and ``cost``, with space up to ``room[i]``,
    complete up to ``level[i]`` and filled when ``floors_set[0]`` was ``filled_at[i]``; ``used[0]`` is the
    end of the pool. ``floor`` are the responders' floor prices and ``floor_below`` their least under each
    node of the tree, whose leaf over each responder is ``leaf_of``.
    """

    start: Integers
    size: Integers
    room: Integers
    level: Integers
    filled_at: Integers
    floors_set: Integers
    to: npt.NDArray[np.int32]
    cost: Integers
    used: Integers
    floor: Integers
    floor_below: Integers
    leaf_of: Integers


def empty_rows(ground: Ground, floor: Integers, room: int) -> Rows:
    """Rows with nothing in them yet and room for ``room`` edges."""
    needs = ground.penalty.size
    rows = Rows(
        start=np.zeros(needs, dtype=np.int64),
        size=np.zeros(needs, dtype=np.int64),
        room=np.zeros(needs, dtype=np.int64),
        filled_at=np.zeros(needs, dtype=np.int64),
        floors_set=np.zeros(1, dtype=np.int64),
        level=np.full(needs, -COMPLETE, dtype=np.int64),
        to=np.zeros(room, dtype=np.int32),
        cost=np.zeros(room, dtype=np.int64),
        used=np.zeros(1, dtype=np.int64),
        floor=floor.copy(),
        floor_below=np.zeros(ground.responder_tree.first.size, dtype=np.int64),
        leaf_of=leaves(ground.responder_tree, floor.size),
    )
    raise_floors(ground, rows, floor)
    return rows


def with_room(rows: Rows, room: int) -> Rows:
    """The same rows with room for at least ``room`` more edges."""
    size = max(2 * rows.to.size, int(rows.used[0]) + room)
    to, cost = np.resize(rows.to, size), np.resize(rows.cost, size)
    return rows._replace(to=to, cost=cost)  # noqa: SLF001 - public despite its name


@njit(cache=True)
def raise_floors(ground: Ground, rows: Rows, floor: Integers) -> None:
    """Set the floors; allowed while no price is below them. Rows made under lower floors stay valid."""
    tree = ground.responder_tree
    rows.floor[:] = floor
    rows.floors_set[0] += 1
    for node in range(2 * tree.leaves_from - 1, 0, -1):
        least = COMPLETE
        if node >= tree.leaves_from:
            for j in range(tree.first[node], tree.last[node]):
                least = min(least, floor[j])
        else:
            least = min(rows.floor_below[2 * node], rows.floor_below[2 * node + 1])
        rows.floor_below[node] = least


@njit(cache=True)
def stranger_cost(ground: Ground, i: int, j: int) -> int:
    """Cost of a pair without special terms, or ``FORBIDDEN`` if they may not meet."""
    if ground.required[i] & ~ground.held[j] != 0 or ground.capacity[j] == 0:
        return FORBIDDEN
    walk = ground.detour * _apart(ground.need_xy, i, ground.responder_xy, j)
    if walk > ground.reach[j]:
        return FORBIDDEN
    cost = int(np.floor(walk * ground.weight[i] + 0.5))
    if ground.needed[i] != 0 and ground.needed[i] & ground.spoken[j] == 0:
        cost += ground.language_cost
    return cost


@njit(cache=True)
def _apart(a: Metres, i: int, b: Metres, j: int) -> float:
    dx, dy = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1]
    return float(np.sqrt(dx * dx + dy * dy))


@njit(cache=True)
def _is_listed(listed: Integers, low: int, high: int, j: int) -> bool:
    end = high
    while low < high:
        middle = (low + high) // 2
        if listed[middle] < j:
            low = middle + 1
        else:
            high = middle
    return low < end and listed[low] == j


@njit(cache=True)
def _far_from_box(box: Metres, node: int, x: float, y: float) -> float:
    dx = max(box[node, 0] - x, 0.0, x - box[node, 2])
    dy = max(box[node, 1] - y, 0.0, y - box[node, 3])
    return float(np.sqrt(dx * dx + dy * dy))


@njit(cache=True)
def _insert(keys: Integers, found: Integers, costs: Integers, size: int, entry: tuple[int, int, int]) -> None:
    key, j, cost = entry
    place = size
    while place > 0 and keys[place - 1] > key:
        keys[place], found[place], costs[place] = keys[place - 1], found[place - 1], costs[place - 1]
        place -= 1
    keys[place], found[place], costs[place] = key, j, cost


@njit(cache=True)
def fill_row(  # noqa: C901, PLR0912, PLR0915
    ground: Ground, rows: Rows, i: int, wanted: int, ceiling: int
) -> bool:
    """
    Write row ``i`` anew: all its special pairs, and the ``wanted`` cheapest others by cost plus floor
    under ``ceiling``.

    Returns whether there was room; if not, nothing changed. One long function on purpose: every array is
    taken out of its tuple once, since each access from inside the loop would count references.
    """
    tree = ground.responder_tree
    box, first, last, leaves_from = tree.box, tree.first, tree.last, tree.leaves_from
    late, next_late = tree.late, tree.next_late
    below, floor_below, floor = ground.skills_below, rows.floor_below, rows.floor
    responder_xy, held, spoken, reach = ground.responder_xy, ground.held, ground.spoken, ground.reach
    capacity, listed = ground.capacity, ground.special_responder
    x, y = ground.need_xy[i, 0], ground.need_xy[i, 1]
    required, needed, language_cost = ground.required[i], ground.needed[i], ground.language_cost
    detour, weight = ground.detour, ground.weight[i]
    specials_from, specials_to = ground.special_first[i], ground.special_first[i + 1]
    most = wanted + specials_to - specials_from
    if most > rows.room[i]:
        if rows.used[0] + most > rows.to.size:
            return False
        rows.start[i], rows.room[i] = rows.used[0], most
        rows.used[0] += most
    keys = np.empty(wanted + 1, dtype=np.int64)
    found = np.empty(wanted + 1, dtype=np.int64)
    costs = np.empty(wanted + 1, dtype=np.int64)
    size = 0
    worst = ceiling
    nodes = np.empty(128, dtype=np.int64)
    leasts = np.empty(128, dtype=np.int64)
    nodes[0], leasts[0] = 1, -COMPLETE
    top = 1
    while top > 0:
        top -= 1
        if leasts[top] >= worst:
            continue
        node = nodes[top]
        if node < leaves_from:
            left, right = COMPLETE, COMPLETE
            if required & ~below[2 * node] == 0:
                walk = detour * _far_from_box(box, 2 * node, x, y)
                left = int(np.floor(walk * weight + 0.5)) + floor_below[2 * node]
            if required & ~below[2 * node + 1] == 0:
                walk = detour * _far_from_box(box, 2 * node + 1, x, y)
                right = int(np.floor(walk * weight + 0.5)) + floor_below[2 * node + 1]
            near = 2 * node if left <= right else 2 * node + 1
            if max(left, right) < worst:
                nodes[top], leasts[top] = 4 * node + 1 - near, max(left, right)
                top += 1
            if min(left, right) < worst:
                nodes[top], leasts[top] = near, min(left, right)
                top += 1
            continue
        j, end = first[node], last[node]
        while True:
            # The leaf's own range, then those who came later.
            if end >= 0 and j == end:
                end = -1
                j = late[node]
            if j == -1:
                break
            here = j
            j = j + 1 if end >= 0 else next_late[j]
            if required & ~held[here] != 0 or capacity[here] == 0:
                continue
            dx, dy = x - responder_xy[here, 0], y - responder_xy[here, 1]
            walk = detour * np.sqrt(dx * dx + dy * dy)
            cost = int(np.floor(walk * weight + 0.5))
            if cost + floor[here] >= worst or walk > reach[here]:
                continue
            if needed != 0 and needed & spoken[here] == 0:
                cost += language_cost
            key = cost + floor[here]
            if key >= worst or _is_listed(listed, specials_from, specials_to, here):
                continue
            _insert(keys, found, costs, size, (key, here, cost))
            size = min(size + 1, wanted)
            if size == wanted:
                worst = keys[wanted - 1]
    start = rows.start[i]
    end = start
    for place in range(specials_from, specials_to):
        j, change = listed[place], ground.special_change[place]
        cost = stranger_cost(ground, i, j)
        if FORBIDDEN not in (change, cost):
            rows.to[end], rows.cost[end] = j, cost + change
            end += 1
    for place in range(size):
        rows.to[end], rows.cost[end] = found[place], costs[place]
        end += 1
    rows.size[i], rows.level[i], rows.filled_at[i] = end - start, worst, rows.floors_set[0]
    return True


@njit(cache=True)
def grow_row(ground: Ground, rows: Rows, i: int, ceiling: int) -> bool:
    """
    Raise the level of row ``i``, at most to ``ceiling``; return whether there was room.

    If floors have risen since it was filled, as many pairs reach higher; else it takes twice as many.
    """
    wanted = ROW_SIZE
    if rows.filled_at[i] == rows.floors_set[0]:
        specials = ground.special_first[i + 1] - ground.special_first[i]
        wanted = 2 * max(ROW_SIZE, rows.size[i] - specials)
    return bool(fill_row(ground, rows, i, wanted, ceiling))


@njit(cache=True)
def fill_all(ground: Ground, rows: Rows, wanted: int) -> None:
    """Fill every row; there must be room for ``wanted`` edges a need and all special pairs."""
    for i in range(rows.start.size):
        fill_row(ground, rows, i, wanted, COMPLETE)


@njit(cache=True)
def set_floor(ground: Ground, rows: Rows, j: int, floor: int) -> None:
    """Set one floor, up or down, and the least floors above it in the tree."""
    tree = ground.responder_tree
    rows.floor[j] = floor
    node = rows.leaf_of[j]
    least = COMPLETE
    for other in range(tree.first[node], tree.last[node]):
        least = min(least, rows.floor[other])
    other = tree.late[node]
    while other >= 0:
        least = min(least, rows.floor[other])
        other = tree.next_late[other]
    rows.floor_below[node] = least
    node //= 2
    while node >= 1:
        rows.floor_below[node] = min(rows.floor_below[2 * node], rows.floor_below[2 * node + 1])
        node //= 2
