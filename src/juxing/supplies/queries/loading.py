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

SHOWN = 500


@dataclass(frozen=True, slots=True)
class Load:
    """A vehicle with how many boxes wait for it, are on board, and were brought today."""

    vehicle: Vehicle
    waiting: int
    on_board: int
    delivered: int


@dataclass(slots=True)
class Stop:
    """One place of a round, and what is for it."""

    number: int | None
    bound_for: str
    boxes: list[Container] = field(default_factory=list)


def loads(*, actor: Actor, now: datetime) -> list[Load]:
    """Return the vehicles in service with their loads; two statements."""
    vehicles = list(policy.visible_vehicles(actor).filter(is_in_service=True).order_by("area_code", "name")[:200])
    rows = _today(actor, now).filter(vehicle__in=vehicles).order_by().values_list("vehicle", "status")
    counts = {(vehicle, status): count for vehicle, status, count in rows.annotate(Count("id"))}
    states = (ContainerStatus.PACKED, ContainerStatus.UNDER_WAY, ContainerStatus.DELIVERED)
    return [Load(one, *(counts.get((one.pk, state), 0) for state in states)) for one in vehicles]


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
    return list(stops.values())


def still_on_board(stops: Sequence[Stop]) -> int:
    """Return how many boxes have not been handed over."""
    return sum(1 for stop in stops for box in stop.boxes if box.status == ContainerStatus.UNDER_WAY)


def _today(actor: Actor, now: datetime) -> ScopedQuerySet[Container]:
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    open_ones = Q(status__in=[ContainerStatus.PACKED, ContainerStatus.UNDER_WAY])
    seen = policy.visible_containers(actor).filter(parent=None)
    return seen.filter(open_ones | Q(status=ContainerStatus.DELIVERED, moved_at__gte=midnight))
