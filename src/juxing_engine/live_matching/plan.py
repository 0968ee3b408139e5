"""The plan while it changes: who visits whom, at what prices, and the desk space the searches work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import UNSERVED, Integers

FAR = 2**62
"""Distance of what a search has not reached."""


class Plan(NamedTuple):
    """
    Assignment and prices; every served need is at a cheapest ``cost + price``.

    ``visitor[first_visit[j] : first_visit[j] + visits[j]]`` are the needs of ``j``, ``place`` where each
    need stands there, ``paid`` the cost of its pair. A frozen need keeps its responder, and its pair is
    priced outside.
    """

    price: Integers
    visits: Integers
    responder_of: Integers
    paid: Integers
    first_visit: Integers
    visitor: Integers
    place: Integers
    is_frozen: npt.NDArray[np.bool_]


class Desk(NamedTuple):
    """
    Space for one search, clean between searches.

    Items below ``responders`` are responders, the others needs whose row must grow. By responder:
    ``distance``, ``via`` (the need through which it is reached), ``via_cost``. ``heap`` of items ordered by
    ``key``, with their ``position`` in it or -1. ``base`` by need: what a pair's cost plus price must
    exceed to lead away from it. ``toward`` and ``wanted`` serve the search from a free visit: where ``via``
    would go, and how many needs a responder has asked for. A search leaves in ``report``: responders
    settled, what the search costs or gains, length of the ``path`` of needs that moved, and the responder
    left with a free visit.
    """

    distance: Integers
    via: Integers
    via_cost: Integers
    base: Integers
    look: Integers
    touched: Integers
    heap: Integers
    key: Integers
    position: Integers
    settled: Integers
    toward: Integers
    wanted: Integers
    path: Integers
    report: Integers


def empty_plan(ground: Ground, price: Integers, spare_visits: int) -> Plan:
    """Nobody served yet; ``spare_visits`` are kept for responders who come later."""
    needs = ground.penalty.size
    ends = np.concatenate([[0], np.cumsum(ground.capacity)])
    return Plan(
        price=price.astype(np.int64),
        visits=np.zeros(price.size, dtype=np.int64),
        responder_of=np.full(needs, UNSERVED, dtype=np.int64),
        paid=np.zeros(needs, dtype=np.int64),
        first_visit=ends.astype(np.int64),
        visitor=np.zeros(int(ends[-1]) + spare_visits, dtype=np.int64),
        place=np.zeros(needs, dtype=np.int64),
        is_frozen=np.zeros(needs, dtype=np.bool_),
    )


def clear_desk(ground: Ground) -> Desk:
    """Make the space for searches."""
    needs, responders = ground.penalty.size, ground.capacity.size
    most = responders + max(needs, responders)
    return Desk(
        distance=np.full(responders, FAR, dtype=np.int64),
        via=np.zeros(responders, dtype=np.int64),
        via_cost=np.zeros(responders, dtype=np.int64),
        look=np.zeros(needs + 1, dtype=np.int64),
        touched=np.zeros(responders, dtype=np.int64),
        base=np.zeros(needs, dtype=np.int64),
        heap=np.zeros(most, dtype=np.int64),
        key=np.zeros(most, dtype=np.int64),
        position=np.full(most, -1, dtype=np.int64),
        settled=np.zeros(responders, dtype=np.int64),
        toward=np.zeros(responders, dtype=np.int64),
        wanted=np.zeros(responders, dtype=np.int64),
        path=np.zeros(responders + 2, dtype=np.int64),
        report=np.zeros(4, dtype=np.int64),
    )


@njit(cache=True)
def push(heap: Integers, key: Integers, position: Integers, size: int, item: int) -> int:
    """
    Put ``item`` where its new, not larger, ``key[item]`` belongs; return the heap's size. Ties: lower
    item.
    """
    place = position[item]
    if place < 0:
        place = size
        size += 1
    value = key[item]
    while place > 0:
        above = (place - 1) // 2
        other = heap[above]
        if key[other] < value or (key[other] == value and other < item):
            break
        heap[place] = other
        position[other] = place
        place = above
    heap[place] = item
    position[item] = place
    return size


@njit(cache=True)
def pop(heap: Integers, key: Integers, position: Integers, size: int) -> int:
    """Take the top off; return the heap's new size. The caller read ``heap[0]`` before."""
    position[heap[0]] = -1
    size -= 1
    if size == 0:
        return 0
    item = heap[size]
    value = key[item]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        right = below + 1
        if right < size:
            a, b = heap[below], heap[right]
            if key[b] < key[a] or (key[b] == key[a] and b < a):
                below = right
        other = heap[below]
        if value < key[other] or (value == key[other] and item < other):
            break
        heap[place] = other
        position[other] = place
        place = below
    heap[place] = item
    position[item] = place
    return size


@njit(cache=True)
def give(plan: Plan, i: int, j: int, cost: int) -> None:
    """Add need ``i`` to the visits of ``j``, who has one free."""
    slot = plan.first_visit[j] + plan.visits[j]
    plan.visitor[slot] = i
    plan.visits[j] += 1
    plan.place[i], plan.responder_of[i], plan.paid[i] = slot, j, cost


@njit(cache=True)
def take(plan: Plan, i: int) -> None:
    """Leave need ``i`` without its visit; the last need of that responder takes its place in the list."""
    j = plan.responder_of[i]
    last = plan.first_visit[j] + plan.visits[j] - 1
    mover = plan.visitor[last]
    plan.visitor[plan.place[i]] = mover
    plan.place[mover] = plan.place[i]
    plan.visits[j] -= 1
    plan.responder_of[i], plan.paid[i] = -1, 0
