"""Exchanging chosen places for others, over large districts: to a local best, then from disturbed choices again."""

from __future__ import annotations

import numpy as np

from juxing_engine.control import Control
from juxing_engine.coverage.gains import Gains
from juxing_engine.coverage.problem import IntArray

MOST_SHAKEN = 4
"""Places of a choice disturbed at most."""


def exchanged(gains: Gains, floor: np.ndarray, chosen: IntArray) -> IntArray:
    """Exchange one place for another, the best pair each time, until none gains; gains below ``floor`` count as it."""
    from juxing_engine.coverage.gains_compiled import best_exchange

    chosen = chosen.copy()
    while chosen.size:
        reached, place_of = _reached(gains, floor, chosen)
        gain, comes, leaves = best_exchange(gains.starts, gains.group, gains.value, reached, place_of, chosen)
        if gain <= 0:
            break
        chosen[leaves] = comes
    return chosen


def shaken(gains: Gains, floor: np.ndarray, chosen: IntArray, shakes: int, control: Control) -> IntArray:
    """
    Best of ``shakes`` local bests: some places drawn anew, exchanged again, kept if better.

    Deterministic unless the control stops it; a heuristic, the bound is found apart.
    """
    size, random = gains.candidate.size, np.random.default_rng(shakes)
    best, value = chosen, _value(gains, floor, chosen)
    for turn in range(shakes if 0 < chosen.size < size else 0):
        if control.should_stop():
            break
        trial = best.copy()
        for _ in range(1 + turn % MOST_SHAKEN):
            free = np.setdiff1d(np.arange(size), trial)
            trial[random.integers(trial.size)] = random.choice(free)
        trial = exchanged(gains, floor, trial)
        if (found := _value(gains, floor, trial)) > value:
            best, value = trial, found
    return best


def _value(gains: Gains, floor: np.ndarray, chosen: IntArray) -> int:
    return int(np.maximum(gains.best_of(chosen), floor.astype(np.int64)).sum())


def _reached(gains: Gains, floor: np.ndarray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Largest and second largest gain of the chosen for each group, and whose the largest is (-1: nobody's)."""
    reached = np.tile(floor.astype(np.int64), (2, 1))
    place_of = np.full(gains.groups, -1, np.int64)
    for place, number in enumerate(chosen.tolist()):
        mine = slice(int(gains.starts[number]), int(gains.starts[number + 1]))
        group, value = gains.group[mine], gains.value[mine]
        is_best = value > reached[0, group]
        reached[1, group] = np.where(is_best, reached[0, group], np.maximum(reached[1, group], value))
        reached[0, group] = np.maximum(reached[0, group], value)
        place_of[group[is_best]] = place
    return reached, place_of
