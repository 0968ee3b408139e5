"""Which depot serves which need: nearest first, most urgent first, whole needs or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple, Protocol

import numpy as np

from juxing.dispatch.problems import GoodsWanted, Stop, plane_metres
from juxing.supplies.commands import StockMovement
from juxing.supplies.models import StockLevel


class Placed(Protocol):
    """Anything that is wanted at a point."""

    @property
    def id(self) -> int:
        """The need."""

    @property
    def longitude(self) -> float:
        """WGS84."""

    @property
    def latitude(self) -> float:
        """WGS84."""


class _Door(NamedTuple):
    id: int
    longitude: float
    latitude: float


@dataclass(slots=True)
class GoodsPlan:
    """What each need would take from where; ``missing`` needs ask for stocked goods of which too little is left."""

    movements: dict[int, list[StockMovement]] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)


def share_goods(needs: Sequence[Placed], wanted: Sequence[GoodsWanted], levels: Sequence[StockLevel]) -> GoodsPlan:
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


def share_stops(
    stops: Sequence[Stop], wanted: Sequence[GoodsWanted], levels: Sequence[StockLevel]
) -> tuple[list[Stop], list[Stop]]:
    """Return the stops with the depot of their goods, and those for which too little is left."""
    doors = [_Door(stop.need_id, *stop.point) for stop in stops if stop.point is not None]
    plan = share_goods(doors, wanted, levels)
    found = [
        replace(stop, depot_id=plan.movements[stop.need_id][0].depot_id) if stop.need_id in plan.movements else stop
        for stop in stops
        if stop.need_id not in plan.missing
    ]
    return found, [stop for stop in stops if stop.need_id in plan.missing]


def take_from_depots(
    stops: Sequence[Stop], wanted: Sequence[GoodsWanted], levels: Sequence[StockLevel]
) -> dict[int, list[StockMovement]]:
    """
    Return what each stop takes from the depot it was planned from; stops whose depot has too little left are not in it.

    Stops that ask nothing of the stock take an empty list.
    """
    left = {(level.depot_id, level.item_id): level.on_hand - level.reserved for level in levels}
    asked: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in wanted:
        asked[line.need_id][line.item_id] += line.quantity
    taken: dict[int, list[StockMovement]] = {}
    for stop in stops:
        depot = stop.depot_id
        moves = [] if depot is None else [
            StockMovement(depot, item, quantity) for item, quantity in asked[stop.need_id].items()
            if any(place_item == item for _depot, place_item in left)
        ]  # fmt: skip
        if all(left.get((move.depot_id, move.item_id), Decimal(0)) >= move.quantity for move in moves):
            for move in moves:
                left[move.depot_id, move.item_id] -= move.quantity
            taken[stop.need_id] = moves
    return taken


def _has(stock: dict[int, Decimal], asked: dict[int, Decimal]) -> bool:
    return all(stock.get(item_id, Decimal(0)) >= quantity for item_id, quantity in asked.items())


def _depots_by_distance(needs: Sequence[Placed], levels: Sequence[StockLevel]) -> list[list[int]]:
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
