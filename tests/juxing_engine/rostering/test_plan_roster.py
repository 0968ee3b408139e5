from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control, Progress
from juxing_engine.instances.rostering import street_roster
from juxing_engine.rostering import (
    OFF,
    RosterProblem,
    RosterRule,
    explain_shortages,
    plan_roster,
    roster_cost,
    roster_defects,
)

HOURS = [[7, 15], [23, 31]]


def tiny_roster(seed: int) -> RosterProblem:
    """Two or three workers, two or three days, an early and a night shift, two posts."""
    random = np.random.default_rng(seed)
    workers, days = (3, 2) if seed % 2 else (2, 3)
    locked = np.full((workers, days), -1)
    if seed % 3 == 0:
        locked[0, 0] = random.integers(-2, 4)
    return RosterProblem(
        random.integers(0, 2, (days, 2, 2)),
        random.random((workers, 2)) < 0.7,
        HOURS,
        available=random.random((workers, days, 2)) < 0.8,
        dislike=random.integers(0, 9, (workers, days, 2)),
        max_shifts=random.integers(1, days + 1, workers),
        short_penalty=random.integers(5, 40, 2),
        locked=locked,
        days_worked_before=random.integers(0, 3, workers),
        last_shift=random.integers(-1, 2, workers),
        max_days_in_row=2,
        load_cost=int(random.integers(0, 3)),
    )


def cheapest_by_enumeration(problem: RosterProblem) -> int:
    """Cost of the best roster that breaks no more rules than its locks alone do."""
    shift = np.where(problem.locked >= 0, problem.locked // 2, -1)
    post = np.where(problem.locked >= 0, problem.locked % 2, -1)
    unavoidable = {one for one in roster_defects(problem, shift, post) if "lock not" not in one}
    open_rows = []
    for worker in range(problem.workers):
        rows = []
        for codes in product(range(-1, 4), repeat=shift.shape[1]):
            code = np.array(codes)
            trial, held = shift.copy(), post.copy()
            trial[worker], held[worker] = np.where(code >= 0, code // 2, -1), np.where(code >= 0, code % 2, -1)
            mine = {one for one in roster_defects(problem, trial, held) if one.startswith(f"worker {worker}")}
            if mine <= unavoidable:
                rows.append((trial[worker], held[worker]))
        open_rows.append(rows)
    return min(
        roster_cost(problem, np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
        for rows in product(*open_rows)
    )


@pytest.mark.parametrize("seed", range(24))
def test_roster_equals_enumeration(seed: int) -> None:
    problem = tiny_roster(seed)

    roster = plan_roster(problem, control=Control(budget_s=20))

    assert roster.objective == roster.bound == cheapest_by_enumeration(problem)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_roster_keeps_every_rule(seed: int) -> None:
    problem = street_roster(seed=seed, workers=12, days=7, posts=4, fill=0.7)

    roster = plan_roster(problem, control=Control(budget_s=20))

    assert roster_defects(problem, roster.shift, roster.post) == []
    assert roster.objective == roster_cost(problem, roster.shift, roster.post)
    assert roster.is_optimal


def test_roster_is_not_changed_in_value_by_the_order_of_workers() -> None:
    problem = street_roster(seed=5, workers=12, days=7, posts=4)
    order = np.random.default_rng(1).permutation(12)
    shuffled = RosterProblem(
        problem.demand,
        problem.qualified[order],
        problem.shift_hours,
        available=problem.available[order],
        dislike=problem.dislike[order],
        max_shifts=problem.max_shifts[order],
        short_penalty=problem.short_penalty,
    )

    assert plan_roster(problem).objective == plan_roster(shuffled).objective


def test_roster_with_no_time_is_usable() -> None:
    problem = street_roster(seed=1, workers=30, days=14, posts=6)
    reports: list[Progress] = []

    roster = plan_roster(problem, control=Control(budget_s=0, on_progress=reports.append))

    assert roster_defects(problem, roster.shift, roster.post) == []
    assert reports[0].stage == "first_roster"
    assert roster.seconds["first"] < 1


def test_cancelled_roster_returns_at_once_with_the_first_one() -> None:
    problem = street_roster(seed=1)
    calls = iter([False])

    control = Control(budget_s=3, is_cancelled=lambda: next(calls, True))
    roster = plan_roster(problem, control=control)

    assert roster_defects(problem, roster.shift, roster.post) == []
    assert control.elapsed_s < 2.5


def test_locks_are_kept_even_against_rules() -> None:
    problem = RosterProblem(np.ones((2, 2, 1)), [[True], [True]], HOURS, locked=[[1, 0], [OFF, -1]], max_shifts=[1, 2])

    roster = plan_roster(problem)

    assert roster.shift.tolist() == [[1, 0], [-1, 1]]
    assert roster_defects(problem, roster.shift, roster.post) == [
        "worker 0, day 1: too little rest before",
        "worker 0: too many shifts",
    ]


def test_load_is_spread_evenly() -> None:
    problem = RosterProblem(np.ones((6, 1, 1)), np.ones((3, 1)), [[8, 16]])

    roster = plan_roster(problem)

    assert (roster.shift >= 0).sum(axis=1).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"qualified": [[True, False], [True, False]]}, (RosterRule.QUALIFIED,)),
        ({"available": [[[1, 1], [1, 1]], [[1, 1], [0, 0]]]}, (RosterRule.AVAILABLE,)),
        ({"locked": [[-1, OFF], [-1, -1]]}, (RosterRule.LOCKED,)),
        ({"max_shifts": [1, 2]}, (RosterRule.MAX_SHIFTS,)),
        ({"max_days_in_row": 1}, (RosterRule.DAYS_IN_ROW,)),
        ({"demand": [[[0, 0], [1, 1]], [[1, 1], [0, 0]]]}, (RosterRule.REST,)),
        ({"demand": [[[2, 1], [0, 0]], [[0, 0], [0, 0]]]}, (RosterRule.ONE_SHIFT_A_DAY,)),
    ],
)
def test_shortage_names_the_rule_that_forbids_it(change: dict[str, object], rules: tuple[RosterRule, ...]) -> None:
    values: dict[str, object] = {
        "demand": [[[1, 1], [0, 0]], [[1, 1], [0, 0]]],
        "qualified": np.ones((2, 2)),
        "shift_hours": HOURS,
    }
    problem = RosterProblem(**(values | change))  # type: ignore[arg-type]

    shortages = explain_shortages(problem, plan_roster(problem))

    assert {one.rules for one in shortages} == {rules}
    assert all(one.first_day <= one.day <= one.last_day for one in shortages)


def test_nothing_short_needs_no_explanation() -> None:
    problem = RosterProblem([[[1]]], [[True]], [[8, 16]])

    assert explain_shortages(problem, plan_roster(problem)) == []


@pytest.mark.parametrize(
    ("demand", "qualified", "extra"),
    [
        ([[[2]]], [[True]], {}),
        ([[[-1]]], [[True]], {}),
        ([[1]], [[True]], {}),
        ([[[float("nan")]]], [[True]], {}),
        ([[[1]]], [[True, False]], {}),
        ([[[1]]], [[True]], {"shift_hours": [[9, 8]]}),
        ([[[1]]], [[True]], {"locked": [[4]]}),
        ([[[1]]], [[True]], {"max_days_in_row": 0}),
        ([[[1]]], [[True]], {"dislike": [[[-1]]]}),
    ],
)
def test_problem_refuses_bad_input(demand: object, qualified: object, extra: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        RosterProblem(demand, qualified, **({"shift_hours": [[8, 16]]} | extra))  # type: ignore[arg-type]
