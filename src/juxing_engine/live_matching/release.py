"""
Using a visit that has become free: the search of `insertion` run backwards.

While a responder with a free visit has a price above what that visit costs, somebody would rather be with
them. The search looks for the need that gains most, the need taking its place, and so on, until an unserved
need is served or a visit is left free where nobody misses it. Needs are found in a tree that knows the most
any need below pays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from juxing_engine.live_matching.plan import FAR, Desk, Plan, give, pop, push, take
from juxing_engine.matching.ground import FORBIDDEN, Ground, leaves
from juxing_engine.matching.problem import Integers
from juxing_engine.matching.rows import COMPLETE, stranger_cost

FIRST_LOOK = 12
"""Needs a responder asks for at first; twice as many each time again."""

NOTHING = -(2**61)
"""What a need pays that cannot be moved: it is frozen or gone."""


class Payers(NamedTuple):
    """
    What each need pays now (cost plus price, or its penalty), and the most under each node of the need
    tree.

    The special pairs of a responder, which the tree knows nothing of, are a linked list over
    ``ground.special_*``: ``special_of[j]``, then ``next_special``, until -1; ``special_need`` names the
    need.
    """

    pays: Integers
    most_below: Integers
    leaf_of: Integers
    special_of: Integers
    next_special: Integers
    special_need: Integers


def new_payers(ground: Ground) -> Payers:
    """Nobody pays anything yet."""
    leaf_of = np.zeros(ground.penalty.size, dtype=np.int64)
    own = leaves(ground.need_tree, ground.penalty.size)
    leaf_of[: own.size] = own
    payers = Payers(
        pays=np.full(ground.penalty.size, NOTHING, dtype=np.int64),
        most_below=np.full(ground.need_tree.first.size, NOTHING, dtype=np.int64),
        leaf_of=leaf_of,
        special_of=np.full(ground.capacity.size, -1, dtype=np.int64),
        next_special=np.full(ground.special_change.size, -1, dtype=np.int64),
        special_need=np.zeros(ground.special_change.size, dtype=np.int64),
    )
    _list_all(ground, payers)
    return payers


@njit(cache=True)
def _list_all(ground: Ground, payers: Payers) -> None:
    for i in range(ground.penalty.size):
        for place in range(ground.special_first[i], ground.special_first[i + 1]):
            list_special(ground, payers, i, place)


@njit(cache=True)
def list_special(ground: Ground, payers: Payers, i: int, place: int) -> None:
    """Let a responder know of a special pair, written at ``place`` for need ``i``."""
    j = ground.special_responder[place]
    payers.special_need[place] = i
    payers.next_special[place] = payers.special_of[j]
    payers.special_of[j] = place


@njit(cache=True)
def set_pays(ground: Ground, payers: Payers, plan: Plan, i: int) -> None:
    """Note what need ``i`` pays now, and tell the tree."""
    j = plan.responder_of[i]
    if plan.is_frozen[i]:
        value = NOTHING
    elif j >= 0:
        value = plan.paid[i] + plan.price[j]
    else:
        value = ground.penalty[i]
    _note(ground, payers, i, value)


@njit(cache=True)
def _note(ground: Ground, payers: Payers, i: int, value: int) -> None:
    tree, pays, below = ground.need_tree, payers.pays, payers.most_below
    if pays[i] == value:
        return
    pays[i] = value
    node = payers.leaf_of[i]
    most = NOTHING
    for other in range(tree.first[node], tree.last[node]):
        most = max(most, pays[other])
    other = tree.late[node]
    while other >= 0:
        most = max(most, pays[other])
        other = tree.next_late[other]
    below[node] = most
    node //= 2
    while node >= 1:
        most = max(below[2 * node], below[2 * node + 1])
        if below[node] == most:
            break
        below[node] = most
        node //= 2


@njit(cache=True)
def exact_cost(ground: Ground, i: int, j: int) -> int:
    """Cost of a pair with its special terms, or ``FORBIDDEN``."""
    cost = stranger_cost(ground, i, j)
    low, high = ground.special_first[i], ground.special_first[i + 1]
    for place in range(low, high):
        if ground.special_responder[place] == j:
            change = ground.special_change[place]
            return FORBIDDEN if FORBIDDEN in (change, cost) else cost + change
    return int(cost)


@njit(cache=True)
def _enter(found: Integers, gain: Integers, size: int, entry: tuple[int, int, int]) -> tuple[int, int]:
    """
    Put an entry in its place among the best so far; return how many there are and what the next must
    undercut.
    """
    i, value, worst = entry
    place = size
    while place > 0 and gain[place - 1] > value:
        gain[place], found[place] = gain[place - 1], found[place - 1]
        place -= 1
    gain[place], found[place] = value, i
    size = min(size + 1, found.size - 1)
    return size, gain[size - 1] if size == found.size - 1 else worst


@njit(cache=True)
def neediest(  # noqa: C901, PLR0912, PLR0915
    ground: Ground, payers: Payers, plan: Plan, asking: tuple[int, int, int], space: tuple[Integers, ...]
) -> int:
    """
    Find the needs a responder would serve at least ``cost - pays``, best first; return how many.

    ``asking`` is the responder, the ceiling the value must stay under, and what is added to it to compare
    with ``distance``. ``space`` holds ``found`` and its values ``gain``, with room for one more than are
    wanted, and ``distance`` by responder: a need whose own responder is already as near is left out, as it
    leads nowhere new.
    """
    j, ceiling, offset = asking
    found, gain, distance = space
    tree, pays, most_below = ground.need_tree, payers.pays, payers.most_below
    box, first, last, late, next_late = tree.box, tree.first, tree.last, tree.late, tree.next_late
    weight_below, required_below = ground.weight_below, ground.required_below
    x, y = ground.responder_xy[j, 0], ground.responder_xy[j, 1]
    detour, lacking, language_cost = ground.detour, ~ground.held[j], ground.language_cost
    reach, spoken, needed = ground.reach[j], ground.spoken[j], ground.needed
    special_first, special_responder = ground.special_first, ground.special_responder
    need_xy, weight, required = ground.need_xy, ground.weight, ground.required
    responder_of = plan.responder_of
    worst, size = ceiling, 0
    nodes = np.empty(128, dtype=np.int64)
    leasts = np.empty(128, dtype=np.int64)
    special = payers.special_of[j]
    while special >= 0:
        here = payers.special_need[special]
        special = payers.next_special[special]
        if pays[here] == NOTHING or responder_of[here] == j:
            continue
        cost = exact_cost(ground, here, j)
        value = cost - pays[here]
        if cost == FORBIDDEN or value >= worst:
            continue
        if responder_of[here] >= 0 and offset + value >= distance[responder_of[here]]:
            continue
        size, worst = _enter(found, gain, size, (here, value, worst))
    nodes[0], leasts[0], top = 1, -COMPLETE, 1
    while top > 0:
        top -= 1
        if leasts[top] >= worst:
            continue
        node = nodes[top]
        if node < tree.leaves_from:
            bounds = (COMPLETE, COMPLETE)
            for side in range(2):
                child = 2 * node + side
                if required_below[child] & lacking != 0 or most_below[child] == NOTHING:
                    continue
                dx = max(box[child, 0] - x, 0.0, x - box[child, 2])
                dy = max(box[child, 1] - y, 0.0, y - box[child, 3])
                walk = detour * np.sqrt(dx * dx + dy * dy)
                least = int(np.floor(walk * weight_below[child] + 0.5)) - most_below[child]
                bounds = (least, bounds[1]) if side == 0 else (bounds[0], least)
            near = 0 if bounds[0] <= bounds[1] else 1
            if max(bounds) < worst:
                nodes[top], leasts[top] = 2 * node + 1 - near, max(bounds)
                top += 1
            if min(bounds) < worst:
                nodes[top], leasts[top] = 2 * node + near, min(bounds)
                top += 1
            continue
        i, end = first[node], last[node]
        while True:
            if end >= 0 and i == end:
                end, i = -1, late[node]
            if i == -1:
                break
            here = i
            i = i + 1 if end >= 0 else next_late[i]
            if pays[here] == NOTHING or responder_of[here] == j or required[here] & lacking != 0:
                continue
            dx, dy = x - need_xy[here, 0], y - need_xy[here, 1]
            walk = detour * np.sqrt(dx * dx + dy * dy)
            value = int(np.floor(walk * weight[here] + 0.5)) - pays[here]
            if needed[here] != 0 and needed[here] & spoken == 0:
                value += language_cost
            if value >= worst or walk > reach:
                continue
            if responder_of[here] >= 0 and offset + value >= distance[responder_of[here]]:
                continue
            is_special = False
            for place in range(special_first[here], special_first[here + 1]):
                is_special |= special_responder[place] == j
            if is_special:
                continue
            size, worst = _enter(found, gain, size, (here, value, worst))
    return size


@njit(cache=True)
def release(  # noqa: C901, PLR0912, PLR0915
    ground: Ground, payers: Payers, plan: Plan, desk: Desk, origin: int
) -> None:
    """
    Put one free visit of ``origin`` to its best use; prices of the responders settled fall.

    Does nothing when the visit is not worth more than it costs.
    """
    price, visits, responder_of = plan.price, plan.visits, plan.responder_of
    distance, via, via_cost, toward = desk.distance, desk.via, desk.via_cost, desk.toward
    heap, key, position, wanted = desk.heap, desk.key, desk.position, desk.wanted
    touched, settled = desk.touched, desk.settled
    load, responders = ground.load, ground.capacity.size
    desk.report[:] = 0
    limit = price[origin] - load[visits[origin]]
    if limit <= 0 or visits[origin] >= ground.capacity[origin]:
        return
    worth = limit
    end_responder, newly_served, served_cost = origin, -1, 0
    distance[origin], key[origin] = 0, 0
    touched[0], reached_count, settled_count = origin, 1, 0
    in_heap = push(heap, key, position, 0, origin)
    while in_heap > 0 and key[heap[0]] < limit:
        item = heap[0]
        in_heap = pop(heap, key, position, in_heap)
        if item < responders:
            j = item
            settled[settled_count] = j
            settled_count += 1
            wanted[j] = FIRST_LOOK
            # Its needs lead nowhere new: out of the tree until the search is over.
            for slot in range(plan.first_visit[j], plan.first_visit[j] + visits[j]):
                _note(ground, payers, plan.visitor[slot], NOTHING)
        else:
            j = item - responders
            wanted[j] *= 2
        offset = distance[j] + price[j]
        found = np.empty(wanted[j] + 1, dtype=np.int64)
        gain = np.empty(wanted[j] + 1, dtype=np.int64)
        size = neediest(ground, payers, plan, (j, limit - offset, offset), (found, gain, distance))
        for place in range(size):
            i = found[place]
            reached = offset + gain[place]
            owner = responder_of[i]
            if reached >= limit:
                continue
            if owner < 0:
                limit, end_responder, newly_served = reached, j, i
                served_cost = gain[place] + payers.pays[i]
                continue
            if reached >= distance[owner]:
                continue
            if distance[owner] == FAR:
                touched[reached_count] = owner
                reached_count += 1
            distance[owner], via[owner], toward[owner] = reached, i, j
            via_cost[owner] = gain[place] + payers.pays[i]
            idle = reached + price[owner] - load[visits[owner] - 1]
            if idle < limit:
                limit, end_responder, newly_served = idle, owner, -1
            if reached < limit:
                key[owner] = reached
                in_heap = push(heap, key, position, in_heap, owner)
        if size == wanted[j] and offset + gain[size - 1] < limit:
            key[responders + j] = offset + gain[size - 1]
            in_heap = push(heap, key, position, in_heap, responders + j)
    for place in range(in_heap):
        position[heap[place]] = -1
    for place in range(settled_count):
        j = settled[place]
        price[j] -= max(0, limit - distance[j])
    # From the free visit outwards: each need on the path moves into the visit freed before it.
    length = 0
    j = end_responder
    while j != origin:
        desk.look[length] = j
        length += 1
        j = toward[j]
    for place in range(length - 1, -1, -1):
        j = desk.look[place]
        take(plan, via[j])
        give(plan, via[j], toward[j], via_cost[j])
        desk.path[length - 1 - place] = via[j]
    if newly_served >= 0:
        give(plan, newly_served, end_responder, served_cost)
        desk.path[length] = newly_served
        length += 1
    for place in range(settled_count):
        j = settled[place]
        for slot in range(plan.first_visit[j], plan.first_visit[j] + visits[j]):
            set_pays(ground, payers, plan, plan.visitor[slot])
    for place in range(reached_count):
        distance[touched[place]] = FAR
    desk.report[0], desk.report[1], desk.report[2] = settled_count, worth - limit, length
    desk.report[3] = end_responder
