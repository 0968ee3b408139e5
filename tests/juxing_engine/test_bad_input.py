"""What people will feed it: nothing to give, nobody fit, one for all, everybody at one door, no way, no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from juxing_engine.allocation import AllocationProblem, allocate, allocation_defects
from juxing_engine.allocation.problem import NO_ROUTE
from juxing_engine.city_matching import Cluster, match_city
from juxing_engine.control import Control
from juxing_engine.coverage import CoverageProblem, Goal, best_places
from juxing_engine.coverage.problem import FAR_M, NO_WAY
from juxing_engine.live_matching import LiveMatching, NewNeed, NewResponder
from juxing_engine.matching import MatchingProblem, match, verify
from juxing_engine.medicine import MedicineProblem, plan_medicine
from juxing_engine.responsibility import ResponsibilityProblem, assign_places
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
    fields: dict[str, Any] = {
        "distance_m": metres,
        "duration_s": metres,
        "location": np.arange(1, stops + 1),
        "couriers": (Courier(capacity=(stops,)),),
        "delivery": np.ones((stops, 1), np.int64),
    }
    return RoundProblem(**{**fields, **change})


def responsibility(**change: Any) -> ResponsibilityProblem:
    fields: dict[str, Any] = {
        "place_xy_m": np.zeros((3, 2)),
        "households": np.array([10, 20, 30]),
        "holder_xy_m": np.zeros((1, 2)),
        "limit": np.array([100]),
        "may": np.ones((3, 1), dtype=np.bool_),
    }
    return ResponsibilityProblem(**{**fields, **change})


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (lambda: matching(unserved_penalty=np.full(40, 2**58)), r"2\*\*60"),
        (lambda: matching(priority_weight=np.full(40, 2**56)), r"2\*\*60"),
        (lambda: NewNeed(x_m=0.0, y_m=0.0, unserved_penalty=2**41), r"2\*\*40"),
        (lambda: medicine(unserved_penalty=np.full(3, 2**58)), r"2\*\*60"),
        (lambda: rounds(distance_m=np.full((4, 4), 2 * 10**8)), "100000000"),
        (lambda: AllocationProblem([[2**30]], [[2**30]], distance_m=[[2**40]]), "coarser units"),
        (lambda: RosterProblem([[[1]]], [[True]], [[7, 15]], dislike=[[[2**40]]]), "dislike in"),
        (lambda: CoverageProblem(np.zeros((1, 2_000_000)), np.full(2_000_000, 10**7)), r"2\*\*60"),
        (lambda: responsibility(households=np.full(3, 2**40)), r"2\*\*46"),
    ],
    ids=[
        "matching",
        "matching weight",
        "live",
        "medicine",
        "routing",
        "allocation",
        "rostering",
        "coverage",
        "responsibility",
    ],
)
def test_costs_that_would_overflow_are_refused_by_the_name_of_the_limit(make: Callable[[], object], limit: str) -> None:
    with pytest.raises(ValueError, match=limit):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: matching(capacity=np.ones(2, np.int64)),
        lambda: medicine(stock=np.ones((2, 1), np.int64)),
        lambda: rounds(delivery=np.ones((2, 1), np.int64)),
        lambda: AllocationProblem([[1, 2]], [[1]]),
        lambda: RosterProblem([[[1]]], [[True, False]], [[7, 15]]),
        lambda: CoverageProblem([[1, 2]], [1]),
        lambda: responsibility(limit=np.ones(2, np.int64)),
    ],
    ids=["matching", "medicine", "routing", "allocation", "rostering", "coverage", "responsibility"],
)
def test_shapes_that_disagree_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        make()


@pytest.mark.parametrize("wrong", [-1.0, float("nan")])
@pytest.mark.parametrize(
    "make",
    [
        lambda wrong: matching(unserved_penalty=np.full(40, wrong)),
        lambda wrong: matching(reach_m=np.full(3, wrong)),
        lambda wrong: NewResponder(x_m=0.0, y_m=0.0, capacity=1, reach_m=wrong),
        lambda wrong: medicine(unserved_penalty=np.full(3, wrong)),
        lambda wrong: rounds(distance_m=np.full((4, 4), wrong)),
        lambda wrong: AllocationProblem([[wrong]], [[1]]),
        lambda wrong: RosterProblem([[[1]]], [[True]], [[7, 15]], dislike=[[[wrong]]]),
        lambda wrong: CoverageProblem([[5]], [wrong]),
        lambda wrong: responsibility(households=np.full(3, wrong)),
    ],
    ids=["matching", "reach", "live", "medicine", "routing", "allocation", "rostering", "coverage", "responsibility"],
)
def test_costs_below_zero_and_no_numbers_are_refused(make: Callable[[float], object], wrong: float) -> None:
    with pytest.raises(ValueError, match="Expected"):
        make(wrong)


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


def test_allocation_of_nothing_and_over_no_road_is_proven_empty() -> None:
    empty = AllocationProblem([[5, 0]], [[0, 0]])
    cut_off = AllocationProblem([[5]], [[9]], distance_m=[[NO_ROUTE]])

    for problem in (empty, cut_off):
        plan = allocate(problem)

        assert (plan.boxes, allocation_defects(problem, plan)) == (0, [])


def test_roster_nobody_qualified_for_is_short_and_keeps_every_rule() -> None:
    problem = RosterProblem([[[2]]], [[False], [False]], [[7, 15]])

    roster = plan_roster(problem, control=Control(budget_s=5))

    assert int(roster.short.sum()) == 2
    assert roster_defects(problem, roster.shift, roster.post) == []


def test_coverage_without_a_way_anywhere_gains_nothing_and_knows_it() -> None:
    problem = CoverageProblem([[NO_WAY, NO_WAY]], [3, 4])

    places = best_places(problem, 1, control=NO_TIME)

    assert places.after == places.bound == 0
    assert problem.nearest_open_m().tolist() == [FAR_M, FAR_M]


def test_city_nobody_is_qualified_in_is_proven_unserved() -> None:
    unfit = matching(required_skills=np.full(40, 2), held_skills=np.ones(3, np.int64))

    city = match_city(unfit, cluster=Cluster(workers=1), needs_per_zone=9)

    assert (city.matching.served, city.matching.gap) == (0, 0)


def test_city_with_one_for_everything_serves_all_from_every_zone() -> None:
    city = match_city(matching(responders=1, capacity=np.array([60])), cluster=Cluster(workers=1), needs_per_zone=9)

    assert (city.matching.served, city.matching.gap) == (40, 0)


@pytest.mark.parametrize(
    "joining",
    [
        NewResponder(x_m=0.0, y_m=0.0, capacity=0, held_skills=1),
        NewResponder(x_m=0.0, y_m=0.0, capacity=9),
        NewResponder(x_m=0.0, y_m=0.0, capacity=9, held_skills=1, reach_m=0.0),
    ],
    ids=["no capacity", "not qualified", "out of reach"],
)
def test_live_matching_is_not_changed_by_one_who_can_do_nothing(joining: NewResponder) -> None:
    live = LiveMatching(matching(required_skills=np.ones(40, np.int64), capacity=np.zeros(3, np.int64)))

    _, change = live.join(joining)

    assert (change.cost, change.moves) == (0, ())
    assert live.snapshot().certify().gap == 0


def test_live_matching_of_a_thousand_at_one_door_by_one_for_everything_is_proven() -> None:
    nobody = matching(0, 1, capacity=np.array([10**6]))
    live = LiveMatching(nobody, spare=(300, 2))

    for _ in range(1_000):
        live.arrive(NewNeed(x_m=5.0, y_m=5.0, unserved_penalty=10**6))

    verdict = live.snapshot().certify()
    assert (verdict.objective, verdict.gap) == (live.objective, 0)


def test_medicine_by_one_squad_from_one_pharmacy_without_time_is_honest() -> None:
    plan = plan_medicine(medicine(), control=NO_TIME)

    assert plan.served == 3
    assert plan.bound <= plan.objective


def test_allocation_from_one_depot_to_one_community_without_time_gives_what_there_is() -> None:
    problem = AllocationProblem([[9]], [[4]])

    plan = allocate(problem, control=NO_TIME)

    assert (plan.boxes, allocation_defects(problem, plan)) == (4, [])


@pytest.mark.parametrize("most", [0, 1])
def test_roster_of_one_for_everything_without_time_keeps_every_rule(most: int) -> None:
    problem = RosterProblem(np.ones((3, 1, 1), np.int64), [[True]], [[7, 15]], max_shifts=[most])

    roster = plan_roster(problem, control=NO_TIME)

    assert int(roster.short.sum()) == 3 - most
    assert roster_defects(problem, roster.shift, roster.post) == []


@pytest.mark.parametrize("goal", list(Goal))
def test_coverage_of_a_million_buildings_at_one_point_takes_the_nearest_site(goal: Goal) -> None:
    metres = np.repeat([[600], [400]], 1_000_000, axis=1)
    problem = CoverageProblem(metres, np.full(1_000_000, 3))

    places = best_places(problem, 1, goal=goal, control=Control(budget_s=20))

    assert places.sites.tolist() == [1] if goal is Goal.DISTANCE else places.sites.size == 1
    assert places.after == places.bound


def test_coverage_of_no_new_place_changes_nothing() -> None:
    places = best_places(CoverageProblem([[5, 9]], [3, 4], is_open=[True]), 0)

    assert (places.sites.size, places.before) == (0, places.after)


def test_responsibility_of_one_with_no_room_is_overloaded_and_proven() -> None:
    answer = assign_places(responsibility(limit=np.array([0])))

    assert answer.holder_of.tolist() == [0, 0, 0]
    assert (answer.overload, answer.overload_bound) == (60, 60)
