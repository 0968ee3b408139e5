"""Fair sharing where vehicles are scarce too."""

from __future__ import annotations

import numpy as np

from juxing_engine.allocation.problem import AllocationProblem
from juxing_engine.allocation.result import Allocation
from juxing_engine.allocation.stock import allocate_stock
from juxing_engine.control import Control


def allocate_with_vehicles(problem: AllocationProblem, *, control: Control) -> Allocation:
    """Solve exactly if the vehicles turn out to suffice."""
    plan = allocate_stock(problem, control=control)
    leaving = np.zeros_like(problem.supply)
    lines = plan.shipments
    np.add.at(leaving, (lines.day, lines.depot, lines.item), lines.boxes)
    capacity = problem.vehicle_capacity
    if capacity is None or np.all(leaving @ problem.box_mass <= capacity):
        return plan
    raise ValueError("The vehicles cannot carry these shares; scarce vehicles are not supported yet.")
