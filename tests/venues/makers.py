"""Makers of venues, rooms and bookings for tests, through the commands that make them in life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from juxing.kernel.actors import Actor
from juxing.venues.commands import (
    Booked,
    BookingInput,
    ConversionWish,
    Converted,
    LayoutInput,
    RoomInput,
    VenueInput,
    add_layout,
    add_room,
    add_venue,
    book_room,
    convert_venues,
)
from juxing.venues.enums import VenueFunction, VenueKind
from juxing.venues.models import Room, Venue, VenueLayout
from tests.factories import COMMUNITY, LATITUDE, LONGITUDE, make_areas

NOW = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
"""Tuesday, eight in the morning in Shanghai."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYSTEM = Actor.system("test")
_numbers = count(1)


def make_venue(area_code: str = COMMUNITY, *, rooms: int = 2, **values: Any) -> Venue:
    """Make a service centre, open every day from eight to ten, with rooms of 60, 70, 80 ... people."""
    make_areas()
    given: dict[str, Any] = {
        "area_code": area_code, "name": f"党群服务中心{next(_numbers)}", "kind": VenueKind.SERVICE_CENTRE,
        "longitude": LONGITUDE, "latitude": LATITUDE, "opening_hours": "08:00-22:00", "is_step_free": True, **values,
    }  # fmt: skip
    venue = add_venue(actor=SYSTEM, now=NOW - 30 * DAY, given=VenueInput(**given))
    for number in range(rooms):
        make_room(venue, capacity=60 + 10 * number)
    return venue


def make_room(venue: Venue, *, capacity: int = 60, **values: Any) -> Room:
    """Make a room that anyone may book."""
    given: dict[str, Any] = {
        "name": f"活动室{next(_numbers)}", "capacity": capacity, "area_m2": 100, "has_water": True, "power_kw": 10,
        "toilets": 4, "is_step_free": True, **values,
    }  # fmt: skip
    return add_room(actor=SYSTEM, now=NOW - 30 * DAY, venue=venue, given=RoomInput(**given))


def make_layout(
    venue: Venue, function: str = VenueFunction.TESTING_SITE, *, rooms: Sequence[Room] | None = None, **values: Any
) -> VenueLayout:
    """Let the venue serve a function with these rooms, all of its own unless given."""
    chosen = rooms if rooms is not None else list(Room.objects.filter(venue=venue).order_by("pk"))
    given: dict[str, Any] = {
        "function": function, "capacity": 50, "rooms": [(room.pk, "采样") for room in chosen], "hours_to_convert": 10,
        "conversion_steps": ["清空场地", "划分区域"], "return_steps": ["终末消毒"], "suspends_steady": True, **values,
    }  # fmt: skip
    return add_layout(actor=SYSTEM, now=NOW - 30 * DAY, venue=venue, given=LayoutInput(**given))


def make_steady(venue: Venue, function: str = VenueFunction.SERVICE_CENTRE) -> VenueLayout:
    """Let the venue serve a function on ordinary days, since a month ago."""
    return make_layout(
        venue, function, is_steady=True, suspends_steady=False, hours_to_convert=0, conversion_steps=(), return_steps=()
    )


def booking_input(starts_at: datetime = NOW + DAY + 6 * HOUR, **values: Any) -> BookingInput:
    """Ask for two hours on the next afternoon for ten people."""
    given: dict[str, Any] = {
        "title": "合唱队排练", "attendees": 10, "starts_at": starts_at, "ends_at": starts_at + 2 * HOUR,
        "contact_name": "王秀英", "contact_phone": "12800000001", **values,
    }  # fmt: skip
    return BookingInput(**given)


def make_booking(
    room: Room, starts_at: datetime = NOW + DAY + 6 * HOUR, *, actor: Actor = SYSTEM, now: datetime = NOW, **values: Any
) -> Booked:
    """Book a room."""
    return book_room(actor=actor, now=now, room=room, given=booking_input(starts_at, **values))


def wish(**values: Any) -> ConversionWish:
    """Want a testing site from this evening for three days."""
    given: dict[str, Any] = {
        "function": VenueFunction.TESTING_SITE, "starts_at": NOW + 12 * HOUR, "until": NOW + 3 * DAY + 12 * HOUR,
        "reason": "全员采样", **values,
    }  # fmt: skip
    return ConversionWish(**given)


def convert(*venues: Venue, actor: Actor = SYSTEM, now: datetime = NOW, **values: Any) -> Converted:
    """Turn venues into testing sites."""
    return convert_venues(actor=actor, now=now, venues=venues, wish=wish(**values))
