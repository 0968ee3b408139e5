"""Fair sharing where only stock is scarce: every item on its own, exactly."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from juxing_engine.allocation.assembly import (
    lowest_level,
    merge_shipments,
    received_boxes,
    share_reasons,
    transport_cost,
)
from juxing_engine.allocation.capacity import ReachClasses
from juxing_engine.allocation.certificate import transport_bound
from juxing_engine.allocation.fair_shares import FairShares, fair_shares
from juxing_engine.allocation.problem import NO_ROUTE, AllocationProblem
from juxing_engine.allocation.result import Allocation, AllocationCertificate
from juxing_engine.allocation.transport import ItemTransport, least_transport
from juxing_engine.control import Control, Progress


def allocate_stock(problem: AllocationProblem, *, control: Control) -> Allocation:
    """Solve without regard to vehicles; exact."""
    started = time.perf_counter()
    shares = list(shares_by_item(problem, control))
    shared = time.perf_counter()
    plans: list[ItemTransport] = []
    for item, share in enumerate(shares):
        plans.append(_plan_item(problem, item, share, in_time=not control.should_stop()))
        control.report(Progress("transport", (item + 1) / len(shares)))
    shipments = merge_shipments(plans)
    received = received_boxes(problem, shipments)
    certificate = AllocationCertificate(
        np.stack([share.stage.reshape(received.shape[:2]) for share in shares], axis=2),
        np.stack([plan.stock_price for plan in plans], axis=2) * problem.box_mass,
        np.zeros(problem.supply.shape[:2], np.int64),
    )
    lowest = lowest_level(problem, received)
    boxes = int(received.sum())
    return Allocation(
        received=received,
        shipments=shipments,
        reason=share_reasons(problem, received),
        lowest_level=lowest,
        lowest_level_bound=lowest,
        boxes=boxes,
        boxes_bound=boxes,
        transport=transport_cost(problem, shipments),
        transport_bound=transport_bound(problem, received, certificate),
        is_leximin=True,
        certificate=certificate,
        seconds={"shares": shared - started, "transport": time.perf_counter() - shared},
    )


def shares_by_item(problem: AllocationProblem, control: Control) -> Iterator[FairShares]:
    """Fair shares of every item by stock alone, in order."""
    days, _, items = problem.demand.shape
    classes = ReachClasses.of(problem)
    groups = classes.cell_groups(days)
    for item in range(items):
        demand = problem.demand[:, :, item].ravel()
        claim = (problem.demand[:, :, item] * problem.weight).ravel()
        yield fair_shares(demand, claim, groups, classes.capacity(problem.supply[:, :, item]))
        control.report(Progress("shares", 0.0))


def _plan_item(problem: AllocationProblem, item: int, share: FairShares, *, in_time: bool) -> ItemTransport:
    cost = problem.distance_m if in_time else np.where(problem.reaches, 0, NO_ROUTE)
    received = share.received.reshape(problem.demand.shape[:2])
    return least_transport(received, problem.supply[:, :, item], cost, ties=share.ties)
