"""
The independent check: is a plan possible, and is it as good as it says?

Shares nothing with the solvers but the data types; every comparison that decides is made in integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from juxing_engine.allocation.problem import AllocationProblem, IntArray
from juxing_engine.allocation.result import Allocation, AllocationCertificate

_LEVEL_SCALE = 1 << 31


def transport_bound(problem: AllocationProblem, received: IntArray, certificate: AllocationCertificate) -> int:
    """
    Least boxes x mass x distance any plan with these shares can need, proven by the certificate's prices.

    Any non-negative prices that never rise from day to day give a valid bound: each box costs at least the
    cheapest ``distance + price``, and no plan earns back more than the price of all stock and vehicles.
    """
    stock, vehicle = certificate.stock_price, certificate.vehicle_price
    if stock.min(initial=0) < 0 or vehicle.min(initial=0) < 0 or np.any(np.diff(stock, axis=0) > 0):
        raise ValueError("Expected prices that are not negative and never rise from day to day.")
    bound = 0
    for item, mass in enumerate(problem.box_mass.tolist()):
        price = (stock[:, :, item] + mass * vehicle)[:, :, None]
        offer = np.where(problem.reaches, mass * problem.distance_m + price, np.iinfo(np.int64).max)
        cheapest = offer.min(axis=1)
        wanted = received[:, :, item] > 0
        bound += int((received[:, :, item][wanted] * cheapest[wanted]).sum())
    bound -= int((problem.supply * stock).sum())
    if problem.vehicle_capacity is not None:
        bound -= int((problem.vehicle_capacity * vehicle).sum())
    return max(0, bound)


def level_bound(problem: AllocationProblem, stock_price: IntArray, vehicle_price: IntArray) -> Fraction:
    """
    Highest level at which all cells together can stand, proven by prices of stock and vehicles.

    A box is worth at least the cheapest ``stock price + mass x vehicle price`` of the depots that reach it,
    and all boxes together at most what stock and vehicles are worth; a level needs ``ceil(level x claim)``
    boxes in each cell. Any non-negative prices that never rise from day to day give a valid bound.
    """
    if stock_price.min(initial=0) < 0 or vehicle_price.min(initial=0) < 0 or np.any(np.diff(stock_price, axis=0) > 0):
        raise ValueError("Expected prices that are not negative and never rise from day to day.")
    worth = int((problem.supply * stock_price).sum())
    if problem.vehicle_capacity is not None:
        worth += int((problem.vehicle_capacity * vehicle_price).sum())
    claim = problem.demand * problem.weight[:, None]
    box = np.zeros(problem.demand.shape, np.int64)
    for item, mass in enumerate(problem.box_mass.tolist()):
        price = (stock_price[:, :, item] + mass * vehicle_price)[:, :, None]
        cheapest = np.where(problem.reaches, price, np.iinfo(np.int64).max).min(axis=1)
        box[:, :, item] = np.where(problem.reaches.any(axis=0), cheapest, 0)
    asked = problem.weight[problem.demand.any(axis=(0, 2))]
    full = Fraction(1, int(asked.max(initial=1)))
    low, high = 0, _LEVEL_SCALE
    while high - low > 1:
        middle = (low + high) // 2
        needed = np.minimum(problem.demand, -((-middle * claim) // _LEVEL_SCALE))
        if sum((needed * box).ravel().tolist()) <= worth:
            low = middle
        else:
            high = middle
    return full if high == _LEVEL_SCALE else min(full, Fraction(high, _LEVEL_SCALE))


def allocation_defects(problem: AllocationProblem, allocation: Allocation) -> list[str]:
    """
    List every way in which a plan is impossible or claims more than its certificate proves.

    An empty list means: the plan can be carried out; its totals are right; its transport bound holds; and
    if it claims to be leximin without vehicle limits, it is, in whole boxes.
    """
    defects = list(_impossibilities(problem, allocation))
    if defects:
        return defects
    if transport_bound(problem, allocation.received, allocation.certificate) != allocation.transport_bound:
        defects.append("transport bound differs from what the prices prove")
    proof = allocation.certificate
    if proof.level_stock_price is not None and proof.level_vehicle_price is not None:
        highest = level_bound(problem, proof.level_stock_price, proof.level_vehicle_price)
        if highest != allocation.lowest_level_bound:
            defects.append("bound of the lowest level differs from what the prices prove")
    elif not allocation.is_leximin:
        defects.append("nothing proves the lowest level")
    if allocation.is_leximin:
        for item in range(problem.demand.shape[2]):
            defects += _unfairness(problem, allocation, item)
    return defects


def _impossibilities(problem: AllocationProblem, allocation: Allocation) -> Iterator[str]:
    lines, received = allocation.shipments, allocation.received
    arriving = np.zeros_like(problem.demand)
    np.add.at(arriving, (lines.day, lines.community, lines.item), lines.boxes)
    leaving = np.zeros_like(problem.supply)
    np.add.at(leaving, (lines.day, lines.depot, lines.item), lines.boxes)
    if len(lines) and int(lines.boxes.min()) < 1:
        yield "a shipment of no boxes"
    if not np.array_equal(arriving, received):
        yield "shipments do not add up to the shares"
    if np.any(received > problem.demand):
        yield "more boxes than asked for"
    if np.any(np.cumsum(leaving, axis=0) > np.cumsum(problem.supply, axis=0)):
        yield "stock leaves before it has arrived"
    if not problem.reaches[lines.depot, lines.community].all():
        yield "a shipment without a route"
    load = leaving @ problem.box_mass
    if problem.vehicle_capacity is not None and np.any(load > problem.vehicle_capacity):
        yield "vehicles are overloaded"
    distance = problem.distance_m[lines.depot, lines.community]
    if int((lines.boxes * problem.box_mass[lines.item] * distance).sum()) != allocation.transport:
        yield "transport differs from its lines"
    if int(received.sum()) != allocation.boxes:
        yield "boxes differ from the shares"


def _unfairness(problem: AllocationProblem, allocation: Allocation, item: int) -> Iterator[str]:
    """
    Check the optimality condition of leximin on a polymatroid: no single box can be moved for the better.

    Every cell that wants more lies in a tight set (all stock that can reach the set is inside it), and
    within it no cell's last box started from a higher level than the level at which the wanting cell
    stands.
    """
    stage = allocation.certificate.stage[:, :, item]
    demand, received = problem.demand[:, :, item], allocation.received[:, :, item]
    claim = demand * problem.weight
    short = received < demand
    if np.any(stage[short] < 0):
        yield f"item {item}: a cell wants more and lies in no tight set"
        return
    for number in np.unique(stage[short]).tolist():
        inside = (stage >= 0) & (stage <= number) & (demand > 0)
        if _stock_in_reach(problem, inside, item) != int(received[inside].sum()):
            yield f"item {item}: set {number} is not tight"
        giver = inside & (received > 0)
        taker = short & (stage == number)
        if not giver.any():
            continue
        last = _extreme(received[giver] - 1, claim[giver], highest=True)
        if last > _extreme(received[taker], claim[taker], highest=False):
            yield f"item {item}: a box of set {number} could be moved to a needier cell"


def _stock_in_reach(problem: AllocationProblem, inside: np.ndarray, item: int) -> int:
    """
    All stock that can reach a set of cells in time: per depot, what has arrived by the last day it serves.
    """
    served = np.einsum("dc,kc->dk", inside, problem.reaches) > 0
    days = problem.demand.shape[0]
    last_day = np.where(served.any(axis=0), days - 1 - np.argmax(served[::-1], axis=0), -1)
    arrived = np.cumsum(problem.supply[:, :, item], axis=0)
    depots = np.flatnonzero(last_day >= 0)
    return int(arrived[last_day[depots], depots].sum())


def _extreme(boxes: IntArray, claim: IntArray, *, highest: bool) -> tuple[Fraction, int]:
    """Highest or lowest (level, claim); floats only narrow the search, fractions decide."""
    level = boxes / claim
    near = level >= level.max() - 1e-9 if highest else level <= level.min() + 1e-9
    pairs = {(int(box), int(part)) for box, part in zip(boxes[near], claim[near], strict=True)}
    keys = [(Fraction(box, part), part) for box, part in pairs]
    return max(keys) if highest else min(keys)
