"""Which depot serves which need: nearest first, most urgent first, whole needs or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from juxing.dispatch.problems import GoodsWanted, WaitingNeed, plane_metres
from juxing.supplies.commands import StockMovement
from juxing.supplies.models import StockLevel


@dataclass(slots=True)
class GoodsPlan:
    """What each need would take from where; ``missing`` needs ask for stocked goods of which too little is left."""

    movements: dict[int, list[StockMovement]] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)


def share_goods(needs: Sequence[WaitingNeed], wanted: Sequence[GoodsWanted], levels: Sequence[StockLevel]) -> GoodsPlan:
    """
    Return a depot for every need that asks for stocked goods, in the order of the needs.

    An item that no depot of the place keeps is bought by the helper and asks nothing of the stock.
    """
    left: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for level in levels:
        left[level.depot_id][level.item_id] = level.on_hand - level.reserved
    kept = {item_id for items in left.values() for item_id in items}
    asked: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in wanted:
        if line.item_id in kept:
            asked[line.need_id][line.item_id] += line.quantity
    nearest = _depots_by_distance(needs, levels)
    plan = GoodsPlan()
    for row, need in enumerate(needs):
        if need.id not in asked:
            continue
        depot_id = next((depot for depot in nearest[row] if _has(left[depot], asked[need.id])), None)
        if depot_id is None:
            plan.missing.add(need.id)
            continue
        for item_id, quantity in asked[need.id].items():
            left[depot_id][item_id] -= quantity
        plan.movements[need.id] = [
            StockMovement(depot_id, item_id, quantity) for item_id, quantity in asked[need.id].items()
        ]
    return plan


def _has(stock: dict[int, Decimal], asked: dict[int, Decimal]) -> bool:
    return all(stock.get(item_id, Decimal(0)) >= quantity for item_id, quantity in asked.items())


def _depots_by_distance(needs: Sequence[WaitingNeed], levels: Sequence[StockLevel]) -> list[list[int]]:
    depots = {level.depot_id: level.depot for level in levels}
    if not depots or not needs:
        return [[] for _need in needs]
    ids = np.array(sorted(depots))
    origin = (needs[0].longitude, needs[0].latitude)
    depot_xy = plane_metres(
        np.array([depots[i].longitude or origin[0] for i in ids]),
        np.array([depots[i].latitude or origin[1] for i in ids]),
        origin=origin,
    )
    need_xy = plane_metres(
        np.array([need.longitude for need in needs]), np.array([need.latitude for need in needs]), origin=origin
    )
    distance = np.linalg.norm(need_xy[:, None, :] - depot_xy[None, :, :], axis=2)
    return [[int(depot) for depot in ids[order]] for order in np.argsort(distance, axis=1, kind="stable")]
