"""Who may be placed where and when, and which rules protect them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FREE = -1
"""Value of ``locked`` for a cell that may be planned, and of ``last_shift`` for nobody's."""

OFF = -2
"""Value of ``locked`` for a day on which the worker stays at home."""

MAX_COST = 10**6
"""Largest single cost: sums over a roster stay far below what the solver can hold."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RosterProblem:
    """
    Demand, workers and rules of one roster (值班表); arrays are copied and cannot be written.

    Every worker works at most one shift a day. The objective, in order of weight by its numbers:
    ``short_penalty`` of each missing person, ``dislike`` of each placement, and ``load_cost x k`` for the
    k-th shift of a worker, so that load is spread evenly.

    Parameters
    ----------
    demand
        People needed, shape ``(days, shifts, posts)``.
    qualified
        Whether a worker may hold a post, shape ``(workers, posts)``.
    shift_hours
        Start and end of each shift in hours from midnight, shape ``(shifts, 2)``; past midnight ends above
        24.
    available
        Whether a worker can come, shape ``(workers, days, shifts)``; None: always.
    dislike
        Cost of a placement against a worker's wish, same shape, in [0, MAX_COST]; None: 0.
    max_shifts
        Most shifts of each worker in the roster, shape ``(workers,)``; None: every day.
    short_penalty
        Cost of a missing person at each post, shape ``(posts,)``; None: 10,000.
    locked
        What is already fixed, shape ``(workers, days)``: ``FREE``, ``OFF``, or ``shift x posts + post``.
        Locks hold even against other rules.
    days_worked_before, last_shift
        Days in a row each worker has worked up to the first day, and the shift of the day before or
        ``FREE``, shape ``(workers,)``; None: rested.
    min_rest_h
        Least hours between two shifts.
    max_days_in_row
        Most days worked without a day off, >= 1.
    load_cost
        Cost that grows with each further shift of one worker.

    Raises
    ------
    ValueError
        If shapes disagree or values leave their range.
    """

    demand: IntArray
    qualified: BoolArray
    shift_hours: IntArray
    available: BoolArray
    dislike: IntArray
    max_shifts: IntArray
    short_penalty: IntArray
    locked: IntArray
    days_worked_before: IntArray
    last_shift: IntArray
    min_rest_h: int
    max_days_in_row: int
    load_cost: int

    def __init__(
        self,
        demand: ArrayLike,
        qualified: ArrayLike,
        shift_hours: ArrayLike,
        *,
        available: ArrayLike | None = None,
        dislike: ArrayLike | None = None,
        max_shifts: ArrayLike | None = None,
        short_penalty: ArrayLike | None = None,
        locked: ArrayLike | None = None,
        days_worked_before: ArrayLike | None = None,
        last_shift: ArrayLike | None = None,
        min_rest_h: int = 11,
        max_days_in_row: int = 6,
        load_cost: int = 1,
    ) -> None:
        if np.ndim(demand) != 3 or np.ndim(qualified) != 2:
            raise ValueError("Expected demand (days, shifts, posts) and qualified (workers, posts).")
        days, shifts, posts = np.shape(demand)
        workers = np.shape(qualified)[0]
        if not days * shifts * posts * workers:
            raise ValueError("Expected at least one day, shift, post and worker.")
        placement, people = (workers, days, shifts), (workers,)
        given: dict[str, tuple[ArrayLike | None, tuple[int, ...], int, int, int]] = {
            "demand": (demand, (days, shifts, posts), 0, 0, workers),
            "qualified": (qualified, (workers, posts), 0, 0, 1),
            "shift_hours": (shift_hours, (shifts, 2), 0, 0, 48),
            "available": (available, placement, 1, 0, 1),
            "dislike": (dislike, placement, 0, 0, MAX_COST),
            "max_shifts": (max_shifts, people, days, 0, days),
            "short_penalty": (short_penalty, (posts,), 10_000, 0, MAX_COST),
            "locked": (locked, (workers, days), FREE, OFF, shifts * posts - 1),
            "days_worked_before": (days_worked_before, people, 0, 0, 366),
            "last_shift": (last_shift, people, FREE, FREE, shifts - 1),
        }
        for name, (value, shape, default, lowest, highest) in given.items():
            values = np.full(shape, default) if value is None else np.asarray(value)
            kind = bool if name in {"qualified", "available"} else np.int64
            object.__setattr__(self, name, _checked(name, values, shape, bounds=(lowest, highest)).astype(kind))
        if min_rest_h < 0 or max_days_in_row < 1 or not 0 <= load_cost <= MAX_COST:
            raise ValueError("Expected min_rest_h >= 0, max_days_in_row >= 1 and load_cost in [0, MAX_COST].")
        if np.any(self.shift_hours[:, 0] >= self.shift_hours[:, 1]):
            raise ValueError("Expected every shift to begin before it ends.")
        for name, number in (
            ("min_rest_h", min_rest_h),
            ("max_days_in_row", max_days_in_row),
            ("load_cost", load_cost),
        ):
            object.__setattr__(self, name, number)

    @property
    def workers(self) -> int:
        """Number of workers."""
        return int(self.qualified.shape[0])

    def rest_allows(self) -> BoolArray:
        """
        Whether a shift may follow another on the next day, shape ``(shifts, shifts)``, [earlier, later].
        """
        pause = self.shift_hours[None, :, 0] + 24 - self.shift_hours[:, None, 1]
        allowed: BoolArray = np.greater_equal(pause, self.min_rest_h)
        return allowed

    def locked_shift(self) -> IntArray:
        """Locked shift of each worker and day, or ``FREE`` or ``OFF``."""
        return np.where(self.locked >= 0, self.locked // self.demand.shape[2], self.locked)


def _checked(
    name: str, values: NDArray[np.generic], shape: tuple[int, ...], *, bounds: tuple[int, int]
) -> NDArray[np.float64]:
    if values.shape != shape:
        raise ValueError(f"Expected {name} of shape {shape}, got {values.shape}.")
    numbers = values.astype(float)
    if not np.all(np.isfinite(numbers)) or np.any(numbers != np.floor(numbers)):
        raise ValueError(f"Expected {name} to hold whole, finite numbers.")
    if numbers.size and (numbers.min() < bounds[0] or numbers.max() > bounds[1]):
        raise ValueError(f"Expected {name} in [{bounds[0]}, {bounds[1]}].")
    return numbers
