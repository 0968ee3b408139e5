"""Turning venues into another function and back: rooms, checklists, bookings, and what bookers are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.venues.commands import accept_offer, decline_offer, end_what_is_over, return_venues
from juxing.venues.models import (
    BookingNotice,
    BookingSlot,
    ConversionTask,
    Room,
    RoomHolding,
    Venue,
    VenueConversion,
    VenueUse,
)
from tests.factories import COMMUNITY, LATITUDE, OTHER_COMMUNITY, make_actor
from tests.venues.makers import (
    DAY,
    HOUR,
    NOW,
    SYSTEM,
    convert,
    make_booking,
    make_layout,
    make_room,
    make_steady,
    make_venue,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
BEGIN, END = NOW + 12 * HOUR, NOW + 3 * DAY + 12 * HOUR


def a_venue(**values: Any) -> tuple[Venue, Room]:
    venue = make_venue(rooms=1, **values)
    make_layout(venue)
    return venue, Room.objects.select_related("venue").get(venue=venue)


def bring_back(*, now: datetime = NOW, free_from: datetime | None = None) -> int:
    outcome = return_venues(
        actor=SYSTEM, now=now, conversions=list(VenueConversion.objects.all()), reason="over", free_from=free_from
    )
    return outcome.restored


def test_conversion_opens_the_use_makes_the_checklist_and_stops_ordinary_functions() -> None:
    venue, room = a_venue()
    make_steady(venue)

    [conversion] = convert(venue).conversions

    use = VenueUse.objects.get(conversion=conversion)
    assert (use.function, use.starts_at, use.ends_at) == ("testing_site", BEGIN, END)
    assert RoomHolding.objects.get(use=use).room == room
    assert list(ConversionTask.objects.filter(phase="convert").order_by("position").values_list("text", flat=True)) == [
        "清空场地", "划分区域",
    ]  # fmt: skip
    assert conversion.status == "planned"
    assert conversion.due_at == BEGIN + 10 * HOUR
    assert VenueUse.objects.get(is_steady=True).ends_at == BEGIN
    assert JournalEntry.objects.filter(action="venues.conversion.begin", subject_uuid=conversion.uuid).exists()


def test_booker_is_offered_the_nearest_room_that_fits_and_told_in_time() -> None:
    venue, room = a_venue()
    far = make_venue(rooms=1, latitude=LATITUDE + 0.012)
    near = make_venue(rooms=1, latitude=LATITUDE + 0.004)
    make_room(near, capacity=5)
    [slot] = make_booking(room).slots

    outcome = convert(venue)

    slot.refresh_from_db()
    assert (slot.status, outcome.displaced.offered, outcome.displaced.suspended) == ("offered", 1, 0)
    assert slot.offered_room is not None
    assert slot.offered_room.venue == near
    assert slot.offered_room.venue != far
    assert RoomHolding.objects.get(slot=slot).room == slot.offered_room
    notice = BookingNotice.objects.get(kind="offered")
    assert notice.written_at <= notice.tell_by
    assert not notice.needs_call


def test_another_room_of_the_same_venue_comes_first() -> None:
    venue = make_venue(rooms=2)
    hall, other = Room.objects.filter(venue=venue).order_by("pk")
    make_layout(venue, rooms=[hall])
    make_venue(rooms=1)
    [slot] = make_booking(hall).slots

    convert(venue)

    slot.refresh_from_db()
    assert slot.offered_room == other


def test_without_another_room_the_booking_is_suspended() -> None:
    venue, room = a_venue()
    make_venue(rooms=1, latitude=LATITUDE + 0.5)
    [slot] = make_booking(room).slots

    outcome = convert(venue)

    slot.refresh_from_db()
    assert (slot.status, slot.offered_room) == ("suspended", None)
    assert outcome.displaced.suspended == 1
    assert not RoomHolding.objects.filter(slot=slot).exists()
    assert BookingNotice.objects.filter(kind="suspended").count() == 1


def test_booking_whose_booker_cannot_be_told_in_time_keeps_its_room() -> None:
    venue, room = a_venue()
    [soon] = make_booking(room, NOW + HOUR).slots
    [later] = make_booking(room, NOW + 4 * HOUR, contact_phone="12800000002").slots

    outcome = convert(venue, starts_at=NOW)

    soon.refresh_from_db()
    later.refresh_from_db()
    assert (soon.status, later.status) == ("confirmed", "suspended")
    assert outcome.displaced.kept == 1
    assert outcome.displaced.to_call == 0
    assert RoomHolding.objects.get(use__isnull=False).starts_at == soon.ends_at


def test_immediate_conversion_takes_the_room_and_lists_whom_to_call() -> None:
    venue, room = a_venue()
    [soon] = make_booking(room, NOW + HOUR).slots

    outcome = convert(venue, starts_at=NOW, is_immediate=True)

    soon.refresh_from_db()
    assert soon.status == "suspended"
    assert outcome.displaced.to_call == 1
    assert BookingNotice.objects.get(kind="suspended").needs_call
    assert RoomHolding.objects.get(use__isnull=False).starts_at == NOW


def test_return_gives_everything_back() -> None:
    venue, room = a_venue()
    make_steady(venue)
    booked = [make_booking(room, NOW + day * DAY, contact_phone=f"1280000001{day}").slots[0] for day in (1, 2, 3)]
    convert(venue)

    restored = bring_back(now=NOW + DAY + 12 * HOUR)

    states = dict(BookingSlot.objects.values_list("pk", "status"))
    assert restored == 2
    assert [states[slot.pk] for slot in booked] == ["suspended", "confirmed", "confirmed"]
    assert RoomHolding.objects.filter(slot__in=booked, room=room).count() == 2
    assert BookingNotice.objects.filter(kind="restored").count() == 2
    served = VenueUse.objects.filter(is_steady=True).order_by("starts_at")
    assert [use.ends_at for use in served] == [BEGIN, None]
    assert served[1].starts_at == NOW + DAY + 12 * HOUR
    make_booking(room, NOW + 2 * DAY + 6 * HOUR)


def test_accepted_offer_stays_and_declined_one_is_gone() -> None:
    venue, room = a_venue()
    other = make_venue(rooms=1)
    accepted, declined = (make_booking(room, NOW + day * DAY + 6 * HOUR).slots[0] for day in (1, 2))
    convert(venue)
    for slot in (accepted, declined):
        slot.refresh_from_db()

    moved = accept_offer(actor=SYSTEM, now=NOW, slot=accepted)
    gone = decline_offer(actor=SYSTEM, now=NOW, slot=declined)
    bring_back()

    moved.refresh_from_db()
    gone.refresh_from_db()
    assert (moved.status, moved.room.venue, moved.offered_room) == ("confirmed", other, None)
    assert gone.status == "cancelled"
    assert RoomHolding.objects.count() == 1


def test_return_before_it_began_leaves_no_trace_in_the_rooms() -> None:
    venue, room = a_venue()
    make_steady(venue)
    make_booking(room)
    convert(venue)

    assert bring_back() == 1

    assert not VenueUse.objects.filter(is_steady=False).exists()
    assert VenueUse.objects.get(is_steady=True).ends_at is None
    assert RoomHolding.objects.get().slot is not None


def test_hours_to_return_hold_the_rooms_a_little_longer() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue, hours_to_return=8)
    convert(venue)
    morning = NOW + 2 * DAY

    bring_back(now=morning)

    assert VenueUse.objects.get(is_steady=False).ends_at == morning + 8 * HOUR
    assert VenueConversion.objects.get().free_from == morning + 8 * HOUR


def test_asked_again_for_the_same_activation_nothing_is_done_twice_and_the_end_moves() -> None:
    venue, room = a_venue()
    activation = 7
    first = make_booking(room, END + HOUR, contact_phone="12800000009").slots[0]
    convert(venue, activation_id=activation)

    again = convert(venue, activation_id=activation)
    longer = convert(venue, activation_id=activation, until=END + DAY)

    assert (again.conversions, again.changed, again.left_out) == ([], [], {})
    assert len(longer.changed) == 1
    first.refresh_from_db()
    assert first.status == "suspended"
    convert(venue, activation_id=activation, until=END)
    first.refresh_from_db()
    assert first.status == "confirmed"
    assert VenueConversion.objects.get().until == END
    assert VenueUse.objects.get(is_steady=False).ends_at == END


def test_venues_that_cannot_be_converted_are_left_out_and_hold_up_nobody() -> None:
    good, _room = a_venue()
    bare = make_venue(rooms=1)
    busy, busy_room = a_venue()
    make_layout(busy, "shelter")
    convert(busy, function="shelter")
    again, _again_room = a_venue()
    convert(again)
    steady = make_venue(rooms=1)
    make_steady(steady, "testing_site")

    outcome = convert(good, bare, busy, again, steady)

    assert [conversion.venue for conversion in outcome.conversions] == [good]
    assert outcome.left_out == {
        bare.pk: "no_layout", busy.pk: "rooms_taken", again.pk: "converted", steady.pk: "serves_already",
    }  # fmt: skip
    assert busy_room.holdings.count() == 1


def test_exercise_makes_the_checklist_and_moves_nobody() -> None:
    venue, room = a_venue()
    make_steady(venue)
    [slot] = make_booking(room).slots

    [conversion] = convert(venue, is_exercise=True).conversions

    slot.refresh_from_db()
    assert slot.status == "confirmed"
    assert ConversionTask.objects.filter(conversion=conversion).count() == 3
    assert not VenueUse.objects.filter(is_steady=False).exists()
    assert VenueUse.objects.get(is_steady=True).ends_at is None
    assert BookingNotice.objects.exclude(kind="booked").count() == 0
    convert(venue)
    assert VenueUse.objects.filter(is_steady=False).count() == 1


def test_number_of_statements_does_not_grow_with_venues_and_bookings() -> None:
    def statements(venues: int) -> int:
        ready = [a_venue() for _number in range(venues)]
        for _venue, room in ready:
            make_booking(room, contact_phone=f"128{room.pk:08}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            convert(*[venue for venue, _room in ready])
        return len(captured)

    assert statements(1) == statements(4)


def test_what_passes_its_end_is_over_without_anyones_doing() -> None:
    venue, room = a_venue()
    make_steady(venue)
    convert(venue)

    end_what_is_over(actor=SYSTEM, now=BEGIN)
    assert VenueConversion.objects.get().status == "ordered"
    end_what_is_over(actor=SYSTEM, now=END + timedelta(minutes=1))

    assert VenueConversion.objects.get().status == "reverting"
    assert VenueUse.objects.filter(is_steady=True, ends_at__isnull=True).count() == 1
    make_booking(room, END + HOUR, now=END + timedelta(minutes=2))


def test_ordinary_functions_wait_for_the_last_conversion_that_stops_them() -> None:
    venue = make_venue(rooms=2)
    one, two = Room.objects.filter(venue=venue).order_by("pk")
    make_steady(venue)
    make_layout(venue, "testing_site", rooms=[one])
    make_layout(venue, "shelter", rooms=[two])
    [first] = convert(venue).conversions
    [second] = convert(venue, function="shelter").conversions

    return_venues(actor=SYSTEM, now=NOW + DAY, conversions=[first], reason="over", free_from=NOW + DAY)
    assert not VenueUse.objects.filter(is_steady=True, ends_at__isnull=True).exists()
    return_venues(actor=SYSTEM, now=NOW + 2 * DAY, conversions=[second], reason="over", free_from=NOW + 2 * DAY)

    resumed = VenueUse.objects.get(is_steady=True, ends_at__isnull=True)
    assert resumed.starts_at == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"function": "dungeon"}, "function_unknown"),
        ({"starts_at": NOW - DAY}, "in_the_past"),
        ({"until": BEGIN}, "end_bad"),
        ({"until": BEGIN + 100 * DAY}, "end_bad"),
        ({"reason": " "}, "reason_missing"),
    ],
)
def test_wish_that_makes_no_sense_is_refused(values: dict[str, Any], code: str) -> None:
    venue, _room = a_venue()

    with pytest.raises(InvalidInput) as refused:
        convert(venue, **values)
    assert refused.value.code == code


def test_only_those_who_convert_there_convert_and_return() -> None:
    venue, _room = a_venue()
    worker, stranger = (
        make_actor(Role.COMMUNITY_WORKER, COMMUNITY),
        make_actor(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY),
    )

    for actor in (worker, stranger):
        with pytest.raises(NotPermitted):
            convert(venue, actor=actor)
    convert(venue, actor=make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY))
    with pytest.raises(NotPermitted):
        return_venues(actor=worker, now=NOW, conversions=list(VenueConversion.objects.all()), reason="over")
