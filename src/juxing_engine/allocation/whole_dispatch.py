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
