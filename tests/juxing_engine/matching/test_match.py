from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control, Progress
from juxing_engine.matching import (
    UNSERVED,
    MatchingProblem,
    lexicographic_penalties,
    lower_bound,
    match,
    plan_cost,
    verify,
    with_lexicographic_penalties,
)
from tests.juxing_engine.matching.oracle import cheapest_plan_cost
from tests.juxing_engine.matching.problems import in_order, random_problem, street_problems, tiny_problems


@pytest.fixture
def two_carers() -> MatchingProblem:
    """Two households on a street; one carer beside the first, one far beyond the second."""
    return MatchingProblem(
        need_xy_m=np.array([[0.0, 0.0], [100.0, 0.0]]),
        responder_xy_m=np.array([[0.0, 0.0], [1_100.0, 0.0]]),
        capacity=np.array([2, 2]),
        unserved_penalty=np.array([10_000, 10_000]),
        detour_factor=1.0,
    )


def test_match_takes_the_nearest(two_carers: MatchingProblem) -> None:
    matching = match(two_carers)

    assert matching.responder_of.tolist() == [0, 0]
    assert (matching.objective, matching.bound, matching.is_optimal) == (100, 100, True)


def test_match_spreads_load_when_the_second_visit_costs_more(two_carers: MatchingProblem) -> None:
    matching = match(replace(two_carers, load_cost=np.array([0, 5_000])))

    assert matching.responder_of.tolist() == [0, 1]
    assert matching.is_optimal


def test_match_avoids_a_declined_pair(two_carers: MatchingProblem) -> None:
    matching = match(replace(two_carers, forbidden_pairs=np.array([[1, 0]])))

    assert matching.responder_of.tolist() == [0, 1]


def test_match_keeps_the_pair_of_today_when_the_bonus_outweighs_the_way(two_carers: MatchingProblem) -> None:
    today = replace(two_carers, current_responder=np.array([UNSERVED, 1]), stability_bonus=950)

    matching = match(today)

    assert matching.responder_of.tolist() == [0, 1]
    assert matching.moved == 0


def test_match_prefers_a_shared_language(two_carers: MatchingProblem) -> None:
    problem = replace(
        two_carers,
        needed_languages=np.array([0, 2]),
        spoken_languages=np.array([1, 3]),
        language_cost=901,
    )

    assert match(problem).responder_of.tolist() == [0, 1]


def test_match_of_nothing_is_empty_and_proven() -> None:
    nobody = np.zeros((0, 2))
    none = np.zeros(0, dtype=np.int64)

    matching = match(MatchingProblem(nobody, nobody, none, none))

    assert matching.responder_of.size == 0
    assert matching.is_optimal


def test_match_without_responders_leaves_all_unserved() -> None:
    none = np.zeros(0, dtype=np.int64)

    matching = match(MatchingProblem(np.zeros((3, 2)), np.zeros((0, 2)), none, np.array([5, 6, 7])))

    assert matching.unserved_needs.tolist() == [0, 1, 2]
    assert matching.objective == matching.bound == 18


def test_match_reports_progress_to_its_end(two_carers: MatchingProblem) -> None:
    heard: list[Progress] = []

    match(two_carers, control=Control(on_progress=heard.append))

    assert heard[-1].fraction == 1.0
    assert heard[-1].objective == heard[-1].bound


@settings(max_examples=120, deadline=None)
@given(tiny_problems)
def test_match_equals_brute_force(problem: MatchingProblem) -> None:
    matching = match(problem)

    assert matching.objective == cheapest_plan_cost(problem)
    assert matching.is_optimal


@settings(max_examples=60, deadline=None)
@given(street_problems)
def test_match_is_proven_optimal_by_the_separate_verifier(problem: MatchingProblem) -> None:
    matching = match(problem)

    verdict = verify(problem, matching.responder_of, matching.prices)

    assert (verdict.objective, verdict.bound, verdict.gap) == (matching.objective, matching.bound, 0)


@settings(max_examples=40, deadline=None)
@given(street_problems, st.randoms(use_true_random=False))
def test_match_does_not_depend_on_the_order_of_the_input(problem: MatchingProblem, random: object) -> None:
    rng = np.random.default_rng(random.randint(0, 2**32))  # type: ignore[attr-defined]
    shuffled = in_order(problem, rng.permutation(problem.needs), rng.permutation(problem.responders))

    assert match(shuffled).objective == match(problem).objective


@settings(max_examples=40, deadline=None)
@given(street_problems)
def test_match_ignores_a_responder_who_can_do_nothing(problem: MatchingProblem) -> None:
    idle = replace(
        problem,
        responder_xy_m=np.vstack([problem.responder_xy_m, [[0.0, 0.0]]]),
        capacity=np.append(problem.capacity, 0),
        held_skills=np.append(problem.held_skills, np.uint64(3)),
        spoken_languages=np.append(problem.spoken_languages, np.uint64(3)),
        reach_m=np.append(problem.reach_m, np.inf),
    )

    assert match(idle).objective == match(problem).objective


@settings(max_examples=40, deadline=None)
@given(street_problems, st.integers(2, 9))
def test_match_scales_with_its_costs(problem: MatchingProblem, factor: int) -> None:
    whole_metres = replace(
        problem,
        need_xy_m=np.zeros((problem.needs, 2)),
        responder_xy_m=np.zeros((problem.responders, 2)),
    )
    dearer = replace(
        whole_metres,
        unserved_penalty=problem.unserved_penalty * factor,
        language_cost=problem.language_cost * factor,
        stability_bonus=problem.stability_bonus * factor,
        load_cost=problem.load_cost * factor,
        pair_adjustment=problem.pair_adjustment * factor,
    )

    assert match(dearer).objective == factor * match(whole_metres).objective


def test_match_gives_the_same_answer_again() -> None:
    problem = random_problem(7, 50, 20)

    first, second = match(problem, seed=3), match(problem, seed=3)

    assert first.responder_of.tolist() == second.responder_of.tolist()
    assert first.prices.tolist() == second.prices.tolist()


@settings(max_examples=60, deadline=None)
@given(tiny_problems, st.lists(st.integers(-(2**20), 2**20), min_size=4, max_size=4))
def test_lower_bound_is_never_above_the_optimum(problem: MatchingProblem, prices: list[int]) -> None:
    assert lower_bound(problem, np.array(prices[: problem.responders])) <= cheapest_plan_cost(problem)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 3))
def test_lexicographic_penalties_serve_the_higher_tier_first(seed: int, needs: int, responders: int) -> None:
    tier = np.random.default_rng(seed).integers(0, 3, needs)
    problem = with_lexicographic_penalties(random_problem(seed, needs, responders), tier)
    # The same question with costs of 0 and powers of ten as penalties: the most people, tier by tier.
    people_only = replace(
        problem,
        need_xy_m=problem.need_xy_m,
        priority_weight=np.zeros(needs, np.int64),
        language_cost=0,
        stability_bonus=0,
        load_cost=np.zeros(0, np.int64),
        pair_adjustment=problem.pair_adjustment * 0,
        unserved_penalty=10 ** (tier + 3),
    )

    served = match(problem).responder_of != UNSERVED
    most = match(people_only).responder_of != UNSERVED

    assert [int(served[tier == t].sum()) for t in range(3)] == [int(most[tier == t].sum()) for t in range(3)]


def test_lexicographic_penalties_name_the_limit_when_they_overflow(two_carers: MatchingProblem) -> None:
    far = replace(two_carers, need_xy_m=two_carers.need_xy_m, priority_weight=np.array([2**46, 2**46]))

    with pytest.raises(ValueError, match=r"2\*\*60"):
        lexicographic_penalties(far, np.array([0, 1]))


def test_plan_cost_refuses_a_plan_over_capacity(two_carers: MatchingProblem) -> None:
    with pytest.raises(ValueError, match="capacity"):
        plan_cost(replace(two_carers, capacity=np.array([1, 1])), np.array([0, 0]))
