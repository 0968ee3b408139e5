"""
Load plans: which box goes onto which vehicle, in which order of stops; and what came back undelivered.

Neighbouring stops go together: stops are taken in the order of their bearing from the depot and cut so that no vehicle
carries more than it may and the fullest has as few boxes as possible. That is a sensible sheet, not a proven shortest
way. A box in which something weighs nobody knows what counts with the part that is known, and is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from math import atan2, cos, radians

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
from juxing.supplies.load_cutting import Piece, Point, filled, fitted, nearest_first, share_over
from juxing.supplies.models import Container, Depot, StockPlace, Vehicle
from juxing.supplies.queries.buildings import building_positions
from juxing.supplies.queries.weights import weights_of
from juxing.supplies.weights import GRAMS_IN_A_KILOGRAM, Weight, kilograms, total

PLANNED = journal.declare_action("supplies.loading.plan", _("Load plan made"))
MOST_VEHICLES, MOST_BOXES = 20, 2000


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How many boxes were planned, how many stay for another round, and what the planned ones weigh."""

    planned: int
    left: int
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Part:
    """Boxes for one stop that go together."""

    code: str
    boxes: Sequence[Container]
    piece: Piece
    grams: Sequence[int] = ()


@transaction.atomic
def plan_loading(
    *, actor: Actor, now: datetime, depot: Depot, vehicles: Sequence[Vehicle], leaves_rest: bool = False
) -> LoadPlan:
    """
    Share what stands packed in the depot for some place over the vehicles.

    Planned again, boxes that still stand in the depot are planned anew. With ``leaves_rest`` what the vehicles cannot
    carry stays for another round.

    Raises:
        NotPermitted: if the actor may not move stock at the depot, or a vehicle is of another place.
        InvalidInput: without vehicles, with too many, or if they may not carry it all and nobody says what then.
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
        weights = weights_of([box.pk for box in boxes])
        points = _points(depot, sorted({box.bound_for for box in boxes}))
        payloads = _payloads(vehicles, elsewhere_than=depot)
        parts = _parts(boxes, weights, points)
        loads, rest = _shared(parts, payloads, leaves_rest=leaves_rest)
        for vehicle, load in zip(vehicles, loads, strict=True):
            stops = nearest_first(list({part.code for part in load}), points)
            for part in load:
                for box in part.boxes:
                    box.vehicle, box.stop = vehicle, stops.index(part.code) + 1
        left = [box for part in rest for box in part.boxes]
        for box in left:
            box.vehicle, box.stop = None, None
        Container.objects.bulk_update(boxes, ["vehicle", "stop"])
        kept = {box.pk for box in left}
        weight = total(weights[box.pk] for box in boxes if box.pk not in kept)
        journal.record(
            PLANNED, actor=actor, subject=depot, happened_at=now,
            changes={"boxes": len(boxes) - len(left), "left": len(left), "vehicles": len(vehicles),
                     "grams": str(weight.grams.normalize()), "boxes_of_unknown_weight": weight.unknown},
        )  # fmt: skip
    return LoadPlan(len(boxes) - len(left), len(left), weight)


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


def _shared(
    parts: Sequence[_Part], payloads: Sequence[int | None], *, leaves_rest: bool
) -> tuple[list[list[_Part]], list[_Part]]:
    """
    Return what goes onto each vehicle, in the order they were chosen, and what stays.

    Stops are kept whole where that fits, else parted box by box.
    """
    single = [
        _Part(part.code, [box], Piece(1, grams))
        for part in parts for box, grams in zip(part.boxes, part.grams, strict=True)
    ]  # fmt: skip
    for rows in (parts, single):
        loads = _cut(rows, payloads)
        if loads is not None:
            return loads, []
    if not leaves_rest:
        raise _too_heavy(parts, payloads)
    places = _most_boxes([part.piece for part in single], payloads, _orders(payloads))
    loads = [[part for part, place in zip(single, places, strict=True) if place == at] for at in range(len(payloads))]
    return loads, [part for part, place in zip(single, places, strict=True) if place is None]


def _cut(parts: Sequence[_Part], payloads: Sequence[int | None]) -> list[list[_Part]] | None:
    """Return one stretch for each vehicle by the best of the orders tried; None where none fits."""
    pieces = [part.piece for part in parts]
    cuts = [(order, share_over(pieces, [payloads[at] for at in order])) for order in _orders(payloads)]
    fitting = [(max(sum(piece.boxes for piece in pieces[start:end]) for start, end in ranges), order, ranges)
               for order, ranges in cuts if ranges is not None]  # fmt: skip
    if not fitting:
        return None
    loads: list[list[_Part]] = [[] for _one in payloads]
    _most, order, ranges = min(fitting, key=lambda found: found[0])
    for at, (start, end) in zip(order, ranges, strict=True):
        loads[at] = list(parts[start:end])
    return loads


def _orders(payloads: Sequence[int | None]) -> list[list[int]]:
    """Return the orders of vehicles that are tried: as chosen, the strongest first, the weakest first."""
    chosen = list(range(len(payloads)))
    by_strength = sorted(chosen, key=lambda at: (payloads[at] is not None, -(payloads[at] or 0), at))
    return [chosen, by_strength, by_strength[::-1]]


def _most_boxes(
    pieces: Sequence[Piece], payloads: Sequence[int | None], orders: Sequence[Sequence[int]]
) -> list[int | None]:
    """Return for each piece the vehicle that takes it, by the order of vehicles that leaves the fewest boxes."""
    every = sum(piece.boxes for piece in pieces)
    found: list[list[int | None]] = []
    for order in orders:
        places: list[int | None] = [None] * len(pieces)
        left = [payloads[at] for at in order]
        for index, (start, end) in enumerate(filled(pieces, left, every).ranges):
            for at in range(start, end):
                places[at] = order[index]
            room = left[index]
            left[index] = None if room is None else room - sum(piece.grams for piece in pieces[start:end])
        open_ones = [at for at, place in enumerate(places) if place is None]
        for at, index_or_none in zip(open_ones, fitted([pieces[at] for at in open_ones], left), strict=True):
            places[at] = None if index_or_none is None else order[index_or_none]
        found.append(places)
    return min(found, key=lambda places: sum(piece.boxes for piece, place in zip(pieces, places, strict=True)
                                             if place is None))  # fmt: skip


def _parts(boxes: Sequence[Container], weights: Mapping[int, Weight], points: Mapping[str, Point]) -> list[_Part]:
    """Return the stops in the order of their bearing, each with its boxes."""
    stops: defaultdict[str, list[Container]] = defaultdict(list)
    for box in boxes:
        stops[box.bound_for].append(box)
    found = []
    for code in sorted(stops, key=lambda code: (_bearing(points.get(code)), code)):
        grams = [_whole(weights[box.pk].grams) for box in stops[code]]
        found.append(_Part(code, stops[code], Piece(len(grams), sum(grams)), grams))
    return found


def _too_heavy(parts: Sequence[_Part], payloads: Sequence[int | None]) -> InvalidInput:
    grams = sum(part.piece.grams for part in parts)
    carried = sum(payload or 0 for payload in payloads)
    words = _(
        "The boxes weigh at least %(weight)s kg, these vehicles may still carry %(carried)s kg. Choose more vehicles, "
        "or let the rest wait for another round."
    )
    if grams <= carried:
        words = _(
            "The boxes weigh at least %(weight)s kg, these vehicles may still carry %(carried)s kg together, but they "
            "cannot be shared so that none carries too much. Choose more vehicles, or let the rest wait for another "
            "round."
        )
    return InvalidInput(
        "payload_short", words % {"weight": kilograms(Decimal(grams)), "carried": kilograms(Decimal(carried))},
        field="leaves_rest",
    )  # fmt: skip


def _payloads(vehicles: Sequence[Vehicle], *, elsewhere_than: Depot) -> list[int | None]:
    """Return in grams what each vehicle may carry beside what it has on board or takes from other depots."""
    open_ones = Container.objects.filter(
        vehicle__in=vehicles, parent=None, status__in=[ContainerStatus.PACKED, ContainerStatus.UNDER_WAY]
    ).exclude(place=depot_place(elsewhere_than))
    taken = dict(open_ones.values_list("id", "vehicle_id"))
    used: defaultdict[int | None, int] = defaultdict(int)
    for box, weight in weights_of(list(taken)).items():
        used[taken[box]] += _whole(weight.grams)
    return [max(0, one.capacity_kg * GRAMS_IN_A_KILOGRAM - used[one.pk]) if one.capacity_kg else None
            for one in vehicles]  # fmt: skip


def _whole(grams: Decimal) -> int:
    return int(grams.to_integral_value(ROUND_CEILING))


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
