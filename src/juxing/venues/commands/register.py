"""Keeping the register: venues, their rooms, and how they serve each function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations.policy import visible_organisations
from juxing.people.phone_numbers import normal_phone
from juxing.places.models import Area, Building, Estate
from juxing.venues import policy
from juxing.venues.enums import OPEN_CONVERSIONS, VenueFunction, VenueKind
from juxing.venues.models import Booking, LayoutRoom, Room, Venue, VenueConversion, VenueLayout, VenueUse
from juxing.venues.opening_hours import parse_hours

ADDED = journal.declare_action("venues.venue.add", _("Venue added"))
CHANGED = journal.declare_action("venues.venue.change", _("Venue changed"))
CLOSED = journal.declare_action("venues.venue.close", _("Venue closed"))
ROOM_ADDED = journal.declare_action("venues.room.add", _("Room added"))
ROOM_CHANGED = journal.declare_action("venues.room.change", _("Room changed"))
LAYOUT_ADDED = journal.declare_action("venues.layout.add", _("Layout added"))
LAYOUT_CHANGED = journal.declare_action("venues.layout.change", _("Layout changed"))
REVEALED = journal.declare_action("venues.contact.reveal", _("Contact of a booking opened"))
MAXIMUM_STEPS = 40
PERSONAL = frozenset({"contact_name", "contact_phone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueInput:
    """What is written about a venue; ``opening_hours`` as ``opening_hours.parse_hours`` reads it."""

    area_code: str
    name: str
    kind: str
    address: str = ""
    estate_id: int | None = None
    building_id: int | None = None
    operator_id: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    opening_hours: str = ""
    services: Sequence[str] = ()
    is_step_free: bool | None = None
    is_temporary: bool = False
    is_idle: bool = False
    is_public: bool = True
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomInput:
    """What is written about a room."""

    name: str
    capacity: int
    floor: int = 1
    area_m2: int | None = None
    has_water: bool = False
    power_kw: int | None = None
    beds: int = 0
    toilets: int = 0
    is_step_free: bool | None = None
    is_bookable: bool = True
    is_for_residents: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutInput:
    """What is written about a function; ``rooms`` are ids in the order of the flow, with their purpose."""

    function: str
    capacity: int
    rooms: Sequence[tuple[int, str]]
    is_steady: bool = False
    suspends_steady: bool = False
    flows: str = ""
    equipment: Sequence[Mapping[str, str]] = ()
    hours_to_convert: int = 0
    hours_to_return: int = 0
    conversion_steps: Sequence[str] = field(default=())
    return_steps: Sequence[str] = field(default=())


@transaction.atomic
def add_venue(*, actor: Actor, now: datetime, given: VenueInput, is_demo: bool = False) -> Venue:
    """
    Add a venue, or an idle property as a candidate for one.

    Raises:
        InvalidInput: if the place is unknown, has one of this name, or a value cannot be used.
    """
    actor.require(policy.MANAGE, given.area_code)
    values = _venue_values(actor, given)
    if Venue.objects.filter(area_code=given.area_code, name=values["name"]).exists():
        raise _known()
    venue = Venue.objects.create(**values, is_demo=is_demo)
    venue.refresh_from_db(fields=["uuid"])
    journal.record(ADDED, actor=actor, subject=venue, happened_at=now)
    return venue


@transaction.atomic
def change_venue(*, actor: Actor, now: datetime, venue: Venue, given: VenueInput) -> Venue:
    """
    Write a venue anew; its place stays.

    Raises:
        InvalidInput: as for ``add_venue``, and if the place was changed.
    """
    locked = _to_manage(actor, venue)
    if given.area_code != locked.area_code:
        raise InvalidInput("place_fixed", _("A venue stays where it is. Add a new one there."), field="area_code")
    values = _venue_values(actor, given)
    if Venue.objects.filter(area_code=given.area_code, name=values["name"]).exclude(pk=venue.pk).exists():
        raise _known()
    _write(CHANGED, locked, values, actor=actor, now=now)
    return locked


@transaction.atomic
def close_venue(*, actor: Actor, now: datetime, venue: Venue, reason: str) -> Venue:
    """
    Take a venue out of service for good; nobody can book it any more.

    Raises:
        Refusal: while it is converted, or booked from now on.
    """
    locked = _to_manage(actor, venue)
    if VenueConversion.objects.filter(venue=locked, status__in=sorted(OPEN_CONVERSIONS)).exists():
        raise Refusal("venue_converted", _("The venue is converted. Return it first."))
    if Booking.objects.filter(venue=locked, slots__ends_at__gt=now, slots__status="confirmed").exists():
        raise Refusal("venue_booked", _("Rooms are still booked. Cancel these bookings first, so that people know."))
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    VenueUse.objects.filter(venue=locked, ends_at__isnull=True, starts_at__lt=now).update(ends_at=now)
    journal.record(CLOSED, actor=actor, subject=locked, happened_at=now, reason=reason[:400])
    return locked


@transaction.atomic
def add_room(*, actor: Actor, now: datetime, venue: Venue, given: RoomInput) -> Room:
    """Add a room to a venue."""
    locked = _to_manage(actor, venue)
    values = _room_values(given)
    if Room.objects.filter(venue=locked, name=values["name"]).exists():
        raise InvalidInput("room_known", _("This venue has a room of this name."), field="name")
    room = Room.objects.create(venue=locked, area_code=locked.area_code, **values)
    room.refresh_from_db(fields=["uuid"])
    journal.record(ROOM_ADDED, actor=actor, subject=room, happened_at=now)
    return room


@transaction.atomic
def change_room(*, actor: Actor, now: datetime, room: Room, given: RoomInput) -> Room:
    """Write a room anew."""
    _to_manage(actor, room.venue)
    values = _room_values(given)
    if Room.objects.filter(venue_id=room.venue_id, name=values["name"]).exclude(pk=room.pk).exists():
        raise InvalidInput("room_known", _("This venue has a room of this name."), field="name")
    _write(ROOM_CHANGED, room, values, actor=actor, now=now)
    return room


@transaction.atomic
def add_layout(*, actor: Actor, now: datetime, venue: Venue, given: LayoutInput) -> VenueLayout:
    """
    Say how the venue serves a function; a steady one is served from now on.

    Raises:
        InvalidInput: if it has a layout for this function, or a room is not its own.
    """
    locked = _to_manage(actor, venue)
    values = _layout_values(given)
    if VenueLayout.objects.filter(venue=locked, function=given.function).exists():
        raise InvalidInput("layout_known", _("This venue has a layout for this function."), field="function")
    layout = VenueLayout.objects.create(venue=locked, area_code=locked.area_code, **values)
    layout.refresh_from_db(fields=["uuid"])
    _set_parts(layout, given.rooms)
    _set_steady(layout, now=now)
    journal.record(LAYOUT_ADDED, actor=actor, subject=layout, happened_at=now, changes={"function": given.function})
    return layout


@transaction.atomic
def change_layout(*, actor: Actor, now: datetime, layout: VenueLayout, given: LayoutInput) -> VenueLayout:
    """
    Write a layout anew; conversions under way keep the checklist and rooms they began with.

    Raises:
        InvalidInput: as for ``add_layout``; the function cannot be changed.
    """
    _to_manage(actor, layout.venue)
    if given.function != layout.function:
        raise InvalidInput("function_fixed", _("Add another layout for another function."), field="function")
    _write(LAYOUT_CHANGED, layout, _layout_values(given), actor=actor, now=now)
    LayoutRoom.objects.filter(layout=layout).delete()
    _set_parts(layout, given.rooms)
    _set_steady(layout, now=now)
    return layout


@transaction.atomic
def reveal_contact(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """
    Open who booked: an act of its own, which the journal keeps.

    Raises:
        NotPermitted: unless the actor may.
    """
    if not policy.can_reveal(actor, booking):
        raise NotPermitted
    journal.record(REVEALED, actor=actor, subject=booking, happened_at=now)
    return booking


def _to_manage(actor: Actor, venue: Venue) -> Venue:
    locked = Venue.objects.select_for_update(of=("self",)).get(pk=venue.pk)
    if not policy.can_manage(actor, locked):
        raise NotPermitted
    return locked


def _venue_values(actor: Actor, given: VenueInput) -> dict[str, Any]:
    if not Area.objects.filter(code=given.area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    if given.kind not in VenueKind.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="kind")
    if (given.longitude is None) != (given.latitude is None):
        raise InvalidInput("point_half", _("Write longitude and latitude, or neither."), field="longitude")
    inside: tuple[tuple[str, Any, Any], ...] = (
        ("estate_id", Estate.objects.within(given.area_code), given.estate_id),
        ("building_id", Building.objects.within(given.area_code), given.building_id),
        ("operator_id", visible_organisations(actor), given.operator_id),
    )
    for name, rows, row_id in inside:
        if row_id is not None and not rows.filter(pk=row_id).exists():
            raise InvalidInput("not_here", _("Choose one of this place."), field=name)
    values = {each.name: getattr(given, each.name) for each in fields(given)}
    services = [" ".join(service.split())[:40] for service in given.services]
    return values | {
        "name": _plain(given.name, 80), "opening_hours": parse_hours(given.opening_hours),
        "services": [service for service in services if service], "contact_phone": normal_phone(given.contact_phone),
        "contact_name": given.contact_name.strip()[:40], "address": given.address.strip()[:120],
    }  # fmt: skip


def _room_values(given: RoomInput) -> dict[str, Any]:
    if not 1 <= given.capacity <= 20_000:
        raise InvalidInput("capacity_bad", _("Between 1 and 20,000 people."), field="capacity")
    values = {each.name: getattr(given, each.name) for each in fields(given)}
    return values | {"name": _plain(given.name, 40)}


def _layout_values(given: LayoutInput) -> dict[str, Any]:
    if given.function not in VenueFunction.values:
        raise InvalidInput("function_unknown", _("Choose from the list."), field="function")
    if not 1 <= given.capacity <= 100_000:
        raise InvalidInput("capacity_bad", _("Between 1 and 100,000 people."), field="capacity")
    if not (0 <= given.hours_to_convert <= 240 and 0 <= given.hours_to_return <= 240):
        raise InvalidInput("hours_bad", _("Between 0 and 240 hours."), field="hours_to_convert")
    values = {each.name: getattr(given, each.name) for each in fields(given) if each.name != "rooms"}
    for name in ("conversion_steps", "return_steps"):
        lines = [line.strip()[:120] for line in values[name]]
        values[name] = [line for line in lines if line][:MAXIMUM_STEPS]
    return values | {"flows": given.flows.strip()[:400], "equipment": [dict(entry) for entry in given.equipment]}


def _set_parts(layout: VenueLayout, rooms: Sequence[tuple[int, str]]) -> None:
    own = set(Room.objects.filter(venue_id=layout.venue_id).values_list("id", flat=True))
    wanted = dict(rooms)
    if not wanted or not own.issuperset(wanted):
        raise InvalidInput("rooms_bad", _("Choose at least one room of this venue."), field="rooms")
    LayoutRoom.objects.bulk_create(
        LayoutRoom(layout=layout, area_code=layout.area_code, room_id=room, purpose=purpose[:40], position=position)
        for position, (room, purpose) in enumerate(wanted.items(), start=1)
    )


def _set_steady(layout: VenueLayout, *, now: datetime) -> None:
    """Let a steady function be served from now on, or end with the layout's being steady."""
    served = VenueUse.objects.filter(layout=layout, is_steady=True, ends_at__isnull=True)
    if not layout.is_steady:
        served.filter(starts_at__lt=now).update(ends_at=now)
    elif not VenueUse.objects.filter(layout=layout, ends_at__isnull=True).exists() and not _is_suspended(layout):
        VenueUse.objects.create(
            layout=layout, venue_id=layout.venue_id, area_code=layout.area_code, function=layout.function,
            is_steady=True, starts_at=now,
        )  # fmt: skip


def _is_suspended(layout: VenueLayout) -> bool:
    return VenueUse.objects.filter(layout=layout, suspended_by__isnull=False).exists()


def _write(action: str, row: models.Model, values: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        shown = {name: "changed" if name in PERSONAL else str(values[name])[:80] for name in changed}
        journal.record(action, actor=actor, subject=row, happened_at=now, changes=shown)


def _plain(written: str, most: int) -> str:
    plain = " ".join(written.split())
    if not plain or len(plain) > most:
        raise InvalidInput("name_bad", _("Write a name of up to %(most)s characters.") % {"most": most}, field="name")
    return plain


def _known() -> InvalidInput:
    return InvalidInput("venue_known", _("This place has a venue of this name."), field="name")
