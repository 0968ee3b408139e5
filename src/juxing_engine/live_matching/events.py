"""What happens to a live plan, and what it did to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from juxing_engine.live_matching.table import LONGEST_LOAD

PENALTY_LIMIT = 2**40
"""Largest penalty of a need that arrives."""


@dataclass(frozen=True, slots=True)
class NewNeed:
    """
    A need that arrives; fields as in `MatchingProblem`.

    ``declined`` are responders it must not meet, ``changes`` what the pair with single responders costs
    more or less.
    """

    x_m: float
    y_m: float
    unserved_penalty: int
    required_skills: int = 0
    needed_languages: int = 0
    priority_weight: int = 1
    declined: frozenset[int] = frozenset()
    changes: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (np.isfinite([self.x_m, self.y_m]).all() and self.priority_weight >= 0):
            raise ValueError("Expected finite coordinates and priority_weight >= 0.")
        if not 0 <= self.unserved_penalty <= PENALTY_LIMIT:
            raise ValueError(f"Expected unserved_penalty in [0, 2**40], got {self.unserved_penalty}.")


@dataclass(frozen=True, slots=True)
class NewResponder:
    """A responder who joins; fields as in `MatchingProblem`. Capacity at most ``LONGEST_LOAD``."""

    x_m: float
    y_m: float
    capacity: int
    held_skills: int = 0
    spoken_languages: int = 0
    reach_m: float = float("inf")

    def __post_init__(self) -> None:
        if not (np.isfinite([self.x_m, self.y_m]).all() and self.reach_m >= 0):
            raise ValueError("Expected finite coordinates and reach_m >= 0.")
        if not 0 <= self.capacity <= LONGEST_LOAD:
            raise ValueError(f"Expected capacity in [0, {LONGEST_LOAD}], got {self.capacity}.")


@dataclass(frozen=True, slots=True)
class Move:
    """One need that goes from a responder to another; ``UNSERVED`` for nobody."""

    need: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """
    What an event did to the plan: ``cost`` added to its objective, and every need whose responder
    changed.
    """

    cost: int
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """A free visit a need could take at once without moving anybody; ``cost`` with its load cost."""

    responder: int
    cost: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    Both answers to a new need.

    Parameters
    ----------
    need
        Its number from now on.
    instant
        The cheapest free visit, moving nobody; None when there is none cheaper than the penalty.
    responder
        Who visits it in the exact plan, or ``UNSERVED``.
    change
        What the exact plan costs more than before, and which *other* needs it moves.
    gain
        What the exact plan saves against the instant answer (against the penalty if there is none), at
        least 0.
    """

    need: int
    instant: Placement | None
    responder: int
    change: Change
    gain: int
