"""
The verifier's arithmetic in compiled code: every pair, and the same by cells of a grid.

Written apart from the solver on purpose; it shares neither its trees nor its rows nor its order of needs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from juxing_engine.matching.cost import IMPOSSIBLE, possible_costs
from juxing_engine.matching.problem import Bits, Integers, MatchingProblem, Metres

RESPONDERS_PER_CELL = 3


class Sheet(NamedTuple):
    """The problem as plain columns, responders with a capacity only; exceptions grouped by need."""

    need_xy: Metres
    weight: Metres
    required: Bits
    needed: Bits
    penalty: Integers
    responder_xy: Metres
    held: Bits
    spoken: Bits
    reach: Metres
    price: Integers
    exception_first: Integers
    exception_column: Integers
    exception_cost: Integers
    language_cost: int
    detour: float


def write_sheet(problem: MatchingProblem, prices: Integers) -> Sheet:
    """Lay the problem out, grouping pairs with a cost of their own, exactly priced, by need."""
    able = np.flatnonzero(problem.capacity > 0)
    column_of = np.full(problem.responders, -1)
    column_of[able] = np.arange(able.size)
    today = np.flatnonzero(problem.current_responder >= 0)
    todays = np.column_stack([today, problem.current_responder[today]])
    pairs = np.unique(np.vstack([todays, problem.adjusted_pairs, problem.forbidden_pairs]), axis=0)
    pairs = pairs[column_of[pairs[:, 1]] >= 0]
    cost = possible_costs(problem, pairs[:, 0], pairs[:, 1])
    return Sheet(
        need_xy=problem.need_xy_m,
        weight=problem.priority_weight.astype(np.float64),
        required=problem.required_skills,
        needed=problem.needed_languages,
        penalty=problem.unserved_penalty,
        responder_xy=problem.responder_xy_m[able],
        held=problem.held_skills[able],
        spoken=problem.spoken_languages[able],
        reach=problem.reach_m[able],
        price=prices[able],
        exception_first=np.searchsorted(pairs[:, 0], np.arange(problem.needs + 1)),
        exception_column=column_of[pairs[:, 1]],
        exception_cost=np.where(cost == IMPOSSIBLE, IMPOSSIBLE, cost + prices[pairs[:, 1]]),
        language_cost=problem.language_cost,
        detour=problem.detour_factor,
    )


@njit(cache=True)
def _least(sheet: Sheet, i: int, columns: Integers, least: int) -> int:
    """
    Least cost plus price of need ``i`` over these responders, none of them an exception; at most
    ``least``.
    """
    x, y, weight = sheet.need_xy[i, 0], sheet.need_xy[i, 1], sheet.weight[i]
    required, needed = sheet.required[i], sheet.needed[i]
    responder_xy, held, spoken = sheet.responder_xy, sheet.held, sheet.spoken
    reach, price, detour, language_cost = sheet.reach, sheet.price, sheet.detour, sheet.language_cost
    first, last = sheet.exception_first[i], sheet.exception_first[i + 1]
    for j in columns:
        if required & ~held[j] != 0:
            continue
        dx, dy = x - responder_xy[j, 0], y - responder_xy[j, 1]
        walk = detour * np.sqrt(dx * dx + dy * dy)
        value = int(np.floor(walk * weight + 0.5)) + price[j]
        if value >= least or walk > reach[j]:
            continue
        if needed != 0 and needed & spoken[j] == 0:
            value += language_cost
        if value >= least:
            continue
        is_exception = False
        for place in range(first, last):
            if sheet.exception_column[place] == j:
                is_exception = True
        if not is_exception:
            least = value
    return least


@njit(cache=True)
def _least_exception(sheet: Sheet, i: int) -> int:
    least = sheet.penalty[i]
    for place in range(sheet.exception_first[i], sheet.exception_first[i + 1]):
        least = min(least, sheet.exception_cost[place])
    return int(least)


@njit(cache=True)
def sum_of_least(sheet: Sheet) -> int:
    """``Σ_i min(penalty_i, min_j (c_ij + p_j))``, looking at every pair."""
    everyone = np.arange(sheet.price.size)
    total = 0
    for i in range(sheet.penalty.size):
        total += _least(sheet, i, everyone, _least_exception(sheet, i))
    return total


@njit(cache=True)
def sum_of_least_by_cells(sheet: Sheet, side_m: float) -> int:
    """The same, leaving out a cell when its distance plus the least price in it cannot help."""
    responder_xy, price = sheet.responder_xy, sheet.price
    low_x, low_y = responder_xy[:, 0].min(), responder_xy[:, 1].min()
    across = int((responder_xy[:, 0].max() - low_x) / side_m) + 1
    column = ((responder_xy[:, 0] - low_x) / side_m).astype(np.int64)
    row = ((responder_xy[:, 1] - low_y) / side_m).astype(np.int64)
    cell = row * across + column
    order = np.argsort(cell, kind="mergesort")
    is_last = cell[order][1:] != cell[order][:-1]
    cells = 1 + np.count_nonzero(is_last)
    bounds = np.zeros(cells + 1, dtype=np.int64)
    bounds[1:-1] = np.flatnonzero(is_last) + 1
    bounds[-1] = order.size
    box = np.empty((cells, 4))
    cheapest = np.empty(cells, dtype=np.int64)
    for c in range(cells):
        members = order[bounds[c] : bounds[c + 1]]
        box[c, 0], box[c, 2] = responder_xy[members, 0].min(), responder_xy[members, 0].max()
        box[c, 1], box[c, 3] = responder_xy[members, 1].min(), responder_xy[members, 1].max()
        cheapest[c] = price[members].min()
    total = 0
    for i in range(sheet.penalty.size):
        least = _least_exception(sheet, i)
        x, y, weight = sheet.need_xy[i, 0], sheet.need_xy[i, 1], sheet.weight[i]
        nearest, best = -1, 2**62
        for c in range(cells):
            dx = max(box[c, 0] - x, 0.0, x - box[c, 2])
            dy = max(box[c, 1] - y, 0.0, y - box[c, 3])
            value = int((dx + dy) * weight) + cheapest[c]
            if value < best:
                nearest, best = c, value
        least = _least(sheet, i, order[bounds[nearest] : bounds[nearest + 1]], least)
        for c in range(cells):
            if cheapest[c] >= least:
                continue
            dx = max(box[c, 0] - x, 0.0, x - box[c, 2])
            dy = max(box[c, 1] - y, 0.0, y - box[c, 3])
            walk = sheet.detour * np.sqrt(dx * dx + dy * dy)
            if int(np.floor(walk * weight + 0.5)) + cheapest[c] < least:
                least = _least(sheet, i, order[bounds[c] : bounds[c + 1]], least)
        total += least
    return total


def cell_side_m(problem: MatchingProblem) -> float:
    """Side of the cells: about ``RESPONDERS_PER_CELL`` to each if they were spread evenly; at least 1 m."""
    extent = np.ptp(problem.responder_xy_m, axis=0) if problem.responders else np.zeros(2)
    area = float((extent[0] + 1) * (extent[1] + 1))
    side = float(np.sqrt(area * RESPONDERS_PER_CELL / max(1, problem.responders)))
    return max(1.0, side, float(extent.max()) / 1_000)
