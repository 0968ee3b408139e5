"""What people will feed it: nothing to give, nobody fit, one for all, everybody at one door, no way, no time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from juxing_engine.allocation import AllocationProblem, allocate, allocation_defects
from juxing_engine.allocation.problem import NO_ROUTE
from juxing_engine.city_matching import Cluster, match_city
from juxing_engine.control import Control
from juxing_engine.coverage import CoverageProblem, best_places
from juxing_engine.coverage.problem import FAR_M, NO_WAY
from juxing_engine.live_matching import LiveMatching, NewNeed
from juxing_engine.matching import MatchingProblem, match, verify
from juxing_engine.medicine import MedicineProblem, plan_medicine
from juxing_engine.rostering import RosterProblem, plan_roster, roster_defects
from juxing_engine.routing import Courier, RoundProblem, SkipReason, plan_defects, plan_rounds

NO_TIME = Control(budget_s=0)


def matching(needs: int = 40, responders: int = 3, **change: Any) -> MatchingProblem:
    rng = np.random.default_rng(1)
    fields: dict[str, Any] = {
        "need_xy_m": rng.uniform(0, 900, (needs, 2)),
        "responder_xy_m": rng.uniform(0, 900, (responders, 2)),
        "capacity": np.full(responders, 20),
        "unserved_penalty": np.full(needs, 100_000),
    }
    return MatchingProblem(**{**fields, **change})


def medicine(**change: Any) -> MedicineProblem:
    fields: dict[str, Any] = {
        "request_xy_m": np.zeros((3, 2)),
        "requested_drug": np.array([0, 0, 0]),
        "pharmacy_xy_m": np.array([[100.0, 0.0]]),
        "stock": np.array([[9]]),
        "drug_class": np.array([0]),
        "squad_xy_m": np.array([[0.0, 0.0]]),
        "squad_capacity": np.array([9]),
        "carried_classes": np.array([1], dtype=np.uint64),
        "unserved_penalty": np.full(3, 50_000),
    }
    return MedicineProblem(**{**fields, **change})


def rounds(stops: int = 3, **change: Any) -> RoundProblem:
    metres = 10 * np.abs(np.subtract.outer(np.arange(stops + 1), np.arange(stops + 1)))
    fields: dict[str, Any] = {"couriers": (Courier(capacity=(stops,)),), "delivery": np.ones((stops, 1), np.int64)}
    return RoundProblem(metres, metres, np.arange(1, stops + 1), **{**fields, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"capacity": np.zeros(3, np.int64)},
        {"required_skills": np.full(40, 2), "held_skills": np.ones(3, np.int64)},
        {"reach_m": np.zeros(3)},
    ],
    ids=["no capacity", "nobody qualified", "out of reach"],
)
def test_matching_that_can_serve_nobody_says_so_with_a_proof(change: dict[str, Any]) -> None:
    plan = match(matching(**change))

    assert (plan.served, plan.unserved) == (0, 40)
    assert plan.is_optimal


def test_matching_with_one_for_everything_fills_them_with_the_nearest() -> None:
    problem = matching(responders=1, capacity=np.array([15]))

    plan = match(problem)

    way = np.hypot(*(problem.need_xy_m - problem.responder_xy_m[0]).T)
    assert plan.is_optimal
    assert set(np.flatnonzero(plan.responder_of == 0)) == set(np.argsort(way)[:15])


def test_matching_of_many_thousands_at_one_door_is_proven() -> None:
    needs = 100_000
    problem = matching(needs, need_xy_m=np.zeros((needs, 2)), capacity=np.full(3, 40_000))

    plan = match(problem)

    assert plan.served == needs
    assert verify(problem, plan.responder_of, plan.prices).gap == 0


def test_matching_names_the_limit_of_what_a_plan_may_cost() -> None:
    with pytest.raises(ValueError, match=r"2\*\*60"):
        matching(unserved_penalty=np.full(40, 2**58))


def test_city_without_capacity_or_time_is_empty_handed_and_honest() -> None:
    city = match_city(matching(capacity=np.zeros(3, np.int64)), cluster=Cluster(workers=1), needs_per_zone=9)
    stopped = match_city(matching(), cluster=Cluster(workers=1), needs_per_zone=9, control=NO_TIME)

    assert (city.matching.served, city.matching.gap) == (0, 0)
    assert stopped.matching.bound <= stopped.matching.objective


def test_live_matching_of_nobody_leaves_who_comes_unserved() -> None:
    problem = matching(0, 0)
    live = LiveMatching(problem, match(problem))

    arrival = live.arrive(NewNeed(x_m=0.0, y_m=0.0, unserved_penalty=7))

    assert (arrival.instant, arrival.responder, live.objective) == (None, -1, 7)
    assert live.snapshot().certify().gap == 0


def test_live_matching_names_the_limit_of_a_penalty() -> None:
    with pytest.raises(ValueError, match=r"2\*\*40"):
        NewNeed(x_m=0.0, y_m=0.0, unserved_penalty=2**41)


@pytest.mark.parametrize(
    "change",
    [
        {"stock": np.array([[0]])},
        {"squad_capacity": np.array([0])},
        {"carried_classes": np.array([2], dtype=np.uint64)},
    ],
    ids=["no stock", "no capacity", "nobody qualified"],
)
def test_medicine_that_nobody_can_fetch_is_proven_so(change: dict[str, Any]) -> None:
    plan = plan_medicine(medicine(**change))

    assert (plan.served, plan.gap) == (0, 0)


def test_rounds_leave_out_what_has_no_room_and_what_nobody_may_carry() -> None:
    full = plan_rounds(rounds(couriers=(Courier(capacity=(0,)),)), control=Control(budget_s=0.2))
    unfit = plan_rounds(rounds(skills=np.ones(3, np.int64)), control=Control(budget_s=0.2))

    assert set(full.skipped.values()) == {SkipReason.TOO_LARGE}
    assert set(unfit.skipped.values()) == {SkipReason.NOBODY_MAY}


def test_rounds_of_one_courier_for_everything_without_time_keep_every_rule() -> None:
    problem = rounds(60)

    plan = plan_rounds(problem, control=NO_TIME)

    assert plan_defects(problem, plan) == []
    assert plan.bound <= plan.objective


def test_rounds_leave_out_a_stop_no_road_leads_to() -> None:
    far = 10**8
    metres = np.array([[0, 5, far], [5, 0, far], [far, far, 0]])

    plan = plan_rounds(
        RoundProblem(metres, metres, np.array([1, 2]), (Courier(shift=(0, 1_000)),)), control=Control(budget_s=0.2)
    )

    assert plan.skipped == {1: SkipReason.OUT_OF_TIME}


def test_rounds_name_the_limit_of_a_distance() -> None:
    with pytest.raises(ValueError, match="100000000"):
        RoundProblem(np.full((2, 2), 2 * 10**8), np.zeros((2, 2), np.int64), np.array([1]), (Courier(),))


def test_allocation_of_nothing_and_over_no_road_is_proven_empty() -> None:
    empty = AllocationProblem([[5, 0]], [[0, 0]])
    cut_off = AllocationProblem([[5]], [[9]], distance_m=[[NO_ROUTE]])

    for problem in (empty, cut_off):
        plan = allocate(problem)

        assert (plan.boxes, allocation_defects(problem, plan)) == (0, [])


def test_allocation_names_the_limit_it_would_overflow() -> None:
    with pytest.raises(ValueError, match="coarser units"):
        AllocationProblem([[2**30]], [[2**30]], distance_m=[[2**40]])


def test_roster_nobody_qualified_for_is_short_and_keeps_every_rule() -> None:
    problem = RosterProblem([[[2]]], [[False], [False]], [[7, 15]])

    roster = plan_roster(problem, control=Control(budget_s=5))

    assert int(roster.short.sum()) == 2
    assert roster_defects(problem, roster.shift, roster.post) == []


def test_roster_names_the_limit_of_a_cost() -> None:
    with pytest.raises(ValueError, match="dislike in"):
        RosterProblem([[[1]]], [[True]], [[7, 15]], dislike=[[[2**40]]])


def test_coverage_without_a_way_anywhere_gains_nothing_and_knows_it() -> None:
    problem = CoverageProblem([[NO_WAY, NO_WAY]], [3, 4])

    places = best_places(problem, 1, control=NO_TIME)

    assert places.after == places.bound == 0
    assert problem.nearest_open_m().tolist() == [FAR_M, FAR_M]
