from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control, Progress
from juxing_engine.routing import drop_defects, plan_drops


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 4), st.integers(1, 12))
def test_every_drop_is_made_once_whatever_the_budget(seed: int, drops: int, depots: int, per_round: int) -> None:
    random = np.random.default_rng(seed)
    points, homes = random.uniform(0, 2_000, (drops, 2)), random.uniform(0, 2_000, (depots, 2))

    plan = plan_drops(points, homes, per_round=per_round, control=Control(budget_s=0.0))

    assert drop_defects(points, homes, plan, per_round=per_round) == []


def test_cuts_are_mended_only_where_that_is_shorter() -> None:
    random = np.random.default_rng(5)
    points = random.normal(0, 400, (160, 2))
    heard: list[Progress] = []

    plan = plan_drops(points, [[0, 0]], per_round=20, control=Control(budget_s=0.5, on_progress=heard.append))

    assert drop_defects(points, [[0, 0]], plan, per_round=20) == []
    assert plan.metres <= plan.group_metres
    assert heard[-1].objective == plan.metres
    assert [report.fraction for report in heard] == sorted(report.fraction for report in heard)


def test_drops_go_to_their_nearest_depot() -> None:
    plan = plan_drops([[1, 0], [2, 0], [99, 0]], [[0, 0], [100, 0]], control=Control(budget_s=0.0))

    assert [sorted(drops.tolist()) for drops in plan.rounds] == [[0, 1], [2]]
    assert plan.depot_of.tolist() == [0, 1]


def test_a_cancelled_plan_still_makes_every_drop() -> None:
    points = np.random.default_rng(1).uniform(0, 900, (90, 2))

    plan = plan_drops(points, [[0, 0]], per_round=10, control=Control(is_cancelled=lambda: True))

    assert drop_defects(points, [[0, 0]], plan, per_round=10) == []


@pytest.mark.parametrize(
    ("points", "depots", "per_round"),
    [
        ([[0.0, np.nan]], [[0, 0]], 5),
        ([[0.0, 1.0]], np.zeros((0, 2)), 5),
        ([[0.0, 1.0]], [[0, 0]], 0),
        ([0.0, 1.0, 2.0], [[0, 0]], 5),
    ],
)
def test_plan_drops_refuses_bad_input(points: object, depots: object, per_round: int) -> None:
    with pytest.raises(ValueError, match="Expected"):
        plan_drops(points, depots, per_round=per_round)  # type: ignore[arg-type]
