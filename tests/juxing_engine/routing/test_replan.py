from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from juxing_engine.control import Control
from juxing_engine.instances.routing import street_rounds
from juxing_engine.routing import (
    Courier,
    CourierOnWay,
    RoundProblem,
    plan_defects,
    plan_rounds,
    replan_rounds,
    running_problem,
)


def ints(values: object) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def test_replanning_keeps_locked_stops_first_and_goods_in_their_vehicle() -> None:
    problem = street_rounds(stops=40, seed=4, per_round=12)
    first = plan_rounds(problem, control=Control(budget_s=2), steps=150)
    running = first.rounds[0]
    on_way = {
        running.courier: CourierOnWay(
            location=int(problem.location[running.stops[1]]),
            free_at_s=running.starts_s[2],
            next_stops=running.stops[2:4],
            on_board=running.stops[4:],
        )
    }

    again = replan_rounds(problem, done=running.stops[:2], on_way=on_way, control=Control(budget_s=1))

    assert plan_defects(again.problem, again.plan) == []
    mine = next(one for one in again.plan.rounds if one.courier == running.courier)
    names = again.remaining[list(mine.stops)].tolist()
    assert tuple(names[:2]) == running.stops[2:4]
    served = {int(again.remaining[stop]) for one in again.plan.rounds for stop in one.stops}
    others = served - set(names)
    assert not others & set(running.stops)


def test_replanning_sends_the_running_courier_rather_than_a_second_one_when_it_passes_by() -> None:
    line = np.abs(np.arange(0, 50, 10)[:, None] - np.arange(0, 50, 10)[None])
    problem = RoundProblem(line, line, ints([4, 3]), (Courier(), Courier()))

    again = replan_rounds(
        problem,
        done=[],
        on_way={0: CourierOnWay(location=2, free_at_s=5, next_stops=(0,))},
        control=Control(budget_s=1),
    )

    assert [(one.courier, one.stops) for one in again.plan.rounds] == [(0, (0, 1))]
    assert again.plan.objective == 20 + 40


def test_replanning_keeps_a_late_locked_stop_and_adds_nothing_to_it() -> None:
    line = ints([[0, 50, 51], [50, 0, 1], [51, 1, 0]])
    problem = RoundProblem(line, line, ints([1, 2]), (Courier(shift=(0, 60), locked=(0,)),))

    plan = plan_rounds(problem, control=Control(budget_s=0.2))

    assert [one.stops for one in plan.rounds] == [(0,)]
    assert plan.rounds[0].late_s == 40
    assert plan_defects(problem, plan) == []


def test_running_problem_refuses_stops_that_are_done_or_carried_twice() -> None:
    pair = ints([[0, 1], [1, 0]])
    problem = RoundProblem(pair, pair, ints([1]), (Courier(), Courier()))

    both = {0: CourierOnWay(0, 0, on_board=(0,)), 1: CourierOnWay(0, 0, on_board=(0,))}

    with pytest.raises(ValueError, match="already done"):
        running_problem(problem, done=[0], on_way={0: CourierOnWay(0, 0, on_board=(0,))})
    with pytest.raises(ValueError, match="carried by courier 1"):
        running_problem(problem, done=[], on_way=both)
