"""What each vehicle is to take, has on board, and has brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.timezone import localtime

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.supplies import policy
from juxing.supplies.enums import ContainerStatus
from juxing.supplies.models import Container, Vehicle
from juxing.supplies.queries.weights import weights_of
from juxing.supplies.weights import GRAMS_IN_A_KILOGRAM, Weight, total

SHOWN = 500


@dataclass(frozen=True, slots=True)
class Load:
    """A vehicle with how many boxes wait for it, are on board, and were brought today; what the first two weigh."""

    vehicle: Vehicle
    waiting: int
    on_board: int
    delivered: int
    weight: Weight

    @property
    def is_over(self) -> bool:
        """Whether it is to carry more than it may, by what is known."""
        return is_over(self.vehicle, self.weight)


@dataclass(slots=True)
class Stop:
    """One place of a round, and what is for it."""

    number: int | None
    bound_for: str
    boxes: list[Container] = field(default_factory=list)
    weights: dict[int, Weight] = field(default_factory=dict)

    @property
    def weight(self) -> Weight:
        """What all boxes of the stop weigh together."""
        return total(self.weights.values())


def loads(*, actor: Actor, now: datetime) -> list[Load]:
    """Return the vehicles in service with their loads; the same statements for any number."""
    vehicles = list(policy.visible_vehicles(actor).filter(is_in_service=True).order_by("area_code", "name")[:200])
    rows = _today(actor, now).filter(vehicle__in=vehicles).order_by().values_list("vehicle", "status")
    counts = {(vehicle, status): count for vehicle, status, count in rows.annotate(Count("id"))}
    weights = _weights(_today(actor, now).filter(vehicle__in=vehicles).exclude(status=ContainerStatus.DELIVERED))
    waiting, on_board, brought = (ContainerStatus.PACKED, ContainerStatus.UNDER_WAY, ContainerStatus.DELIVERED)
    return [
        Load(
            one,
            counts.get((one.pk, waiting), 0),
            counts.get((one.pk, on_board), 0),
            counts.get((one.pk, brought), 0),
            weights.get(one.pk, Weight()),
        )
        for one in vehicles
    ]  # fmt: skip


def is_over(vehicle: Vehicle, weight: Weight) -> bool:
    """Whether a vehicle would carry more than it may, by what is known of weights and payload."""
    return bool(vehicle.capacity_kg) and weight.grams > vehicle.capacity_kg * GRAMS_IN_A_KILOGRAM


def vehicle_of(*, actor: Actor, uuid: UUID) -> Vehicle:
    """
    Return one vehicle.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_vehicles(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def stops_of(vehicle: Vehicle, *, actor: Actor, now: datetime) -> list[Stop]:
    """Return the stops of a vehicle's round in their order, with what is for each of them."""
    rows = _today(actor, now).filter(vehicle=vehicle).select_related("place__depot", "place__vehicle")
    stops: dict[str, Stop] = {}
    for box in rows.prefetch_related("contents__lot__item").order_by("stop", "bound_for", "id")[:SHOWN]:
        stops.setdefault(box.bound_for, Stop(box.stop, box.bound_for)).boxes.append(box)
    weights = weights_of([box.pk for stop in stops.values() for box in stop.boxes])
    for stop in stops.values():
        stop.weights = {box.pk: weights[box.pk] for box in stop.boxes}
    return list(stops.values())


def to_carry(stops: Sequence[Stop]) -> Weight:
    """Return what waits for the vehicle or is on board."""
    open_ones = (ContainerStatus.PACKED, ContainerStatus.UNDER_WAY)
    return total(stop.weights[box.pk] for stop in stops for box in stop.boxes if box.status in open_ones)


def still_on_board(stops: Sequence[Stop]) -> int:
    """Return how many boxes have not been handed over."""
    return sum(1 for stop in stops for box in stop.boxes if box.status == ContainerStatus.UNDER_WAY)


def _weights(rows: ScopedQuerySet[Container]) -> dict[int | None, Weight]:
    vehicles = dict(rows.order_by().values_list("id", "vehicle_id"))
    found: dict[int | None, Weight] = {}
    for box, weight in weights_of(vehicles).items():
        found[vehicles[box]] = found.get(vehicles[box], Weight()) + weight
    return found


def _today(actor: Actor, now: datetime) -> ScopedQuerySet[Container]:
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    open_ones = Q(status__in=[ContainerStatus.PACKED, ContainerStatus.UNDER_WAY])
    seen = policy.visible_containers(actor).filter(parent=None)
    return seen.filter(open_ones | Q(status=ContainerStatus.DELIVERED, moved_at__gte=midnight))
