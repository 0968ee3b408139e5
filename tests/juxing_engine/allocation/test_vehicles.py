from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.allocation import AllocationProblem, ShareReason, allocate, allocation_defects, level_bound
from juxing_engine.control import Control


def problem_with_vehicles(seed: int, *, tightness: float) -> AllocationProblem:
    random = np.random.default_rng(seed)
    days, depots, communities, items = 2, 3, 8, 3
    supply = random.integers(20, 120, (days, depots, items))
    mass = random.integers(1, 6, items)
    room = (supply @ mass * tightness * random.uniform(0.7, 1.3, (days, depots))).astype(int)
    return AllocationProblem(
        random.integers(1, 60, (days, communities, items)),
        supply,
        weight=random.integers(1, 3, communities),
        distance_m=random.integers(100, 5_000, (depots, communities)),
        box_mass=mass,
        vehicle_capacity=room,
    )


def without_vehicles(problem: AllocationProblem) -> AllocationProblem:
    return AllocationProblem(
        problem.demand,
        problem.supply,
        weight=problem.weight,
        distance_m=problem.distance_m,
        box_mass=problem.box_mass,
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.2, 0.5, 0.9]))
def test_allocation_with_scarce_vehicles_can_be_carried_and_proves_its_bounds(seed: int, tightness: float) -> None:
    problem = problem_with_vehicles(seed, tightness=tightness)

    plan = allocate(problem)

    assert allocation_defects(problem, plan) == []
    assert plan.lowest_level <= plan.lowest_level_bound
    assert plan.transport_bound <= plan.transport
    assert plan.boxes <= plan.boxes_bound <= problem.demand.sum()


def test_allocation_fills_vehicles_as_far_as_anybody_can() -> None:
    problem = problem_with_vehicles(7, tightness=0.5)

    plan = allocate(problem)

    assert plan.boxes >= 0.97 * plan.boxes_bound


def test_vehicles_that_suffice_change_nothing() -> None:
    problem = problem_with_vehicles(1, tightness=10)

    plan = allocate(problem)

    assert plan.is_optimal
    assert plan.transport == allocate(without_vehicles(problem)).transport


def test_scarce_vehicles_are_shared_fairly_between_items() -> None:
    problem = AllocationProblem([[100, 100], [100, 100]], [[500, 500]], box_mass=[1, 3], vehicle_capacity=[400])

    plan = allocate(problem)

    assert plan.lowest_level >= Fraction(49, 100)
    assert (plan.reason == ShareReason.VEHICLES).all()
    assert plan.lowest_level_bound <= Fraction(51, 100)


def test_no_vehicle_at_all_delivers_nothing() -> None:
    plan = allocate(AllocationProblem([[5]], [[5]], vehicle_capacity=[0]))

    assert (plan.boxes, plan.lowest_level) == (0, Fraction(0))
    assert plan.lowest_level_bound < Fraction(1, 4)
    assert plan.reason.tolist() == [[[ShareReason.VEHICLES]]]


def test_allocation_with_vehicles_and_no_time_can_be_carried() -> None:
    problem = problem_with_vehicles(3, tightness=0.3)

    plan = allocate(problem, control=Control(budget_s=0))

    assert allocation_defects(problem, plan) == []
    assert plan.boxes > 0


def test_level_bound_holds_for_any_prices() -> None:
    problem = problem_with_vehicles(5, tightness=0.4)
    plan = allocate(problem)
    random = np.random.default_rng(1)

    for _ in range(20):
        stock = np.sort(random.integers(0, 9, problem.supply.shape), axis=0)[::-1]
        vehicle = random.integers(0, 9, problem.supply.shape[:2])
        assert level_bound(problem, stock, vehicle) >= plan.lowest_level


def test_check_refuses_a_level_bound_without_proof() -> None:
    problem = problem_with_vehicles(3, tightness=0.3)
    plan = allocate(problem)
    claimed = replace(plan, lowest_level_bound=plan.lowest_level_bound / 2)

    assert "bound of the lowest level differs from what the prices prove" in allocation_defects(problem, claimed)


def test_level_bound_refuses_negative_prices() -> None:
    problem = problem_with_vehicles(3, tightness=0.3)

    with pytest.raises(ValueError, match="Expected prices"):
        level_bound(problem, np.full_like(problem.supply, -1), np.zeros(problem.supply.shape[:2], np.int64))
