"""The rules of a roster as linear rows over its possible placements; one statement for every solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from juxing_engine.rostering.problem import FREE, BoolArray, IntArray, RosterProblem


class RosterRule(StrEnum):
    """A rule that can stand in the way of a demand."""

    QUALIFIED = "qualified"
    AVAILABLE = "available"
    ONE_SHIFT_A_DAY = "one_shift_a_day"
    REST = "rest"
    DAYS_IN_ROW = "days_in_row"
    MAX_SHIFTS = "max_shifts"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, eq=False)
class RuleRow:
    """At most ``limit`` of these placements."""

    rule: RosterRule
    placements: IntArray
    limit: int


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """
    Possible placements; every array of shape ``(placements,)``.

    Parameters
    ----------
    worker, day, shift, post
        What each placement is.
    locked
        Whether a lock makes it.
    """

    worker: IntArray
    day: IntArray
    shift: IntArray
    post: IntArray
    locked: BoolArray

    def __len__(self) -> int:
        return int(self.worker.size)


def placements_of(problem: RosterProblem) -> Placements:
    """
    List placements that are locked, or serve a demand and are left open by skill, availability and locks.
    """
    posts = problem.demand.shape[2]
    able = problem.available[:, :, :, None] & problem.qualified[:, None, None, :]
    able = able & (problem.locked == FREE)[:, :, None, None] & (problem.demand > 0)[None]
    locked = np.zeros_like(able)
    worker, day = np.nonzero(problem.locked >= 0)
    locked[worker, day, problem.locked[worker, day] // posts, problem.locked[worker, day] % posts] = True
    cells = np.nonzero(able | locked)
    who, when, shift, post = (axis.astype(np.int64) for axis in cells)
    return Placements(who, when, shift, post, locked[cells])


def rule_rows(problem: RosterProblem, placements: Placements) -> list[RuleRow]:
    """Rows of one shift a day, rest, days in a row and most shifts; each only where it could bind."""
    by_day: dict[tuple[int, int], list[int]] = defaultdict(list)
    by_shift: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    cells = zip(placements.worker.tolist(), placements.day.tolist(), placements.shift.tolist(), strict=True)
    for number, (worker, day, shift) in enumerate(cells):
        by_day[worker, day].append(number)
        by_shift[worker, day, shift].append(number)
    rows: list[RuleRow] = []
    _add(rows, RosterRule.ONE_SHIFT_A_DAY, by_day.values(), 1)
    for worker in range(problem.workers):
        _add(rows, RosterRule.REST, _rest_pairs(problem, by_shift, worker), 1)
        _add(rows, RosterRule.REST, [_too_soon(problem, by_shift, worker)], 0)
        own = [number for day in range(problem.demand.shape[0]) for number in by_day.get((worker, day), [])]
        _add(rows, RosterRule.MAX_SHIFTS, [own], int(problem.max_shifts[worker]))
        _add_days_in_row(rows, problem, by_day, worker)
    return rows


def _add(rows: list[RuleRow], rule: RosterRule, groups: Iterable[list[int]], limit: int) -> None:
    rows.extend(RuleRow(rule, np.array(group, np.int64), limit) for group in groups if len(group) > limit)


def _rest_pairs(
    problem: RosterProblem, by_shift: dict[tuple[int, int, int], list[int]], worker: int
) -> list[list[int]]:
    """For each day and shift: that shift, and those of the next day too soon after it."""
    allowed = problem.rest_allows()
    groups = []
    for shift in range(len(allowed)):
        soon = np.flatnonzero(~allowed[shift]).tolist()
        for day in range(problem.demand.shape[0] - 1):
            after = [number for later in soon for number in by_shift.get((worker, day + 1, later), [])]
            before = by_shift.get((worker, day, shift), [])
            if before and after:
                groups.append(before + after)
    return groups


def _too_soon(problem: RosterProblem, by_shift: dict[tuple[int, int, int], list[int]], worker: int) -> list[int]:
    """Placements of the first day that come too soon after the shift of the day before."""
    last = int(problem.last_shift[worker])
    if last == FREE:
        return []
    soon = np.flatnonzero(~problem.rest_allows()[last]).tolist()
    return [number for shift in soon for number in by_shift.get((worker, 0, shift), [])]


def _add_days_in_row(
    rows: list[RuleRow], problem: RosterProblem, by_day: dict[tuple[int, int], list[int]], worker: int
) -> None:
    """In every stretch one day longer than allowed there is a day off."""
    most, days = problem.max_days_in_row, problem.demand.shape[0]
    before = min(int(problem.days_worked_before[worker]), most)
    for first in range(-before, days - most):
        stretch = range(max(first, 0), first + most + 1)
        group = [number for day in stretch for number in by_day.get((worker, day), [])]
        _add(rows, RosterRule.DAYS_IN_ROW, [group], most - max(0, -first))
