"""What opening places gains: one form for both questions, covering and distance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from juxing_engine.coverage.problem import CoverageProblem, IntArray

COMPILED_FROM = 200_000
"""Gains from which the compiled sum is used; a few need no compiler."""


class Goal(StrEnum):
    """What new places are for."""

    COVER = "cover"
    """As many residents as possible within the walking distance (maximal covering)."""
    DISTANCE = "distance"
    """As few metres as possible to the nearest venue, over all residents (p-median)."""


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """
    Gain of each candidate for each group of buildings, where positive; stored by candidate.

    A set of places gains, for every group, the largest gain of its members; this is the exact problem, not
    an approximation. Buildings whose gains stand in the same proportion to each other at every candidate
    would choose alike; those of equal columns are merged into one group.

    Parameters
    ----------
    candidate
        Site of each candidate, shape ``(candidates,)``.
    starts
        Where each candidate's gains begin, shape ``(candidates + 1,)``.
    group, value
        Group and gain of each entry.
    groups
        Number of groups.
    """

    candidate: IntArray
    starts: IntArray
    group: IntArray
    value: IntArray
    groups: int

    def excess(self, price: np.ndarray) -> np.ndarray:
        """``Σ max(gain - price of the group, 0)`` of each candidate; prices have the shape ``(groups,)``."""
        if self.value.size >= COMPILED_FROM:
            from juxing_engine.coverage.gains_compiled import excess_of

            compiled: np.ndarray = excess_of(self.starts, self.group, self.value, price.astype(float))
            return compiled
        margin = np.maximum(self.value - price[self.group], 0)
        total = np.concatenate([[0.0], np.cumsum(margin, dtype=float)])
        return np.asarray(total[self.starts[1:]] - total[self.starts[:-1]])

    def bought(self, chosen: IntArray, price: np.ndarray) -> IntArray:
        """How many of the chosen candidates gain more than its price for each group, shape ``(groups,)``."""
        count = np.zeros(self.groups, np.int64)
        for number in chosen.tolist():
            mine = slice(int(self.starts[number]), int(self.starts[number + 1]))
            count[self.group[mine]] += self.value[mine] > price[self.group[mine]]
        return count

    def best_of(self, chosen: IntArray) -> IntArray:
        """Largest gain of chosen candidates for each group, shape ``(groups,)``."""
        best = np.zeros(self.groups, np.int64)
        for number in chosen.tolist():
            mine = slice(int(self.starts[number]), int(self.starts[number + 1]))
            best[self.group[mine]] = np.maximum(best[self.group[mine]], self.value[mine])
        return best


def gains_of(problem: CoverageProblem, goal: Goal, *, limit_m: int) -> tuple[Gains, int]:
    """
    Compute gains and what is already reached.

    Returns
    -------
    tuple
        Gains of the candidates, and the value without them: residents covered (COVER), or residents x
        metres with the open venues, or, without any, with the farthest candidate of each building
        (DISTANCE).
    """
    candidate = np.flatnonzero(~problem.is_open).astype(np.int64)
    way, now = problem.way_m()[candidate], problem.nearest_open_m()
    if goal is Goal.COVER:
        before = int(problem.residents[now <= limit_m].sum())
        helped = (way <= limit_m) & (now > limit_m)[None]
        value = np.where(helped, problem.residents, 0)
    else:
        if not problem.is_open.any() and candidate.size:
            now = way.max(axis=0)
        before = int((problem.residents * now).sum())
        value = np.maximum(now[None] - way, 0) * problem.residents
    return _merged(candidate, value), before


def _merged(candidate: IntArray, value: IntArray) -> Gains:
    """Drop buildings nobody helps; merge those helped by the same candidates by the same gain a resident."""
    kept = value[:, value.any(axis=0)] if value.size else value[:, :0]
    scale = np.maximum(kept.max(axis=0), 1) if kept.size else np.ones(0, np.int64)
    binary = bool(kept.size) and bool(np.all((kept == 0) | (kept == scale)))
    if binary:
        patterns, group = np.unique(np.packbits(kept > 0, axis=0), axis=1, return_inverse=True)
        merged = np.zeros((len(candidate), patterns.shape[1]), np.int64)
        first = np.zeros(patterns.shape[1], np.int64)
        first[group.reshape(-1)] = np.arange(kept.shape[1])
        people = np.bincount(group.reshape(-1), weights=scale, minlength=patterns.shape[1]).astype(np.int64)
        merged = np.where(kept[:, first] > 0, people, 0)
        kept = merged
    row, column = np.nonzero(kept)
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=candidate.size))])
    return Gains(candidate, starts.astype(np.int64), column.astype(np.int64), kept[row, column], kept.shape[1])
