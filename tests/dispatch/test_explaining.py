"""Reasons found from the nearest outward are the engine's own, pair for pair."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.dispatch.problems import explain
from juxing_engine.matching import MatchingProblem, match, reasons, with_lexicographic_penalties


def _problem(seed: int, *, needs: int, responders: int, extent_m: int) -> MatchingProblem:
    draw = np.random.default_rng(seed)
    forbidden = np.column_stack([draw.integers(0, needs, 30), draw.integers(0, responders, 30)])
    problem = MatchingProblem(
        need_xy_m=draw.integers(0, extent_m, (needs, 2)).astype(float),
        responder_xy_m=draw.integers(0, extent_m, (responders, 2)).astype(float),
        capacity=draw.integers(0, 4, responders),
        unserved_penalty=np.zeros(needs, dtype=np.int64),
        required_skills=np.where(draw.random(needs) < 0.4, draw.integers(0, 8, needs), 0).astype(np.uint64),
        held_skills=draw.integers(0, 8, responders).astype(np.uint64),
        needed_languages=draw.integers(0, 4, needs).astype(np.uint64),
        spoken_languages=draw.integers(0, 4, responders).astype(np.uint64),
        language_cost=800,
        priority_weight=draw.choice(np.array([1, 2, 4]), needs),
        load_cost=np.arange(4) * 120,
        reach_m=draw.choice(np.array([300.0, 1000.0, 3000.0]), responders),
        forbidden_pairs=forbidden,
    )
    return with_lexicographic_penalties(problem, draw.integers(0, 4, needs))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    needs=st.integers(1, 80),
    responders=st.integers(1, 60),
    extent_m=st.sampled_from([3, 800, 5000]),
)
def test_explain_gives_the_reasons_of_the_engine(seed: int, needs: int, responders: int, extent_m: int) -> None:
    problem = _problem(seed, needs=needs, responders=responders, extent_m=extent_m)
    plan = match(problem)

    found = explain(problem, plan)

    for row, expected in enumerate(reasons(problem, plan)):
        assert found.responder[row] == expected.responder
        assert found.binding[row] == (expected.binding.value if expected.binding else "")
        if expected.parts is None:
            continue
        parts = expected.parts
        assert (found.distance[row], found.language[row], found.adjustment[row], found.stability[row]) == (
            parts.distance, parts.language, parts.adjustment, parts.stability,
        )  # fmt: skip
        assert found.walking_m[row] == parts.walking_m
        second = expected.runner_up
        assert found.runner_up[row] == (second.responder if second else -1)
        assert found.runner_up_extra_m[row] == (second.extra_walking_m if second else 0)
