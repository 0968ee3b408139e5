"""
Serving one more need at least cost: shortest augmenting path over rows that grow only when the search asks.

Jonker and Volgenant's method with capacities and load costs. The search runs over responders: giving need ``i`` to
``j`` may push one of ``j``'s needs on to the next, until somebody has a visit free or a need is cheaper left alone.
"""

from __future__ import annotations

from numba import njit

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.plan import FAR, Desk, Plan, give, pop, push, take
from juxing_engine.matching.problem import Integers
from juxing_engine.matching.rows import COMPLETE, Rows, grow_row, raise_floors

MARGIN = 100
"""Metre-equivalents a row is grown beyond what a search asks."""

FLOORS_EVERY = 4_000
"""Responders settled by searches before the floors are raised to the prices again."""


@njit(cache=True)
def insert_all(  # noqa: C901, PLR0912, PLR0914, PLR0915
    ground: Ground, rows: Rows, plan: Plan, desk: Desk, queue: Integers, raises_floors: bool
) -> int:
    """
    Serve (or leave, at its penalty) each need of the queue in turn; return how many were done.

    Fewer than all means the pool of rows is full: make room and call again with the rest. Prices only rise; a
    responder with a visit free may have a price above its load cost, and is then taken at that price (the price
    falls later, see `release`). One long function on purpose: arrays leave their tuples once.
    """
    price, visits, responder_of, paid = plan.price, plan.visits, plan.responder_of, plan.paid
    first_visit, visitor = plan.first_visit, plan.visitor
    distance, via, via_cost, base = desk.distance, desk.via, desk.via_cost, desk.base
    heap, key, position = desk.heap, desk.key, desk.position
    look, touched, settled = desk.look, desk.touched, desk.settled
    capacity, load, penalty = ground.capacity, ground.load, ground.penalty
    start, length, level, to, cost = rows.start, rows.size, rows.level, rows.to, rows.cost
    responders = capacity.size
    work = FLOORS_EVERY
    for turn in range(queue.size):
        if raises_floors and work >= FLOORS_EVERY:
            raise_floors(ground, rows, price)
            work = 0
        source = queue[turn]
        limit = penalty[source]  # distance of the best end found so far
        end_need, end_responder = source, -1
        in_heap, reached_count, settled_count = 0, 0, 0
        look[0], looking = source, 1
        base[source] = 0
        has_room = True
        while True:
            for step in range(looking):
                i = look[step]
                behind = base[i]
                for edge in range(start[i], start[i] + length[i]):
                    j = to[edge]
                    reached = behind + cost[edge] + price[j]
                    if reached >= limit or reached >= distance[j]:
                        continue
                    if distance[j] == FAR:
                        touched[reached_count] = j
                        reached_count += 1
                    distance[j], via[j], via_cost[j] = reached, i, cost[edge]
                    if visits[j] < capacity[j]:
                        end = reached + max(0, load[visits[j]] - price[j])
                        if end < limit:
                            limit, end_need, end_responder = end, -1, j
                    if reached < limit:
                        key[j] = reached
                        in_heap = push(heap, key, position, in_heap, j)
                if level[i] < COMPLETE and behind + level[i] < limit:
                    key[responders + i] = behind + level[i]
                    in_heap = push(heap, key, position, in_heap, responders + i)
            if in_heap == 0 or key[heap[0]] >= limit:
                break
            item = heap[0]
            in_heap = pop(heap, key, position, in_heap)
            if item >= responders:
                i = item - responders
                # Beyond the limit nothing counts in this search; a little more saves the next one the way.
                has_room = grow_row(ground, rows, i, 2 * limit - base[i] - key[item] + MARGIN)
                if not has_room:
                    break
                look[0], looking = i, 1
                continue
            settled[settled_count] = item
            settled_count += 1
            looking = visits[item]
            for step in range(looking):
                i = visitor[first_visit[item] + step]
                look[step] = i
                base[i] = distance[item] - paid[i] - price[item]
                if base[i] + penalty[i] < limit:
                    limit, end_need, end_responder = base[i] + penalty[i], i, -1
        for place in range(in_heap):
            position[heap[place]] = -1
        work += settled_count
        if has_room:
            for place in range(settled_count):
                j = settled[place]
                price[j] += max(0, limit - distance[j])
            if end_need >= 0 and end_need != source:
                end_responder = responder_of[end_need]
                take(plan, end_need)
            while end_responder >= 0:
                i = via[end_responder]
                before = responder_of[i]
                if before >= 0:
                    take(plan, i)
                give(plan, i, end_responder, via_cost[end_responder])
                end_responder = before
        for place in range(reached_count):
            distance[touched[place]] = FAR
        if not has_room:
            return turn
    return queue.size
