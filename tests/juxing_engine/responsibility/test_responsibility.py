"""Places and who answers for them: held to brute force, to its bounds and to its refusals."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control
from juxing_engine.responsibility import NOBODY, ResponsibilityProblem, assign_places
from juxing_engine.responsibility.solve import overload_of, way_of


def drawn(seed: int, places: int, holders: int) -> ResponsibilityProblem:
    draw = np.random.default_rng(seed)
    return ResponsibilityProblem(
        place_xy_m=draw.uniform(0, 800, (places, 2)),
        households=draw.integers(0, 120, places),
        holder_xy_m=draw.uniform(0, 800, (holders, 2)),
        limit=draw.integers(0, 240, holders),
        may=draw.random((places, holders)) < 0.8,
        load=draw.integers(0, 60, holders),
        current=draw.integers(-1, holders, places),
        change_m=int(draw.integers(0, 200)),
    )


def by_brute_force(problem: ResponsibilityProblem) -> tuple[int, int]:
    choices = [
        [NOBODY] if not row.any() else np.flatnonzero(row).tolist() for row in problem.may
    ]  # fmt: skip
    answers = (np.array(choice, dtype=np.int64) for choice in product(*choices))
    return min((overload_of(problem, answer), way_of(problem, answer)) for answer in answers)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), places=st.integers(1, 6), holders=st.integers(1, 3))
def test_answer_is_the_best_there_is(seed: int, places: int, holders: int) -> None:
    problem = drawn(seed, places, holders)

    answer = assign_places(problem)

    assert (answer.overload, answer.way) == by_brute_force(problem)
    assert answer.is_optimal
    assert (overload_of(problem, answer.holder_of), way_of(problem, answer.holder_of)) == (answer.overload, answer.way)


def test_places_nobody_may_have_stay_with_nobody() -> None:
    problem = ResponsibilityProblem(
        place_xy_m=np.zeros((2, 2)), households=np.array([10, 20]), holder_xy_m=np.zeros((1, 2)),
        limit=np.array([240]), may=np.array([[True], [False]]),
    )  # fmt: skip

    assert assign_places(problem).holder_of.tolist() == [0, NOBODY]


def test_without_time_there_is_an_answer_and_an_honest_bound() -> None:
    problem = drawn(3, 60, 9)

    answer = assign_places(problem, control=Control(budget_s=0))

    assert (answer.holder_of[problem.may.any(axis=1)] != NOBODY).all()
    assert answer.overload_bound <= answer.overload
    assert answer.way_bound <= answer.way


@pytest.mark.parametrize(
    "wrong",
    [{"households": np.array([-1])}, {"limit": np.array([1, 2])}, {"current": np.array([5])}, {"change_m": -1},
     {"place_xy_m": np.array([[np.nan, 0.0]])}, {"households": np.array([2**40])}],
)  # fmt: skip
def test_impossible_numbers_are_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "place_xy_m": np.zeros((1, 2)), "households": np.array([10]), "holder_xy_m": np.zeros((1, 2)),
        "limit": np.array([240]), "may": np.ones((1, 1), dtype=bool),
    }  # fmt: skip

    with pytest.raises(ValueError, match="Expected"):
        ResponsibilityProblem(**right | wrong)
