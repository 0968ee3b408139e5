"""Places with households, people who can answer for them, and what each pairing costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NOBODY = -1
"""In ``current`` and in an answer: nobody answers for the place."""
WAY_LIMIT_M = 100_000
COST_LIMIT = 2**46
"""Largest way a plan may cost; beyond it the solver's floats could not tell two plans apart."""


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ResponsibilityProblem:
    """
    Give every place one holder who may have it; whole places only.

    First as few households as can be stand above their holders' limits; among such answers the way, households x
    metres, is least. Ways count in whole metres, so "optimal" is exact.

    Parameters
    ----------
    place_xy_m, holder_xy_m
        Plane coordinates in metres, shapes ``(places, 2)`` and ``(holders, 2)``.
    households
        Of each place, at least 0, shape ``(places,)``.
    limit
        Households each holder should have at most, at least 0, shape ``(holders,)``.
    load
        Households each holder answers for already, outside these places; default none.
    may
        Whether a holder may have a place, shape ``(places, holders)``; a place nobody may have stays with nobody.
    current
        Who has a place today, or ``NOBODY``; default nobody.
    change_m
        Metres each household of a place counts extra when the place changes hands, at least 0.

    Raises
    ------
    ValueError
        If shapes disagree, a number is out of range, or a way could pass ``COST_LIMIT``.
    """

    place_xy_m: Metres
    households: Integers
    holder_xy_m: Metres
    limit: Integers
    may: Flags
    load: Integers = field(default_factory=_none)
    current: Integers = field(default_factory=_none)
    change_m: int = 0

    def __post_init__(self) -> None:
        places, holders = self.place_xy_m.shape[0], self.holder_xy_m.shape[0]
        object.__setattr__(self, "load", self.load if self.load.size else np.zeros(holders, dtype=np.int64))
        current = self.current if self.current.size else np.full(places, NOBODY, dtype=np.int64)
        object.__setattr__(self, "current", current)
        shapes = {
            "place_xy_m": (places, 2), "households": (places,), "holder_xy_m": (holders, 2), "limit": (holders,),
            "may": (places, holders), "load": (holders,), "current": (places,),
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"Expected {name} of shape {shape}, got {getattr(self, name).shape}.")
        self._refuse_bad_numbers()
        if ((current < NOBODY) | (current >= holders)).any():
            raise ValueError("Expected current to name holders or NOBODY.")
        if not (np.isfinite(self.place_xy_m).all() and np.isfinite(self.holder_xy_m).all()):
            raise ValueError("Expected finite coordinates.")
        if self.change_m < 0:
            raise ValueError(f"Expected change_m >= 0, got {self.change_m}.")
        if float(self.households.sum()) * (WAY_LIMIT_M + self.change_m) > COST_LIMIT:
            raise ValueError("Expected households x metres within the limit 2**46, up to which ways can be told apart.")

    def _refuse_bad_numbers(self) -> None:
        for name in ("households", "limit", "load", "current"):
            if getattr(self, name).dtype.kind not in "iu":
                raise ValueError(f"Expected integers in {name}, got {getattr(self, name).dtype}.")
        for name in ("households", "limit", "load"):
            if (getattr(self, name) < 0).any():
                raise ValueError(f"Expected {name} >= 0.")

    @property
    def ways(self) -> Integers:
        """Cost of every pair, households x (metres, at most 100 km, and the change of hands), ``(places, holders)``."""
        apart = self.place_xy_m[:, None, :] - self.holder_xy_m[None, :, :]
        metres = np.minimum(np.rint(np.hypot(apart[..., 0], apart[..., 1])), WAY_LIMIT_M).astype(np.int64)
        changes = (self.current[:, None] != NOBODY) & (self.current[:, None] != np.arange(self.limit.size)[None, :])
        ways: Integers = (metres + self.change_m * changes) * np.maximum(self.households, 1)[:, None]
        return ways
