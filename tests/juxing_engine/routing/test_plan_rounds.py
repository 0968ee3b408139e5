from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from juxing_engine.control import Control, Progress
from juxing_engine.instances.routing import street_rounds
from juxing_engine.routing import (
    REQUIRED,
    Courier,
    RoundProblem,
    SkipReason,
    first_rounds,
    lower_bound,
    plan_cost,
    plan_defects,
    plan_rounds,
    stairs_s,
    walk_through,
)
from juxing_engine.routing.first_rounds import keeps_rules
from juxing_engine.routing.pyvrp_model import PyvrpModel
from juxing_engine.routing.search import rounds_cost

QUICK = 400


def ints(values: object) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def tiny_rounds(seed: int) -> RoundProblem:
    """Two couriers and up to four stops with windows, skills, returns and optional stops."""
    random = np.random.default_rng(seed)
    stops = int(random.integers(1, 5))
    distance = random.integers(1, 100, (stops + 1, stops + 1))
    for middle in range(stops + 1):
        distance = np.minimum(distance, distance[:, [middle]] + distance[[middle]])
    np.fill_diagonal(distance, 0)
    opens = random.integers(0, 150, stops)
    return RoundProblem(
        distance,
        distance,
        np.arange(1, stops + 1),
        (
            Courier(capacity=(6,), skills=1, shift=(0, 400)),
            Courier(capacity=(5,), shift=(20, 300), fixed_cost=30),
        ),
        delivery=random.integers(0, 4, (stops, 1)),
        returned=random.integers(0, 3, (stops, 1)),
        service_s=random.integers(0, 20, stops),
        window_s=np.stack([opens, opens + 150], axis=1),
        skip_penalty=np.where(random.random(stops) < 0.5, random.integers(20, 200, stops), REQUIRED),
        skills=(random.random(stops) < 0.3).astype(int),
    )


def cheapest_by_enumeration(problem: RoundProblem) -> int:
    """Cost of the best plan over all assignments and orders."""
    best = None
    crew = range(len(problem.couriers))
    for owner in product((-1, *crew), repeat=problem.stops):
        members = [[stop for stop in range(problem.stops) if owner[stop] == courier] for courier in crew]
        if any(not problem.may_serve(courier)[members[courier]].all() for courier in crew):
            continue
        cost = plan_cost(problem, [], [stop for stop in range(problem.stops) if owner[stop] < 0])
        for courier in crew:
            cost += min(
                (
                    plan_cost(problem, [walk_through(problem, courier, order)], [])
                    for order in permutations(members[courier])
                    if order and keeps_rules(problem, courier, order)
                ),
                default=10**15 if members[courier] else 0,
            )
        best = cost if best is None else min(best, cost)
    assert best is not None
    return best


@pytest.mark.parametrize("seed", range(25))
def test_rounds_equal_enumeration_on_tiny_problems(seed: int) -> None:
    problem = tiny_rounds(seed)

    plan = plan_rounds(problem, control=Control(budget_s=5), steps=QUICK)

    assert plan_defects(problem, plan) == []
    assert plan.bound <= cheapest_by_enumeration(problem) == plan.objective


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_rounds_keep_every_rule(seed: int, stops: int) -> None:
    problem = street_rounds(stops=stops, seed=seed, per_round=12)

    plan = plan_rounds(problem, control=Control(budget_s=0.3), steps=100)

    assert plan_defects(problem, plan) == []


def test_rounds_are_the_same_for_the_same_seed_and_steps() -> None:
    problem = street_rounds(stops=50, seed=3)

    first, second = (plan_rounds(problem, control=Control(budget_s=30), steps=150, seed=5) for _ in range(2))

    assert [one.stops for one in first.rounds] == [one.stops for one in second.rounds]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rounds_are_not_worse_than_the_library_alone_at_equal_steps(seed: int) -> None:
    import pyvrp

    problem = street_rounds(stops=60, seed=seed)
    model = PyvrpModel(problem, servable=np.ones(problem.stops, bool))
    alone = pyvrp.solve(model.data, pyvrp.stop.MaxIterations(150), seed=seed, display=False)

    plan = plan_rounds(problem, control=Control(budget_s=60), seed=seed, steps=150)

    assert plan.objective <= rounds_cost(problem, model.rounds(alone.best))


def test_rounds_with_no_time_are_the_first_rounds() -> None:
    problem = street_rounds(stops=60, seed=1)

    plan = plan_rounds(problem, control=Control(budget_s=0))

    assert plan_defects(problem, plan) == []
    assert [list(one.stops) for one in plan.rounds] == [stops for stops in first_rounds(problem) if stops]


def test_rounds_by_parts_keep_every_rule_and_are_not_worse() -> None:
    problem = street_rounds(stops=720, seed=2)
    reports: list[Progress] = []

    plan = plan_rounds(problem, control=Control(budget_s=4, on_progress=reports.append))

    assert plan_defects(problem, plan) == []
    assert plan.objective <= plan_rounds(problem, control=Control(budget_s=0)).objective
    assert [report.fraction for report in reports] == sorted(report.fraction for report in reports)


def test_rounds_return_early_when_cancelled() -> None:
    control = Control(budget_s=60, is_cancelled=lambda: True)

    plan_rounds(street_rounds(stops=30, seed=1), control=control)

    assert control.elapsed_s < 10


def test_skipped_stops_name_the_binding_rule() -> None:
    problem = RoundProblem(
        ints([[0, 10, 400], [10, 0, 400], [400, 400, 0]]),
        ints([[0, 10, 400], [10, 0, 400], [400, 400, 0]]),
        ints([1, 1, 1, 2, 1, 1]),
        (Courier(capacity=(10,), shift=(0, 1_000)),),
        delivery=ints([[8], [11], [1], [0], [8], [0]]),
        window_s=ints([[0, 900], [0, 900], [0, 900], [0, 900], [0, 900], [0, 5]]),
        skip_penalty=ints([REQUIRED, REQUIRED, REQUIRED, 100, 5_000, REQUIRED]),
        skills=ints([0, 0, 2, 0, 0, 0]),
    )

    plan = plan_rounds(problem, control=Control(budget_s=1), steps=50)

    assert plan.skipped == {
        1: SkipReason.TOO_LARGE,
        2: SkipReason.NOBODY_MAY,
        3: SkipReason.NOT_WORTH,
        4: SkipReason.NO_ROOM,
        5: SkipReason.OUT_OF_TIME,
    }
    assert plan_defects(problem, plan) == []


def test_required_stops_that_cannot_all_be_served_are_left_out_not_overloaded() -> None:
    distance = 10 * (1 - np.eye(6, dtype=int))
    problem = RoundProblem(
        distance,
        distance,
        np.arange(1, 6),
        (Courier(capacity=(3,)),),
        delivery=np.ones((5, 1), np.int64),
    )

    plan = plan_rounds(problem, control=Control(budget_s=1), steps=100)

    assert len(plan.skipped) == 2
    assert plan_defects(problem, plan) == []


@pytest.mark.parametrize("stops", [3, 900])
def test_bound_holds_where_all_stops_are_at_one_point(stops: int) -> None:
    """More places than the bound takes closures of, all distances zero, some stops optional."""
    nowhere = np.zeros((stops + 1, stops + 1), np.int64)
    penalty = np.full(stops, REQUIRED)
    penalty[0] = 5
    problem = RoundProblem(
        nowhere,
        nowhere,
        np.arange(1, stops + 1),
        (Courier(capacity=(stops,)),),
        delivery=np.ones((stops, 1), np.int64),
        skip_penalty=penalty,
    )

    assert lower_bound(problem, required=np.ones(stops, bool), seconds=0.01) == 0


def test_stairs_count_only_without_a_lift() -> None:
    assert stairs_s([1, 6, 6], [False, False, True], seconds_per_floor=20).tolist() == [0, 100, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"distance_m": [[0, -1], [1, 0]]},
        {"distance_m": [[0, 1]]},
        {"duration_s": [[0, float("nan")], [1, 0]]},
        {"location": [2]},
        {"couriers": ()},
        {"couriers": (Courier(start=9),)},
        {"couriers": (Courier(locked=(0, 0)),)},
        {"couriers": (Courier(locked=(3,)),)},
        {"couriers": (Courier(shift=(9, 1)),)},
        {"window_s": [[5, 1]]},
        {"bound_to": [1]},
        {"distance_weight": -1},
        {"service_s": [0.5]},
        {"delivery": [[1]]},
    ],
)
def test_problem_refuses_bad_input(change: dict[str, object]) -> None:
    problem = RoundProblem(ints([[0, 1], [1, 0]]), ints([[0, 1], [1, 0]]), ints([1]), (Courier(),))

    with pytest.raises(ValueError, match="Expected"):
        replace(problem, **change)  # type: ignore[arg-type]
