from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control
from juxing_engine.instances.matching import STREET, Supply, matching_instance
from juxing_engine.live_matching import Change, LiveMatching, NewNeed, NewResponder
from juxing_engine.matching import UNSERVED, MatchingProblem, match
from juxing_engine.matching.cost import plan_cost
from juxing_engine.matching.dense import solve_dense
from juxing_engine.matching.exact import solve_exact
from tests.juxing_engine.matching.problems import random_problem


def best_cost(live: LiveMatching) -> int:
    """Least cost of the situation now, solved from scratch; frozen pairs must not exist."""
    problem = live.snapshot().problem
    return plan_cost(problem, solve_dense(problem)[0])


class Day:
    """Random events on a live plan."""

    def __init__(self, live: LiveMatching, problem: MatchingProblem, seed: int) -> None:
        self.live, self.rng = live, np.random.default_rng(seed)
        self.needs, self.responders = list(range(problem.needs)), list(range(problem.responders))
        self.problem = problem

    def event(self) -> Change:
        kind = self.rng.integers(0, 4)
        if kind == 1 and self.needs:
            return self.live.cancel(self.needs.pop(self.rng.integers(len(self.needs))))
        if kind == 2 and len(self.responders) > 1:
            return self.live.drop_out(self.responders.pop(self.rng.integers(len(self.responders))))
        if kind == 3:
            number, change = self.live.join(self.new_responder())
            self.responders.append(number)
            return change
        arrival = self.live.arrive(self.new_need())
        assert arrival.gain >= 0
        self.needs.append(arrival.need)
        return arrival.change

    def new_need(self) -> NewNeed:
        like = int(self.rng.integers(self.problem.needs))
        others = self.rng.permutation(self.responders)[:3].tolist()
        return NewNeed(
            x_m=float(self.rng.integers(0, 3_000)),
            y_m=float(self.rng.integers(0, 3_000)),
            unserved_penalty=int(self.problem.unserved_penalty[like]),
            required_skills=int(self.problem.required_skills[like]),
            needed_languages=int(self.problem.needed_languages[like]),
            priority_weight=int(self.rng.integers(1, 4)),
            declined=frozenset(others[:1]),
            changes={j: int(self.rng.integers(-500, 500)) for j in others[1:]},
        )

    def new_responder(self) -> NewResponder:
        like = int(self.rng.integers(self.problem.responders))
        return NewResponder(
            x_m=float(self.rng.integers(0, 3_000)),
            y_m=float(self.rng.integers(0, 3_000)),
            capacity=int(self.rng.integers(0, 4)),
            held_skills=int(self.problem.held_skills[like]),
            spoken_languages=int(self.problem.spoken_languages[like]),
        )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 15))
def test_plan_stays_optimal_through_random_events(seed: int, needs: int, responders: int) -> None:
    problem = random_problem(seed, needs, responders)
    live = LiveMatching(problem, spare=(12, 6))
    day = Day(live, problem, seed)

    for _ in range(25):
        before = live.objective
        change = day.event()

        assert live.objective == before + change.cost
        assert live.objective == best_cost(live)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 15))
def test_frozen_pairs_stay_and_the_rest_is_proven_optimal(seed: int, needs: int, responders: int) -> None:
    problem = random_problem(seed, needs, responders)
    live = LiveMatching(problem, spare=(12, 6))
    day = Day(live, problem, seed)
    served = [i for i in day.needs if live.responder_of(i) != UNSERVED]
    frozen = {i: live.responder_of(i) for i in served[::3]}
    for i in frozen:
        live.confirm(i)

    for _ in range(15):
        day.event()

        kept = {i: j for i, j in frozen.items() if i in day.needs and j in day.responders}
        assert {i: live.responder_of(i) for i in kept} == kept
        frozen = kept
        verdict = live.snapshot().certify()
        assert (verdict.objective, verdict.gap) == (live.objective, 0)


def street(supply: Supply = Supply.SLACK) -> tuple[MatchingProblem, LiveMatching]:
    problem = matching_instance(STREET, supply=supply, seed=3).problem
    return problem, LiveMatching(problem)


@pytest.mark.parametrize("supply", list(Supply))
def test_street_stays_proven_through_a_day(supply: Supply) -> None:
    problem, live = street(supply)
    day = Day(live, problem, 1)

    for _ in range(150):
        day.event()

    verdict = live.snapshot().certify(is_thorough=True)
    snapshot = live.snapshot()
    assert (verdict.objective, verdict.gap) == (live.objective, 0)
    assert live.objective == plan_cost(snapshot.problem, solve_exact(snapshot.problem, Control())[0])


def test_arrival_offers_both_answers() -> None:
    problem = MatchingProblem(
        need_xy_m=np.array([[0.0, 0.0]]),
        responder_xy_m=np.array([[10.0, 0.0], [500.0, 0.0]]),
        capacity=np.array([1, 1]),
        unserved_penalty=np.array([100_000]),
        required_skills=np.array([0]),
        held_skills=np.array([1, 0]),
        detour_factor=1.0,
    )
    live = LiveMatching(problem)
    nurse_needed = NewNeed(x_m=20.0, y_m=0.0, unserved_penalty=100_000, required_skills=1)

    arrival = live.arrive(nurse_needed)

    assert arrival.instant is None
    assert (arrival.responder, arrival.change.cost) == (0, 10 + 500 - 10)
    assert [(move.need, move.before, move.after) for move in arrival.change.moves] == [(0, 0, 1)]
    assert arrival.gain == 100_000 - 500


def test_instant_answer_can_be_taken_and_moves_nobody() -> None:
    _, live = street()

    arrival = live.arrive(NewNeed(x_m=2_000.0, y_m=2_000.0, unserved_penalty=10**6))
    assert arrival.instant is not None
    live.place(arrival.need, arrival.instant.responder)

    assert live.responder_of(arrival.need) == arrival.instant.responder
    assert live.snapshot().certify().gap == 0


def test_instant_answer_costs_what_the_best_free_visit_costs() -> None:
    problem, live = street(Supply.TIGHT)
    before = live.snapshot()
    visits = np.bincount(before.responder_of[before.responder_of >= 0], minlength=problem.responders)

    arrival = live.arrive(NewNeed(x_m=2_000.0, y_m=2_000.0, unserved_penalty=10**6))

    free = visits < before.problem.capacity
    away = 1.3 * np.hypot(*(before.problem.responder_xy_m[free] - 2_000.0).T)
    assert arrival.instant is not None
    assert arrival.instant.cost == int(np.floor(away.min() + 0.5))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 12))
def test_instant_answer_can_always_be_taken(seed: int, needs: int, responders: int) -> None:
    problem = random_problem(seed, needs, responders)
    live = LiveMatching(problem, spare=(12, 6))
    day = Day(live, problem, seed)

    for _ in range(15):
        before = live.objective
        arrival = live.arrive(day.new_need())
        if arrival.instant is None:
            continue
        live.place(arrival.need, arrival.instant.responder)

        verdict = live.snapshot().certify()
        assert live.responder_of(arrival.need) == arrival.instant.responder
        assert (verdict.objective, verdict.gap) == (live.objective, 0)
        assert live.objective <= before + arrival.instant.cost
        if not problem.load_cost.any():
            assert live.objective == before + arrival.instant.cost


def test_place_refuses_a_responder_whose_visits_are_all_frozen() -> None:
    problem = MatchingProblem(np.zeros((2, 2)), np.zeros((1, 2)), np.array([1]), np.array([5, 9]))
    live = LiveMatching(problem)
    live.confirm(1)

    with pytest.raises(ValueError, match="no visit free"):
        live.place(0, 0)


def test_place_makes_room_by_moving_who_may_still_move() -> None:
    problem = MatchingProblem(np.zeros((2, 2)), np.zeros((1, 2)), np.array([1]), np.array([5, 9]))
    live = LiveMatching(problem)

    change = live.place(0, 0)

    assert (live.responder_of(0), live.responder_of(1)) == (0, UNSERVED)
    assert change.cost == 9 - 5
    assert live.snapshot().certify().gap == 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(1, 4))
def test_visits_beyond_the_needs_of_the_start_serve_those_who_come(seed: int, needs: int, responders: int) -> None:
    rng = np.random.default_rng(seed)
    problem = random_problem(seed, max(needs, 1), responders)
    capacity = rng.integers(0, 9, responders)
    load_cost = np.sort(rng.integers(0, 900, 9)) if rng.random() < 0.5 else np.zeros(0, dtype=np.int64)
    problem = replace(problem, capacity=capacity, load_cost=load_cost)
    if needs == 0:
        problem = MatchingProblem(
            np.zeros((0, 2)), problem.responder_xy_m, capacity, np.zeros(0, dtype=np.int64), load_cost=load_cost
        )
    live = LiveMatching(problem, spare=(5, 2))
    day = Day(live, random_problem(seed, 4, responders), seed)

    for _ in range(14):
        day.needs.append(live.arrive(day.new_need()).need)

        assert live.objective == best_cost(live)
    np.testing.assert_array_equal(live.snapshot().problem.capacity, capacity)


def test_everybody_who_comes_is_served_by_one_with_room_for_a_million() -> None:
    nobody_yet = MatchingProblem(np.zeros((0, 2)), np.zeros((1, 2)), np.array([10**6]), np.zeros(0, dtype=np.int64))
    live = LiveMatching(nobody_yet, spare=(3, 1))

    arrivals = [live.arrive(NewNeed(x_m=float(i), y_m=0.0, unserved_penalty=10**6)) for i in range(10)]

    assert {live.responder_of(arrival.need) for arrival in arrivals} == {0}
    assert live.snapshot().certify(is_thorough=True).gap == 0


def test_events_on_those_who_are_gone_are_refused() -> None:
    _, live = street()
    live.cancel(5)
    live.drop_out(7)

    with pytest.raises(KeyError):
        live.cancel(5)
    with pytest.raises(KeyError):
        live.drop_out(7)


def test_live_matching_refuses_a_plan_not_proven() -> None:
    problem = matching_instance(STREET, supply=Supply.TIGHT).problem
    hurried = match(problem, control=Control(budget_s=0.0))

    with pytest.raises(ValueError, match="proven optimal"):
        LiveMatching(problem, hurried)


@pytest.mark.parametrize(
    "wrong", [{"x_m": float("nan")}, {"unserved_penalty": -1}, {"priority_weight": -1}, {"unserved_penalty": 2**50}]
)
def test_new_need_refuses_bad_values(wrong: dict[str, float]) -> None:
    right = NewNeed(x_m=0.0, y_m=0.0, unserved_penalty=5)

    with pytest.raises(ValueError, match="Expected"):
        replace(right, **wrong)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 12))
def test_whatever_is_placed_stays_and_the_rest_is_proven_optimal(seed: int, needs: int, responders: int) -> None:
    live = LiveMatching(random_problem(seed, needs, responders), spare=(12, 6))
    rng = np.random.default_rng(seed)
    placed: dict[int, int] = {}

    for _ in range(8):
        need, responder = int(rng.integers(needs)), int(rng.integers(responders))
        before = live.objective
        if need in placed:
            continue
        try:
            change = live.place(need, responder)
        except ValueError:
            continue
        placed[need] = responder

        verdict = live.snapshot().certify()
        assert {one: live.responder_of(one) for one in placed} == placed
        assert (verdict.objective, verdict.gap) == (live.objective, 0)
        assert live.objective == before + change.cost
