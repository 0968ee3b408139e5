"""The rules looked at by hand agree with those of the planning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.responders.roster_rules import Held, Limits, Rule, defects_of
from juxing_engine.rostering import RosterProblem, roster_defects

FIRST = date(2026, 11, 23)
SHIFTS = np.array([[0, 8], [8, 16], [16, 24], [20, 32]])
LIMITS = Limits(timedelta(hours=11), 3)
WORDS = {Rule.REST: "too little rest", Rule.TWICE_AT_ONCE: "too little rest", Rule.DAYS_IN_ROW: "too many days"}


def _held(key: int, person: int, day: int, shift: int) -> Held:
    midnight = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=day)
    start, end = (midnight + timedelta(hours=int(hour)) for hour in SHIFTS[shift])
    return Held(key, person, FIRST + timedelta(days=day), start, end)


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(st.integers(-1, 3), min_size=14, max_size=14))
def test_edits_by_hand_are_held_to_the_rules_of_the_planning(cells: list[int]) -> None:
    shift = np.array(cells).reshape(2, 7)
    problem = RosterProblem(
        demand=np.zeros((7, 4, 1)), qualified=np.ones((2, 1)), shift_hours=SHIFTS, min_rest_h=11, max_days_in_row=3
    )
    held = [
        _held(10 * person + day, person, day, shift[person, day]) for person, day in np.argwhere(shift >= 0).tolist()
    ]

    by_hand = {(defect.key, WORDS[defect.rule]) for defect in defects_of(held, LIMITS)}

    planned = set()
    for line in roster_defects(problem, shift, np.zeros_like(shift)):
        worker, day, what = line.replace("worker ", "").replace(" day ", "").replace(":", ",").split(",", 2)
        planned.add((10 * int(worker) + int(day), next(word for word in WORDS.values() if word in what)))
    assert by_hand == planned


def test_a_shift_elsewhere_counts_and_is_never_blamed() -> None:
    here, elsewhere = _held(1, 7, 0, 2), _held(2, 7, 1, 0)
    other = Held(None, 7, elsewhere.day, elsewhere.starts_at, elsewhere.ends_at)

    [defect] = defects_of([here, other], LIMITS)

    assert (defect.key, defect.rule, defect.number) == (1, Rule.REST, 0)


def test_more_shifts_than_somebody_said_show_at_the_last() -> None:
    rows = [_held(number, 7, 2 * number, 1) for number in range(3)]

    [defect] = defects_of(rows, Limits(timedelta(hours=11), 3, {7: 2}))

    assert (defect.key, defect.rule, defect.number) == (2, Rule.MOST_SHIFTS, 3)
