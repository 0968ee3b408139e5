"""
The bound over a whole city: the same number as `matching.verify.lower_bound`, in seconds for 50,000,000,000 pairs.

Needs are taken block by block of ground. For a block, cells of responders are put in the order of the least any need
of the block could pay there; each need stops at the first cell that cannot undercut what it has found. Prices alone
decide; nothing of the solver is used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from juxing_engine.matching.pricing import THREADS, in_threads
from juxing_engine.matching.problem import Integers, MatchingProblem, Metres
from juxing_engine.matching.verify import checked_prices, lower_bound_in_numpy, price_total
from juxing_engine.matching.verify_compiled import Sheet, write_sheet

NEEDS_PER_BLOCK = 200
RESPONDERS_PER_CELL = 8


class Cells(NamedTuple):
    """Places grouped by cell: their order, where each group begins, and the box around each, x and y from and to."""

    order: Integers
    first: Integers
    box: Metres


def cells(xy: Metres, per_cell: int) -> Cells:
    """Group places into the cells of a square grid, about ``per_cell`` to each that is not empty if spread evenly."""
    extent = np.ptp(xy, axis=0) + 1.0
    side = max(1.0, float(np.sqrt(extent[0] * extent[1] * per_cell / len(xy))), float(extent.max()) / 2_000)
    place = ((xy - xy.min(axis=0)) / side).astype(np.int64)
    key = place[:, 1] * (int(extent[0] / side) + 2) + place[:, 0]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    low, high = np.minimum.reduceat(xy[order], first), np.maximum.reduceat(xy[order], first)
    return Cells(order, np.append(first, len(xy)), np.hstack([low, high]))


def city_bound(problem: MatchingProblem, prices: Integers) -> int:
    """
    Cost no plan of the whole city undercuts, from any integer prices, over all pairs.

    Raises
    ------
    ValueError
        If the prices have the wrong shape or range.
    """
    prices = checked_prices(problem, prices)
    if not (problem.needs and np.any(problem.capacity > 0)):
        return lower_bound_in_numpy(problem, prices)
    sheet = write_sheet(problem, prices)
    blocks, homes = cells(problem.need_xy_m, NEEDS_PER_BLOCK), cells(sheet.responder_xy, RESPONDERS_PER_CELL)
    cheapest = np.minimum.reduceat(sheet.price[homes.order], homes.first[:-1])
    edges = np.linspace(0, len(blocks.box), THREADS * 8 + 1).astype(np.int64)
    parts = in_threads(
        lambda thread: sum(
            int(_sum_of_blocks(sheet, blocks, homes, cheapest, (int(edges[k]), int(edges[k + 1]))))
            for k in range(thread, len(edges) - 1, THREADS)
        ),
        THREADS,
    )
    return sum(parts) - price_total(problem, prices)


@njit(cache=True, nogil=True)
def _sum_of_blocks(  # noqa: C901, PLR0912
    sheet: Sheet, blocks: Cells, homes: Cells, cheapest: Integers, span: tuple[int, int]
) -> int:
    """``Σ min(penalty_i, min_j (c_ij + p_j))`` over the needs of the span of blocks, every pair counted."""
    number = cheapest.size
    least_cost = np.empty(number, dtype=np.int64)
    home_order, home_first, home_box = homes.order, homes.first, homes.box
    responder_xy, held, spoken = sheet.responder_xy[home_order], sheet.held[home_order], sheet.spoken[home_order]
    reach, price = sheet.reach[home_order], sheet.price[home_order]
    detour, language_cost = sheet.detour, sheet.language_cost
    skills = np.zeros(number, dtype=np.uint64)
    for c in range(number):
        for place in range(home_first[c], home_first[c + 1]):
            skills[c] |= held[place]
    total = 0
    for b in range(span[0], span[1]):
        members = blocks.order[blocks.first[b] : blocks.first[b + 1]]
        weight = np.inf
        for i in members:
            weight = min(weight, sheet.weight[i])
        for c in range(number):
            dx = max(home_box[c, 0] - blocks.box[b, 2], 0.0, blocks.box[b, 0] - home_box[c, 2])
            dy = max(home_box[c, 1] - blocks.box[b, 3], 0.0, blocks.box[b, 1] - home_box[c, 3])
            walk = detour * np.sqrt(dx * dx + dy * dy)
            least_cost[c] = int(np.floor(walk * weight + 0.5)) + cheapest[c]
        in_turn = np.argsort(least_cost)
        for i in members:
            x, y, own_weight = sheet.need_xy[i, 0], sheet.need_xy[i, 1], sheet.weight[i]
            required, needed = sheet.required[i], sheet.needed[i]
            low, high = sheet.exception_first[i], sheet.exception_first[i + 1]
            least = sheet.penalty[i]
            for e in range(low, high):
                least = min(least, sheet.exception_cost[e])
            for turn in range(number):
                c = in_turn[turn]
                if least_cost[c] >= least:
                    break
                if required & ~skills[c] != 0:
                    continue
                dx = max(home_box[c, 0] - x, 0.0, x - home_box[c, 2])
                dy = max(home_box[c, 1] - y, 0.0, y - home_box[c, 3])
                walk = detour * np.sqrt(dx * dx + dy * dy)
                if int(np.floor(walk * own_weight + 0.5)) + cheapest[c] >= least:
                    continue
                for j in range(home_first[c], home_first[c + 1]):
                    if required & ~held[j] != 0:
                        continue
                    dx, dy = x - responder_xy[j, 0], y - responder_xy[j, 1]
                    walk = detour * np.sqrt(dx * dx + dy * dy)
                    value = int(np.floor(walk * own_weight + 0.5)) + price[j]
                    if value >= least or walk > reach[j]:
                        continue
                    if needed != 0 and needed & spoken[j] == 0:
                        value += language_cost
                    if value >= least:
                        continue
                    is_exception = False
                    for e in range(low, high):
                        if sheet.exception_column[e] == home_order[j]:
                            is_exception = True
                    if not is_exception:
                        least = value
            total += least
    return total
