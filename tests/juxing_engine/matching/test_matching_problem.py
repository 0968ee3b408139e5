from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from juxing_engine.matching import MatchingProblem


def valid() -> dict[str, Any]:
    return {
        "need_xy_m": np.zeros((2, 2)),
        "responder_xy_m": np.ones((3, 2)),
        "capacity": np.array([1, 0, 2]),
        "unserved_penalty": np.array([10, 20]),
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("need_xy_m", np.zeros((2, 3)), "need_xy_m of shape"),
        ("need_xy_m", np.array([[0.0, np.nan], [0.0, 0.0]]), "need_xy_m finite"),
        ("responder_xy_m", np.array([[0.0, np.inf]] * 3), "responder_xy_m finite"),
        ("capacity", np.array([1, -1, 2]), "capacity in"),
        ("capacity", np.array([1, 2]), "capacity of shape"),
        ("capacity", np.array([1.0, 1.0, 1.0]), "integers in capacity"),
        ("unserved_penalty", np.array([10, -20]), "unserved_penalty in"),
        ("unserved_penalty", np.array([2**60, 2**60]), r"limit 2\*\*60"),
        ("required_skills", np.array([1, -1]), "negative"),
        ("held_skills", np.array([1, 1]), "held_skills as integers"),
        ("language_cost", -1, "language_cost"),
        ("stability_bonus", 0.5, "stability_bonus"),
        ("priority_weight", np.array([1, -1]), "priority_weight in"),
        ("current_responder", np.array([0, 3]), "current_responder in"),
        ("load_cost", np.array([3, 1]), "never falls"),
        ("load_cost", np.array([3]), "load_cost for 2 visits"),
        ("reach_m", np.array([1.0, -1.0, 1.0]), "reach_m"),
        ("reach_m", np.array([1.0, np.nan, 1.0]), "reach_m"),
        ("forbidden_pairs", np.array([[0, 3]]), "forbidden_pairs to name existing"),
        ("adjusted_pairs", np.array([[0, 1]]), "pair_adjustment of shape"),
        ("detour_factor", 0.9, "detour_factor"),
        ("detour_factor", float("nan"), "detour_factor"),
    ],
)
def test_problem_refuses_bad_input(field: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MatchingProblem(**{**valid(), field: value})


def test_problem_refuses_a_pair_adjusted_twice() -> None:
    with pytest.raises(ValueError, match="Expected each pair once"):
        MatchingProblem(**valid(), adjusted_pairs=np.array([[0, 1], [0, 1]]), pair_adjustment=np.array([1, 2]))


@pytest.mark.parametrize("name", ["need_xy_m", "capacity", "held_skills", "reach_m", "forbidden_pairs"])
def test_problem_is_read_only(name: str) -> None:
    problem = MatchingProblem(**valid())
    change: Callable[[], None] = lambda: getattr(problem, name).fill(1)  # noqa: E731

    with pytest.raises(ValueError, match="read-only"):
        change()


def test_problem_leaves_the_arrays_it_was_given_writable() -> None:
    arrays = valid()

    problem = replace(MatchingProblem(**arrays), detour_factor=2.0)
    arrays["capacity"][0] = 5

    assert problem.needs == 2
    assert arrays["capacity"].flags.writeable
