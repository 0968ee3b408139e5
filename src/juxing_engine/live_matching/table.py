"""
Everything one live matching works on: the ground with room for those to come, plan, rows, payers, desk.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from juxing_engine.live_matching.plan import Desk, Plan, clear_desk, empty_plan, give
from juxing_engine.live_matching.release import Payers, new_payers, set_pays
from juxing_engine.matching.cost import load_cost_of
from juxing_engine.matching.ground import Ground, Tree, lay_ground, leaves
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import ROW_SIZE, Rows, empty_rows, raise_floors, set_floor

FULL = 2**61
"""Floor of a responder who has no visit free, in the rows that look for free visits only."""

SPARE_VISITS = 16
"""Visits kept for each responder who may come later."""

LONGEST_LOAD = 64
"""Visits for which load costs are laid out at least, so that those who join may bring a larger capacity."""


class Table(NamedTuple):
    """The parts of a live matching; arrays are longer than the numbers in use, for those to come."""

    ground: Ground
    plan: Plan
    desk: Desk
    payers: Payers
    rows: Rows
    free_rows: Rows


def set_table(problem: MatchingProblem, responder_of: Integers, prices: Integers, spare: tuple[int, int]) -> Table:
    """Lay an optimal plan out, with room for ``spare`` further needs and responders."""
    compact = lay_ground(problem, problem.needs + spare[0])
    ground = _with_spare(compact, *spare)._replace(load=_long_load(problem, compact.load.size))  # noqa: SLF001
    needs, responders = ground.penalty.size, ground.capacity.size
    price = np.zeros(responders, dtype=np.int64)
    price[: problem.responders] = prices[compact.responder_order]
    plan = empty_plan(ground, price, spare[1] * SPARE_VISITS)
    rows = empty_rows(ground, np.zeros(responders, dtype=np.int64), ROW_SIZE * needs + 1_000)
    free_rows = empty_rows(ground, np.full(responders, FULL), 100_000)
    rows, free_rows = (_with_late_leaves(part, compact, responders) for part in (rows, free_rows))
    table = Table(ground, plan, clear_desk(ground), new_payers(ground), rows, free_rows)
    number = np.argsort(compact.responder_order)
    chosen = responder_of[compact.need_order]
    chosen = np.where(chosen == UNSERVED, UNSERVED, number[chosen])
    _lay_plan(table, chosen.astype(np.int64))
    return table


def _with_spare(ground: Ground, needs: int, responders: int) -> Ground:
    """The same ground with longer arrays; the places beyond are empty."""
    by_need = ("need_xy", "weight", "required", "needed", "penalty")
    by_responder = ("responder_xy", "held", "spoken", "reach", "capacity")
    parts: dict[str, Any] = ground._asdict()  # noqa: SLF001
    for names, more in ((by_need, needs), (by_responder, responders)):
        for name in names:
            padding = np.zeros((more, *parts[name].shape[1:]), dtype=parts[name].dtype)
            parts[name] = np.concatenate([parts[name], padding])
    parts["special_first"] = np.concatenate(
        [ground.special_first, np.full(needs, ground.special_first[-1], dtype=np.int64)]
    )
    room = np.zeros(4 * needs + 1_000, dtype=np.int64)
    parts["special_responder"] = np.concatenate([ground.special_responder, room])
    parts["special_change"] = np.concatenate([ground.special_change, room])
    parts["need_tree"] = _with_longer_list(ground.need_tree, needs)
    parts["responder_tree"] = _with_longer_list(ground.responder_tree, responders)
    return Ground(**{name: _own(part) for name, part in parts.items()})


def _long_load(problem: MatchingProblem, visits: int) -> Integers:
    """Load costs for as many visits as anybody has, or as a responder who joins may bring."""
    return load_cost_of(problem, np.arange(max(visits, LONGEST_LOAD + 1)))


def _own(part: Any) -> Any:
    """A writable copy of an array; anything else as it is."""
    return part.copy() if isinstance(part, np.ndarray) else part


def _with_longer_list(tree: Tree, more: int) -> Tree:
    parts: dict[str, Any] = tree._asdict()  # noqa: SLF001
    parts["next_late"] = np.concatenate([tree.next_late, np.full(more, -1, dtype=np.int64)])
    return Tree(**{name: _own(part) for name, part in parts.items()})


def _with_late_leaves(rows: Rows, compact: Ground, responders: int) -> Rows:
    parts: dict[str, Any] = rows._asdict()  # noqa: SLF001
    leaf_of = np.zeros(responders, dtype=np.int64)
    leaf_of[: compact.capacity.size] = leaves(compact.responder_tree, compact.capacity.size)
    parts["leaf_of"] = leaf_of
    return Rows(**parts)


@njit(cache=True)
def _lay_plan(table: Table, chosen: Integers) -> None:
    ground, plan = table.ground, table.plan
    for i in range(chosen.size):
        j = chosen[i]
        if j >= 0:
            give(plan, i, j, _pair_cost(ground, i, j))
    raise_floors(ground, table.rows, plan.price)
    for j in range(plan.price.size):
        note_free(table, j)
    for i in range(chosen.size):
        set_pays(ground, table.payers, plan, i)


@njit(cache=True)
def _pair_cost(ground: Ground, i: int, j: int) -> int:
    dx = ground.need_xy[i, 0] - ground.responder_xy[j, 0]
    dy = ground.need_xy[i, 1] - ground.responder_xy[j, 1]
    walk = ground.detour * np.sqrt(dx * dx + dy * dy)
    cost = int(np.floor(walk * ground.weight[i] + 0.5))
    if ground.needed[i] != 0 and ground.needed[i] & ground.spoken[j] == 0:
        cost += ground.language_cost
    for place in range(ground.special_first[i], ground.special_first[i + 1]):
        if ground.special_responder[place] == j:
            cost += ground.special_change[place]
    return cost


@njit(cache=True)
def note_free(table: Table, j: int) -> None:
    """Tell the rows of free visits what one more visit of ``j`` costs, or that there is none."""
    plan, ground = table.plan, table.ground
    floor = FULL
    if plan.visits[j] < ground.capacity[j]:
        floor = ground.load[plan.visits[j]]
    if table.free_rows.floor[j] != floor:
        set_floor(ground, table.free_rows, j, floor)


@njit(cache=True)
def note_search(table: Table, source: int, fell: bool) -> None:
    """After a search: tell trees the new prices, what needs pay, and who is free."""
    ground, plan, desk = table.ground, table.plan, table.desk
    for place in range(desk.report[0]):
        j = desk.settled[place]
        if table.rows.floor[j] != plan.price[j]:
            set_floor(ground, table.rows, j, plan.price[j])
        for slot in range(plan.first_visit[j], plan.first_visit[j] + plan.visits[j]):
            set_pays(ground, table.payers, plan, plan.visitor[slot])
        note_free(table, j)
    for place in range(desk.report[2]):
        i = desk.path[place]
        set_pays(ground, table.payers, plan, i)
        if plan.responder_of[i] >= 0:
            note_free(table, plan.responder_of[i])
    if source >= 0:
        set_pays(ground, table.payers, plan, source)
        if plan.responder_of[source] >= 0:
            note_free(table, plan.responder_of[source])
    if fell:
        note_free(table, desk.report[3])
        table.rows.floors_set[0] += 1


@njit(cache=True)
def hang(tree: Tree, item: int, kind: int, x: float, y: float) -> int:
    """
    Hang a late place on the leaf of its kind it lies in or nearest to; boxes grow to hold it. Return the
    leaf.
    """
    node = 1
    while True:
        tree.box[node, 0], tree.box[node, 2] = min(tree.box[node, 0], x), max(tree.box[node, 2], x)
        tree.box[node, 1], tree.box[node, 3] = min(tree.box[node, 1], y), max(tree.box[node, 3], y)
        if node >= tree.leaves_from:
            break
        apart = np.empty(2)
        for side in range(2):
            child = 2 * node + side
            dx = max(tree.box[child, 0] - x, 0.0, x - tree.box[child, 2])
            dy = max(tree.box[child, 1] - y, 0.0, y - tree.box[child, 3])
            strangeness = max(tree.kind_from[child] - kind, 0, kind - tree.kind_to[child])
            apart[side] = dx * dx + dy * dy + 1e20 * strangeness
        node = 2 * node if apart[0] <= apart[1] else 2 * node + 1
    tree.next_late[item] = tree.late[node]
    tree.late[node] = item
    return node


@njit(cache=True)
def hang_need(table: Table, i: int) -> None:
    """Let the searches find a new need whose columns of the ground are written."""
    ground = table.ground
    kind = int(ground.required[i] % np.uint64(2**40)) * 2**16 + min(int(ground.weight[i]), 2**16 - 1)
    node = hang(ground.need_tree, i, kind, ground.need_xy[i, 0], ground.need_xy[i, 1])
    table.payers.leaf_of[i] = node
    while node >= 1:
        ground.weight_below[node] = min(ground.weight_below[node], ground.weight[i])
        ground.required_below[node] &= ground.required[i]
        node //= 2


@njit(cache=True)
def hang_responder(table: Table, j: int) -> None:
    """Let the searches find a new responder whose columns of the ground are written."""
    ground = table.ground
    node = hang(ground.responder_tree, j, 0, ground.responder_xy[j, 0], ground.responder_xy[j, 1])
    table.rows.leaf_of[j] = table.free_rows.leaf_of[j] = node
    while node >= 1:
        ground.skills_below[node] |= ground.held[j]
        node //= 2
