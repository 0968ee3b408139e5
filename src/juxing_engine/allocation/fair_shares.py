"""Exact leximin shares of one item in whole boxes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from juxing_engine.allocation.capacity import StockCapacity
from juxing_engine.allocation.problem import IntArray

UNLIMITED = -1
"""Stage of a cell that receives all it asked for without meeting a limit of stock."""

_SCALE_BITS = 31


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """
    Cells with an equal claim to fewer last boxes than there are cells; whoever is nearer may have them.

    Parameters
    ----------
    cells
        Indices of the cells.
    raised
        How many of them receive one box more than the others.
    """

    cells: IntArray
    raised: int


@dataclass(frozen=True, slots=True, eq=False)
class FairShares:
    """
    The leximin shares of one item.

    Parameters
    ----------
    received
        Boxes of each cell, shape ``(cells,)``.
    stage
        Number of the tight set in which the cell's share was settled, or ``UNLIMITED``; sets are nested:
        set ``s`` is all cells with ``0 <= stage <= s``, and its boxes are all the stock that can reach it.
    ties
        The free choices left; any choice gives the same sorted vector of levels.
    """

    received: IntArray
    stage: IntArray
    ties: tuple[Tie, ...]


class _Filling:
    """The state of one filling: boxes given so far, and who may still rise."""

    def __init__(self, demand: IntArray, claim: IntArray, group: IntArray, capacity: StockCapacity) -> None:
        self.demand, self.claim, self.group, self.capacity = demand, claim, group, capacity
        self.groups = int(group.max(initial=-1)) + 1
        self.received = np.zeros_like(demand)
        self.stage = np.full(demand.size, UNLIMITED, np.int64)
        self.active = demand > 0
        self.ties: list[Tie] = []

    def totals(self, received: IntArray) -> IntArray:
        return np.bincount(self.group, weights=received, minlength=self.groups).astype(np.int64)

    def at_level(self, level: int) -> IntArray:
        """Boxes when every active cell has been raised while below ``level / 2**31``."""
        raised = np.minimum(self.demand, -((-level * self.claim) >> _SCALE_BITS))
        return np.where(self.active, np.maximum(self.received, raised), self.received)

    def rise(self) -> int:
        """Raise all active cells as high as one common level allows; return that level."""
        low, high = 0, 1 << _SCALE_BITS
        if self.capacity.fits(self.totals(self.at_level(high))):
            low = high
        while high - low > 1:
            middle = (low + high) // 2
            if self.capacity.fits(self.totals(self.at_level(middle))):
                low = middle
            else:
                high = middle
        self.received = self.at_level(low)
        self.active &= self.received < self.demand
        return low

    def batches(self, level: int) -> list[IntArray]:
        """
        Next boxes at levels in ``[level, level + 1)``, lowest first; of equal ones the largest step first.
        """
        next_level = self.received * (1 << _SCALE_BITS) < (level + 1) * self.claim
        cells = np.flatnonzero(self.active & next_level).tolist()

        def claim_to_next(cell: int) -> tuple[Fraction, int]:
            return Fraction(int(self.received[cell]), int(self.claim[cell])), int(self.claim[cell])

        ordered = sorted(cells, key=claim_to_next)
        return [np.array(list(batch), np.int64) for _, batch in groupby(ordered, key=claim_to_next)]

    def give(self, cells: IntArray) -> bool:
        """Give one box to each of the cells if stock allows it for all of them."""
        trial = self.received.copy()
        trial[cells] += 1
        if not self.capacity.fits(self.totals(trial)):
            return False
        self.received = trial
        return True

    def give_what_fits(self, cells: IntArray) -> IntArray:
        """Give one box to as many of the cells as possible; return those that got one."""
        given: list[IntArray] = []
        for group in np.unique(self.group[cells]).tolist():
            members = cells[self.group[cells] == group]
            chosen = members[: self.capacity.room(self.totals(self.received), group)]
            self.received[chosen] += 1
            given.append(chosen)
        return np.concatenate(given)

    def freeze(self, number: int) -> NDArray[np.bool_]:
        """Settle every cell whose group cannot rise; return which cells were settled now."""
        blocked = ~self.capacity.can_rise(self.totals(self.received))
        settled: NDArray[np.bool_] = blocked[self.group] & (self.stage == UNLIMITED) & (self.demand > 0)
        self.stage[settled] = number
        self.active &= ~settled & (self.received < self.demand)
        return settled


def fair_shares(demand: IntArray, claim: IntArray, group: IntArray, capacity: StockCapacity) -> FairShares:
    """
    Share one item so that the lowest level is as high as possible, then the next lowest, and so on.

    A cell's level is ``received / claim`` with ``claim = demand x weight``. Exact in whole boxes, and no
    box is left that anyone asking for it could still receive.

    Parameters
    ----------
    demand, claim, group
        Boxes asked for, demand x weight, and group in ``capacity``, each of shape ``(cells,)``.
    capacity
        What stock allows for totals per group.

    Notes
    -----
    Totals that stock allows form an integral polymatroid, on which giving the next box to the lowest level
    first (of equal levels: to the one it lifts highest) is exact (Federgruen and Groenevelt 1986; for
    fairness Frank and Murota 2022). All boxes below a common level are given at once; levels are compared
    in 64-bit integers.
    """
    filling = _Filling(demand, claim, group, capacity)
    number = 0
    while filling.active.any():
        level = filling.rise()
        if not filling.active.any():
            break
        for cells in filling.batches(level):
            if filling.give(cells):
                continue
            filling.give_what_fits(cells)
            before = filling.received
            settled = filling.freeze(number)
            _note_tie(filling, cells[settled[cells]], before)
            break
        else:
            filling.active &= filling.received < filling.demand
            continue
        number += 1
    filling.freeze(number)
    return FairShares(filling.received, filling.stage, tuple(filling.ties))


def _note_tie(filling: _Filling, cells: IntArray, received: IntArray) -> None:
    raised = received[cells] - received[cells].min(initial=np.iinfo(np.int64).max)
    if raised.any():
        filling.ties.append(Tie(cells, int(raised.sum())))
