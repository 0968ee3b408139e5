"""
Serving one more need at least cost: shortest augmenting path over rows that grow only when the search asks.

Jonker and Volgenant's method with capacities and load costs. The search runs over responders: giving need
``i`` to ``j`` may push one of ``j``'s needs on to the next, until somebody has a visit free or a need is
cheaper left alone.
"""

from __future__ import annotations

from numba import njit

from juxing_engine.live_matching.plan import FAR, Desk, Plan, give, pop, push, take
from juxing_engine.matching.ground import Ground
from juxing_engine.matching.rows import COMPLETE, ROW_SIZE, Rows, fill_row, grow_row, set_floor

FAR_SEARCH = 100
"""
Responders settled before a search is called far: it puts those settled next out of sight of the rows it fills, and
fills rows only a little beyond where it stands, as most of them lie at its edge.
"""

STEP = 300
"""Metre-equivalents beyond where a far search stands to which it fills a row, or an eighth of how far it is."""

OUT_OF_SIGHT = 2**61
"""Floor of a responder already settled, while the search goes on."""

MARGIN = 100
"""Metre-equivalents a row is grown beyond what a search asks."""


@njit(cache=True)
def insert(  # noqa: C901, PLR0912, PLR0915
    ground: Ground, rows: Rows, plan: Plan, desk: Desk, source: int
) -> bool:
    """
    Serve need ``source``, or leave it at its penalty, moving others as far as that is cheapest.

    Returns False, with nothing changed, when the pool of rows is full. Prices of the responders settled
    rise; rows filled before floors were last set are filled again. One long function on purpose: arrays
    leave their tuples once.
    """
    price, visits, responder_of, paid = plan.price, plan.visits, plan.responder_of, plan.paid
    first_visit, visitor, is_frozen = plan.first_visit, plan.visitor, plan.is_frozen
    distance, via, via_cost, base = desk.distance, desk.via, desk.via_cost, desk.base
    heap, key, position = desk.heap, desk.key, desk.position
    look, touched, settled = desk.look, desk.touched, desk.settled
    capacity, load, penalty = ground.capacity, ground.load, ground.penalty
    start, length, level, to, cost = rows.start, rows.size, rows.level, rows.to, rows.cost
    responders = capacity.size
    limit = penalty[source]  # distance of the best end found so far
    end_need, end_responder = source, -1
    in_heap, reached_count, settled_count = 0, 0, 0
    look[0], looking = source, 1
    base[source] = 0
    has_room = True
    radius = 0  # distance of what was settled last: everything nearer is known
    while has_room:
        for step in range(looking):
            i = look[step]
            behind = base[i]
            if rows.filled_at[i] != rows.floors_set[0]:
                ceiling = COMPLETE
                if settled_count > FAR_SEARCH:
                    ceiling = min(limit, radius + max(STEP, radius // 8)) - behind
                if not fill_row(ground, rows, i, ROW_SIZE, ceiling):
                    has_room = False
                    break
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
        if in_heap == 0 or key[heap[0]] >= limit or not has_room:
            break
        item = heap[0]
        radius = key[item]
        in_heap = pop(heap, key, position, in_heap)
        if item >= responders:
            i = item - responders
            # Beyond the limit nothing counts in this search; a little more saves the next one the way.
            ceiling = 2 * limit - base[i] - radius + MARGIN
            if settled_count > FAR_SEARCH:
                ceiling = min(limit, radius + max(STEP, radius // 8)) - base[i]
            has_room = grow_row(ground, rows, i, ceiling)
            look[0], looking = i, 1
            continue
        settled[settled_count] = item
        settled_count += 1
        if settled_count > FAR_SEARCH:
            # It leads nowhere new: rows filled from here on pass it by.
            set_floor(ground, rows, item, OUT_OF_SIGHT)
        looking = 0
        for slot in range(first_visit[item], first_visit[item] + visits[item]):
            i = visitor[slot]
            if is_frozen[i]:
                continue
            look[looking] = i
            looking += 1
            base[i] = distance[item] - paid[i] - price[item]
            if base[i] + penalty[i] < limit:
                limit, end_need, end_responder = base[i] + penalty[i], i, -1
    for place in range(in_heap):
        position[heap[place]] = -1
    moved = 0
    if has_room:
        for place in range(settled_count):
            j = settled[place]
            price[j] += max(0, limit - distance[j])
        if end_need >= 0 and end_need != source:
            end_responder = responder_of[end_need]
            take(plan, end_need)
            desk.path[0] = end_need
            moved = 1
        while end_responder >= 0:
            i = via[end_responder]
            before = responder_of[i]
            if before >= 0:
                take(plan, i)
                desk.path[moved] = i
                moved += 1
            give(plan, i, end_responder, via_cost[end_responder])
            end_responder = before
    for place in range(FAR_SEARCH, settled_count):
        set_floor(ground, rows, settled[place], price[settled[place]])
    if settled_count > FAR_SEARCH:
        rows.floors_set[0] += 1  # rows filled meanwhile are good for this search only
    for place in range(reached_count):
        distance[touched[place]] = FAR
    desk.report[0], desk.report[1], desk.report[2] = settled_count, limit, moved
    return has_room
