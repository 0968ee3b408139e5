"""Random problems with every feature switched on somewhere, and strategies that draw them."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from juxing_engine.matching import UNSERVED, MatchingProblem, with_lexicographic_penalties
from juxing_engine.matching.problem import Integers


def random_problem(seed: int, needs: int, responders: int, *, span_m: float = 3_000.0) -> MatchingProblem:
    """
    A problem with skills, languages, weights, load, reach, declines and wishes, small integers for ties.
    """
    rng = np.random.default_rng(seed)
    capacity = rng.integers(0, 4, responders)
    pairs = np.argwhere(rng.random((needs, responders)) < 0.2)
    step = rng.choice([1.0, 100.0])
    problem = MatchingProblem(
        need_xy_m=np.round(rng.random((needs, 2)) * span_m / step) * step,
        responder_xy_m=np.round(rng.random((responders, 2)) * span_m / step) * step,
        capacity=capacity,
        unserved_penalty=rng.integers(0, 6_000, needs),
        required_skills=rng.choice([0, 0, 1, 2, 3], needs).astype(np.uint64),
        held_skills=rng.choice([0, 1, 2, 3, 3], responders).astype(np.uint64),
        needed_languages=rng.choice([0, 0, 1, 2], needs).astype(np.uint64),
        spoken_languages=rng.choice([1, 2, 3], responders).astype(np.uint64),
        language_cost=int(rng.choice([0, 700])),
        priority_weight=rng.integers(1, 4, needs),
        current_responder=rng.integers(UNSERVED, responders, needs),
        stability_bonus=int(rng.choice([0, 300])),
        load_cost=np.sort(rng.integers(0, 900, max(needs, 4))) if rng.random() < 0.6 else np.zeros(0, np.int64),
        reach_m=rng.choice([1_500.0, np.inf], responders),
        forbidden_pairs=pairs[: len(pairs) // 2],
        adjusted_pairs=pairs[len(pairs) // 2 :],
        pair_adjustment=rng.integers(-400, 400, len(pairs) - len(pairs) // 2),
    )
    if rng.random() < 0.4:
        return with_lexicographic_penalties(problem, rng.integers(0, 3, needs))
    return problem


def in_order(problem: MatchingProblem, need_order: np.ndarray, responder_order: np.ndarray) -> MatchingProblem:
    """The same problem with needs and responders renumbered."""
    need_place, responder_place = np.argsort(need_order), np.argsort(responder_order)

    def place(pairs: Integers) -> Integers:
        return np.column_stack([need_place[pairs[:, 0]], responder_place[pairs[:, 1]]])

    today = problem.current_responder[need_order]
    return replace(
        problem,
        need_xy_m=problem.need_xy_m[need_order],
        responder_xy_m=problem.responder_xy_m[responder_order],
        capacity=problem.capacity[responder_order],
        unserved_penalty=problem.unserved_penalty[need_order],
        required_skills=problem.required_skills[need_order],
        held_skills=problem.held_skills[responder_order],
        needed_languages=problem.needed_languages[need_order],
        spoken_languages=problem.spoken_languages[responder_order],
        priority_weight=problem.priority_weight[need_order],
        current_responder=np.where(today == UNSERVED, UNSERVED, responder_place[today]),
        reach_m=problem.reach_m[responder_order],
        forbidden_pairs=place(problem.forbidden_pairs),
        adjusted_pairs=place(problem.adjusted_pairs),
    )


tiny_problems = st.builds(random_problem, st.integers(0, 2**32 - 1), st.integers(0, 5), st.integers(1, 4))
street_problems = st.builds(random_problem, st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 30))
