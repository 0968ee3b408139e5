"""Fair sharing where vehicles are scarce too."""

from __future__ import annotations

import time

import numpy as np

from juxing_engine.allocation.assembly import (
    lowest_level,
    merge_shipments,
    received_boxes,
    share_reasons,
    transport_cost,
)
from juxing_engine.allocation.capacity import ReachClasses, RoutedStock
from juxing_engine.allocation.certificate import level_bound
from juxing_engine.allocation.fair_shares import UNLIMITED, FairShares, fair_shares
from juxing_engine.allocation.fleet_levels import FleetLevels, FleetProgramme
from juxing_engine.allocation.fleet_transport import FleetTransportSearch
from juxing_engine.allocation.problem import AllocationProblem, IntArray
from juxing_engine.allocation.result import Allocation, AllocationCertificate, ShareReason
from juxing_engine.allocation.stock import allocate_stock, shares_by_item
from juxing_engine.allocation.transport import ItemTransport, least_transport
from juxing_engine.allocation.whole_dispatch import fill_room, whole_dispatch
from juxing_engine.control import Control, Progress

_RESERVE = 2_000
"""
Vehicle capacity is planned one heaviest box short where it holds more boxes than this, so that rounding fits.
"""


def allocate_with_vehicles(problem: AllocationProblem, *, control: Control) -> Allocation:
    """
    Solve exactly if the vehicles turn out to suffice, and otherwise within a proven gap.

    Notes
    -----
    Levels are raised by linear programmes over groups of cells (`FleetProgramme`); boxes leaving each depot
    are rounded, room left over filled, each item is then shared exactly within them (`fair_shares`), and
    transport is improved by column generation (`FleetTransportSearch`). Prices prove the lowest level, in
    whole boxes, and the transport.
    """
    if problem.vehicle_capacity is None:
        raise ValueError("Expected a problem with vehicle_capacity.")
    started = time.perf_counter()
    stock_shares = list(shares_by_item(problem, control))
    if _may_carry(problem, stock_shares):
        plan = allocate_stock(problem, control=control)
        if _is_carried(problem, plan):
            return plan
    capacity = problem.vehicle_capacity
    heaviest = int(problem.box_mass.max())
    programme = FleetProgramme(problem, np.where(capacity > _RESERVE * heaviest, capacity - heaviest, capacity))
    levels = programme.settle(control)
    control.report(Progress("levels", 1.0))
    settled = time.perf_counter()
    plans = _share_within(problem, levels)
    received = received_boxes(problem, merge_shipments(plans))
    transport = FleetTransportSearch(problem, received, plans, control).run()
    shipments = merge_shipments(transport.plans)
    short = np.stack([share.received.reshape(received.shape[:2]) for share in stock_shares], axis=2)
    reason = share_reasons(problem, received)
    reason[(reason == ShareReason.STOCK_SHARED) & (received < short)] = ShareReason.VEHICLES
    totals = programme.by_group(received)
    return Allocation(
        received=received,
        shipments=shipments,
        reason=reason,
        lowest_level=lowest_level(problem, received),
        lowest_level_bound=level_bound(problem, levels.stock_price, levels.vehicle_price),
        boxes=int(received.sum()),
        boxes_bound=programme.most_boxes(totals),
        transport=transport_cost(problem, shipments),
        transport_bound=transport.bound,
        is_leximin=False,
        certificate=AllocationCertificate(
            np.full(problem.demand.shape, UNLIMITED),
            transport.stock_price,
            transport.vehicle_price,
            levels.stock_price,
            levels.vehicle_price,
        ),
        seconds={"levels": settled - started, "transport": time.perf_counter() - settled},
    )


def _may_carry(problem: AllocationProblem, shares: list[FairShares]) -> bool:
    """Whether the mass of stock-only shares stays within all vehicles of each day."""
    days, communities, _ = problem.demand.shape
    boxes = np.stack([share.received.reshape(days, communities).sum(axis=1) for share in shares], axis=1)
    capacity = problem.vehicle_capacity
    return capacity is None or bool(np.all(boxes @ problem.box_mass <= capacity.sum(axis=1)))


def _is_carried(problem: AllocationProblem, plan: Allocation) -> bool:
    leaving = np.zeros_like(problem.supply)
    lines = plan.shipments
    np.add.at(leaving, (lines.day, lines.depot, lines.item), lines.boxes)
    capacity = problem.vehicle_capacity
    return capacity is None or bool(np.all(leaving @ problem.box_mass <= capacity))


def _share_within(problem: AllocationProblem, levels: FleetLevels) -> list[ItemTransport]:
    """Round what leaves each depot, then share each item exactly within it."""
    days, _, items = problem.demand.shape
    asked = problem.demand.sum(axis=1) * 1.0
    level = levels.dispatch.sum(axis=1) / np.maximum(asked, 1.0)
    order = np.stack(np.unravel_index(np.argsort(level, axis=None, kind="stable"), level.shape), axis=1)
    limit: IntArray = fill_room(problem, whole_dispatch(problem, levels.dispatch, order))
    classes = ReachClasses.of(problem)
    groups = classes.cell_groups(days)
    plans = []
    for item in range(items):
        arrivals = problem.supply[:, :, item]
        demand = problem.demand[:, :, item]
        stock = RoutedStock(arrivals, classes.reaches, limit[:, :, item])
        share = fair_shares(demand.ravel(), (demand * problem.weight).ravel(), groups, stock)
        received = share.received.reshape(demand.shape)
        plans.append(
            least_transport(received, arrivals, problem.distance_m, ties=share.ties, dispatch_limit=limit[:, :, item])
        )
    return plans
