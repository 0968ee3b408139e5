from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.city_matching import Cluster, city_bound, cut_into_zones, match_city
from juxing_engine.city_matching.zones import zone_problem
from juxing_engine.control import Control, Progress
from juxing_engine.instances.city import city_instance
from juxing_engine.instances.matching import Supply
from juxing_engine.matching import MatchingProblem, lower_bound, match, pair_costs, verify
from tests.juxing_engine.matching.oracle import cheapest_plan_cost
from tests.juxing_engine.matching.problems import random_problem, street_problems, tiny_problems

HERE = Cluster(workers=1)


@pytest.fixture(scope="module")
def town() -> MatchingProblem:
    """A piece of the city: 3,000 needs, 150 responders."""
    return city_instance(3_000, seed=3).problem


@settings(max_examples=60, deadline=None)
@given(tiny_problems)
def test_match_city_equals_brute_force(problem: MatchingProblem) -> None:
    city = match_city(problem, cluster=HERE, needs_per_zone=2)

    assert city.matching.objective == cheapest_plan_cost(problem)
    assert city.matching.is_optimal


@settings(max_examples=60, deadline=None)
@given(street_problems, st.integers(1, 30))
def test_match_city_in_any_zones_reaches_the_optimum_of_one_solve(
    problem: MatchingProblem, needs_per_zone: int
) -> None:
    city = match_city(problem, cluster=HERE, needs_per_zone=needs_per_zone)

    matching = city.matching
    verdict = verify(problem, matching.responder_of, matching.prices)
    assert (verdict.objective, verdict.bound) == (matching.objective, matching.bound)
    assert matching.objective == matching.bound == match(problem).objective
    assert city.is_complete


@pytest.mark.parametrize("supply", list(Supply))
def test_match_city_repairs_a_town_to_the_optimum(supply: Supply) -> None:
    problem = city_instance(2_000, supply=supply, seed=1).problem

    city = match_city(problem, cluster=HERE, needs_per_zone=300)

    assert city.zones >= 7
    assert city.matching.is_optimal
    assert city.matching.objective == match(problem).objective
    assert city.matching.objective <= city.stitched_objective


def test_match_city_gives_the_same_answer_on_one_worker_and_on_two(town: MatchingProblem) -> None:
    alone = match_city(town, cluster=HERE, needs_per_zone=800, seed=7)
    together = match_city(town, cluster=Cluster(workers=2), needs_per_zone=800, seed=7)

    assert alone.zones == together.zones == together.zones_solved == 4
    assert alone.matching.responder_of.tolist() == together.matching.responder_of.tolist()
    assert alone.matching.prices.tolist() == together.matching.prices.tolist()


def test_match_city_stops_at_the_gap_asked_for(town: MatchingProblem) -> None:
    exact = match_city(town, cluster=HERE, needs_per_zone=500)
    near = match_city(town, cluster=HERE, needs_per_zone=500, gap_goal=0.02)

    assert near.gap_of_travel <= 0.02
    assert near.matching.bound <= exact.matching.objective <= near.matching.objective
    assert near.rounds < exact.rounds


def test_match_city_without_time_is_feasible_and_its_gap_honest(town: MatchingProblem) -> None:
    city = match_city(town, cluster=HERE, needs_per_zone=500, control=Control(budget_s=0))

    assert (city.zones_solved, city.rounds, city.is_complete) == (0, 0, False)
    assert city.matching.served > 0.9 * town.needs
    assert city.matching.bound <= match(town).objective <= city.matching.objective
    assert city.matching.bound == lower_bound(town, city.matching.prices)


def test_match_city_stops_between_zones_when_cancelled(town: MatchingProblem) -> None:
    heard: list[Progress] = []

    city = match_city(
        town,
        cluster=HERE,
        needs_per_zone=500,
        control=Control(on_progress=heard.append, is_cancelled=lambda: len(heard) >= 2),
    )

    assert city.zones_solved == 2
    assert city.matching.bound <= city.matching.objective
    assert heard[-1].fraction == 1.0


def test_match_city_reports_progress_that_never_falls(town: MatchingProblem) -> None:
    heard: list[Progress] = []

    match_city(town, cluster=HERE, needs_per_zone=500, control=Control(on_progress=heard.append))

    assert {report.stage for report in heard} == {"zones", "join", "stitch", "repair", "prove"}
    assert all(before.fraction <= after.fraction for before, after in pairwise(heard))


def test_match_city_of_nothing_is_empty_and_proven() -> None:
    nobody, none = np.zeros((0, 2)), np.zeros(0, dtype=np.int64)

    city = match_city(MatchingProblem(nobody, nobody, none, none), cluster=HERE)

    assert city.matching.is_optimal


def test_match_city_with_all_needs_at_one_point() -> None:
    problem = replace(random_problem(4, 60, 20), need_xy_m=np.zeros((60, 2)))

    city = match_city(problem, cluster=HERE, needs_per_zone=7)

    assert city.matching.objective == match(problem).objective


@pytest.mark.parametrize("wrong", [{"needs_per_zone": 0}, {"gap_goal": -0.1}, {"gap_goal": float("nan")}])
def test_match_city_refuses_what_is_wrong(town: MatchingProblem, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        match_city(town, cluster=HERE, **wrong)  # type: ignore[arg-type]


def test_cluster_refuses_no_workers() -> None:
    with pytest.raises(ValueError, match="workers"):
        Cluster(workers=0)


@settings(max_examples=80, deadline=None)
@given(street_problems, st.integers(0, 2**32 - 1))
def test_city_bound_is_the_verifiers(problem: MatchingProblem, seed: int) -> None:
    prices = np.random.default_rng(seed).integers(-500, 5_000, problem.responders)

    assert city_bound(problem, prices) == lower_bound(problem, prices)


def test_zones_hold_every_need_and_responder_once(town: MatchingProblem) -> None:
    zones = cut_into_zones(town, 100)

    assert max(zone.needs.size for zone in zones) <= 100
    assert sorted(np.concatenate([zone.needs for zone in zones])) == list(range(town.needs))
    assert sorted(np.concatenate([zone.responders for zone in zones])) == list(range(town.responders))


@settings(max_examples=30, deadline=None)
@given(street_problems)
def test_zone_problem_keeps_the_costs_of_its_pairs(problem: MatchingProblem) -> None:
    for zone in cut_into_zones(problem, 10):
        inside = zone_problem(problem, zone)

        costs = pair_costs(inside, np.arange(inside.needs)[:, None], np.arange(inside.responders))

        assert np.array_equal(costs, pair_costs(problem, zone.needs[:, None], zone.responders))
