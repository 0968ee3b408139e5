"""From plans of single items to one allocation with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from juxing_engine.allocation.problem import AllocationProblem, IntArray
from juxing_engine.allocation.result import Allocation, Share, ShareReason, Shipments
from juxing_engine.allocation.transport import ItemTransport


def merge_shipments(plans: Sequence[ItemTransport]) -> Shipments:
    """Join the plans of items 0, 1, ... in that order."""
    return Shipments(
        np.concatenate([plan.day for plan in plans]),
        np.concatenate([plan.depot for plan in plans]),
        np.concatenate([plan.community for plan in plans]),
        np.repeat(np.arange(len(plans)), [plan.boxes.size for plan in plans]),
        np.concatenate([plan.boxes for plan in plans]),
    )


def received_boxes(problem: AllocationProblem, shipments: Shipments) -> IntArray:
    """Boxes arriving in each cell, shape ``(days, communities, items)``."""
    received = np.zeros(problem.demand.shape, np.int64)
    np.add.at(received, (shipments.day, shipments.community, shipments.item), shipments.boxes)
    return received


def transport_cost(problem: AllocationProblem, shipments: Shipments) -> int:
    """Boxes x mass x distance."""
    distance = problem.distance_m[shipments.depot, shipments.community]
    return int((shipments.boxes * problem.box_mass[shipments.item] * distance).sum())


def lowest_level(problem: AllocationProblem, received: IntArray) -> Fraction:
    """Lowest received / (demand x weight) over the cells asked for; 1 if there is none."""
    asked: NDArray[np.bool_] = np.greater(problem.demand, 0)
    if not asked.any():
        return Fraction(1)
    claim = (problem.demand * problem.weight[:, None])[asked]
    levels = received[asked] / claim
    near = np.flatnonzero(levels <= levels.min() + 1e-9)
    return min(Fraction(int(received[asked][cell]), int(claim[cell])) for cell in near)


def share_reasons(
    problem: AllocationProblem, received: IntArray, *, short: ShareReason = ShareReason.STOCK_SHARED
) -> NDArray[np.int8]:
    """`ShareReason` of each cell; ``short`` where stock could reach a cell that is not fully served."""
    reached = np.logical_or.reduce(problem.reaches, axis=0)[None, :, None]
    arrived = np.cumsum(problem.supply, axis=0)
    in_reach = np.einsum("kc,dki->dci", problem.reaches, arrived > 0)
    reason = np.full(problem.demand.shape, short, np.int8)
    reason[np.broadcast_to(in_reach == 0, reason.shape)] = ShareReason.NO_STOCK
    reason[np.broadcast_to(~reached, reason.shape)] = ShareReason.NO_ROUTE
    reason[np.equal(received, problem.demand)] = ShareReason.FULL
    reason[np.equal(problem.demand, 0)] = ShareReason.NOT_ASKED
    return reason


def explain_share(problem: AllocationProblem, allocation: Allocation, *, day: int, community: int, item: int) -> Share:
    """
    Say what binds one community's share of one item on one day.

    Raises
    ------
    IndexError
        If there is no such day, community or item.
    """
    reason = ShareReason(int(allocation.reason[day, community, item]))
    stage = allocation.certificate.stage[:, :, item]
    own = int(stage[day, community])
    depots, sharers = np.zeros(0, np.int64), 1
    if reason in {ShareReason.STOCK_SHARED, ShareReason.VEHICLES}:
        depots = np.flatnonzero(problem.reaches[:, community] & problem.supply[:, :, item].any(axis=0))
        drawing = (problem.demand[:, :, item] > 0) & (stage >= 0) & (stage <= own)
        sharing = np.logical_or.reduce(drawing) & np.logical_or.reduce(problem.reaches[depots])
        sharing[community] = True
        sharers = int(sharing.sum())
    return Share(
        asked=int(problem.demand[day, community, item]),
        received=int(allocation.received[day, community, item]),
        reason=reason,
        depots=depots,
        sharers=sharers,
    )
