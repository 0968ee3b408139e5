"""A usable roster in a fraction of a second: scarcest demand first, least costly worker first."""

from __future__ import annotations

import numpy as np

from juxing_engine.rostering.problem import FREE, BoolArray, IntArray, RosterProblem


def first_roster(problem: RosterProblem) -> tuple[IntArray, IntArray]:
    """
    Place people day by day, keeping every rule and every lock.

    Returns
    -------
    tuple
        Shift and post of each worker and day, shape ``(workers, days)``, -1 when off.
    """
    draft = _Draft(problem)
    for day in range(problem.demand.shape[0]):
        open_cells = np.argwhere(problem.demand[day] > 0)
        able = problem.qualified.T[open_cells[:, 1]] & problem.available[:, day].T[open_cells[:, 0]]
        spare = able.sum(axis=1) - problem.demand[day][tuple(open_cells.T)]
        for number in np.argsort(spare, kind="stable").tolist():
            draft.fill(day, *open_cells[number].tolist())
    return draft.shift, draft.post


class _Draft:
    """The roster being filled."""

    def __init__(self, problem: RosterProblem) -> None:
        posts = problem.demand.shape[2]
        self.problem = problem
        self.rest = problem.rest_allows()
        self.shift = np.where(problem.locked >= 0, problem.locked // posts, FREE)
        self.post = np.where(problem.locked >= 0, problem.locked % posts, FREE)
        self.free = problem.locked == FREE

    def fill(self, day: int, shift: int, post: int) -> None:
        """Place as many people as a demand still lacks."""
        problem = self.problem
        there = int(((self.shift[:, day] == shift) & (self.post[:, day] == post)).sum())
        missing = int(problem.demand[day, shift, post]) - there
        if missing <= 0:
            return
        able = np.flatnonzero(self._may(day, shift) & problem.qualified[:, post])
        load = (self.shift[able] >= 0).sum(axis=1)
        versatile = problem.qualified[able].sum(axis=1)
        cost = problem.dislike[able, day, shift] + problem.load_cost * (load + 1)
        chosen = able[np.lexsort((versatile, cost))][:missing]
        self.shift[chosen, day] = shift
        self.post[chosen, day] = post

    def _may(self, day: int, shift: int) -> BoolArray:
        problem = self.problem
        before = self.shift[:, day - 1] if day else problem.last_shift
        may: BoolArray = self.free[:, day] & (self.shift[:, day] < 0) & problem.available[:, day, shift]
        may &= (before < 0) | self.rest[before, shift]
        if day + 1 < self.shift.shape[1]:
            after = self.shift[:, day + 1]
            may &= (after < 0) | self.rest[shift, after]
        may &= (self.shift >= 0).sum(axis=1) < problem.max_shifts
        return may & (self._row_with(day) <= problem.max_days_in_row)

    def _row_with(self, day: int) -> IntArray:
        """Days in a row each worker would work if placed on a day."""
        works = self.shift >= 0
        before = np.zeros(self.problem.workers, np.int64)
        unbroken = np.ones(self.problem.workers, bool)
        for earlier in range(day - 1, -1, -1):
            unbroken &= works[:, earlier]
            before += unbroken
        before += np.where(unbroken, self.problem.days_worked_before, 0)
        after = np.zeros(self.problem.workers, np.int64)
        unbroken = np.ones(self.problem.workers, bool)
        for later in range(day + 1, works.shape[1]):
            unbroken &= works[:, later]
            after += unbroken
        return before + 1 + after
