from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.routing import first_order, split_stops


def length(cost: np.ndarray, order: tuple[int, ...]) -> float:
    path = [0, *order, 0]
    return float(cost[path[:-1], path[1:]].sum())


@pytest.mark.parametrize("seed", range(20))
def test_first_order_is_near_the_shortest_walk(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 100, (7, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))

    order = first_order(cost)

    best = min(length(cost, walk) for walk in permutations(range(1, 7)))
    assert sorted(order) == list(range(1, 7))
    assert length(cost, order) <= 1.15 * best


def test_first_order_of_one_place_is_empty() -> None:
    assert first_order([[0]]) == ()


def test_first_order_keeps_its_end() -> None:
    line = np.abs(np.arange(5)[:, None] - np.arange(5)[None])

    assert first_order(line, start=0, end=4) == (1, 2, 3)


def test_first_order_refuses_costs_that_are_not_numbers() -> None:
    with pytest.raises(ValueError, match="Expected"):
        first_order(np.array([[0, np.nan], [1, 0]]))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 60), st.integers(0, 10**6))
def test_split_gives_every_stop_a_group_within_the_limit(stops: int, limit: int, seed: int) -> None:
    random = np.random.default_rng(seed)

    group = split_stops(random.uniform(0, 1, (stops, 2)), limit=limit)

    sizes = np.bincount(group)
    assert sizes.min() >= 1
    assert sizes.max() <= limit
    assert sizes.size <= 2 * np.ceil(stops / limit)


def test_split_keeps_a_million_drops_at_one_point_within_the_limit() -> None:
    assert np.bincount(split_stops(np.zeros((20_000, 2)), limit=150)).max() <= 150
