"""Giving rooms back: those who booked them have them again, and ordinary functions go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from juxing.kernel.actors import Actor
from juxing.venues.commands.notices import write_notices
from juxing.venues.enums import DISPLACED, OPEN_CONVERSIONS, NoticeKind
from juxing.venues.lifecycle import SLOT
from juxing.venues.models import BookingSlot, Room, RoomHolding, VenueConversion, VenueUse

BATCH = 2000
Held = dict[int, list[tuple[datetime, datetime | None]]]


def give_back_from(*, actor: Actor, now: datetime, conversions: Sequence[VenueConversion], free_from: datetime) -> int:
    """
    Free the rooms of these conversions from a moment on, and return how many bookings stand again.

    A booking that still waits stands again in its own room, if that room is free; one whose booker accepted another
    room stays there. Call inside a transaction, after ``one_conversion_at_a_time``.
    """
    holdings = RoomHolding.objects.filter(use__conversion__in=conversions)
    rooms = set(holdings.values_list("room_id", flat=True))
    list(Room.objects.filter(pk__in=rooms).order_by("pk").select_for_update().values_list("pk"))
    holdings.filter(starts_at__gte=free_from).delete()
    holdings.filter(ends_at__gt=free_from).update(ends_at=free_from)
    return _restore(actor, conversions, free_from, now=now)


def resume_steady(*, conversions: Sequence[VenueConversion], free_from: datetime) -> None:
    """Let the ordinary functions go on that stopped for these conversions, unless another one still needs that."""
    suspended = list(VenueUse.objects.filter(suspended_by__in=conversions).select_related("layout"))
    others = VenueConversion.objects.filter(
        venue_id__in=[use.venue_id for use in suspended], status__in=sorted(OPEN_CONVERSIONS),
        layout__suspends_steady=True, is_exercise=False,
    ).exclude(pk__in=[conversion.pk for conversion in conversions])  # fmt: skip
    other_of = {conversion.venue_id: conversion for conversion in others}
    resumed: list[VenueUse] = []
    for use in suspended:
        use.suspended_by = other_of.get(use.venue_id)
        if use.suspended_by is None and use.layout.is_steady:
            if use.ends_at is not None and free_from <= use.ends_at:
                use.ends_at = None
            else:
                resumed.append(
                    VenueUse(layout=use.layout, venue_id=use.venue_id, area_code=use.area_code, function=use.function,
                             is_steady=True, starts_at=free_from)
                )  # fmt: skip
    VenueUse.objects.bulk_update(suspended, ["suspended_by", "ends_at"], batch_size=BATCH)
    VenueUse.objects.bulk_create(resumed, batch_size=BATCH)


def _restore(actor: Actor, conversions: Sequence[VenueConversion], free_from: datetime, *, now: datetime) -> int:
    waiting = list(
        BookingSlot.objects.filter(
            displaced_by__in=conversions, status__in=sorted(DISPLACED), starts_at__gte=max(free_from, now)
        )
        .select_for_update(of=("self",))
        .select_related("booking")
        .order_by("starts_at", "pk")
    )
    held = _held(waiting)
    back = [slot for slot in waiting if _take(held, slot)]
    if not back:
        return 0
    RoomHolding.objects.filter(slot__in=back).delete()
    areas = dict(Room.objects.filter(pk__in={slot.room_id for slot in back}).values_list("pk", "area_code"))
    RoomHolding.objects.bulk_create(
        [
            RoomHolding(area_code=areas[slot.room_id], room_id=slot.room_id, slot=slot, starts_at=slot.starts_at,
                        ends_at=slot.ends_at)
            for slot in back
        ],
        batch_size=BATCH,
    )  # fmt: skip
    SLOT.move_many([slot.pk for slot in back], "restore", actor=actor, now=now)
    for slot in back:
        slot.offered_room_id, slot.displaced_by_id, slot.sequence = None, None, slot.sequence + 1
    BookingSlot.objects.bulk_update(back, ["offered_room", "displaced_by", "sequence"], batch_size=BATCH)
    write_notices(back, NoticeKind.RESTORED, now=now)
    return len(back)


def _held(waiting: Sequence[BookingSlot]) -> Held:
    held: Held = defaultdict(list)
    if waiting:
        rows = RoomHolding.objects.filter(
            Q(ends_at__gt=waiting[0].starts_at) | Q(ends_at__isnull=True),
            room_id__in={slot.room_id for slot in waiting},
            starts_at__lt=max(slot.ends_at for slot in waiting),
        )
        for room_id, starts_at, ends_at in rows.values_list("room_id", "starts_at", "ends_at"):
            held[room_id].append((starts_at, ends_at))
    return held


def _take(held: Held, slot: BookingSlot) -> bool:
    """Take the slot's own room if nothing holds it then."""
    spans = held[slot.room_id]
    if any(start < slot.ends_at and (end is None or end > slot.starts_at) for start, end in spans):
        return False
    spans.append((slot.starts_at, slot.ends_at))
    return True
