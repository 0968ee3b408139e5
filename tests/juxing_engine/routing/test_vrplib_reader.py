from __future__ import annotations

from pathlib import Path

import pytest

from juxing_engine.control import Control
from juxing_engine.instances.vrplib_reader import read_cvrplib, read_solomon
from juxing_engine.routing import plan_defects, plan_rounds

CVRPLIB = """NAME : SQUARE-n5-k2
COMMENT : four corners of a square, the depot in its middle
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 10 10
2 0 0
3 20 0
4 20 20
5 0 20
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""

SOLOMON = """LINE3

VEHICLE
NUMBER     CAPACITY
  2          10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0       0        0        0        0          100        0
    1       10       0        4        0           20        5
    2       20       0        4        0          100        5
    3       30       0        4       80           90        5
"""


@pytest.fixture
def square(tmp_path: Path) -> Path:
    path = tmp_path / "square.vrp"
    path.write_text(CVRPLIB)
    return path


def test_cvrplib_instance_is_solved_to_its_known_value(square: Path) -> None:
    problem = read_cvrplib(square)

    plan = plan_rounds(problem, control=Control(budget_s=2), steps=200)

    assert plan.objective == 2 * (14 + 20 + 14)
    assert plan_defects(problem, plan) == []


def test_solomon_instance_keeps_windows_in_tenths(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_text(SOLOMON)
    problem = read_solomon(path)

    plan = plan_rounds(problem, control=Control(budget_s=2), steps=200)

    assert problem.window_s.tolist() == [[0, 200], [0, 1000], [800, 900]]
    assert problem.couriers[0].shift == (0, 1000)
    assert plan_defects(problem, plan) == []
    assert plan.skipped == {3 - 1: 3}


def test_cvrplib_reader_names_what_a_file_lacks(tmp_path: Path) -> None:
    path = tmp_path / "empty.vrp"
    path.write_text("NAME : EMPTY\nDIMENSION : 0\nEOF\n")

    with pytest.raises(ValueError, match="capacity"):
        read_cvrplib(path)
