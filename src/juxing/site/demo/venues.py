"""The demo's venues into the real tables, with what is booked in the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from juxing.kernel.actors import Actor
from juxing.venues.commands import BookingInput, book_room
from juxing.venues.layout_templates import template_of
from juxing.venues.models import LayoutRoom, Room, Venue, VenueLayout, VenueUse
from juxing.venues.opening_hours import parse_hours
from juxing_demo import District
from juxing_demo.organisations import phone
from juxing_demo.venues import DemoVenue, demo_events, demo_venues

SINCE = timedelta(days=300)
CONTACT, BOOKER = "\u503c\u73ed\u5ba4", "\u738b\u8001\u5e08"
FIRST_PHONE = 1900


def load_venues(district: District, *, now: datetime) -> int:
    """Write every venue with its rooms, layouts and ordinary functions, and return how many."""
    made = demo_venues(district)
    venues = Venue.objects.bulk_create(
        Venue(
            uuid=uuid4(), area_code=each.area_code, name=each.name, kind=each.form.kind, address=each.address,
            longitude=each.lon, latitude=each.lat, opening_hours=parse_hours(each.form.hours),
            services=list(each.form.services), is_step_free=True, is_idle=each.is_idle, is_public=not each.is_idle,
            contact_name=CONTACT, contact_phone=phone(FIRST_PHONE + number % 90), is_demo=True,
        )
        for number, each in enumerate(made)
    )  # fmt: skip
    rooms = Room.objects.bulk_create(
        Room(
            uuid=uuid4(), venue=venue, area_code=venue.area_code, name=room["name"], floor=room["floor"],
            capacity=room["capacity"], area_m2=room["area_m2"], has_water=room["water"], power_kw=room["power_kw"],
            toilets=room["toilets"], is_step_free=room["step_free"], is_bookable=room["bookable"],
        )
        for venue, each in zip(venues, made, strict=True)
        for room in each.form.rooms
    )  # fmt: skip
    _load_layouts(venues, made, {(room.venue_id, room.name): room for room in rooms}, now=now)
    _book(venues, now=now)
    return len(venues)


def _load_layouts(
    venues: Sequence[Venue], made: Sequence[DemoVenue], rooms: dict[tuple[int, str], Room], *, now: datetime
) -> None:
    layouts, parts = [], []
    for venue, each in zip(venues, made, strict=True):
        for function, names in each.form.layouts.items():
            chosen = [rooms[venue.pk, name] for name in names]
            usual = template_of(function).layout(
                function, capacity=max(10, sum(room.capacity for room in chosen) // 2),
                rooms=[room.pk for room in chosen], is_steady=function in each.form.steady,
            )  # fmt: skip
            parts.append(usual.rooms)
            layouts.append(
                VenueLayout(
                    uuid=uuid4(), venue=venue, area_code=venue.area_code, function=function,
                    is_steady=usual.is_steady, suspends_steady=usual.suspends_steady, capacity=usual.capacity,
                    flows=usual.flows, equipment=[dict(entry) for entry in usual.equipment],
                    hours_to_convert=usual.hours_to_convert, hours_to_return=usual.hours_to_return,
                    conversion_steps=list(usual.conversion_steps), return_steps=list(usual.return_steps),
                )
            )  # fmt: skip
    kept = VenueLayout.objects.bulk_create(layouts)
    LayoutRoom.objects.bulk_create(
        LayoutRoom(layout=layout, area_code=layout.area_code, room_id=room, purpose=purpose, position=position)
        for layout, listed in zip(kept, parts, strict=True)
        for position, (room, purpose) in enumerate(listed, start=1)
    )
    VenueUse.objects.bulk_create(
        VenueUse(layout=layout, venue_id=layout.venue_id, area_code=layout.area_code, function=layout.function,
                 is_steady=True, starts_at=now - SINCE)
        for layout in kept
        if layout.is_steady
    )  # fmt: skip


def _book(venues: Sequence[Venue], *, now: datetime) -> None:
    """Book a few events in the largest service centre, from the day after the load on."""
    centre = next(venue for venue in venues if venue.kind == "service_centre")
    rooms = {room.name: room for room in Room.objects.filter(venue=centre).select_related("venue")}
    zone, today = timezone.get_default_timezone(), timezone.localdate(now)
    for number, event in enumerate(demo_events()):
        day = today + timedelta(days=event["day"])
        starts, ends = (datetime.combine(day, time.fromisoformat(event[at]), tzinfo=zone) for at in ("from", "to"))
        book_room(
            actor=Actor.system("demo"), now=now, room=rooms[event["room"]],
            given=BookingInput(
                title=event["title"], attendees=event["people"], starts_at=starts, ends_at=ends, contact_name=BOOKER,
                contact_phone=phone(FIRST_PHONE + number), is_announced=event["announced"],
            ),
        )  # fmt: skip
