"""What is to be shared, among whom, from where and by which vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

NO_ROUTE = -1
"""Distance of a depot that cannot deliver to a community."""

MAX_WEIGHTED_DEMAND = 2**31 - 1
"""Largest demand x weight of one cell: above it the exact comparison of levels would leave 64 bits."""

MAX_TOTAL = 2**61
"""Largest total of boxes, or of boxes x mass x distance, that is computed without overflow."""

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class AllocationProblem:
    """
    Demand, supply and transport of one allocation run (动态调配).

    A *cell* is one item asked for by one community on one day. Goods that arrive on a day may be kept in
    their depot and used on any later day; a demand is for its own day and is not made up for later.
    Two-dimensional ``demand`` and ``supply`` are read as a single day. The arrays are copied and cannot be
    written.

    Parameters
    ----------
    demand
        Whole boxes asked for, shape ``(communities, items)`` or ``(days, communities, items)``, not negative.
    supply
        Whole boxes arriving (on the first day: in stock), shape ``(depots, items)`` or ``(days, depots,
        items)``.
    weight
        Claim of each community, shape ``(communities,)``, whole and >= 1. A community of weight 2 is due
        twice the coverage of one of weight 1. None: all equal.
    distance_m
        Transport distance, shape ``(depots, communities)``, not negative, or ``NO_ROUTE``. None: distance
        does not matter and every depot reaches everyone.
    box_mass
        Mass (or volume) of a box of each item, shape ``(items,)``, whole and >= 1, in the unit of
        ``vehicle_capacity``. None: 1.
    vehicle_capacity
        Mass that can leave each depot in a day, shape ``(depots,)`` or ``(days, depots)``. None: no limit.

    Raises
    ------
    ValueError
        If shapes disagree, a value is negative, not whole or not a number, or a limit of this module is
        passed.
    """

    demand: IntArray
    supply: IntArray
    weight: IntArray
    distance_m: IntArray
    box_mass: IntArray
    vehicle_capacity: IntArray | None

    def __init__(
        self,
        demand: ArrayLike,
        supply: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        distance_m: ArrayLike | None = None,
        box_mass: ArrayLike | None = None,
        vehicle_capacity: ArrayLike | None = None,
    ) -> None:
        demand_boxes, supply_boxes = _by_day("demand", demand), _by_day("supply", supply)
        days, communities, items = demand_boxes.shape
        depots = supply_boxes.shape[1]
        if not days * communities * items * depots:
            raise ValueError("Expected at least one day, community, item and depot.")
        if (supply_boxes.shape[0], supply_boxes.shape[2]) != (days, items):
            raise ValueError(f"Expected supply with {days} days and {items} items, got shape {supply_boxes.shape}.")
        weights = _whole("weight", np.ones(communities) if weight is None else weight, (communities,), lowest=1)
        distances = np.zeros((depots, communities)) if distance_m is None else distance_m
        masses = _whole("box_mass", np.ones(items) if box_mass is None else box_mass, (items,), lowest=1)
        capacity = None if vehicle_capacity is None else _capacity(vehicle_capacity, days, depots)
        fields = {
            "demand": demand_boxes,
            "supply": supply_boxes,
            "weight": weights,
            "distance_m": _whole("distance_m", distances, (depots, communities), lowest=NO_ROUTE),
            "box_mass": masses,
            "vehicle_capacity": capacity,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        self._check_limits()

    def _check_limits(self) -> None:
        if self.demand.size and int((self.demand * self.weight[:, None]).max()) > MAX_WEIGHTED_DEMAND:
            raise ValueError(f"Expected demand x weight <= {MAX_WEIGHTED_DEMAND} in every cell.")
        boxes = float(min(self.supply.sum(dtype=float), self.demand.sum(dtype=float)))
        mass = int(self.box_mass.max(initial=1))
        if boxes * mass * max(1, int(self.distance_m.max(initial=1))) > MAX_TOTAL:
            raise ValueError(f"Expected boxes x mass x distance <= {MAX_TOTAL}: use coarser units.")
        if self.supply.sum(dtype=float) > MAX_TOTAL:
            raise ValueError(f"Expected a total supply <= {MAX_TOTAL}.")

    @property
    def reaches(self) -> NDArray[np.bool_]:
        """Whether a depot can deliver to a community, shape ``(depots, communities)``."""
        return self.distance_m >= 0


def _by_day(name: str, values: ArrayLike) -> IntArray:
    array = np.asarray(values)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise ValueError(f"Expected {name} with 2 or 3 dimensions, got {array.ndim}.")
    return _whole(name, array, array.shape, lowest=0)


def _capacity(values: ArrayLike, days: int, depots: int) -> IntArray:
    array = np.asarray(values)
    if array.ndim == 1 and array.shape == (depots,):
        array = np.repeat(array[None], days, axis=0)
    return _whole("vehicle_capacity", array, (days, depots), lowest=0)


def _whole(name: str, values: ArrayLike, shape: tuple[int, ...], *, lowest: int) -> IntArray:
    array = np.asarray(values)
    if array.shape != shape:
        raise ValueError(f"Expected {name} of shape {shape}, got {array.shape}.")
    if array.dtype.kind not in "iubf":
        raise ValueError(f"Expected {name} to hold whole numbers, got {array.dtype}.")
    as_float = array.astype(float)
    if not np.all(np.isfinite(as_float)) or np.any(as_float != np.floor(as_float)):
        raise ValueError(f"Expected {name} to hold whole, finite numbers.")
    if array.size and (as_float.min() < lowest or as_float.max() > MAX_TOTAL):
        raise ValueError(f"Expected {name} in [{lowest}, {MAX_TOTAL}].")
    whole = array.astype(np.int64)
    whole.setflags(write=False)
    return whole
