"""Seeded instances: the same again, and small enough ones solved with proof by the solver they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from juxing_engine.allocation import allocate, allocation_defects
from juxing_engine.control import Control
from juxing_engine.coverage import Goal, best_places
from juxing_engine.instances import allocation, city, coverage, matching, medicine, rostering, routing
from juxing_engine.matching import match
from juxing_engine.medicine import plan_medicine
from juxing_engine.rostering import plan_roster, roster_defects
from juxing_engine.routing import plan_defects, plan_rounds

Draw = Callable[[str, int], Any]
DRAWS: dict[str, Draw] = {
    "matching": lambda size, seed: matching.matching_instance(matching.SIZES[size], seed=seed).problem,
    "medicine": lambda size, seed: medicine.medicine_instance(medicine.SIZES[size], seed=seed).problem,
    "allocation": lambda size, seed: allocation.district_allocation(seed=seed, **allocation.SIZES[size]),
    "coverage": lambda size, seed: coverage.district_coverage(seed=seed, **coverage.SIZES[size])[0],
    "rostering": lambda size, seed: rostering.street_roster(seed=seed, **rostering.SIZES[size]),
    "routing": lambda size, seed: routing.street_rounds(stops=routing.SIZES[size]["stops"], seed=seed),
}


def _are_equal(one: Any, other: Any) -> bool:
    pairs = ((getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return all(np.array_equal(np.asarray(a, dtype=object), np.asarray(b, dtype=object)) for a, b in pairs)


@pytest.mark.parametrize("size", ["tiny", "street"])
@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_instance_is_the_same_for_the_same_seed_and_another_for_another(draw: Draw, size: str) -> None:
    assert _are_equal(draw(size, 3), draw(size, 3))
    assert not _are_equal(draw(size, 3), draw(size, 4))


def test_every_generator_knows_all_four_sizes() -> None:
    for sizes in (matching.SIZES, medicine.SIZES, allocation.SIZES, coverage.SIZES, rostering.SIZES, routing.SIZES):
        assert list(sizes) == ["tiny", "street", "district", "city"]


def test_piece_of_a_city_keeps_its_density() -> None:
    piece = city.city_size(10_000)

    assert (piece.responders, piece.communities) == (500, 33)
    assert piece.extent_m == pytest.approx(matching.CITY.extent_m / 10)


@pytest.mark.parametrize("seed", range(3))
def test_tiny_instances_are_solved_with_proof(seed: int) -> None:
    control = Control(budget_s=5)
    shares = DRAWS["allocation"]("tiny", seed)
    roster_problem, round_problem = DRAWS["rostering"]("tiny", seed), DRAWS["routing"]("tiny", seed)

    roster = plan_roster(roster_problem, control=control)

    assert match(DRAWS["matching"]("tiny", seed)).is_optimal
    assert plan_medicine(DRAWS["medicine"]("tiny", seed)).is_optimal
    assert allocation_defects(shares, allocate(shares)) == []
    assert best_places(DRAWS["coverage"]("tiny", seed), 2, goal=Goal.DISTANCE).gap == 0
    assert (roster.gap, roster_defects(roster_problem, roster.shift, roster.post)) == (0, [])
    assert plan_defects(round_problem, plan_rounds(round_problem, control=control, steps=100)) == []
