"""How high levels can be raised when vehicles are scarce: linear programmes over groups of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from juxing_engine.allocation.capacity import ReachClasses
from juxing_engine.allocation.problem import AllocationProblem, BoolArray, FloatArray, IntArray
from juxing_engine.control import Control

_STAGES = 40
"""Most levels settled one after the other; what is left then is filled without further programmes."""

_LEVEL_SHARE = 0.6
"""Share of the budget after which no further level is settled; the rest is for transport."""

_ROUNDINGS = 2
"""Times the rounding of a stage's needs is corrected."""

_SLACK = 1e-6
"""Share by which settled totals are loosened against the solver's rounding."""

_PRICE_SCALE = 1 << 24
"""
Prices are rounded to whole multiples of its inverse; any price proves a bound, so rounding costs little.
"""


@dataclass(frozen=True, slots=True, eq=False)
class FleetLevels:
    """
    Fractional shares that are as fair as stock and vehicles allow.

    Parameters
    ----------
    dispatch
        Boxes leaving each depot, fractional, shape ``(days, depots, items)``.
    stock_price, vehicle_price
        Whole prices proving the lowest level, shapes ``(days, depots, items)`` and ``(days, depots)``.
    is_settled
        Whether every level was settled, not only the lowest ones.
    """

    dispatch: FloatArray
    stock_price: IntArray
    vehicle_price: IntArray
    is_settled: bool


class FleetProgramme:
    """
    Columns: boxes of an item leaving a depot on a day for a class of communities; then the level.

    Rows: totals of each group of cells; stock of each item and depot up to each day; vehicles of each depot
    and day.
    """

    def __init__(self, problem: AllocationProblem, capacity: IntArray) -> None:
        self.problem, self.capacity = problem, capacity
        self.classes = ReachClasses.of(problem)
        days, _, items = problem.demand.shape
        depots, classes = self.classes.reaches.shape
        self.demand = self.by_group(problem.demand)
        arrived = np.cumsum(problem.supply, axis=0)
        open_ways = (
            (arrived > 0).transpose(2, 0, 1)[:, :, :, None]
            & self.classes.reaches[None, None]
            & (self.demand > 0)[:, :, None, :]
        )
        self.item, self.day, self.depot, self.place = (axis.astype(np.int64) for axis in np.nonzero(open_ways))
        self.group = (self.item * days + self.day) * classes + self.place
        self.groups = items * days * classes
        self.shape = (days, depots, items)
        self._stock_rows()

    def by_group(self, cells: NDArray[Any]) -> NDArray[Any]:
        """Sums of cells over classes, shape ``(items, days, classes)``."""
        classes = self.classes.reaches.shape[1]
        total = np.zeros((*cells.shape[::2][::-1], classes), cells.dtype)
        for number in range(classes):
            total[:, :, number] = cells[:, self.classes.of_community == number].sum(axis=1).T
        return total

    def _stock_rows(self) -> None:
        from scipy.sparse import coo_array, csr_array

        days, depots, items = self.shape
        columns = np.arange(self.item.size)
        stock = (self.item * depots + self.depot) * days
        rows = np.concatenate([stock[self.day <= day] + day for day in range(days)])
        cells = np.concatenate([columns[self.day <= day] for day in range(days)])
        width, height = self.item.size, items * depots * days
        stock_rows = coo_array((np.ones(rows.size), (rows, cells)), shape=(height, width))
        mass = self.problem.box_mass[self.item].astype(float)
        fleet = coo_array((mass, (self.day * depots + self.depot, columns)), shape=(days * depots, width))
        totals = coo_array((-np.ones(width), (self.group, columns)), shape=(self.groups, width))
        self.limits = [csr_array(stock_rows), csr_array(fleet)]
        self.totals = csr_array(totals)
        arrived = np.cumsum(self.problem.supply, axis=0).transpose(2, 1, 0)
        self.limit = np.concatenate([arrived.ravel(), self.capacity.ravel()]).astype(float)

    def highest_level(
        self, at_least: FloatArray, slope: FloatArray
    ) -> tuple[float, FloatArray, FloatArray, FloatArray] | None:
        """
        Highest ``level`` with group totals >= ``at_least + slope x level``.

        Returns the level, boxes of each column, prices of the groups, and prices of the limits; None if the
        solver found its own rounding in the way.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, hstack, vstack

        height = self.groups + self.limit.size
        level = np.concatenate([slope, np.zeros(self.limit.size)])[:, None]
        matrix = hstack([vstack([self.totals, *self.limits]), csr_array(level)]).tocsr()
        kept = np.ones(height, bool)
        kept[: self.groups] = (slope > 0) | (at_least > 0)
        goal = np.zeros(self.item.size + 1)
        goal[-1] = -1.0
        right = np.concatenate([-at_least, self.limit])
        found: Any = linprog(goal, A_ub=matrix[kept], b_ub=right[kept], bounds=(0, None), method="highs-ipm")
        if found.x is None:
            return None
        price = np.zeros(height)
        price[kept] = np.maximum(0.0, -found.ineqlin.marginals)
        return float(found.x[-1]), found.x[:-1], price[: self.groups], price[self.groups :]

    def most_boxes(self, at_least: IntArray) -> int:
        """
        Most boxes in all, within the whole vehicle capacity, if every group total is at least this and at
        most its demand; rounded down.
        """
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        matrix = vstack([self.totals, -self.totals, *self.limits]).tocsr()
        least = at_least.ravel() * (1 - _SLACK)
        limit = self.limit.copy()
        limit[-self.capacity.size :] = self._whole_capacity()
        right = np.concatenate([-least, self.demand.ravel(), limit])
        found: Any = linprog(-np.ones(self.item.size), A_ub=matrix, b_ub=right, bounds=(0, None), method="highs-ipm")
        return int(self.demand.sum()) if found.x is None else int(np.floor(-found.fun + 1e-6))

    def _whole_capacity(self) -> FloatArray:
        whole = self.problem.vehicle_capacity
        return np.asarray(self.capacity if whole is None else whole, float).ravel()

    def settle(self, control: Control) -> FleetLevels:
        """Raise levels stage by stage, each as high as possible, settling the groups that bind."""
        problem = self.problem
        active = self.demand.ravel() > 0
        fixed = np.zeros(self.groups)
        boxes = np.zeros(self.item.size)
        first: FloatArray | None = None
        low = 0.0
        caps = sorted({1.0 / int(weight) for weight in problem.weight})
        for _ in range(_STAGES):
            is_late = control.should_stop() or control.elapsed_s > _LEVEL_SHARE * (control.budget_s or np.inf)
            if not active.any() or (first is not None and is_late):
                break
            raised = self._raise(fixed, active, low, caps)
            if raised is None:
                break
            low, reached, boxes, price, limits = raised
            first = limits if first is None else first
            bound = active & ((price > 1e-9) | (reached >= self.demand.ravel() - 1e-6))
            bound = bound if bound.any() else active.copy()
            fixed[bound] = reached[bound]
            active &= ~bound
        dispatch = np.zeros(self.shape)
        np.add.at(dispatch, (self.day, self.depot, self.item), boxes)
        stock, vehicle = self._prices(np.zeros(self.limit.size) if first is None else first)
        return FleetLevels(dispatch, stock, vehicle, not active.any())

    def _raise(
        self, fixed: FloatArray, active: BoolArray, low: float, caps: list[float]
    ) -> tuple[float, FloatArray, FloatArray, FloatArray, FloatArray] | None:
        """
        Highest common level of the active groups, in whole boxes for every cell, and the totals it gives
        them.

        Between two caps (where cells of one weight are full) needs rise linearly but for rounding up; the
        rounding is taken from the level found before, twice.
        """
        for cap in [cap for cap in caps if cap > low + 1e-12]:
            slope = np.where(active, self._slopes(cap), 0.0)
            level, found, start = low, None, fixed
            for _ in range(_ROUNDINGS):
                start = np.where(active, self._needs(level) - slope * level, fixed * (1 - _SLACK))
                found = self.highest_level(start, slope)
                if found is None:
                    return None
                level = min(cap, max(low, found[0]))
            if found is not None and (found[0] < cap - 1e-9 or cap == caps[-1]):
                return (level, np.minimum(start + slope * level, self.demand.ravel()), *found[1:])
            low = cap
        return None

    def _needs(self, level: float) -> FloatArray:
        """Whole boxes each group needs for all its cells to stand at a level."""
        claim = self.problem.demand * self.problem.weight[:, None]
        boxes = np.minimum(self.problem.demand, np.ceil(level * claim - 1e-9))
        needs: FloatArray = self.by_group(boxes).ravel()
        return needs

    def _slopes(self, cap: float) -> FloatArray:
        claim = self.problem.demand * self.problem.weight[:, None]
        rising = np.where(claim * cap <= self.problem.demand * (1 + 1e-9), claim, 0)
        return np.asarray(self.by_group(rising).ravel(), float)

    def _prices(self, limits: FloatArray) -> tuple[IntArray, IntArray]:
        days, depots, items = self.shape
        largest = max(1e-300, float(limits.max(initial=0.0)))
        whole = np.floor(limits / largest * _PRICE_SCALE).astype(np.int64)
        per_day = whole[: items * depots * days].reshape(items, depots, days)
        stock = np.cumsum(per_day[:, :, ::-1], axis=2)[:, :, ::-1].transpose(2, 1, 0)
        return stock, whole[items * depots * days :].reshape(days, depots)
