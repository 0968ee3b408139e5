"""
How much one item's stock can give to groups of cells: the polymatroid behind fair shares.

A *group* is all cells of one day whose communities are reached by the same depots; communities of one group
compete for exactly the same boxes, so only the group's total matters to what is possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from juxing_engine.allocation.problem import AllocationProblem, IntArray


class StockCapacity(Protocol):
    """What can be asked about totals per group, shape ``(groups,)``, day-major."""

    def fits(self, totals: IntArray) -> bool:
        """Whether stock covers these totals."""
        ...

    def room(self, totals: IntArray, group: int) -> int:
        """Boxes one group could receive more while all others keep theirs; ``totals`` must fit."""
        ...

    def can_rise(self, totals: IntArray) -> NDArray[np.bool_]:
        """Whether each group could receive one box more; ``totals`` must fit."""
        ...


class PooledStock:
    """
    Every depot reaches every community: stock is one heap that grows day by day.

    Parameters
    ----------
    arrivals
        Boxes arriving on each day over all depots, shape ``(days,)``.
    """

    def __init__(self, arrivals: IntArray) -> None:
        self._arrived = np.cumsum(arrivals)

    def _spare(self, totals: IntArray) -> IntArray:
        left = self._arrived - np.cumsum(totals)
        return np.minimum.accumulate(left[::-1])[::-1]

    def fits(self, totals: IntArray) -> bool:
        return bool(np.all(np.cumsum(totals) <= self._arrived))

    def room(self, totals: IntArray, group: int) -> int:
        return int(self._spare(totals)[group])

    def can_rise(self, totals: IntArray) -> NDArray[np.bool_]:
        return self._spare(totals) > 0


class RoutedStock:
    """
    Depots reach different communities, or have a dispatch limit: answers by maximum flow.

    Parameters
    ----------
    arrivals
        Boxes arriving, shape ``(days, depots)``.
    reaches
        Whether a depot reaches a class of communities, shape ``(depots, classes)``.
    dispatch_limit
        Boxes that may leave each depot each day, same shape as arrivals; None: no limit.
    """

    def __init__(self, arrivals: IntArray, reaches: NDArray[np.bool_], dispatch_limit: IntArray | None = None) -> None:
        days, depots = arrivals.shape
        classes = reaches.shape[1]
        stock = 1 + np.arange(days * depots).reshape(days, depots)
        dispatch = stock + days * depots
        group = 1 + 2 * days * depots + np.arange(days * classes).reshape(days, classes)
        self._groups = group.ravel()
        self._sink = int(self._groups[-1]) + 1 if group.size else 1
        plenty = int(arrivals.sum())
        limit = np.full_like(arrivals, plenty) if dispatch_limit is None else dispatch_limit
        depot, reached = np.nonzero(reaches)
        tails = [np.zeros(stock.size, int), stock[:-1].ravel(), stock.ravel(), dispatch[:, depot].ravel()]
        heads = [stock.ravel(), stock[1:].ravel(), dispatch.ravel(), group[:, reached].ravel()]
        widths = [
            arrivals.ravel(),
            np.full(stock[1:].size, plenty),
            limit.ravel(),
            np.full(days * depot.size, plenty),
        ]
        self._tail = np.concatenate([*tails, self._groups])
        self._head = np.concatenate([*heads, np.full(self._groups.size, self._sink)])
        self._width = np.concatenate(widths)

    def _flow(self, totals: IntArray) -> tuple[int, NDArray[np.bool_]]:
        """Boxes that can be delivered, and which groups a further box could still reach."""
        from ortools.graph.python import max_flow

        network = max_flow.SimpleMaxFlow()
        network.add_arcs_with_capacity(self._tail, self._head, np.concatenate([self._width, totals]))
        if network.solve(0, self._sink) != network.OPTIMAL:
            raise RuntimeError("The maximum flow of one item could not be computed.")
        open_nodes = np.zeros(self._sink + 1, bool)
        open_nodes[network.get_source_side_min_cut()] = True
        return network.optimal_flow(), open_nodes[self._groups]

    def fits(self, totals: IntArray) -> bool:
        return self._flow(totals)[0] == int(totals.sum())

    def room(self, totals: IntArray, group: int) -> int:
        raised = totals.copy()
        raised[group] += self._width.sum()
        return self._flow(raised)[0] - int(totals.sum())

    def can_rise(self, totals: IntArray) -> NDArray[np.bool_]:
        return self._flow(totals)[1]


@dataclass(frozen=True, slots=True, eq=False)
class ReachClasses:
    """
    Communities grouped by the depots that reach them: ``of_community`` and ``reaches`` (depots, classes).
    """

    of_community: IntArray
    reaches: NDArray[np.bool_]

    @classmethod
    def of(cls, problem: AllocationProblem) -> ReachClasses:
        reaches, of_community = np.unique(problem.reaches, axis=1, return_inverse=True)
        return cls(of_community.reshape(-1).astype(np.int64), reaches)

    def cell_groups(self, days: int) -> IntArray:
        """Group of every cell of one item, shape ``(days * communities,)``."""
        groups: IntArray = (np.arange(days)[:, None] * self.reaches.shape[1] + self.of_community).ravel()
        return groups

    def capacity(self, arrivals: IntArray) -> StockCapacity:
        """What one item's stock allows; ``arrivals`` of shape ``(days, depots)``."""
        if self.reaches.all():
            return PooledStock(arrivals.sum(axis=1))
        return RoutedStock(arrivals, self.reaches)
