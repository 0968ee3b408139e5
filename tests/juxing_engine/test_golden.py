import numpy as np
import pytest

from juxing_engine.control import Control
from juxing_engine.instances.golden import SIDE, UNITS, golden_lattice
from juxing_engine.routing import plan_defects, plan_rounds


@pytest.mark.parametrize(("number", "stops", "last"), [(9, 255, 29), (12, 483, 20)])
def test_golden_lattice_is_the_published_one(number: int, stops: int, last: int) -> None:
    problem = golden_lattice(number).problem

    assert problem.stops == stops
    assert sorted(problem.delivery[:, 0])[-4:] == [180, 300, 300, 300]
    assert problem.delivery[-1, 0] == last
    assert np.sort(problem.distance_m[0])[1:3].tolist() == [round(UNITS * 2**0.5)] * 2
    assert problem.distance_m[0, -1] == 2 * UNITS * (SIDE[number] - 1)


def test_golden_lattice_refuses_other_numbers() -> None:
    with pytest.raises(ValueError, match="13"):
        golden_lattice(13)


def test_rounds_of_a_published_instance_lie_between_the_bound_and_reach() -> None:
    published = golden_lattice(9)

    plan = plan_rounds(published.problem, control=Control(budget_s=1.0))

    assert plan_defects(published.problem, plan) == []
    assert plan.bound <= published.best_known
    assert published.best_known * 0.9999 <= plan.objective
