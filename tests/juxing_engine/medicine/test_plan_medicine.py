from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control, Progress
from juxing_engine.instances.medicine import STREET, TINY, medicine_instance
from juxing_engine.medicine import (
    UNSERVED,
    BindingConstraint,
    MedicineProblem,
    lower_bound,
    plan_cost,
    plan_medicine,
    reasons,
    verify,
    with_lexicographic_penalties,
)
from juxing_engine.medicine.flow import greedy_plan
from tests.juxing_engine.medicine.oracle import (
    cheapest_plan_cost,
    random_problem,
    seeds,
    street_problems,
    tiny_problems,
)


@pytest.fixture
def two_requests() -> MedicineProblem:
    """Two requests for one drug; one pack nearby, plenty 1 km away; one squad for two requests."""
    return MedicineProblem(
        request_xy_m=np.array([[0.0, 0.0], [50.0, 0.0]]),
        requested_drug=np.array([0, 0]),
        pharmacy_xy_m=np.array([[0.0, 0.0], [1_000.0, 0.0]]),
        stock=np.array([[1], [9]]),
        drug_class=np.array([0]),
        squad_xy_m=np.array([[0.0, 0.0]]),
        squad_capacity=np.array([2]),
        carried_classes=np.array([1], dtype=np.uint64),
        unserved_penalty=np.array([50_000, 50_000]),
        detour_factor=1.0,
    )


def test_plan_sends_one_to_the_far_pharmacy_when_the_near_one_has_one_pack(two_requests: MedicineProblem) -> None:
    plan = plan_medicine(two_requests)

    assert plan.pharmacy_of.tolist() == [0, 1]
    # 0 to the door and 0 to fetch; 950 to the door and 1,000 to fetch.
    assert (plan.objective, plan.bound, plan.is_optimal) == (1_950, 1_950, True)


def test_plan_counts_the_share_of_a_trip(two_requests: MedicineProblem) -> None:
    assert plan_medicine(replace(two_requests, requests_per_trip=4)).objective == 950 + 250


def test_plan_leaves_out_whom_no_squad_may_serve(two_requests: MedicineProblem) -> None:
    problem = replace(two_requests, carried_classes=np.array([2], dtype=np.uint64))

    plan = plan_medicine(problem)

    assert plan.unserved_requests.tolist() == [0, 1]
    assert {reason.binding for reason in reasons(problem, plan)} == {BindingConstraint.NO_SQUAD_QUALIFIED}
    assert plan.is_optimal


@pytest.mark.parametrize(
    ("change", "binding"),
    [
        ({"stock": np.array([[0], [0]])}, BindingConstraint.NOT_STOCKED),
        ({"stock": np.array([[1], [0]])}, BindingConstraint.OUT_OF_STOCK),
        ({"squad_capacity": np.array([1])}, BindingConstraint.NO_SQUAD_CAPACITY),
        ({"unserved_penalty": np.array([50_000, 10])}, BindingConstraint.COSTS_MORE_THAN_PENALTY),
    ],
)
def test_reasons_name_what_stood_in_the_way(
    two_requests: MedicineProblem, change: dict[str, np.ndarray], binding: BindingConstraint
) -> None:
    problem = replace(two_requests, **change)  # type: ignore[arg-type]

    found = reasons(problem, plan_medicine(problem))

    assert found[1].binding == binding


def test_reasons_give_the_other_pharmacy_and_its_price(two_requests: MedicineProblem) -> None:
    plan = plan_medicine(replace(two_requests, stock=np.array([[9], [9]])))

    reason = reasons(replace(two_requests, stock=np.array([[9], [9]])), plan, np.array([0]))[0]

    assert (reason.pharmacy, reason.runner_up, reason.runner_up_extra) == (0, 1, 2_000)
    assert (reason.delivery_m, reason.fetching_m, reason.binding) == (0.0, 0.0, None)


@settings(max_examples=120, deadline=None)
@given(tiny_problems)
def test_plan_equals_brute_force(problem: MedicineProblem) -> None:
    plan = plan_medicine(problem)

    assert plan.objective == cheapest_plan_cost(problem)
    assert plan.is_optimal


@settings(max_examples=60, deadline=None)
@given(street_problems)
def test_plan_is_proven_by_the_separate_verifier(problem: MedicineProblem) -> None:
    plan = plan_medicine(problem)

    verdict = verify(problem, (plan.pharmacy_of, plan.squad_of), plan.stock_price, plan.squad_price)

    assert (verdict.objective, verdict.bound, verdict.gap) == (plan.objective, plan.bound, 0)


@settings(max_examples=60, deadline=None)
@given(tiny_problems, seeds)
def test_lower_bound_is_never_above_the_optimum(problem: MedicineProblem, seed: int) -> None:
    rng = np.random.default_rng(seed)
    stock_price, squad_price = rng.integers(0, 20_000, problem.stock.shape), rng.integers(0, 20_000, problem.squads)

    assert lower_bound(problem, stock_price, squad_price) <= cheapest_plan_cost(problem)


@settings(max_examples=30, deadline=None)
@given(street_problems, seeds)
def test_plan_does_not_depend_on_the_order_of_requests_and_squads(problem: MedicineProblem, seed: int) -> None:
    rng = np.random.default_rng(seed)
    request, squad = rng.permutation(problem.requests), rng.permutation(problem.squads)
    shuffled = replace(
        problem,
        request_xy_m=problem.request_xy_m[request],
        requested_drug=problem.requested_drug[request],
        unserved_penalty=problem.unserved_penalty[request],
        priority_weight=problem.priority_weight[request],
        squad_xy_m=problem.squad_xy_m[squad],
        squad_capacity=problem.squad_capacity[squad],
        carried_classes=problem.carried_classes[squad],
    )

    assert plan_medicine(shuffled).objective == plan_medicine(problem).objective


@settings(max_examples=30, deadline=None)
@given(street_problems)
def test_plan_ignores_a_squad_without_a_place(problem: MedicineProblem) -> None:
    idle = replace(
        problem,
        squad_xy_m=np.vstack([problem.squad_xy_m, [[0.0, 0.0]]]),
        squad_capacity=np.append(problem.squad_capacity, 0),
        carried_classes=np.append(problem.carried_classes, np.uint64(3)),
    )

    assert plan_medicine(idle).objective == plan_medicine(problem).objective


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 4), st.integers(1, 2), st.integers(1, 3))
def test_lexicographic_penalties_serve_the_higher_tier_first(
    seed: int, requests: int, pharmacies: int, squads: int
) -> None:
    tier = np.random.default_rng(seed).integers(0, 3, requests)
    problem = random_problem(seed, requests, pharmacies, squads)
    # The same question where ways cost nothing and tiers are powers of ten: the most people, tier by tier.
    people_only = replace(
        problem,
        unserved_penalty=10 ** (tier + 2),
        request_xy_m=np.zeros((requests, 2)),
        pharmacy_xy_m=np.zeros((pharmacies, 2)),
        squad_xy_m=np.zeros((squads, 2)),
    )

    served = plan_medicine(with_lexicographic_penalties(problem, tier)).squad_of != UNSERVED
    most = plan_medicine(people_only).squad_of != UNSERVED

    assert [int(served[tier == t].sum()) for t in range(3)] == [int(most[tier == t].sum()) for t in range(3)]


def test_plan_of_a_street_is_optimal_repeatable_and_better_than_greedy() -> None:
    problem = medicine_instance(STREET, seed=3).problem

    first, second = plan_medicine(problem, seed=1), plan_medicine(problem, seed=1)

    assert first.is_optimal
    assert first.squad_of.tolist() == second.squad_of.tolist()
    assert first.objective < plan_cost(problem, *greedy_plan(problem))


def test_plan_without_time_is_feasible_and_its_gap_honest() -> None:
    problem = medicine_instance(TINY, seed=5).problem

    stopped, optimal = plan_medicine(problem, control=Control(budget_s=0)), plan_medicine(problem)

    assert stopped.bound <= optimal.objective <= stopped.objective
    assert not stopped.is_complete
    assert stopped.served > 0


def test_plan_stops_when_cancelled_and_reports_to_its_end() -> None:
    problem = medicine_instance(STREET, seed=4).problem
    heard: list[Progress] = []

    plan = plan_medicine(problem, control=Control(on_progress=heard.append, is_cancelled=lambda: len(heard) > 0))

    assert plan.bound <= plan.objective
    assert heard[-1].fraction == 1.0
    assert all(before.fraction <= after.fraction for before, after in pairwise(heard))
