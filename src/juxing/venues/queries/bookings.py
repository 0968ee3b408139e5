"""Reading bookings: what a desk sees, what a booker sees, and when a room is free."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import DEFAULT_PAGE_ROWS, Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.people.links import link_digest
from juxing.people.phone_numbers import phone_index
from juxing.venues import policy
from juxing.venues.enums import DISPLACED, HOLDS_ROOM, BookingStatus
from juxing.venues.models import Booking, BookingNotice, BookingSlot, Room, RoomHolding, Venue

COMING_ORDER = ("starts_at", "id")


def slots_page(
    *,
    actor: Actor,
    area_code: str = "",
    venue: Venue | None = None,
    status: str = "",
    since: datetime,
    cursor: str | None = None,
    size: int = DEFAULT_PAGE_ROWS,
) -> Page[BookingSlot]:
    """Return booked times that end after a moment, the next first, with room, venue and booking."""
    rows = policy.visible_slots(actor).within(area_code).filter(starts_at__gte=since - timedelta(days=3))
    rows = rows.filter(ends_at__gt=since)
    if venue is not None:
        rows = rows.filter(room__venue=venue)
    if status == "displaced":
        rows = rows.filter(status__in=sorted(DISPLACED))
    elif status:
        rows = rows.filter(status=status)
    else:
        rows = rows.exclude(status=BookingStatus.CANCELLED)
    return page_of(_with_names(rows), order=COMING_ORDER, cursor=cursor, size=size)


def booking(*, actor: Actor, uuid: UUID) -> Booking:
    """
    Return one booking with its venue.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_bookings(actor).filter(uuid=uuid).select_related("venue", "organisation").first()
    if found is None:
        raise NotVisible
    return found


def slot(*, actor: Actor, uuid: UUID) -> BookingSlot:
    """
    Return one booked time.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = _with_names(policy.visible_slots(actor).filter(uuid=uuid)).first()
    if found is None:
        raise NotVisible
    return found


def slots_of(booking: Booking) -> list[BookingSlot]:
    """Return every time of a booking, the first first."""
    return list(_with_names(BookingSlot.objects.filter(booking=booking)).order_by("starts_at"))


def booking_by_link(token: str) -> Booking | None:
    """Return the booking whose link this is; call inside the system's scope."""
    return Booking.objects.filter(link_digest=link_digest(token, "venues")).select_related("venue").first()


def slots_of_phone(phone: str, *, now: datetime) -> list[BookingSlot]:
    """Return the times to come that were booked with a telephone; call inside the system's scope."""
    rows = BookingSlot.objects.filter(booking__contact_phone_index=phone_index(phone), ends_at__gt=now)
    return list(_with_names(rows).order_by("starts_at")[:100])


def holdings_between(rooms: list[Room], *, starts_at: datetime, ends_at: datetime) -> list[RoomHolding]:
    """Return what holds these rooms in a period, in order, with booking and use."""
    rows = RoomHolding.objects.filter(
        Q(ends_at__gt=starts_at) | Q(ends_at__isnull=True), room__in=rooms, starts_at__lt=ends_at
    )
    return list(rows.select_related("slot__booking", "use", "room").order_by("room_id", "starts_at"))


def notices_to_call(*, actor: Actor) -> list[BookingNotice]:
    """Return whom to telephone because a message alone could come too late, the most pressing first."""
    rows = BookingNotice.objects.inside(actor.areas_with(policy.REVEAL)).filter(needs_call=True, called_at__isnull=True)
    return list(rows.select_related("slot__booking__venue", "slot__room").order_by("tell_by", "pk")[:200])


def notice(*, actor: Actor, uuid: UUID) -> BookingNotice:
    """
    Return one notice.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = BookingNotice.objects.inside(actor.areas_with(policy.REVEAL)).select_related("slot__booking")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def notices_of(booking: Booking) -> list[BookingNotice]:
    """Return what the booker was told, newest first."""
    return list(BookingNotice.objects.filter(slot__booking=booking).order_by("-written_at", "-pk")[:50])


def held_slots(venue: Venue, *, starts_at: datetime, ends_at: datetime) -> list[BookingSlot]:
    """Return the booked times in a venue's rooms in a period, in order, wherever they were booked."""
    rows = BookingSlot.objects.filter(
        holding__room__venue=venue, holding__starts_at__lt=ends_at, holding__ends_at__gt=starts_at,
        status__in=sorted(HOLDS_ROOM),
    )  # fmt: skip
    return list(rows.select_related("booking", "room", "offered_room").order_by("starts_at", "pk"))


def _with_names(rows: QuerySet[BookingSlot]) -> QuerySet[BookingSlot]:
    return rows.select_related("room__venue", "offered_room__venue", "booking__venue")
