"""Taking rooms for another function, and finding those who booked them another room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Q

from juxing.kernel.actors import Actor
from juxing.venues.commands.notices import LEAD, write_notices
from juxing.venues.enums import NoticeKind
from juxing.venues.free_rooms import FreeRooms, Spot, Wanted
from juxing.venues.lifecycle import SLOT
from juxing.venues.models import BookingSlot, Room, RoomHolding
from juxing.venues.policy import CONVERT

LOCK_SPACE = 0x56454E
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Taking:
    """Rooms that one use takes for a time; ``conversion_id`` is noted on the bookings it displaces."""

    use_id: int
    conversion_id: int
    room_ids: Sequence[int]
    starts_at: datetime
    until: datetime


@dataclass(slots=True)
class Displaced:
    """What became of the bookings in the way; ``to_call`` of those told too late for a message to be enough."""

    offered: int = 0
    suspended: int = 0
    kept: int = 0
    to_call: int = 0
    freed_at: dict[int, datetime] = field(default_factory=dict)


def one_conversion_at_a_time() -> None:
    """Wait for any other conversion or return to commit: they lock many rooms, in no common order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_SPACE])


def take_rooms(*, actor: Actor, now: datetime, takings: Sequence[Taking], is_immediate: bool) -> Displaced:
    """
    Hold the rooms, and offer another one to whoever booked them, or suspend the booking.

    A booking that begins so soon that its booker could not be told in time keeps its room, and the room is taken
    after it, unless ``is_immediate``. Call inside a transaction, after ``one_conversion_at_a_time``.
    """
    rooms = {room_id for taking in takings for room_id in taking.room_ids}
    # Before the bookings, and strong enough to make a new booking of these rooms wait for the outcome.
    list(Room.objects.filter(pk__in=rooms).order_by("pk").select_for_update().values_list("pk"))
    in_the_way = _in_the_way(takings)
    outcome = Displaced()
    displaced: list[tuple[BookingSlot, Taking]] = []
    for slot, holding, taking in in_the_way:
        if slot.starts_at < now + LEAD and not is_immediate:
            outcome.kept += 1
            latest = outcome.freed_at.get(holding.room_id, slot.ends_at)
            outcome.freed_at[holding.room_id] = max(latest, slot.ends_at)
        else:
            displaced.append((slot, taking))
    RoomHolding.objects.filter(slot_id__in=[slot.pk for slot, _taking in displaced]).delete()
    _hold_for_uses(takings, outcome.freed_at)
    if displaced:
        _place_elsewhere(actor, displaced, now=now, outcome=outcome)
    return outcome


def _in_the_way(takings: Sequence[Taking]) -> list[tuple[BookingSlot, RoomHolding, Taking]]:
    """Return the booked times that overlap, locked, in the order in which they begin."""
    taking_of = {room_id: taking for taking in takings for room_id in taking.room_ids}
    first, last = min(taking.starts_at for taking in takings), max(taking.until for taking in takings)
    held = RoomHolding.objects.filter(
        room_id__in=list(taking_of), slot__isnull=False, starts_at__lt=last, ends_at__gt=first
    )
    overlapping = {
        holding.slot_id: holding
        for holding in held
        if holding.starts_at < taking_of[holding.room_id].until
        and (holding.ends_at or last) > taking_of[holding.room_id].starts_at
    }
    slots = (
        BookingSlot.objects.filter(pk__in=list(overlapping)).select_for_update(of=("self",)).order_by("starts_at", "pk")
    )
    locked = list(slots.select_related("booking"))
    # Someone may have cancelled while we waited for the lock.
    still = set(RoomHolding.objects.filter(slot__in=locked).values_list("slot_id", flat=True))
    return [
        (slot, overlapping[slot.pk], taking_of[overlapping[slot.pk].room_id]) for slot in locked if slot.pk in still
    ]


def _hold_for_uses(takings: Sequence[Taking], freed_at: Mapping[int, datetime]) -> None:
    holdings = []
    areas = dict(
        Room.objects.filter(pk__in=[room for taking in takings for room in taking.room_ids]).values_list(
            "pk", "area_code"
        )
    )
    for taking in takings:
        for room_id in taking.room_ids:
            starts_at = max(taking.starts_at, freed_at.get(room_id, taking.starts_at))
            if starts_at < taking.until:
                holdings.append(
                    RoomHolding(area_code=areas[room_id], room_id=room_id, use_id=taking.use_id, starts_at=starts_at,
                                ends_at=taking.until)
                )  # fmt: skip
    RoomHolding.objects.bulk_create(holdings, batch_size=BATCH)


def _place_elsewhere(
    actor: Actor, displaced: Sequence[tuple[BookingSlot, Taking]], *, now: datetime, outcome: Displaced
) -> None:
    free = _free_rooms(actor, [slot for slot, _taking in displaced])
    offered: list[BookingSlot] = []
    suspended: list[BookingSlot] = []
    for slot, taking in displaced:
        booking = slot.booking
        slot.offered_room_id = free.take_best(
            Wanted(booking.venue_id, slot.starts_at, slot.ends_at, booking.attendees, booking.needs_step_free)
        )
        slot.displaced_by_id = slot.displaced_by_id or taking.conversion_id
        slot.sequence += 1
        (offered if slot.offered_room_id else suspended).append(slot)
    areas = dict(Room.objects.filter(pk__in={slot.offered_room_id for slot in offered}).values_list("pk", "area_code"))
    RoomHolding.objects.bulk_create(
        [
            RoomHolding(area_code=areas[slot.offered_room_id or 0], room_id=slot.offered_room_id or 0, slot=slot,
                        starts_at=slot.starts_at, ends_at=slot.ends_at)
            for slot in offered
        ],
        batch_size=BATCH,
    )  # fmt: skip
    columns = ["offered_room", "displaced_by", "sequence"]
    if offered:
        BookingSlot.objects.bulk_update(offered, columns, batch_size=BATCH)
        SLOT.move_many([slot.pk for slot in offered], "offer", actor=actor, now=now)
    if suspended:  # the state first: an offer that is taken away as well must not stand without its room
        SLOT.move_many([slot.pk for slot in suspended], "suspend", actor=actor, now=now)
        BookingSlot.objects.bulk_update(suspended, columns, batch_size=BATCH)
    for slots, kind in ((offered, NoticeKind.OFFERED), (suspended, NoticeKind.SUSPENDED)):
        outcome.to_call += sum(notice.needs_call for notice in write_notices(slots, kind, now=now))
    outcome.offered, outcome.suspended = len(offered), len(suspended)


def _free_rooms(actor: Actor, slots: Sequence[BookingSlot]) -> FreeRooms:
    """Return the rooms that may be offered where the actor converts, locked, with everything that holds them."""
    bookable = Q(is_bookable=True, closed_at__isnull=True, venue__closed_at__isnull=True, venue__is_idle=False)
    rooms = Room.objects.inside(actor.areas_with(CONVERT)).filter(bookable).order_by("pk").select_related("venue")
    spots = [
        Spot(room.pk, room.venue_id, room.area_code[:12], room.capacity, bool(room.is_step_free), room.venue.longitude,
             room.venue.latitude)
        for room in rooms.select_for_update(of=("self",))
    ]  # fmt: skip
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    held = RoomHolding.objects.filter(
        Q(ends_at__gt=first) | Q(ends_at__isnull=True), room_id__in=[spot.room_id for spot in spots], starts_at__lt=last
    )
    return FreeRooms(spots, held.values_list("room_id", "starts_at", "ends_at"))
