from dataclasses import replace

import numpy as np
import pytest

from juxing_engine.matching import UNSERVED, BindingConstraint, MatchingProblem, match, reasons


def street(**changes: object) -> MatchingProblem:
    """Two needs at 0 and 100 m; carers at 10 m and 740 m with one visit each."""
    problem = MatchingProblem(
        need_xy_m=np.array([[0.0, 0.0], [100.0, 0.0]]),
        responder_xy_m=np.array([[10.0, 0.0], [740.0, 0.0]]),
        capacity=np.array([1, 1]),
        unserved_penalty=np.array([50_000, 90_000]),
        detour_factor=1.0,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_reasons_name_the_runner_up_and_what_it_would_add() -> None:
    problem = street()

    first, second = reasons(problem, match(problem))

    assert (first.responder, second.responder) == (0, 1)
    assert first.parts is not None
    assert first.parts.total == 10
    assert first.runner_up is not None
    assert (first.runner_up.responder, first.runner_up.extra_cost) == (1, 730)
    assert first.runner_up.extra_walking_m == pytest.approx(730)
    assert second.runner_up is not None
    assert second.runner_up.extra_cost == 90 - 640
    assert second.runner_up_in_plan is not None
    assert second.runner_up_in_plan.extra_cost >= 0


@pytest.mark.parametrize(
    ("changes", "binding"),
    [
        ({"required_skills": np.array([4, 0])}, BindingConstraint.NOBODY_QUALIFIED),
        (
            {
                "required_skills": np.array([1, 0]),
                "held_skills": np.array([1, 0]),
                "capacity": np.array([0, 1]),
            },
            BindingConstraint.NO_CAPACITY,
        ),
        ({"reach_m": np.array([5.0, 700.0])}, BindingConstraint.OUT_OF_REACH),
        ({"forbidden_pairs": np.array([[0, 0], [0, 1]])}, BindingConstraint.ALL_DECLINED),
        ({"unserved_penalty": np.array([9, 9_000])}, BindingConstraint.COSTS_MORE_THAN_PENALTY),
        ({"capacity": np.array([1, 0])}, BindingConstraint.CAPACITY_USED_BY_HIGHER_PRIORITY),
        (
            {
                "capacity": np.array([1, 0]),
                "unserved_penalty": np.array([100, 100]),
                "pair_adjustment": np.array([-95]),
                "adjusted_pairs": np.array([[1, 0]]),
            },
            BindingConstraint.CAPACITY_USED_BY_OTHERS,
        ),
    ],
)
def test_reasons_name_what_stood_in_the_way(changes: dict[str, object], binding: BindingConstraint) -> None:
    problem = street(**changes)

    (reason,) = reasons(problem, match(problem), np.array([0]))

    assert reason.responder == UNSERVED
    assert reason.binding == binding
