"""The plan of one allocation run, its reasons and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from juxing_engine.allocation.problem import IntArray


class ShareReason(IntEnum):
    """What keeps a community's share of an item at what it is."""

    NOT_ASKED = 0
    FULL = 1
    """All that was asked for."""
    STOCK_SHARED = 2
    """Every box that could reach this community is given; see the tight set for where and until when."""
    NO_STOCK = 3
    """No depot that reaches the community holds the item by that day."""
    NO_ROUTE = 4
    """No depot reaches the community at all."""
    VEHICLES = 5
    """There is stock, but no vehicle capacity left to bring it."""


@dataclass(frozen=True, slots=True, eq=False)
class Shipments:
    """
    Boxes to send, one line for each day, depot, community and item; every array of shape ``(lines,)``.

    Parameters
    ----------
    day, depot, community, item
        Indices into the problem's axes.
    boxes
        Whole boxes, at least 1.
    """

    day: IntArray
    depot: IntArray
    community: IntArray
    item: IntArray
    boxes: IntArray

    def __len__(self) -> int:
        return int(self.boxes.size)


@dataclass(frozen=True, slots=True, eq=False)
class AllocationCertificate:
    """
    What an independent check needs to prove the plan; see `juxing_engine.allocation.certificate`.

    Parameters
    ----------
    stage
        Number of the nested tight set of each cell, shape ``(days, communities, items)``, -1 outside all.
    stock_price
        Worth of a box of each item in each depot on each day, shape ``(days, depots, items)``, in units of
        mass x distance, never rising from one day to the next.
    vehicle_price
        Worth of one unit of vehicle capacity, shape ``(days, depots)``; zero where vehicles do not bind.
    level_stock_price, level_vehicle_price
        Prices that prove the bound of the lowest level where vehicles bind, same shapes; otherwise None,
        and the tight sets prove it.
    """

    stage: IntArray
    stock_price: IntArray
    vehicle_price: IntArray
    level_stock_price: IntArray | None = None
    level_vehicle_price: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """
    Why one community receives what it receives of one item on one day.

    Parameters
    ----------
    asked, received
        Boxes.
    reason
        The binding constraint.
    depots
        Depots whose stock or vehicles bind, shape ``(binding,)``.
    sharers
        Communities that draw on the same exhausted stock on any day up to the last one it serves, itself
        included.
    """

    asked: int
    received: int
    reason: ShareReason
    depots: IntArray
    sharers: int


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """
    A plan, its value in the order of importance, and how far each value can be from the best.

    Parameters
    ----------
    received
        Boxes of each cell, shape ``(days, communities, items)``.
    shipments
        Who sends them.
    reason
        `ShareReason` of each cell, same shape as ``received``.
    lowest_level, lowest_level_bound
        Lowest received / (demand x weight) over all cells asked for, and its proven upper bound; 1 if none
        asked.
    boxes, boxes_bound
        Boxes delivered, and the most that any plan could deliver that gives no group of cells less.
    transport, transport_bound
        Boxes x mass x distance, and the least that any plan with these shares could need.
    is_leximin
        Whether all levels, not only the lowest, are proven best in whole boxes.
    certificate
        For the independent check.
    seconds
        Wall seconds of each part.
    """

    received: IntArray
    shipments: Shipments
    reason: NDArray[np.int8]
    lowest_level: Fraction
    lowest_level_bound: Fraction
    boxes: int
    boxes_bound: int
    transport: int
    transport_bound: int
    is_leximin: bool
    certificate: AllocationCertificate
    seconds: dict[str, float]

    @property
    def gap(self) -> float:
        """Largest proven relative gap of the three objectives, in [0, 1]."""
        level, most = float(self.lowest_level), float(self.lowest_level_bound)
        return max(
            0.0 if most <= 0 else (most - level) / most,
            0.0 if self.boxes_bound <= 0 else (self.boxes_bound - self.boxes) / self.boxes_bound,
            0.0 if self.transport <= 0 else (self.transport - self.transport_bound) / self.transport,
        )

    @property
    def is_optimal(self) -> bool:
        """Whether every objective is proven best."""
        return self.is_leximin and self.gap == 0.0
