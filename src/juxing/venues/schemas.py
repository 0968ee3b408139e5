"""What goes over HTTP about venues and bookings; of a booker nothing goes out but the number of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from juxing.venues.models import BookingSlot, Room, Venue
from juxing.venues.opening_hours import hours_text


class RoomOut(Schema):
    """A room."""

    uuid: UUID
    name: str
    floor: int
    capacity: int
    area_m2: int | None
    has_water: bool
    power_kw: int | None
    beds: int
    toilets: int
    is_step_free: bool | None
    is_bookable: bool


class UseOut(Schema):
    """A function served from a moment on."""

    function: str
    is_steady: bool
    starts_at: datetime
    ends_at: datetime | None


class VenueOut(Schema):
    """A venue, with its rooms and what it serves as now."""

    uuid: UUID
    name: str
    kind: str
    area_code: str
    address: str
    longitude: float | None
    latitude: float | None
    opening_hours: str
    services: list[str]
    is_step_free: bool | None
    is_idle: bool
    is_temporary: bool
    rooms: list[RoomOut]
    serves_now: list[UseOut]


class SlotOut(Schema):
    """A booked time; names and telephones stay inside."""

    uuid: UUID
    number: str
    room: UUID
    room_name: str
    offered_room: UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str
    attendees: int


class BookingIn(Schema):
    """A room to book."""

    room: UUID
    title: str = Field(max_length=80)
    attendees: int = Field(ge=1, le=20_000)
    starts_at: datetime
    ends_at: datetime
    contact_name: str = Field(max_length=40)
    contact_phone: str = Field(max_length=20)
    needs_step_free: bool = False


def venue_out(venue: Venue) -> dict[str, Any]:
    """Return a venue that was read with ``room_list`` and ``uses_now``."""
    same = ("uuid", "name", "kind", "area_code", "address", "longitude", "latitude", "services", "is_step_free",
            "is_idle", "is_temporary")  # fmt: skip
    return {name: getattr(venue, name) for name in same} | {
        "opening_hours": hours_text(venue.opening_hours),
        "rooms": [_room_out(room) for room in venue.room_list],  # type: ignore[attr-defined]
        "serves_now": [
            {"function": use.function, "is_steady": use.is_steady, "starts_at": use.starts_at, "ends_at": use.ends_at}
            for use in venue.uses_now  # type: ignore[attr-defined]
        ],
    }


def slot_out(slot: BookingSlot) -> dict[str, Any]:
    """Return a booked time that was read with room and booking."""
    return {
        "uuid": slot.uuid, "number": slot.booking.number, "room": slot.room.uuid, "room_name": slot.room.name,
        "offered_room": slot.offered_room.uuid if slot.offered_room else None, "starts_at": slot.starts_at,
        "ends_at": slot.ends_at, "status": slot.status, "attendees": slot.booking.attendees,
    }  # fmt: skip


def _room_out(room: Room) -> dict[str, Any]:
    return {name: getattr(room, name) for name in RoomOut.model_fields}
