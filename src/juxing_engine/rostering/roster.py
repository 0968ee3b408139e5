"""A roster, its cost, and the rules it would break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.rostering.problem import FREE, OFF, IntArray, RosterProblem


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """
    Who works when and where, and how good that provably is.

    Parameters
    ----------
    shift, post
        Placement of each worker on each day, shape ``(workers, days)``, -1 when off.
    short
        People missing, shape ``(days, shifts, posts)``.
    objective, bound
        Cost as `RosterProblem` defines it, and its proven lower limit.
    seconds
        Wall seconds until the first usable roster, until the best one was found, and in all.
    """

    shift: IntArray
    post: IntArray
    short: IntArray
    objective: int
    bound: int
    seconds: dict[str, float]

    @property
    def gap(self) -> float:
        """Proven relative gap, in [0, 1]."""
        return 0.0 if self.objective <= 0 else max(0.0, (self.objective - self.bound) / self.objective)

    @property
    def is_optimal(self) -> bool:
        """Whether no better roster exists."""
        return self.bound >= self.objective


def short_of(problem: RosterProblem, shift: IntArray, post: IntArray) -> IntArray:
    """
    People missing for every demand, shape ``(days, shifts, posts)``; more people than needed count as none.
    """
    there = np.zeros_like(problem.demand)
    worker, day = np.nonzero(shift >= 0)
    np.add.at(there, (day, shift[worker, day], post[worker, day]), 1)
    missing: IntArray = np.maximum(problem.demand - there, 0)
    return missing


def roster_cost(problem: RosterProblem, shift: IntArray, post: IntArray) -> int:
    """Cost of a roster as `RosterProblem` defines it."""
    worker, day = np.nonzero(shift >= 0)
    load = np.bincount(worker, minlength=problem.workers)
    missing = (short_of(problem, shift, post) * problem.short_penalty).sum()
    wishes = problem.dislike[worker, day, shift[worker, day]].sum()
    return int(missing + wishes + problem.load_cost * (load * (load + 1) // 2).sum())


def roster_defects(problem: RosterProblem, shift: IntArray, post: IntArray) -> list[str]:
    """
    List every rule a roster breaks, with worker and day; meant for live checks of edits by hand too.

    What locks force is not blamed: a rule broken by two locked cells is reported, because a person must
    decide it.
    """
    works = shift >= 0
    by_choice = works & (problem.locked < 0)
    people, days = np.indices(shift.shape)
    code = np.where(works, shift * problem.demand.shape[2] + post, OFF)
    before = np.concatenate([problem.last_shift[:, None], shift], axis=1)
    pairs = (before[:, :-1] >= 0) & works
    broken = {
        "not available": by_choice & ~problem.available[people, days, shift],
        "not qualified": by_choice & ~problem.qualified[people, post],
        "lock not kept": (problem.locked != FREE) & (problem.locked != code),
        "too little rest before": pairs & ~problem.rest_allows()[before[:, :-1], before[:, 1:]],
    }
    defects = [
        f"worker {worker}, day {day}: {rule}"
        for rule, cells in broken.items()
        for worker, day in np.argwhere(cells).tolist()
    ]
    in_row = problem.days_worked_before.copy()
    for number in range(shift.shape[1]):
        in_row = np.where(works[:, number], in_row + 1, 0)
        over = np.flatnonzero(in_row > problem.max_days_in_row)
        defects += [f"worker {one}, day {number}: too many days in a row" for one in over.tolist()]
    load = works.sum(axis=1)
    over = np.flatnonzero(load > problem.max_shifts)
    return defects + [f"worker {one}: too many shifts" for one in over.tolist()]
