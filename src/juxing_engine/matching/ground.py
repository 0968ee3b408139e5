"""
The problem as the compiled code reads it: flat arrays in spatial order, and trees to find near responders
and needs.

Needs and responders are renumbered so that neighbours on the ground are neighbours in memory;
``need_order`` and ``responder_order`` lead back. Each tree is a k-d tree stored level by level (node 1 is
the root, the children of ``v`` are ``2v`` and ``2v + 1``) whose leaves are ranges of the new numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.cost import load_cost_of
from juxing_engine.matching.problem import Bits, Integers, MatchingProblem, Metres

FORBIDDEN = 2**61
"""In ``special_change``: the pair may not meet."""

LEAF_SIZE = 8


class Tree(NamedTuple):
    """
    A k-d tree: boxes of the nodes, shape ``(nodes, 4)`` as x and y from, x and y to; their ranges; leaf
    level.

    Places that came later hang on the leaves as linked lists: ``late[node]``, then ``next_late``, until -1.
    ``kind_from`` and ``kind_to`` tell which kinds of places a node holds.
    """

    box: Metres
    first: Integers
    last: Integers
    leaves_from: int
    late: Integers
    next_late: Integers
    kind_from: Integers
    kind_to: Integers


class Ground(NamedTuple):
    """
    What does not change while a problem is solved, in spatial order.

    Under each node of the trees: ``skills_below``, every skill somebody holds; ``weight_below``, the least
    weight; ``required_below``, the skills every need requires. What they rule out need not be entered.
    """

    need_xy: Metres
    weight: Metres
    required: Bits
    needed: Bits
    penalty: Integers
    special_first: Integers
    special_responder: Integers
    special_change: Integers
    responder_xy: Metres
    held: Bits
    spoken: Bits
    reach: Metres
    capacity: Integers
    load: Integers
    language_cost: int
    detour: float
    responder_tree: Tree
    skills_below: Bits
    need_tree: Tree
    weight_below: Metres
    required_below: Bits
    need_order: Integers
    responder_order: Integers


@njit(cache=True)
def _split(xy: Metres, kind: Integers, order: Integers, tree: Tree) -> None:
    box, first, last = tree.box, tree.first, tree.last
    first[1], last[1] = 0, xy.shape[0]
    for node in range(1, first.size):
        start, end = first[node], last[node]
        box[node, 0] = box[node, 1] = np.inf
        box[node, 2] = box[node, 3] = -np.inf
        for place in range(start, end):
            item = order[place]
            for axis in range(2):
                box[node, axis] = min(box[node, axis], xy[item, axis])
                box[node, axis + 2] = max(box[node, axis + 2], xy[item, axis])
            tree.kind_from[node] = min(tree.kind_from[node], kind[item])
            tree.kind_to[node] = max(tree.kind_to[node], kind[item])
        if node >= tree.leaves_from:
            continue
        part = order[start:end].copy()
        axis = 0 if box[node, 2] - box[node, 0] >= box[node, 3] - box[node, 1] else 1
        if tree.kind_from[node] < tree.kind_to[node]:
            order[start:end] = part[np.argsort(kind[part], kind="mergesort")]
        else:
            order[start:end] = part[np.argsort(xy[part, axis], kind="mergesort")]
        middle = (start + end) // 2
        first[2 * node], last[2 * node] = start, middle
        first[2 * node + 1], last[2 * node + 1] = middle, end


def plant(xy: Metres, kind: Integers | None = None) -> tuple[Tree, Integers]:
    """
    Build the tree over places ``xy``; return it with the order it puts them in. Ties keep their order.

    Places are parted by ``kind`` first, so that what is known of a branch holds for all in it.
    """
    depth = max(0, int(np.ceil(np.log2(max(1, len(xy)) / LEAF_SIZE))))
    nodes = 2 ** (depth + 1)
    order = np.arange(len(xy))
    tree = Tree(
        box=np.zeros((nodes, 4)),
        first=np.zeros(nodes, dtype=np.int64),
        last=np.zeros(nodes, dtype=np.int64),
        leaves_from=2**depth,
        late=np.full(nodes, -1, dtype=np.int64),
        next_late=np.full(len(xy), -1, dtype=np.int64),
        kind_from=np.full(nodes, np.iinfo(np.int64).max),
        kind_to=np.full(nodes, np.iinfo(np.int64).min),
    )
    kind = np.zeros(len(xy), dtype=np.int64) if kind is None else kind
    _split(np.ascontiguousarray(xy), kind, order, tree)
    return tree, order


def need_kinds(required: Bits, weight: Integers) -> Integers:
    """A number for each need, the same for equal skills and weights and near for similar ones."""
    return required.astype(np.int64) % 2**40 * 2**16 + np.minimum(weight, 2**16 - 1)


def leaves(tree: Tree, size: int) -> Integers:
    """The leaf over each of ``size`` places, by their new numbers."""
    own = np.arange(tree.leaves_from, 2 * tree.leaves_from)
    return np.repeat(own, tree.last[own] - tree.first[own])[:size]


def lay_ground(problem: MatchingProblem, most_visits: int | None = None) -> Ground:
    """
    Put a problem into spatial order for the compiled code.

    Capacities are cut to ``most_visits``, which must be at least the needs there will ever be on this ground; by
    default those there are.
    """
    most_visits = problem.needs if most_visits is None else most_visits
    tree, responder_order = plant(problem.responder_xy_m)
    kinds = need_kinds(problem.required_skills, problem.priority_weight)
    need_tree, need_order = plant(problem.need_xy_m, kinds)
    weight = problem.priority_weight[need_order].astype(np.float64)
    required = problem.required_skills[need_order]
    capacity = np.minimum(problem.capacity, most_visits)[responder_order]
    load = np.zeros(int(capacity.max(initial=0)) + 1, dtype=np.int64)
    if problem.load_cost.size:
        load[:-1] = load_cost_of(problem, np.arange(load.size - 1))
        load[-1] = load[-2] if load.size > 1 else 0
    held = problem.held_skills[responder_order]
    first, responder, change = _specials(problem, need_order, responder_order)
    return Ground(
        need_xy=problem.need_xy_m[need_order],
        weight=weight,
        required=required,
        needed=problem.needed_languages[need_order],
        penalty=problem.unserved_penalty[need_order],
        special_first=first,
        special_responder=responder,
        special_change=change,
        responder_xy=problem.responder_xy_m[responder_order],
        held=held,
        spoken=problem.spoken_languages[responder_order],
        reach=problem.reach_m[responder_order],
        capacity=capacity,
        load=load,
        language_cost=problem.language_cost,
        detour=problem.detour_factor,
        responder_tree=tree,
        skills_below=_fold(tree, np.where(capacity > 0, held, np.uint64(0)), np.bitwise_or, np.uint64(0)),
        need_tree=need_tree,
        weight_below=_fold(need_tree, weight, np.minimum, np.inf),
        required_below=_fold(need_tree, required, np.bitwise_and, np.uint64(2**64 - 1)),
        need_order=need_order,
        responder_order=responder_order,
    )


def _fold(tree: Tree, values: npt.NDArray[Any], combine: np.ufunc, neutral: object) -> npt.NDArray[Any]:
    """Combine the values under each node of a tree."""
    below = np.full(tree.first.size, neutral, dtype=values.dtype)
    for node in range(tree.leaves_from, 2 * tree.leaves_from):
        below[node] = combine.reduce(values[tree.first[node] : tree.last[node]], initial=neutral)
    for node in range(tree.leaves_from - 1, 0, -1):
        below[node] = combine(below[2 * node], below[2 * node + 1])
    return below


def _specials(
    problem: MatchingProblem, need_order: Integers, responder_order: Integers
) -> tuple[Integers, Integers, Integers]:
    """
    Pairs whose cost is not that of any stranger: today's, wished, declined; grouped by need, each pair
    once.
    """
    today = np.flatnonzero(problem.current_responder >= 0)
    pairs = np.vstack(
        [
            problem.adjusted_pairs,
            np.column_stack([today, problem.current_responder[today]]),
            problem.forbidden_pairs,
        ]
    )
    change = np.concatenate(
        [
            problem.pair_adjustment,
            np.full(today.size, -problem.stability_bonus),
            np.full(len(problem.forbidden_pairs), FORBIDDEN),
        ]
    )
    need = np.argsort(need_order)[pairs[:, 0]]
    responder = np.argsort(responder_order)[pairs[:, 1]]
    key, group = np.unique(need * np.int64(max(1, problem.responders)) + responder, return_inverse=True)
    total = np.zeros(key.size, dtype=np.int64)
    declined = change == FORBIDDEN
    np.add.at(total, group[~declined], change[~declined])
    total[group[declined]] = FORBIDDEN
    need_of, responder_of = np.divmod(key, max(1, problem.responders))
    first = np.searchsorted(need_of, np.arange(problem.needs + 1))
    return first.astype(np.int64), responder_of.astype(np.int64), total
