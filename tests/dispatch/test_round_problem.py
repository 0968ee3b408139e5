"""Doors and couriers as the engine sees them: who may bring what, when, and what no order can pass below."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.dispatch import delivery_terms as terms
from juxing.dispatch.problems import CourierSeen, Stop, first_rounds_of, plan_running, round_problem, solve_rounds
from juxing.dispatch.problems.round_bound import least_cost
from juxing.needs.enums import NeedType, Priority
from juxing.responders.enums import Skill, Transport
from juxing_engine.control import Control
from juxing_engine.routing import Courier, RoundProblem

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
DEPOTS = {7: (121.22, 31.03), 8: (121.26, 31.03)}


def _stop(number: int, longitude: float, **values: object) -> Stop:
    made = Stop(
        need_id=number, need_uuid=uuid4(), area_code="990117001001", need_type=NeedType.FRESH_FOOD,
        priority=Priority.NORMAL, priority_score=0, due_at=None, point=(longitude, 31.03), required_skills=(),
        floor=1, has_lift=None,
    )  # fmt: skip
    return replace(made, **values)  # type: ignore[arg-type]


def _courier(number: int, longitude: float = 121.22, **values: object) -> CourierSeen:
    made = CourierSeen(number, "990117001001", (longitude, 31.03), (), Transport.FOOT, 3000, 5, None)
    return replace(made, **values)  # type: ignore[arg-type]


def test_accepted_stops_stay_with_their_helper_and_waiting_ones_go_where_they_fit_best() -> None:
    near, far = _courier(1), _courier(2, 121.26)
    stops = [_stop(1, 121.225, task_id=11, responder_id=1), _stop(2, 121.262), _stop(3, 121.222)]

    found = solve_rounds(round_problem(stops, [near, far], depots={}, now=NOON), control=Control(budget_s=0.2))

    assert {one.courier.id: sorted(stop.need_id for stop in one.stops) for one in found.rounds} == {1: [1, 3], 2: [2]}
    assert not found.left


def test_goods_are_fetched_only_by_those_who_start_at_their_depot() -> None:
    stops = [_stop(1, 121.23, depot_id=7), _stop(2, 121.25, depot_id=8)]

    found = solve_rounds(
        round_problem(stops, [_courier(1), _courier(2, 121.26)], depots=DEPOTS, now=NOON), control=Control(budget_s=0.2)
    )

    assert {one.depot_id: [stop.need_id for stop in one.stops] for one in found.rounds} == {7: [1], 8: [2]}


def test_skill_load_and_room_leave_a_stop_with_its_reason() -> None:
    skilled = _stop(1, 121.221, required_skills=(Skill.MEDICAL,))
    large = _stop(2, 121.222, line_count=9)
    heavy = [_stop(3 + number, 121.223, need_type=NeedType.WATER) for number in range(4)]

    found = solve_rounds(
        round_problem([skilled, large, *heavy], [_courier(1, free_capacity=9)], depots={}, now=NOON),
        control=Control(budget_s=0.3),
    )

    reasons = {stop.need_id: reason for stop, reason in found.left}
    assert reasons.pop(1) == "nobody_may"
    assert reasons.pop(2) == "too_large"
    assert list(reasons.values()) == ["no_room"]
    assert sum(len(one.stops) for one in found.rounds) == 3


def test_nobody_is_sent_further_than_they_said_nor_after_they_leave() -> None:
    far = _stop(1, 121.30)
    gone = _courier(2, until=NOON + timedelta(minutes=1))

    for courier in (_courier(1, reach_m=500), gone):
        found = solve_rounds(round_problem([far], [courier], depots={}, now=NOON), control=Control(budget_s=0.1))
        assert [stop.need_id for stop, _reason in found.left] == [1]


def test_what_was_accepted_is_walked_even_if_it_is_late() -> None:
    late = _stop(1, 121.24, task_id=1, responder_id=1, due_at=NOON + timedelta(minutes=2))
    both = [late, _stop(2, 121.25, task_id=2, responder_id=1, due_at=NOON + timedelta(minutes=3))]

    found = solve_rounds(round_problem(both, [_courier(1)], depots={}, now=NOON), control=Control(budget_s=0.2))

    assert sorted(stop.need_id for one in found.rounds for stop in one.stops) == [1, 2]


def test_rounds_that_cannot_be_better_are_not_searched_any_further() -> None:
    accepted = [_stop(number, 121.22 + number / 400, task_id=number, responder_id=1) for number in (3, 1, 2)]
    asked = round_problem(accepted, [_courier(1)], depots={}, now=NOON)
    control = Control(budget_s=20.0)

    found = solve_rounds(asked, control=control)

    assert found.objective == found.bound
    assert [stop.need_id for stop in found.rounds[0].stops] == [1, 2, 3]
    assert control.remaining_s > 10


@pytest.mark.parametrize(
    ("need_type", "priority", "hour", "window"),
    [
        (NeedType.FRESH_FOOD, Priority.NORMAL, 4, None),
        (NeedType.MEDICINE, Priority.NORMAL, 4, (0, 3 * 3600)),
        (NeedType.FRESH_FOOD, Priority.URGENT, 4, (0, 2 * 3600)),
        (NeedType.MEALS, Priority.NORMAL, 4, (0, 3600)),  # noon in Shanghai: lunch is served until one
        (NeedType.MEALS, Priority.NORMAL, 2, (3600, 3 * 3600)),  # ten in the morning: lunch begins at eleven
        (NeedType.MEALS, Priority.NORMAL, 20, None),  # four in the morning: no round waits for breakfast
    ],
)
def test_windows_follow_the_open_formula(
    need_type: str, priority: str, hour: int, window: tuple[int, int] | None
) -> None:
    now = datetime(2026, 3, 10, hour, tzinfo=UTC)

    assert terms.window_of(need_type, priority, None, now=now) == window


def test_a_time_that_has_passed_binds_nobody() -> None:
    assert terms.window_of(NeedType.FRESH_FOOD, Priority.NORMAL, NOON - timedelta(hours=1), now=NOON) is None


def test_stairs_without_a_lift_take_their_time() -> None:
    high = _stop(1, 121.221, floor=6, has_lift=False)
    lifted = replace(high, has_lift=True)

    climbed, carried = (
        round_problem([stop], [_courier(1)], depots={}, now=NOON).problem.service_s[0] for stop in (high, lifted)
    )

    assert climbed - carried == 5 * 25


def test_running_round_keeps_what_is_set_out_for_first() -> None:
    stops = [_stop(number, 121.22 + number / 500, task_id=number, responder_id=1) for number in (1, 2, 3, 4)]
    asked = round_problem(stops, [_courier(1)], depots={}, now=NOON)

    found = plan_running(asked, on_its_way=[3], control=Control(budget_s=0.0))

    assert [stop.need_id for stop in found.stops] == [4, 3, 2, 1]
    assert sorted(found.arrivals_s) == list(found.arrivals_s)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10_000))
def test_least_cost_is_that_of_the_best_order_of_all(stops: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    ways = draw.integers(0, 900, (stops + 2, stops + 2))
    problem = RoundProblem(
        distance_m=ways, duration_s=draw.integers(0, 900, ways.shape), location=np.arange(1, stops + 1),
        couriers=(Courier(start=0, end=stops + 1),), service_s=draw.integers(0, 90, stops), distance_weight=1,
        duration_weight=1,
    )  # fmt: skip
    whole = problem.distance_m + problem.duration_s

    best = min(
        sum(int(whole[a, b]) for a, b in itertools.pairwise([0, *order, stops + 1]))
        for order in itertools.permutations(range(1, stops + 1))
    )

    assert least_cost(problem) == best + int(problem.service_s.sum())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(NeedType.values)), min_size=1, max_size=9))
def test_every_accepted_stop_is_on_its_round_and_the_search_is_never_worse(doors: list[tuple[int, str]]) -> None:
    stops = [
        _stop(number, 121.22 + place / 2000, task_id=number, responder_id=1, need_type=need_type)
        for number, (place, need_type) in enumerate(doors, start=1)
    ]
    asked = round_problem(stops, [_courier(1)], depots={}, now=NOON)

    (first,) = first_rounds_of(asked)
    found = solve_rounds(asked, control=Control(budget_s=0.05))

    numbers = list(range(1, len(doors) + 1))
    assert sorted(stop.need_id for stop in first.stops) == numbers
    assert sorted(stop.need_id for one in found.rounds for stop in one.stops) == numbers
    if found.objective is not None:
        assert found.bound is not None
        assert found.first_objective is None or found.bound <= found.objective <= found.first_objective
