from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.allocation import NO_ROUTE, AllocationProblem, allocate, allocation_defects
from juxing_engine.control import Control


def best_value(problem: AllocationProblem) -> tuple[list[Fraction], int, int]:
    """Sorted levels, boxes and transport of the best plan, by complete enumeration."""
    days, communities, items = problem.demand.shape
    depots = problem.supply.shape[1]
    routes = [
        (day, depot, community, item)
        for day, depot, community, item in product(range(days), range(depots), range(communities), range(items))
        if problem.reaches[depot, community] and problem.demand[day, community, item]
    ]
    arrived = np.cumsum(problem.supply, axis=0)
    most = [
        int(min(problem.demand[day, community, item], arrived[day, depot, item]))
        for day, depot, community, item in routes
    ]
    best: tuple[list[Fraction], int, int] | None = None
    for boxes in product(*(range(limit + 1) for limit in most)):
        value = _value(problem, routes, boxes)
        if value is not None and (best is None or _key(value) > _key(best)):
            best = value
    assert best is not None
    return best


def _key(value: tuple[list[Fraction], int, int]) -> tuple[list[Fraction], int, int]:
    return value[0], value[1], -value[2]


def _value(
    problem: AllocationProblem, routes: list[tuple[int, int, int, int]], boxes: tuple[int, ...]
) -> tuple[list[Fraction], int, int] | None:
    received, leaving = np.zeros_like(problem.demand), np.zeros_like(problem.supply)
    transport = 0
    for (day, depot, community, item), count in zip(routes, boxes, strict=True):
        received[day, community, item] += count
        leaving[day, depot, item] += count
        transport += int(count * problem.box_mass[item] * problem.distance_m[depot, community])
    overfull = (received > problem.demand).any()
    early = (np.cumsum(leaving, axis=0) > np.cumsum(problem.supply, axis=0)).any()
    capacity = problem.vehicle_capacity
    heavy = capacity is not None and (leaving @ problem.box_mass > capacity).any()
    if overfull or early or heavy:
        return None
    return sorted_levels(problem, received), int(received.sum()), transport


def sorted_levels(problem: AllocationProblem, received: np.ndarray) -> list[Fraction]:
    """All levels received / (demand x weight), lowest first."""
    claim = problem.demand * problem.weight[:, None]
    return sorted(
        Fraction(int(box), int(part)) for box, part in zip(received.ravel(), claim.ravel(), strict=True) if part
    )


SHAPES = [(1, 2, 3), (1, 1, 4), (2, 2, 2), (2, 1, 3), (1, 3, 2)]


def tiny_problem(seed: int) -> AllocationProblem:
    """Days x depots x communities small enough to enumerate, with routes missing and weights unequal."""
    rng = np.random.default_rng(seed)
    days, depots, communities = SHAPES[seed % len(SHAPES)]
    distance = rng.integers(0, 9, (depots, communities))
    distance[rng.random(distance.shape) < 0.2] = NO_ROUTE
    return AllocationProblem(
        rng.integers(0, 5, (days, communities, 1)),
        rng.integers(0, 3, (days, depots, 1)),
        weight=rng.integers(1, 3, communities),
        distance_m=distance,
    )


@pytest.mark.parametrize("seed", range(60))
def test_allocation_equals_enumeration(seed: int) -> None:
    problem = tiny_problem(seed)

    plan = allocate(problem)

    assert (sorted_levels(problem, plan.received), plan.boxes, plan.transport) == best_value(problem)
    assert plan.is_optimal
    assert allocation_defects(problem, plan) == []


def street_problem(seed: int) -> AllocationProblem:
    rng = np.random.default_rng(seed)
    days, depots, communities, items = (
        rng.integers(1, 4),
        rng.integers(1, 5),
        rng.integers(1, 12),
        rng.integers(1, 4),
    )
    distance = rng.integers(0, 5_000, (depots, communities))
    if seed % 2:
        distance[rng.random(distance.shape) < 0.3] = NO_ROUTE
    return AllocationProblem(
        rng.integers(0, 60, (days, communities, items)),
        rng.integers(0, 90, (days, depots, items)),
        weight=rng.integers(1, 4, communities),
        distance_m=distance,
        box_mass=rng.integers(1, 9, items),
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_allocation_passes_the_independent_check(seed: int) -> None:
    problem = street_problem(seed)

    plan = allocate(problem)

    assert allocation_defects(problem, plan) == []
    assert plan.gap == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_allocation_value_does_not_depend_on_the_order_of_communities(seed: int) -> None:
    problem = street_problem(seed)
    order = np.random.default_rng(seed).permutation(problem.weight.size)
    shuffled = AllocationProblem(
        problem.demand[:, order],
        problem.supply,
        weight=problem.weight[order],
        distance_m=problem.distance_m[:, order],
        box_mass=problem.box_mass,
    )

    first, second = allocate(problem), allocate(shuffled)

    assert sorted_levels(problem, first.received) == sorted_levels(shuffled, second.received)
    assert (first.boxes, first.transport) == (second.boxes, second.transport)


def test_allocation_twice_the_weight_is_due_twice_the_coverage() -> None:
    plan = allocate(AllocationProblem([[100], [100]], [[90]], weight=[1, 2]))

    assert plan.received[0, :, 0].tolist() == [30, 60]


def test_allocation_gives_the_last_box_of_a_tie_to_the_nearer_community() -> None:
    plan = allocate(AllocationProblem([[2], [2]], [[3]], distance_m=[[900, 100]]))

    assert plan.received[0, :, 0].tolist() == [1, 2]
    assert plan.transport == 1_100


def test_allocation_keeps_stock_for_a_later_day_rather_than_filling_the_first() -> None:
    plan = allocate(AllocationProblem([[[10]], [[10]]], [[[10]], [[0]]]))

    assert plan.received[:, 0, 0].tolist() == [5, 5]


def test_allocation_of_nothing_to_nobody_is_optimal() -> None:
    plan = allocate(AllocationProblem(np.zeros((2, 2)), np.zeros((1, 2))))

    assert (plan.boxes, plan.transport, len(plan.shipments)) == (0, 0, 0)
    assert plan.is_optimal


def test_allocation_with_no_time_keeps_the_fair_shares_and_says_the_gap() -> None:
    problem = AllocationProblem([[5], [5]], [[8], [8]], distance_m=[[10, 900], [900, 10]])

    plan = allocate(problem, control=Control(budget_s=0))

    assert plan.received.sum() == 10
    assert allocation_defects(problem, plan) == []
    assert plan.transport_bound == 100


@pytest.mark.parametrize(
    ("demand", "supply", "extra"),
    [
        ([[1.5]], [[1]], {}),
        ([[float("nan")]], [[1]], {}),
        ([[-1]], [[1]], {}),
        ([[1]], [[1, 2]], {}),
        ([1], [[1]], {}),
        ([[1]], [[1]], {"weight": [0]}),
        ([[1]], [[1]], {"distance_m": [[1, 2]]}),
        ([[1]], [[1]], {"distance_m": [[-2]]}),
        ([[2**31]], [[1]], {}),
        ([[2**30]], [[2**30]], {"distance_m": [[2**40]]}),
        ([["a"]], [[1]], {}),
        (np.zeros((0, 1)), [[1]], {}),
    ],
)
def test_problem_refuses_bad_input(demand: object, supply: object, extra: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        AllocationProblem(demand, supply, **extra)  # type: ignore[arg-type]
