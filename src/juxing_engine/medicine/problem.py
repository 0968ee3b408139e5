"""What a medicine problem is: who asks for which drug, which pharmacy has it, and which squad may fetch it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]

UNSERVED = -1
"""In a plan: nobody fetches this request."""

OBJECTIVE_LIMIT = 2**60
"""Largest cost a plan may reach; beyond it 64-bit sums of costs and prices could overflow."""

COORDINATE_LIMIT_M = 1e9
"""Largest coordinate accepted, in metres."""


@dataclass(frozen=True, slots=True, eq=False)
class MedicineProblem:
    """
    Give each request one pack of its drug from a pharmacy that has it, fetched by a squad that may carry it.

    A request costs its way from the pharmacy and its share of the squad's way to the pharmacy, both integers in
    metre-equivalents, so "optimal" is exact. Arrays are kept read-only.

    Parameters
    ----------
    request_xy_m, pharmacy_xy_m, squad_xy_m
        Plane coordinates in metres, shapes ``(requests, 2)``, ``(pharmacies, 2)``, ``(squads, 2)``.
    requested_drug
        Which drug each request asks for, one pack of it, shape ``(requests,)``.
    stock
        Packs each pharmacy has of each drug, at least 0, shape ``(pharmacies, drugs)``.
    drug_class
        Class of each drug, 0 to 63, shape ``(drugs,)``. Classes that may not be carried by volunteers at all (such
        as narcotic drugs) belong to the hospital route and not into a problem.
    squad_capacity
        Requests each squad can carry, at least 0.
    carried_classes
        Bit ``k`` set when the squad may carry class ``k``, shape ``(squads,)``.
    unserved_penalty
        Cost of leaving each request unserved, at least 0; see `lexicographic_penalties`.
    priority_weight
        What one metre of the way from the pharmacy counts, at least 0. Default 1.
    requests_per_trip
        Over how many requests a squad's way to a pharmacy is spread, at least 1.
    detour_factor
        Way on foot per metre of straight line, in [1, 100].

    Raises
    ------
    ValueError
        If shapes disagree, a value is out of its range or not finite, or a plan's cost could pass
        ``OBJECTIVE_LIMIT``.
    """

    request_xy_m: Metres
    requested_drug: Integers
    pharmacy_xy_m: Metres
    stock: Integers
    drug_class: Integers
    squad_xy_m: Metres
    squad_capacity: Integers
    carried_classes: Bits
    unserved_penalty: Integers
    priority_weight: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    requests_per_trip: int = 1
    detour_factor: float = 1.3

    def __post_init__(self) -> None:
        for name in ("request_xy_m", "pharmacy_xy_m", "squad_xy_m"):
            self._settle_coordinates(name)
        self._settle_stock()
        self._settle("requested_drug", (self.requests,), high=self.drugs - 1)
        self._settle("drug_class", (self.drugs,), high=63)
        self._settle("squad_capacity", (self.squads,))
        self._settle("unserved_penalty", (self.requests,))
        if np.shape(self.priority_weight) == (0,):
            object.__setattr__(self, "priority_weight", np.ones(self.requests, dtype=np.int64))
        self._settle("priority_weight", (self.requests,))
        self._settle_classes()
        if isinstance(self.requests_per_trip, bool) or not isinstance(self.requests_per_trip, int):
            raise ValueError("Expected requests_per_trip as an integer.")
        if not 1 <= self.requests_per_trip <= 1_000_000 or not 1 <= self.detour_factor <= 100:
            raise ValueError("Expected requests_per_trip in [1, 1000000] and detour_factor in [1, 100].")
        self._refuse_overflow()

    @property
    def requests(self) -> int:
        """Number of requests."""
        return int(self.request_xy_m.shape[0])

    @property
    def pharmacies(self) -> int:
        """Number of pharmacies."""
        return int(self.pharmacy_xy_m.shape[0])

    @property
    def drugs(self) -> int:
        """Number of drugs."""
        return int(self.stock.shape[1])

    @property
    def squads(self) -> int:
        """Number of squads."""
        return int(self.squad_xy_m.shape[0])

    def _set(self, name: str, values: npt.NDArray[Any]) -> None:
        values = values.view()
        values.setflags(write=False)
        object.__setattr__(self, name, values)

    def _settle_coordinates(self, name: str) -> None:
        xy = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
        if xy.ndim != 2 or xy.shape[1] != 2:
            raise ValueError(f"Expected {name} of shape (n, 2), got {xy.shape}.")
        if not np.all(np.abs(xy) <= COORDINATE_LIMIT_M):
            raise ValueError(f"Expected {name} finite and within ±{COORDINATE_LIMIT_M:g} m.")
        self._set(name, xy)

    def _settle_stock(self) -> None:
        stock = np.asarray(self.stock)
        if stock.ndim != 2:
            raise ValueError(f"Expected stock of shape (pharmacies, drugs), got {stock.shape}.")
        self._settle("stock", (self.pharmacies, stock.shape[1]))

    def _settle(self, name: str, shape: tuple[int, ...], *, high: int = 2**40) -> None:
        values = np.ascontiguousarray(getattr(self, name))
        if values.shape != shape:
            raise ValueError(f"Expected {name} of shape {shape}, got {values.shape}.")
        if values.size and values.dtype.kind not in "iu":
            raise ValueError(f"Expected integers in {name}, got {values.dtype}.")
        top = OBJECTIVE_LIMIT if name == "unserved_penalty" else high
        if values.size and (values.min() < 0 or values.max() > top):
            raise ValueError(f"Expected {name} in [0, {top}].")
        self._set(name, values.astype(np.int64))

    def _settle_classes(self) -> None:
        values = np.ascontiguousarray(self.carried_classes)
        if values.shape != (self.squads,) or (values.size and values.dtype.kind not in "iu"):
            raise ValueError(f"Expected carried_classes as integers of shape ({self.squads},).")
        if values.dtype.kind == "i" and values.size and values.min() < 0:
            raise ValueError("Expected carried_classes as bit masks, got a negative number.")
        self._set("carried_classes", values.astype(np.uint64))

    def _refuse_overflow(self) -> None:
        delivery, fetching = greatest_costs(self)
        dearest = max(delivery + fetching, int(self.unserved_penalty.max(initial=0)))
        if 4 * dearest * max(1, self.requests) > OBJECTIVE_LIMIT:
            raise ValueError(
                f"A plan could cost {dearest} x {self.requests}, more than a quarter of the limit 2**60; "
                "lower unserved_penalty or priority_weight."
            )


def greatest_costs(problem: MedicineProblem) -> tuple[int, int]:
    """No way from a pharmacy, and no squad's way to one, costs more than these two numbers."""
    everything = np.vstack([problem.request_xy_m, problem.pharmacy_xy_m, problem.squad_xy_m])
    if not len(everything):
        return 0, 0
    farthest = int(np.ceil(problem.detour_factor * float(np.hypot(*np.ptp(everything, axis=0))))) + 1
    return farthest * int(problem.priority_weight.max(initial=0)), farthest // problem.requests_per_trip + 1
