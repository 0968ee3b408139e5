"""
Load plans: which box goes onto which vehicle, in which order of stops; and what came back undelivered.

Neighbouring stops go together: stops are taken in the order of their bearing from the depot and cut so that the
fullest vehicle has as few boxes as possible. That is a sensible sheet, not a proven shortest way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import atan2, cos, hypot, radians

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, depot_place, vehicle_place
from juxing.supplies.commands.containers import scan_container
from juxing.supplies.enums import ContainerStatus
from juxing.supplies.models import Container, Depot, StockPlace, Vehicle
from juxing.supplies.queries.buildings import building_positions

PLANNED = journal.declare_action("supplies.loading.plan", _("Load plan made"))
MOST_VEHICLES, MOST_BOXES = 20, 2000
Point = tuple[float, float]
"""Metres east and north of the depot."""


@transaction.atomic
def plan_loading(*, actor: Actor, now: datetime, depot: Depot, vehicles: Sequence[Vehicle]) -> int:
    """
    Share what stands packed in the depot for some place over the vehicles, and return how many boxes that is.

    Planned again, boxes that still stand in the depot are planned anew.

    Raises:
        NotPermitted: if the actor may not move stock at the depot, or a vehicle is of another place.
        InvalidInput: without vehicles, or with too many.
        Refusal: if nothing stands ready.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    if not 1 <= len(vehicles) <= MOST_VEHICLES:
        raise InvalidInput("vehicles_range", _("Choose 1 to 20 vehicles."), field="vehicles")
    if not all(actor.may(policy.VIEW, one.area_code) for one in vehicles):
        raise NotPermitted
    with acting(LEDGER):
        ready = Container.objects.select_for_update(of=("self",)).filter(
            place=depot_place(depot), status=ContainerStatus.PACKED, parent=None
        )
        boxes = list(ready.exclude(bound_for="").order_by("id")[:MOST_BOXES])
        if not boxes:
            raise Refusal("nothing_ready", _("Nothing stands packed for a place here. Pack boxes first."))
        stops: defaultdict[str, list[Container]] = defaultdict(list)
        for box in boxes:
            stops[box.bound_for].append(box)
        points = _points(depot, list(stops))
        ordered = sorted(stops, key=lambda code: (_bearing(points.get(code)), code))
        for vehicle, codes in zip(vehicles, _cut([len(stops[code]) for code in ordered], ordered, len(vehicles)),
                                  strict=False):  # fmt: skip
            for stop, code in enumerate(nearest_first(codes, points), start=1):
                for box in stops[code]:
                    box.vehicle, box.stop = vehicle, stop
        Container.objects.bulk_update(boxes, ["vehicle", "stop"])
        journal.record(
            PLANNED, actor=actor, subject=depot, happened_at=now,
            changes={"boxes": len(boxes), "stops": len(stops), "vehicles": len(vehicles)},
        )  # fmt: skip
    return len(boxes)


@transaction.atomic
def bring_back_boxes(*, actor: Actor, now: datetime, vehicle: Vehicle, depot: Depot) -> int:
    """
    Take everything that is still on a vehicle into a depot, and return how many boxes and pallets that was.

    Raises:
        NotPermitted: if the actor may not move stock at the depot.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    with acting(LEDGER):
        left = Container.objects.filter(place=vehicle_place(vehicle), parent=None, status=ContainerStatus.UNDER_WAY)
        numbers = [one.number for one in left.order_by("id")]
        target = StockPlace.objects.get(pk=depot_place(depot))
    for number in numbers:
        scan_container(actor=actor, now=now, number=number, target=target)
    return len(numbers)


def cut_evenly(sizes: Sequence[int], parts: int) -> list[tuple[int, int]]:
    """
    Return half-open ranges that cut a row into at most ``parts`` pieces whose largest sum is as small as possible.

    Exact: the smallest bound for which filling piece by piece needs no more pieces, found by halving.
    """
    low, high = max(sizes, default=0), sum(sizes)
    while low < high:
        bound = (low + high) // 2
        low, high = (low, bound) if len(_filled(sizes, bound)) <= parts else (bound + 1, high)
    return _filled(sizes, low)


def nearest_first(codes: Sequence[str], points: Mapping[str, Point]) -> list[str]:
    """Return the stops in the order in which each is the nearest of those left; unknown places last, by code."""
    left, here, ordered = sorted(code for code in codes if code in points), (0.0, 0.0), []
    while left:
        nearest = min(left, key=lambda code: hypot(points[code][0] - here[0], points[code][1] - here[1]))
        left.remove(nearest)
        ordered.append(nearest)
        here = points[nearest]
    return [*ordered, *sorted(code for code in codes if code not in points)]


def _filled(sizes: Sequence[int], bound: int) -> list[tuple[int, int]]:
    ranges, start, filled = [], 0, 0
    for at, size in enumerate(sizes):
        if filled and filled + size > bound:
            ranges.append((start, at))
            start, filled = at, 0
        filled += size
    return [*ranges, (start, len(sizes))] if sizes else []


def _cut(sizes: Sequence[int], codes: Sequence[str], parts: int) -> list[Sequence[str]]:
    return [codes[start:end] for start, end in cut_evenly(sizes, parts)]


def _bearing(point: Point | None) -> float:
    return 4.0 if point is None else atan2(point[1], point[0])


def _points(depot: Depot, codes: Sequence[str]) -> dict[str, Point]:
    """Return how far east and north of the depot the places lie, where both are on the map."""
    if depot.longitude is None or depot.latitude is None:
        return {}
    east, metres = cos(radians(depot.latitude)), 111_320.0
    rows = Area.objects.filter(code__in=codes).values_list("code", "longitude", "latitude")
    there = building_positions(codes)
    there |= {
        code: (longitude, latitude) for code, longitude, latitude in rows
        if longitude is not None and latitude is not None
    }  # fmt: skip
    return {
        code: ((longitude - depot.longitude) * east * metres, (latitude - depot.latitude) * metres)
        for code, (longitude, latitude) in there.items()
    }
