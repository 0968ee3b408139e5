"""Sharing scarce goods fairly (动态调配): levels first, then boxes, then kilometres."""

from __future__ import annotations

from juxing_engine.allocation.problem import AllocationProblem
from juxing_engine.allocation.result import Allocation
from juxing_engine.allocation.stock import allocate_stock
from juxing_engine.allocation.vehicles import allocate_with_vehicles
from juxing_engine.control import Control


def allocate(problem: AllocationProblem, *, control: Control | None = None) -> Allocation:
    """
    Share goods so that the worst-covered cell is covered as well as possible, then the next, and so on.

    Objectives in strict order: the sorted vector of levels ``received / (demand x weight)`` over all cells
    (leximin); boxes delivered; boxes x mass x distance. Whole boxes throughout, so nothing is rounded.

    Parameters
    ----------
    problem
        What to share.
    control
        Budget, progress, cancellation. Shares come first and take milliseconds an item; when time runs out
        the remaining transport is planned without looking at distance, and the result's gap says so.

    Notes
    -----
    Without vehicle limits the items do not compete, and every item is solved exactly: an integral
    polymatroid for the shares, a minimum-cost flow for the transport. Vehicles couple the items; then the
    plan is exact if they turn out not to bind, and otherwise carries its proven gap.

    Examples
    --------
    Ten boxes, two communities asking for 10 and 30: both are covered to about a quarter.

    >>> plan = allocate(AllocationProblem([[10], [30]], [[10]]))
    >>> plan.received[0, :, 0].tolist(), plan.is_optimal
    ([3, 7], True)
    """
    control = control or Control()
    if problem.vehicle_capacity is None:
        return allocate_stock(problem, control=control)
    return allocate_with_vehicles(problem, control=control)
