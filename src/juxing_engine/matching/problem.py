"""What a matching problem is: who needs a visit, who can make one, and what each pairing would cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]

UNSERVED = -1
"""In ``responder_of``: nobody visits this need. In ``current_responder``: nobody visits it today."""

OBJECTIVE_LIMIT = 2**60
"""
Largest cost, in absolute value, a plan may reach; beyond it 64-bit sums of costs and prices could
overflow.
"""

WALK_LIMIT_M = 1e9
"""
Largest coordinate, in metres, accepted; distances stay exactly ordered in 64-bit floats well beyond it.
"""


def _no_integers() -> Integers:
    return np.zeros(0, dtype=np.int64)


def _no_metres() -> Metres:
    return np.zeros(0, dtype=np.float64)


def _no_bits() -> Bits:
    return np.zeros(0, dtype=np.uint64)


def _no_pairs() -> Integers:
    return np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class MatchingProblem:
    """
    Give each need at most one responder, each responder at most ``capacity`` needs, at least total cost.

    Every cost is an integer in metre-equivalents, so "optimal" is exact. Arrays are kept read-only; an
    array left empty takes its default. Shapes are written ``(needs,)`` and ``(responders,)``.

    Parameters
    ----------
    need_xy_m, responder_xy_m
        Plane coordinates in metres, shape ``(needs, 2)`` and ``(responders, 2)``.
    capacity
        Visits each responder can make, at least 0.
    unserved_penalty
        Cost of leaving each need without a visit, at least 0. To serve as many as possible, tier by tier,
        before any metre counts, derive it with `lexicographic_penalties`.
    required_skills, held_skills
        Bit ``k`` set when skill ``k`` is required or held; a responder must hold every skill required.
        Default none.
    needed_languages, spoken_languages
        Bit masks of languages; a pair that shares none costs `language_cost` more. A need without a
        language is understood by everybody. Default none.
    language_cost
        Metre-equivalents, at least 0.
    priority_weight
        What one metre of the way to this need counts, at least 0. Default 1.
    current_responder
        Who visits this need today, or ``UNSERVED``. Default nobody.
    stability_bonus
        Taken off the cost of keeping a need with its current responder, at least 0.
    load_cost
        Extra cost of a responder's 1st, 2nd, ... visit, not negative and never falling, so that load
        spreads; as long as the largest capacity at least. Default 0: only distance counts.
    reach_m
        Farthest way on foot each responder may be sent, inclusive; ``inf`` for no limit. Default no limit.
    forbidden_pairs
        Rows ``(need, responder)`` that must not meet, as after a decline; shape ``(pairs, 2)``.
    adjusted_pairs, pair_adjustment
        Rows ``(need, responder)`` and what each adds to the pair's cost; negative for a wish. Each pair
        once.
    detour_factor
        Way on foot per metre of straight line, at least 1.

    Raises
    ------
    ValueError
        If shapes disagree; if a coordinate is not finite or beyond ``WALK_LIMIT_M``; if a value is out of
        its range or a pair names nobody; or if a plan's cost could pass ``OBJECTIVE_LIMIT``.
    """

    need_xy_m: Metres
    responder_xy_m: Metres
    capacity: Integers
    unserved_penalty: Integers
    required_skills: Bits = field(default_factory=_no_bits)
    held_skills: Bits = field(default_factory=_no_bits)
    needed_languages: Bits = field(default_factory=_no_bits)
    spoken_languages: Bits = field(default_factory=_no_bits)
    language_cost: int = 0
    priority_weight: Integers = field(default_factory=_no_integers)
    current_responder: Integers = field(default_factory=_no_integers)
    stability_bonus: int = 0
    load_cost: Integers = field(default_factory=_no_integers)
    reach_m: Metres = field(default_factory=_no_metres)
    forbidden_pairs: Integers = field(default_factory=_no_pairs)
    adjusted_pairs: Integers = field(default_factory=_no_pairs)
    pair_adjustment: Integers = field(default_factory=_no_integers)
    detour_factor: float = 1.3

    def __post_init__(self) -> None:
        self._settle_coordinates()
        self._settle_needs()
        self._settle_responders()
        self._settle_load_cost()
        self._settle_pairs()
        _require_range("language_cost", self.language_cost, 0, OBJECTIVE_LIMIT)
        _require_range("stability_bonus", self.stability_bonus, 0, OBJECTIVE_LIMIT)
        if not 1 <= self.detour_factor <= 100:
            raise ValueError(f"Expected detour_factor in [1, 100], got {self.detour_factor}.")
        self._refuse_overflow()

    @property
    def needs(self) -> int:
        """Number of needs."""
        return int(self.need_xy_m.shape[0])

    @property
    def responders(self) -> int:
        """Number of responders."""
        return int(self.responder_xy_m.shape[0])

    def _set(self, name: str, value: npt.NDArray[Any]) -> None:
        value = value.view()
        value.setflags(write=False)
        object.__setattr__(self, name, value)

    def _settle_coordinates(self) -> None:
        for name in ("need_xy_m", "responder_xy_m"):
            xy = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if xy.ndim != 2 or xy.shape[1] != 2:
                raise ValueError(f"Expected {name} of shape (n, 2), got {xy.shape}.")
            if not np.all(np.abs(xy) <= WALK_LIMIT_M):
                raise ValueError(f"Expected {name} finite and within ±{WALK_LIMIT_M:g} m.")
            self._set(name, xy)

    def _settle_needs(self) -> None:
        size = self.needs
        self._set_integers("unserved_penalty", size, None, low=0)
        self._set_integers("priority_weight", size, 1, low=0)
        self._set_integers("current_responder", size, UNSERVED, low=UNSERVED, high=self.responders - 1)
        self._set_bits("required_skills", size)
        self._set_bits("needed_languages", size)

    def _settle_responders(self) -> None:
        size = self.responders
        self._set_integers("capacity", size, None, low=0)
        self._set_bits("held_skills", size)
        self._set_bits("spoken_languages", size)
        reach_m = np.ascontiguousarray(self.reach_m, dtype=np.float64)
        if reach_m.shape == (0,) and size:
            reach_m = np.full(size, np.inf)
        if reach_m.shape != (size,) or not np.all(reach_m >= 0):
            raise ValueError(f"Expected reach_m of shape ({size},), not negative, got {reach_m.shape}.")
        self._set("reach_m", reach_m)

    def _settle_load_cost(self) -> None:
        largest = int(self.capacity.max(initial=0))
        self._set_integers("load_cost", None, None, low=0)
        if self.load_cost.size == 0:
            return
        if self.load_cost.size < min(largest, max(self.needs, 1)):
            raise ValueError(f"Expected load_cost for {largest} visits, got {self.load_cost.size}.")
        if np.any(np.diff(self.load_cost) < 0):
            raise ValueError("Expected load_cost that never falls from one visit to the next.")

    def _settle_pairs(self) -> None:
        for name in ("forbidden_pairs", "adjusted_pairs"):
            pairs = _as_integers(name, getattr(self, name)).reshape(-1, 2)
            top = np.array([self.needs, self.responders])
            if np.any(pairs < 0) or np.any(pairs >= top):
                raise ValueError(f"Expected {name} to name existing needs and responders.")
            self._set(name, pairs)
        self._set_integers("pair_adjustment", self.adjusted_pairs.shape[0], None)
        if np.unique(self.adjusted_pairs, axis=0).shape[0] != self.adjusted_pairs.shape[0]:
            raise ValueError("Expected each pair once in adjusted_pairs.")

    def _set_integers(
        self, name: str, size: int | None, default: int | None, *, low: int | None = None, high: int = 2**62
    ) -> None:
        values = _as_integers(name, getattr(self, name))
        if values.shape == (0,) and size and default is not None:
            values = np.full(size, default, dtype=np.int64)
        if values.ndim != 1 or (size is not None and values.size != size):
            raise ValueError(f"Expected {name} of shape ({size},), got {values.shape}.")
        if values.size and ((low is not None and values.min() < low) or values.max() > high):
            raise ValueError(f"Expected {name} in [{low}, {high}].")
        self._set(name, values)

    def _set_bits(self, name: str, size: int) -> None:
        values = np.ascontiguousarray(getattr(self, name))
        if values.shape == (0,) and size:
            values = np.zeros(size, dtype=np.uint64)
        if values.shape != (size,) or (values.size and values.dtype.kind not in "iu"):
            raise ValueError(f"Expected {name} as integers of shape ({size},), got {values.dtype} {values.shape}.")
        if values.dtype.kind == "i" and values.size and values.min() < 0:
            raise ValueError(f"Expected {name} as bit masks, got a negative number.")
        self._set(name, values.astype(np.uint64))

    def _refuse_overflow(self) -> None:
        dearest = max(abs(value) for value in pair_cost_range(self))
        dearest += int(self.load_cost.max(initial=0))
        dearest = max(dearest, int(self.unserved_penalty.max(initial=0)))
        if dearest * max(self.needs, 1) > OBJECTIVE_LIMIT:
            raise ValueError(
                f"A plan could cost {dearest} x {self.needs}, more than the limit 2**60; "
                "lower unserved_penalty, priority_weight or the adjustments."
            )


def pair_cost_range(problem: MatchingProblem) -> tuple[int, int]:
    """
    Least and greatest cost any pair of this problem can have, from its extent alone (not necessarily
    reached).
    """
    if not (problem.needs and problem.responders):
        return 0, 0
    both = np.vstack([problem.need_xy_m, problem.responder_xy_m])
    diagonal_m = float(np.hypot(*(both.max(axis=0) - both.min(axis=0))))
    farthest = int(np.ceil(problem.detour_factor * diagonal_m)) * int(problem.priority_weight.max()) + 1
    least = int(min(problem.pair_adjustment.min(initial=0), 0)) - problem.stability_bonus
    greatest = farthest + problem.language_cost + int(max(problem.pair_adjustment.max(initial=0), 0))
    return least, greatest


def _as_integers(name: str, values: object) -> Integers:
    array = np.ascontiguousarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"Expected integers in {name}, got {array.dtype}.")
    if array.size and array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"Expected {name} below 2**63.")
    return array.astype(np.int64)


def _require_range(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"Expected {name} as an integer in [{low}, {high}], got {value!r}.")
