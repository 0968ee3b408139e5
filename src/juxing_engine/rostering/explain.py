"""Why a demand cannot be met: which rules, over which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juxing_engine.control import Control
from juxing_engine.rostering.integer_programme import IntegerProgramme
from juxing_engine.rostering.problem import RosterProblem
from juxing_engine.rostering.roster import Roster
from juxing_engine.rostering.rows import RosterRule

_ORDER = (
    RosterRule.LOCKED,
    RosterRule.MAX_SHIFTS,
    RosterRule.DAYS_IN_ROW,
    RosterRule.REST,
    RosterRule.AVAILABLE,
    RosterRule.QUALIFIED,
)
"""Rules in the order in which they are let go: what a person can change first comes first."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    A demand that is short, and a smallest conflict that proves it must be (or some other demand of these
    days).

    Parameters
    ----------
    day, shift, post
        The demand.
    missing
        People missing in the roster explained.
    first_day, last_day
        Days whose demands cannot all be met together, inclusive.
    rules
        Rules that together forbid it; none of them can be left out. Empty if no conflict was found in the
        time given: then the shortage may be avoidable.
    """

    day: int
    shift: int
    post: int
    missing: int
    first_day: int
    last_day: int
    rules: tuple[RosterRule, ...]


def explain_shortages(problem: RosterProblem, roster: Roster, *, control: Control | None = None) -> list[Shortage]:
    """
    Explain every demand a roster leaves short.

    For each short day the smallest window of days around it is sought whose demands contradict the rules;
    then rules are let go one by one as long as the contradiction stays. What is left is a conflict of which
    no rule can be spared; if all can, there are simply fewer people than places, each working one shift a
    day. Every step is one integer programme that minimises the people missing, with a proof.

    Parameters
    ----------
    control
        Budget of all questions together; those not reached are returned without rules.
    """
    control = control or Control(budget_s=20.0)
    shortages: list[Shortage] = []
    for day in np.flatnonzero(roster.short.any(axis=(1, 2))).tolist():
        first, last, rules = _conflict(problem, day, control)
        for shift, post in np.argwhere(roster.short[day] > 0).tolist():
            missing = int(roster.short[day, shift, post])
            shortages.append(Shortage(day, shift, post, missing, first, last, rules))
    return shortages


def _conflict(problem: RosterProblem, day: int, control: Control) -> tuple[int, int, tuple[RosterRule, ...]]:
    days, reach = problem.demand.shape[0], 0
    while not control.should_stop():
        first, last = max(0, day - reach), min(days - 1, day + reach)
        if _is_impossible(problem, (first, last), _ORDER, control):
            first, last = _shortened(problem, (first, last), day, control)
            return first, last, _needed_rules(problem, (first, last), control)
        if first == 0 and last == days - 1:
            break
        reach = max(1, 2 * reach)
    return day, day, ()


def _shortened(problem: RosterProblem, window: tuple[int, int], day: int, control: Control) -> tuple[int, int]:
    """Leave out days from both ends as long as the rest is impossible."""
    first, last = window
    while first < day and _is_impossible(problem, (first + 1, last), _ORDER, control):
        first += 1
    while last > day and _is_impossible(problem, (first, last - 1), _ORDER, control):
        last -= 1
    return first, last


def _needed_rules(problem: RosterProblem, window: tuple[int, int], control: Control) -> tuple[RosterRule, ...]:
    kept = list(_ORDER)
    for rule in _ORDER:
        fewer = [other for other in kept if other is not rule]
        if _is_impossible(problem, window, fewer, control):
            kept = fewer
    return tuple(rule for rule in RosterRule if rule in kept) or (RosterRule.ONE_SHIFT_A_DAY,)


def _is_impossible(
    problem: RosterProblem, window: tuple[int, int], rules: Sequence[RosterRule], control: Control
) -> bool:
    """Whether it is proven that the demands of a window of days cannot all be met under some of the rules."""
    if control.should_stop():
        return False
    programme = IntegerProgramme(_under(problem, window, rules))
    return programme.solve(seconds=min(control.remaining_s, 10.0)).bound > 0.5


def _under(problem: RosterProblem, window: tuple[int, int], rules: Sequence[RosterRule]) -> RosterProblem:
    """
    The problem with the demands of a window only, some rules, and nothing but people missing to pay for.
    """
    first, last = window
    demand = np.zeros_like(problem.demand)
    demand[first : last + 1] = problem.demand[first : last + 1]
    days = problem.locked.shape[1]
    is_kept = {rule: rule in rules for rule in RosterRule}
    everybody = np.full_like(problem.max_shifts, days)
    return RosterProblem(
        demand,
        problem.qualified if is_kept[RosterRule.QUALIFIED] else np.ones_like(problem.qualified),
        problem.shift_hours,
        available=problem.available if is_kept[RosterRule.AVAILABLE] else None,
        max_shifts=problem.max_shifts if is_kept[RosterRule.MAX_SHIFTS] else everybody,
        short_penalty=np.ones_like(problem.short_penalty),
        locked=problem.locked if is_kept[RosterRule.LOCKED] else None,
        days_worked_before=problem.days_worked_before,
        last_shift=problem.last_shift,
        min_rest_h=problem.min_rest_h if is_kept[RosterRule.REST] else 0,
        max_days_in_row=problem.max_days_in_row if is_kept[RosterRule.DAYS_IN_ROW] else days + 366,
        load_cost=0,
    )
