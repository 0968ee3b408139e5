"""Booking rooms: what is taken, what is refused, and two people at the same moment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.venues.commands import cancel_booking, cancel_slot
from juxing.venues.models import Booking, BookingNotice, BookingSlot, Room, RoomHolding
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor
from tests.venues.makers import DAY, HOUR, NOW, convert, make_booking, make_layout, make_room, make_venue

RESIDENT = Actor.resident()
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def room() -> Room:
    """A room for sixty that anyone may book."""
    return Room.objects.get(venue=make_venue(rooms=1))


def test_booking_holds_the_room_and_tells_the_booker(room: Room) -> None:
    booked = make_booking(room)

    [slot] = booked.slots
    holding = RoomHolding.objects.get(slot=slot)
    assert (holding.room, holding.starts_at, holding.ends_at) == (room, slot.starts_at, slot.ends_at)
    assert BookingNotice.objects.get(slot=slot).kind == "booked"
    assert Booking.objects.get(pk=booked.booking.pk).title == "合唱队排练"
    assert booked.booking.number.startswith("B-")


@pytest.mark.parametrize(
    ("shift", "is_taken"),
    [(timedelta(0), True), (HOUR, True), (-HOUR, True), (2 * HOUR, False), (-2 * HOUR, False), (DAY, False)],
)
def test_periods_that_touch_do_not_collide_and_those_that_overlap_do(
    room: Room, shift: timedelta, is_taken: bool
) -> None:
    first = make_booking(room)

    if is_taken:
        with pytest.raises(Refusal, match="slot_taken"):
            make_booking(room, first.slots[0].starts_at + shift)
    else:
        make_booking(room, first.slots[0].starts_at + shift)
        assert RoomHolding.objects.filter(room=room).count() == 2


def test_booking_over_midnight_collides_on_both_sides_of_it(room: Room) -> None:
    late = NOW + 15 * HOUR  # 23:00 in Shanghai
    make_booking(room, late, ends_at=late + 3 * HOUR)

    for start in (late - HOUR, late + 2 * HOUR):
        with pytest.raises(Refusal, match="slot_taken"):
            make_booking(room, start)
    make_booking(room, late + 3 * HOUR)


def test_the_database_itself_keeps_bookings_apart(room: Room) -> None:
    from django.db import IntegrityError, transaction

    slot = make_booking(room).slots[0]
    other = make_booking(room, NOW + 5 * DAY).slots[0]

    with pytest.raises(IntegrityError, match="venues_room_never_held_twice"), transaction.atomic():
        RoomHolding.objects.filter(slot=other).update(starts_at=slot.starts_at, ends_at=slot.ends_at)


def test_weekly_booking_keeps_the_hour_and_names_weeks_that_are_taken(room: Room) -> None:
    first = NOW + DAY + 6 * HOUR
    make_booking(room, first + timedelta(weeks=2))
    until = date(2026, 4, 8)

    with pytest.raises(Refusal, match=r"2026-03-25 14:00") as refused:
        make_booking(room, first, weekly_until=until)
    assert refused.value.code == "slot_taken"
    assert Booking.objects.count() == 1
    booked = make_booking(room, first, weekly_until=until, skip_taken=True)

    assert [slot.starts_at for slot in booked.slots] == [first + timedelta(weeks=week) for week in (0, 1, 3, 4)]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_at": NOW - HOUR}, "in_the_past"),
        ({"starts_at": NOW + DAY, "ends_at": NOW + DAY}, "too_short"),
        ({"starts_at": NOW + DAY, "ends_at": NOW + DAY - HOUR}, "too_short"),
        ({"starts_at": NOW + DAY, "ends_at": NOW + 5 * DAY}, "too_long"),
        ({"starts_at": NOW + 500 * DAY}, "too_far_ahead"),
        ({"attendees": 61}, "too_many_people"),
        ({"attendees": 0}, "too_many_people"),
        ({"contact_phone": ""}, "contact_missing"),
        ({"contact_phone": "12"}, "phone_unreadable"),
        ({"contact_name": " "}, "contact_missing"),
        ({"title": "  "}, "title_missing"),
        ({"weekly_until": date(2026, 3, 1)}, "weekly_before"),
        ({"weekly_until": date(2028, 3, 1)}, "too_many_weeks"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(room: Room, values: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_booking(room, **values)

    assert refused.value.code == code
    assert not Booking.objects.exists()


def test_step_free_is_promised_only_where_it_is_known(room: Room) -> None:
    upstairs = make_room(room.venue, is_step_free=None)

    make_booking(room, needs_step_free=True)
    with pytest.raises(InvalidInput, match="steps"):
        make_booking(upstairs, needs_step_free=True)


def test_resident_books_within_opening_hours_and_modestly(room: Room) -> None:
    evening = NOW + DAY + 13 * HOUR  # 21:00, closing at 22:00
    with pytest.raises(InvalidInput, match="closed_then"):
        make_booking(room, evening, actor=RESIDENT)
    for day in range(4):
        make_booking(room, NOW + (day + 1) * DAY, actor=RESIDENT)

    with pytest.raises(Refusal, match="too_many_bookings"):
        make_booking(room, NOW + 9 * DAY, actor=RESIDENT)
    make_booking(room, NOW + 9 * DAY, actor=RESIDENT, contact_phone="12800000002")


def test_resident_books_only_what_is_open_to_residents() -> None:
    inside = make_room(make_venue(rooms=0), is_for_residents=False)
    hidden = make_room(make_venue(rooms=0, is_public=False))

    for room in (inside, hidden):
        with pytest.raises(Refusal, match="room_not_bookable"):
            make_booking(room, actor=RESIDENT)
        make_booking(room)


def test_resident_cannot_announce_an_event_on_the_card(room: Room) -> None:
    assert not make_booking(room, actor=RESIDENT, is_announced=True).booking.is_announced
    assert make_booking(room, NOW + 3 * DAY, is_announced=True).booking.is_announced


def test_staff_book_only_where_they_serve(room: Room) -> None:
    stranger = make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)
    with pytest.raises(NotPermitted):
        make_booking(room, actor=stranger)

    make_booking(room, actor=make_actor(Role.COMMUNITY_WORKER, COMMUNITY))


def test_cancelled_time_is_free_again_and_cannot_be_cancelled_twice(room: Room) -> None:
    [slot] = make_booking(room).slots

    cancelled = cancel_slot(actor=RESIDENT, now=NOW, slot=slot)

    assert (cancelled.status, cancelled.sequence) == ("cancelled", 1)
    make_booking(room)
    with pytest.raises(WrongState):
        cancel_slot(actor=RESIDENT, now=NOW, slot=slot)


def test_staff_cancelling_tells_the_booker_and_past_times_stay(room: Room) -> None:
    booked = make_booking(room, weekly_until=date(2026, 3, 25))
    later = NOW + 5 * DAY

    assert cancel_booking(actor=make_actor(Role.COMMUNITY_WORKER, COMMUNITY), now=later, booking=booked.booking) == 2

    assert list(BookingSlot.objects.order_by("starts_at").values_list("status", flat=True)) == [
        "confirmed", "cancelled", "cancelled",
    ]  # fmt: skip
    assert BookingNotice.objects.filter(kind="cancelled").count() == 2
    with pytest.raises(Refusal, match="booking_over"):
        cancel_slot(actor=RESIDENT, now=later, slot=booked.slots[0])


def test_booking_over_a_change_of_use_is_refused(room: Room) -> None:
    make_layout(room.venue)
    convert(room.venue)
    begin, end = NOW + 12 * HOUR, NOW + 3 * DAY + 12 * HOUR

    for start in (begin - HOUR, begin + DAY, end - HOUR):
        with pytest.raises(Refusal, match="slot_taken"):
            make_booking(room, start)
    make_booking(room, begin - 2 * HOUR)
    make_booking(room, end)
