"""Whatever is converted and returned, in whatever order: bookings and ordinary functions are as they were."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from juxing.kernel.refusals import Refusal
from juxing.venues.commands import return_venues
from juxing.venues.models import BookingSlot, Room, RoomHolding, Venue, VenueConversion, VenueUse
from tests.venues.makers import HOUR, NOW, SYSTEM, convert, make_booking, make_layout, make_steady, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Every example writes a hundred rows, so shrinking one would take minutes."""
FUNCTIONS = ("testing_site", "shelter")
BOOKINGS = st.tuples(st.integers(0, 3), st.integers(3, 100), st.integers(1, 5))
CONVERSIONS = st.tuples(st.integers(0, 1), st.sampled_from(FUNCTIONS), st.integers(0, 40), st.integers(1, 80))


@pytest.fixture
def ground() -> tuple[list[Venue], list[Room]]:
    """Two centres of two rooms, which serve on ordinary days and may become two other things."""
    venues = [make_venue(rooms=2) for _number in range(2)]
    for venue in venues:
        first, second = Room.objects.filter(venue=venue).order_by("pk")
        make_steady(venue)
        make_layout(venue, "testing_site", rooms=[first, second])
        make_layout(venue, "shelter", rooms=[second])
    return venues, list(Room.objects.filter(venue__in=venues).select_related("venue").order_by("pk"))


def kept() -> Any:
    """Return all that must come back: booked times with their rooms, holdings, and functions served from now on."""
    slots = BookingSlot.objects.values_list("pk", "room_id", "starts_at", "ends_at", "status", "offered_room_id")
    held = RoomHolding.objects.values_list("room_id", "slot_id", "use_id", "starts_at", "ends_at")
    uses = VenueUse.objects.filter(ends_at__isnull=True).values_list("layout_id", "is_steady", "suspended_by_id")
    return set(slots), set(held), set(uses)


@settings(max_examples=15, phases=PHASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bookings=st.lists(BOOKINGS, max_size=8), conversions=st.lists(CONVERSIONS, min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_convert_and_return_restores_bookings_and_uses(
    ground: tuple[list[Venue], list[Room]], bookings: list[Any], conversions: list[Any], order: Any
) -> None:
    from django.db import transaction

    with transaction.atomic():
        venues, rooms = ground
        for number, (room, hour, length) in enumerate(bookings):
            start = NOW + hour * HOUR
            with suppress(Refusal):  # taken by an earlier one
                make_booking(rooms[room], start, ends_at=start + length * HOUR, contact_phone=f"1280000{number:04}")
        before = kept()
        for venue, function, start, hours in conversions:
            begin = NOW + start * HOUR
            convert(venues[venue], function=function, starts_at=begin, until=begin + hours * HOUR)
            no_room_is_held_twice()
        standing = list(VenueConversion.objects.all())
        order.shuffle(standing)
        for conversion in standing:
            return_venues(actor=SYSTEM, now=NOW, conversions=[conversion], reason="over", free_from=NOW)
            no_room_is_held_twice()

        assert kept() == before
        transaction.set_rollback(True)


@settings(max_examples=10, phases=PHASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(st.integers(3, 90), unique=True, max_size=6), begin=st.integers(0, 30), length=st.integers(1, 60),
    back=st.integers(0, 90),
)  # fmt: skip
def test_from_the_return_on_every_booking_to_come_stands_and_all_were_told_in_time(
    ground: tuple[list[Venue], list[Room]], hours: list[int], begin: int, length: int, back: int
) -> None:
    from django.db import transaction

    with transaction.atomic():
        [venue, _other], [room, *_others] = ground
        for number, hour in enumerate(hours):
            start = NOW + hour * HOUR
            make_booking(room, start, ends_at=start + HOUR, contact_phone=f"1280000{number:04}")
        start = NOW + begin * HOUR
        convert(venue, starts_at=start, until=start + length * HOUR)
        moment = NOW + back * HOUR
        return_venues(
            actor=SYSTEM, now=moment, conversions=list(VenueConversion.objects.all()), reason="over", free_from=moment
        )

        for slot in BookingSlot.objects.filter(starts_at__gte=moment):
            assert slot.status == "confirmed"
            assert RoomHolding.objects.get(slot=slot).room_id == room.pk
        for slot in BookingSlot.objects.filter(status="suspended"):
            told = slot.notices.get(kind="suspended")
            assert told.written_at <= slot.starts_at - timedelta(hours=2)
            assert not told.needs_call
        assert VenueUse.objects.filter(venue=venue, is_steady=True, ends_at__isnull=True).count() == 1
        transaction.set_rollback(True)


def no_room_is_held_twice() -> None:
    held = sorted(RoomHolding.objects.values_list("room_id", "starts_at", "ends_at"))
    for (room, _start, end), (other, start, _end) in pairwise(held):
        assert room != other or end is None or end <= start
