from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control
from juxing_engine.instances.matching import STREET, Supply, matching_instance
from juxing_engine.matching import UNSERVED, MatchingProblem, match, plan_cost, verify
from juxing_engine.matching.dense import solve_dense
from juxing_engine.matching.exact import solve_exact, solve_greedily
from juxing_engine.matching.verify import lower_bound_by_cells, lower_bound_in_numpy
from juxing_engine.matching.verify_compiled import sum_of_least, write_sheet
from tests.juxing_engine.matching.oracle import cheapest_plan_cost
from tests.juxing_engine.matching.problems import random_problem, street_problems, tiny_problems


@settings(max_examples=120, deadline=None)
@given(tiny_problems)
def test_solve_exact_equals_brute_force(problem: MatchingProblem) -> None:
    responder_of, prices = solve_exact(problem, Control())

    verdict = verify(problem, responder_of, prices)

    assert (verdict.objective, verdict.bound) == (cheapest_plan_cost(problem),) * 2


@settings(max_examples=150, deadline=None)
@given(street_problems)
def test_solve_exact_equals_the_dense_solver(problem: MatchingProblem) -> None:
    responder_of, prices = solve_exact(problem, Control())

    verdict = verify(problem, responder_of, prices)

    assert verdict.gap == 0
    assert verdict.objective == plan_cost(problem, solve_dense(problem)[0])


@pytest.mark.parametrize("supply", list(Supply))
@pytest.mark.parametrize("seed", range(3))
def test_match_proves_a_street_optimal(supply: Supply, seed: int) -> None:
    problem = matching_instance(STREET, supply=supply, seed=seed).problem

    matching = match(problem)

    verdict = verify(problem, matching.responder_of, matching.prices)
    assert matching.method == "network_simplex"
    assert matching.is_optimal
    assert (verdict.objective, verdict.bound) == (matching.objective, matching.bound)


def test_match_with_load_cost_is_proven_on_a_street() -> None:
    problem = matching_instance(STREET, seed=5).problem

    matching = match(replace(problem, load_cost=np.array([0, 0, 100, 300, 600, 1_000, 1_500])))

    assert matching.is_optimal


def test_match_without_time_gives_a_plan_and_its_honest_gap() -> None:
    problem = matching_instance(STREET, supply=Supply.TIGHT).problem

    hurried, patient = match(problem, control=Control(budget_s=0.0)), match(problem)

    assert hurried.served >= 0.85 * patient.served
    assert hurried.bound <= patient.objective <= hurried.objective
    assert not hurried.is_optimal


def test_match_stops_when_cancelled() -> None:
    problem = matching_instance(STREET).problem

    matching = match(problem, control=Control(is_cancelled=lambda: True))

    assert matching.objective == plan_cost(problem, matching.responder_of)


def test_match_of_many_needs_at_one_point_is_proven() -> None:
    crowd = MatchingProblem(
        need_xy_m=np.zeros((3_000, 2)),
        responder_xy_m=np.zeros((200, 2)),
        capacity=np.full(200, 14),
        unserved_penalty=np.full(3_000, 1_000),
    )

    matching = match(crowd)

    assert (matching.objective, matching.bound, matching.unserved) == (200_000, 200_000, 200)


def test_match_with_one_responder_for_everything_is_proven() -> None:
    rng = np.random.default_rng(0)
    problem = MatchingProblem(
        need_xy_m=rng.random((2_000, 2)) * 5_000,
        responder_xy_m=np.vstack([[[2_500.0, 2_500.0]], rng.random((99, 2)) * 5_000]),
        capacity=np.append([10_000], np.ones(99, dtype=np.int64)),
        unserved_penalty=np.full(2_000, 10**7),
        required_skills=np.full(2_000, 1),
        held_skills=np.append([1], np.zeros(99, dtype=np.int64)),
    )

    matching = match(problem)

    assert matching.is_optimal
    assert set(matching.responder_of.tolist()) == {0}


@settings(max_examples=60, deadline=None)
@given(street_problems, st.integers(0, 2**32 - 1))
def test_all_ways_to_the_bound_agree(problem: MatchingProblem, seed: int) -> None:
    prices = np.random.default_rng(seed).integers(-500, 5_000, problem.responders)

    plain = lower_bound_in_numpy(problem, prices)
    by_cells = lower_bound_by_cells(problem, prices)

    assert by_cells == plain


@settings(max_examples=40, deadline=None)
@given(street_problems, st.integers(0, 2**32 - 1))
def test_compiled_bound_looks_at_every_pair(problem: MatchingProblem, seed: int) -> None:
    free = np.zeros(problem.responders, dtype=np.int64)

    assert sum_of_least(write_sheet(problem, free)) == lower_bound_in_numpy(problem, free)


@settings(max_examples=60, deadline=None)
@given(street_problems)
def test_greedy_plan_breaks_no_rule(problem: MatchingProblem) -> None:
    responder_of = solve_greedily(problem)

    assert plan_cost(problem, responder_of) >= plan_cost(problem, solve_dense(problem)[0])


def test_greedy_plan_serves_the_higher_penalty_first() -> None:
    problem = MatchingProblem(
        need_xy_m=np.array([[0.0, 0.0], [500.0, 0.0]]),
        responder_xy_m=np.array([[0.0, 0.0]]),
        capacity=np.array([1]),
        unserved_penalty=np.array([10_000, 20_000]),
    )

    assert solve_greedily(problem).tolist() == [UNSERVED, 0]


def test_solve_exact_gives_the_same_answer_again() -> None:
    problem = random_problem(11, 60, 30)

    first, second = solve_exact(problem, Control()), solve_exact(problem, Control())

    assert first[0].tolist() == second[0].tolist()
    assert first[1].tolist() == second[1].tolist()
