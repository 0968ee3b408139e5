"""How a long computation is watched, stopped and bounded; shared by every solver."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """
    One report of a running solver.

    Parameters
    ----------
    stage
        Name of the step under way, in snake_case.
    fraction
        Share of the work done, in [0, 1]; an estimate that never falls.
    objective
        Cost of the best answer so far, or None before the first.
    bound
        Proven limit no answer can pass, or None before the first.
    """

    stage: str
    fraction: float
    objective: int | None = None
    bound: int | None = None


@dataclass(slots=True)
class Control:
    """
    Limits and listeners of one run.

    Parameters
    ----------
    budget_s
        Wall seconds the run may take, not negative; None is without limit. A solver that runs out returns its
        best answer with the gap proven so far; it never raises for lack of time.
    on_progress
        Called from the solving thread, at most a few times a second.
    is_cancelled
        Asked at the same moments; once true, the solver returns as if its budget had ended.

    Raises
    ------
    ValueError
        If the budget is negative or not a number.
    """

    budget_s: float | None = None
    on_progress: Callable[[Progress], None] | None = None
    is_cancelled: Callable[[], bool] | None = None
    _started: float = field(default_factory=time.monotonic, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.budget_s is not None and not self.budget_s >= 0:
            raise ValueError(f"Expected budget_s >= 0, got {self.budget_s}.")

    @property
    def elapsed_s(self) -> float:
        """Seconds since this control was made."""
        return time.monotonic() - self._started

    @property
    def remaining_s(self) -> float:
        """Seconds left, never negative; infinite without a budget."""
        return float("inf") if self.budget_s is None else max(0.0, self.budget_s - self.elapsed_s)

    def should_stop(self) -> bool:
        """Whether the solver must return now with what it has."""
        return self.remaining_s <= 0 or (self.is_cancelled is not None and self.is_cancelled())

    def report(self, progress: Progress) -> None:
        """Pass a report on to whoever listens."""
        if self.on_progress is not None:
            self.on_progress(progress)
