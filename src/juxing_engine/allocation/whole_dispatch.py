"""From fractional to whole boxes leaving each depot, within stock and vehicles."""

from __future__ import annotations

import numpy as np

from juxing_engine.allocation.problem import AllocationProblem, FloatArray, IntArray


def whole_dispatch(problem: AllocationProblem, dispatch: FloatArray, order: IntArray) -> IntArray:
    """
    Round so that each item's boxes of a day keep their total wherever stock and vehicles let them.

    Parameters
    ----------
    dispatch
        Boxes leaving each depot, shape ``(days, depots, items)``, within stock and vehicle capacity.
    order
        Pairs of day and item, shape ``(pairs, 2)``: whose missing boxes are placed first.

    Notes
    -----
    Everything is rounded down; then each missing box goes to the depot with the largest remainder that has
    stock on all later days and room. What fits nowhere is left out: fewer boxes than there are depots, for
    a pair.
    """
    whole = np.floor(dispatch + 1e-6).astype(np.int64)
    room = _room(problem, whole)
    spare = np.cumsum(problem.supply - whole, axis=0)
    over = np.argwhere(spare < 0)
    for day, depot, item in over.tolist():
        excess = -int(spare[day, depot, item])
        if excess > 0:
            taken = min(excess, int(whole[day, depot, item]))
            whole[day, depot, item] -= taken
            spare[day:, depot, item] += taken
            room[day, depot] += taken * problem.box_mass[item]
    for day, item in order.tolist():
        missing = int(np.floor(dispatch[day, :, item].sum() + 1e-4)) - int(whole[day, :, item].sum())
        remainder = dispatch[day, :, item] - whole[day, :, item]
        mass = int(problem.box_mass[item])
        for depot in np.argsort(-remainder, kind="stable").tolist() * 2:
            if missing <= 0:
                break
            if room[day, depot] >= mass and spare[day:, depot, item].min() > 0:
                whole[day, depot, item] += 1
                room[day, depot] -= mass
                spare[day:, depot, item] -= 1
                missing -= 1
    return whole


def _room(problem: AllocationProblem, whole: IntArray) -> IntArray:
    """Vehicle capacity left, shape ``(days, depots)``."""
    if problem.vehicle_capacity is None:
        raise ValueError("Expected a problem with vehicle_capacity.")
    room: IntArray = problem.vehicle_capacity - whole @ problem.box_mass
    return room


def fill_room(problem: AllocationProblem, whole: IntArray, *, share: float = 0.05) -> IntArray:
    """
    Use what vehicles and stock still allow, in small shares of demand, the least covered item of a day first.

    Parameters
    ----------
    whole
        Boxes leaving each depot, shape ``(days, depots, items)``, within stock and vehicles.
    share
        Share of an item's demand of a day added at a time, in (0, 1].
    """
    filled = whole.copy()
    room = _room(problem, filled)
    spare = np.cumsum(problem.supply - filled, axis=0)
    served = problem.reaches.any(axis=0)
    asked = problem.demand[:, served].sum(axis=1)
    step = np.maximum(1, np.floor(asked * share)).astype(np.int64)
    is_open = asked > filled.sum(axis=1)
    while is_open.any():
        covered = filled.sum(axis=1) / np.maximum(asked, 1)
        order = np.argsort(np.where(is_open, covered, np.inf), axis=None, kind="stable")[: int(is_open.sum())]
        for day, item in zip(*(axis.tolist() for axis in np.unravel_index(order, is_open.shape)), strict=True):
            mass = int(problem.box_mass[item])
            wanted = min(int(step[day, item]), int(asked[day, item] - filled[day, :, item].sum()))
            may = np.minimum(room[day] // mass, spare[day:, :, item].min(axis=0))
            before = np.concatenate([[0], np.cumsum(may)[:-1]])
            added = np.clip(wanted - before, 0, may)
            filled[day, :, item] += added
            room[day] -= mass * added
            spare[day:, :, item] -= added
            is_open[day, item] = added.sum() == step[day, item]
    return filled
