"""Two connections at the same moment: bookings, conversions and answers never leave a room held twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.venues.commands import accept_offer, book_room
from juxing.venues.models import Booking, BookingSlot, Room, RoomHolding, Venue, VenueUse
from tests.venues.makers import NOW, SYSTEM, booking_input, convert, make_booking, make_layout, make_venue

pytestmark = pytest.mark.django_db(transaction=True)
RESIDENT = Actor.resident()


def together(*acts: Callable[[], object]) -> list[str]:
    """Run the acts on connections of their own, started together; return what each said, sorted."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            with acting(SYSTEM):
                start.wait(timeout=10)
                act()
            return "done"
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def venue_with_a_room() -> tuple[Venue, Room]:
    with acting(SYSTEM):
        venue = make_venue(rooms=1)
        make_layout(venue)
        return venue, Room.objects.select_related("venue").get(venue=venue)


def test_of_two_who_book_one_gets_the_room_and_the_other_is_told() -> None:
    _venue, room = venue_with_a_room()

    def book(phone: str) -> Callable[[], object]:
        return lambda: book_room(actor=RESIDENT, now=NOW, room=room, given=booking_input(contact_phone=phone))

    outcomes = together(book("12800000001"), book("12800000002"))

    assert outcomes == ["done", "slot_taken"]
    with acting(SYSTEM):
        assert Booking.objects.count() == RoomHolding.objects.count() == 1


def test_booking_while_the_venue_is_converted_is_displaced_or_refused_never_both() -> None:
    venue, room = venue_with_a_room()

    outcomes = together(
        lambda: convert(venue), lambda: book_room(actor=RESIDENT, now=NOW, room=room, given=booking_input())
    )

    with acting(SYSTEM):
        assert VenueUse.objects.filter(is_steady=False).count() == 1
        held = RoomHolding.objects.filter(room=room)
        assert held.count() == 1
        assert held.get().use is not None
        states = list(BookingSlot.objects.values_list("status", flat=True))
    assert (outcomes, states) in [(["done", "done"], ["suspended"]), (["done", "slot_taken"], [])]


def test_two_conversions_of_one_venue_take_it_once() -> None:
    venue, _room = venue_with_a_room()

    together(lambda: convert(venue), lambda: convert(venue))

    with acting(SYSTEM):
        assert VenueUse.objects.filter(is_steady=False).count() == 1


def test_offer_accepted_while_that_room_is_taken_too_keeps_one_answer() -> None:
    with acting(SYSTEM):
        first, second = make_venue(rooms=1), make_venue(rooms=1)
        for venue in (first, second):
            make_layout(venue)
        make_booking(Room.objects.select_related("venue").get(venue=first))
        convert(first)
        slot = BookingSlot.objects.get()
        assert slot.offered_room is not None

    outcomes = together(lambda: accept_offer(actor=RESIDENT, now=NOW, slot=slot), lambda: convert(second))

    with acting(SYSTEM):
        slot.refresh_from_db()
        holdings = RoomHolding.objects.filter(slot=slot).count()
    assert slot.status == "suspended"
    assert holdings == 0
    assert outcomes in (["done", "done"], ["done", "wrong_state"])
