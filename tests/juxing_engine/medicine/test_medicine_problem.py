from dataclasses import replace

import numpy as np
import pytest

from juxing_engine.medicine import lexicographic_penalties, lower_bound, plan_cost, plan_medicine
from tests.juxing_engine.medicine.oracle import random_problem


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stock": np.array([1, 2])}, "stock"),
        ({"stock": np.full((2, 3), -1)}, "stock"),
        ({"request_xy_m": np.full((4, 2), np.nan)}, "finite"),
        ({"requested_drug": np.array([0, 1, 2, 3])}, "requested_drug"),
        ({"drug_class": np.array([0, 1, 64])}, "drug_class"),
        ({"squad_capacity": np.array([1.5, 2.0, 2.0])}, "integers"),
        ({"carried_classes": np.array([-1, 0, 0])}, "bit masks"),
        ({"unserved_penalty": np.full(4, 2**59)}, r"2\*\*60"),
        ({"requests_per_trip": 0}, "requests_per_trip"),
        ({"detour_factor": float("nan")}, "detour_factor"),
    ],
)
def test_problem_refuses_what_is_wrong_and_names_it(change: dict[str, object], message: str) -> None:
    problem = random_problem(1, 4, 2, 3)

    with pytest.raises(ValueError, match=message):
        replace(problem, **change)  # type: ignore[arg-type]


def test_plan_of_many_requests_at_one_point_is_optimal() -> None:
    problem = random_problem(2, 50, 3, 9)

    assert plan_medicine(replace(problem, request_xy_m=np.zeros((50, 2)))).is_optimal


@pytest.mark.parametrize(
    ("pharmacy_of", "squad_of", "message"),
    [
        ([0, -1], [-1, -1], "without"),
        ([0, 0], [0, 0], "packs"),
        ([1, 1], [0, 0], "capacity"),
        ([1, -1], [1, -1], "carry"),
        ([2, -1], [0, -1], "exist"),
    ],
)
def test_plan_cost_refuses_a_plan_that_breaks_a_rule(pharmacy_of: list[int], squad_of: list[int], message: str) -> None:
    problem = replace(
        random_problem(3, 2, 2, 2, drugs=1),
        stock=np.array([[1], [5]]),
        drug_class=np.array([0]),
        squad_capacity=np.array([1, 1]),
        carried_classes=np.array([1, 2], dtype=np.uint64),
    )

    with pytest.raises(ValueError, match=message):
        plan_cost(problem, np.array(pharmacy_of), np.array(squad_of))


def test_lower_bound_refuses_negative_prices() -> None:
    problem = random_problem(4, 3, 2, 2)

    with pytest.raises(ValueError, match="stock_price"):
        lower_bound(problem, np.full(problem.stock.shape, -1), np.zeros(2, dtype=np.int64))


def test_lexicographic_penalties_refuse_a_wrong_shape() -> None:
    with pytest.raises(ValueError, match="tiers"):
        lexicographic_penalties(random_problem(5, 3, 2, 2), np.array([1]))
