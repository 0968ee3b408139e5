"""Depots and vehicles: written down, corrected; a vehicle's payload, and whether it drives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.models import Organisation
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import ContainerStatus, DepotKind
from juxing.supplies.models import Container, Depot, StockPlace, Vehicle
from juxing.venues.models import Venue

DEPOT_WRITTEN = journal.declare_action("supplies.depot.write", _("Depot written down"))
VEHICLE_WRITTEN = journal.declare_action("supplies.vehicle.write", _("Vehicle written down"))
HEAVIEST_PAYLOAD_KG = 60_000


@dataclass(frozen=True, slots=True)
class DepotWords:
    """What is said of a depot; one in a venue lies where the venue does, else ``point`` is longitude and latitude."""

    name: str
    kind: str
    venue: Venue | None = None
    organisation: Organisation | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class VehicleWords:
    """What is said of a vehicle; a payload of 0 says that nobody knows it."""

    name: str
    capacity_kg: int = 0
    is_in_service: bool = True


@transaction.atomic
def write_depot(*, actor: Actor, now: datetime, area_code: str, words: DepotWords, depot: Depot | None = None) -> Depot:
    """
    Add a depot to a place, or correct one; a depot that was corrected stays where its books are.

    Raises:
        NotPermitted: if the actor keeps no depots there.
        InvalidInput: without a name, for a name or venue of another depot there, an unknown kind, or agreement stock
            of nobody.
    """
    place = depot.area_code if depot is not None else area_code
    actor.require(policy.KEEP_DEPOTS, place)
    columns = _checked(place, words)
    if Depot.objects.filter(area_code=place, name=columns["name"]).exclude(pk=depot.pk if depot else 0).exists():
        raise InvalidInput("depot_known", _("There is a depot of this name already."), field="name")
    if depot is None:
        held = Depot.objects.create(area_code=place, **columns)
    else:
        held = Depot.objects.select_for_update(of=("self",)).get(pk=depot.pk)
        for name, value in columns.items():
            setattr(held, name, value)
        held.save(update_fields=list(columns))
    held.refresh_from_db()
    changes = {"name": held.name, "kind": held.kind}
    journal.record(DEPOT_WRITTEN, actor=actor, subject=held, happened_at=now, changes=changes)
    return held


@transaction.atomic
def write_vehicle(
    *, actor: Actor, now: datetime, area_code: str, words: VehicleWords, vehicle: Vehicle | None = None
) -> Vehicle:
    """
    Add a vehicle to a place, or correct one.

    Raises:
        NotPermitted: if the actor keeps no depots there.
        InvalidInput: without a name, for the name of another vehicle there, or a payload beyond belief.
        Refusal: if it is to drive no more and has boxes on board.
    """
    place = vehicle.area_code if vehicle is not None else area_code
    actor.require(policy.KEEP_DEPOTS, place)
    name = _name(words.name, most=40)
    if not 0 <= words.capacity_kg <= HEAVIEST_PAYLOAD_KG:
        raise InvalidInput("payload_range", _("Write 0 to 60,000 kg; 0 if nobody knows."), field="capacity_kg")
    if len(place) and not Area.objects.filter(code=place).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    if Vehicle.objects.filter(area_code=place, name=name).exclude(pk=vehicle.pk if vehicle else 0).exists():
        raise InvalidInput("vehicle_known", _("There is a vehicle of this name already."), field="name")
    if vehicle is None:
        held = Vehicle(area_code=place)
    else:
        held = Vehicle.objects.select_for_update().get(pk=vehicle.pk)
        if held.is_in_service and not words.is_in_service and _has_boxes(held):
            raise Refusal("boxes_on_board", _("Boxes are on board. Bring them back first."), field="is_in_service")
    held.name, held.capacity_kg, held.is_in_service = name, words.capacity_kg, words.is_in_service
    held.save()
    held.refresh_from_db()
    changes = {"name": name, "payload_kg": held.capacity_kg, "in_service": held.is_in_service}
    journal.record(VEHICLE_WRITTEN, actor=actor, subject=held, happened_at=now, changes=changes)
    return held


def _checked(place: str, words: DepotWords) -> dict[str, Any]:
    if words.kind not in DepotKind.values:
        raise InvalidInput("kind_unknown", _("Choose what kind of depot it is."), field="kind")
    if not Area.objects.filter(code=place).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    if words.kind == DepotKind.AGREEMENT_STOCK and words.organisation is None:
        raise InvalidInput("whose_stock", _("Say whose stock it is."), field="organisation")
    point = words.point
    if words.venue is not None:
        if not words.venue.area_code.startswith(place):
            raise InvalidInput("venue_elsewhere", _("This venue lies in another place."), field="venue")
        if words.venue.longitude is not None and words.venue.latitude is not None:
            point = (words.venue.longitude, words.venue.latitude)
    if point is not None and not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise InvalidInput("point_bad", _("This is no place on the map."), field="longitude")
    return {
        "name": _name(words.name, most=80), "kind": words.kind, "venue": words.venue,
        "organisation": words.organisation, "longitude": point[0] if point else None,
        "latitude": point[1] if point else None,
    }  # fmt: skip


def _name(written: str, *, most: int) -> str:
    name = written.replace("\x00", "").strip()[:most]
    if not name:
        raise InvalidInput("name_missing", _("Write what it is called."), field="name")
    return name


def _has_boxes(vehicle: Vehicle) -> bool:
    with acting(LEDGER):
        there = StockPlace.objects.filter(vehicle=vehicle)
        return Container.objects.filter(place__in=there, status=ContainerStatus.UNDER_WAY).exists()
