"""Booking a room once or weekly, and cancelling it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations.policy import visible_organisations
from juxing.people.links import new_link
from juxing.people.phone_numbers import normal_phone, phone_index
from juxing.venues import policy
from juxing.venues.commands.notices import write_notices
from juxing.venues.enums import BookingStatus, NoticeKind
from juxing.venues.lifecycle import SLOT
from juxing.venues.models import Booking, BookingSlot, Room, RoomHolding
from juxing.venues.opening_hours import is_open_throughout

BOOKED = journal.declare_action("venues.booking.add", _("Room booked"))
SHORTEST = timedelta(minutes=15)
LONGEST, LONGEST_FOR_RESIDENTS = timedelta(hours=72), timedelta(hours=6)
AHEAD, AHEAD_FOR_RESIDENTS = timedelta(days=400), timedelta(days=60)
MOST_WEEKS = 54
OPEN_AT_ONCE = 4
"""Booked times of one telephone that are still to come: rooms are for many."""
WEEK = timedelta(days=7)
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingInput:
    """What somebody wants; ``weekly_until`` repeats it, ``skip_taken`` leaves out weeks that are taken."""

    title: str
    attendees: int
    starts_at: datetime
    ends_at: datetime
    contact_name: str
    contact_phone: str
    weekly_until: date | None = None
    skip_taken: bool = False
    needs_step_free: bool = False
    is_announced: bool = False
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking, its times, and the token of its link, which is kept nowhere."""

    booking: Booking
    slots: Sequence[BookingSlot]
    link_token: str


@transaction.atomic
def book_room(*, actor: Actor, now: datetime, room: Room, given: BookingInput, language: str = "zh-hans") -> Booked:
    """
    Book a room.

    Two people who ask for the same time at the same moment get one booking and one refusal; should any writer forget
    the lock, the exclusion constraint still keeps them apart.

    Raises:
        InvalidInput: if the time, the number of people or the telephone cannot be used.
        Refusal: if the room is taken; the message says when.
        NotPermitted: if the actor may not book here.
    """
    if not policy.can_book(actor, room.venue):
        raise NotPermitted
    _require_sense(actor, room, given, now=now)
    phone = normal_phone(given.contact_phone)
    if actor.kind is ActorKind.RESIDENT:
        _require_modesty(phone, now=now)
    # Keys are checked at commit only, so the room is locked here: whoever converts it waits for us, or we for them.
    list(Room.objects.filter(pk=room.pk).select_for_update().values_list("pk"))
    periods = _free(room, _weeks(given), skip=given.skip_taken)
    token, digest = new_link("venues")
    booking = Booking.objects.create(
        venue=room.venue, area_code=room.area_code, title=given.title.strip()[:80], attendees=given.attendees,
        needs_step_free=given.needs_step_free, is_announced=given.is_announced and actor.kind is not ActorKind.RESIDENT,
        organisation_id=given.organisation_id, contact_name=given.contact_name.strip()[:40], contact_phone=phone,
        contact_phone_index=phone_index(phone), booked_by_id=actor.account_id, booked_at=now, link_digest=digest,
    )  # fmt: skip
    booking.refresh_from_db(fields=["uuid"])
    slots = _hold(booking, room, periods)
    journal.record(BOOKED, actor=actor, subject=booking, happened_at=now, changes={"times": len(slots)})
    write_notices(slots[:1], NoticeKind.BOOKED, now=now, language=language)
    return Booked(booking, slots, token)


@transaction.atomic
def cancel_slot(*, actor: Actor, now: datetime, slot: BookingSlot, reason: str = "") -> BookingSlot:
    """
    Give one booked time back.

    Raises:
        Refusal: if it is over.
        WrongState: if it was cancelled before.
    """
    if slot.ends_at <= now:
        raise Refusal("booking_over", _("This booking is over."))
    fresh = BookingSlot.objects.select_for_update().get(pk=slot.pk)
    moved = SLOT.move(
        fresh, "cancel", actor=actor, now=now, reason=reason[:400],
        changes={"offered_room": None, "sequence": fresh.sequence + 1},
    )  # fmt: skip
    RoomHolding.objects.filter(slot=moved).delete()
    if actor.kind is not ActorKind.RESIDENT:
        write_notices([moved], NoticeKind.CANCELLED, now=now)
    return moved


@transaction.atomic
def cancel_booking(*, actor: Actor, now: datetime, booking: Booking, reason: str = "") -> int:
    """Give back every time of a booking that is still to come, and return how many."""
    coming = BookingSlot.objects.filter(booking=booking, ends_at__gt=now).exclude(status=BookingStatus.CANCELLED)
    slots = list(coming.order_by("starts_at"))
    for slot in slots:
        cancel_slot(actor=actor, now=now, slot=slot, reason=reason)
    return len(slots)


def _require_sense(actor: Actor, room: Room, given: BookingInput, *, now: datetime) -> None:
    venue, is_resident = room.venue, actor.kind is ActorKind.RESIDENT
    if room.closed_at or venue.closed_at or venue.is_idle or not room.is_bookable:
        raise Refusal("room_not_bookable", _("This room cannot be booked."), field="room")
    if is_resident and not (room.is_for_residents and venue.is_public):
        raise Refusal("room_not_bookable", _("This room cannot be booked."), field="room")
    if not given.title.strip():
        raise InvalidInput("title_missing", _("Say what the room is for."), field="title")
    if not given.contact_name.strip() or not normal_phone(given.contact_phone):
        raise InvalidInput("contact_missing", _("A name and a telephone are needed, to tell of changes."),
                           field="contact_phone")  # fmt: skip
    if not 1 <= given.attendees <= room.capacity:
        words = _("This room holds %(most)s people.") % {"most": room.capacity}
        raise InvalidInput("too_many_people", words, field="attendees")
    if given.needs_step_free and not room.is_step_free:
        raise InvalidInput("steps", _("This room is not known to be reached without steps."), field="needs_step_free")
    if given.organisation_id is not None and (
        not visible_organisations(actor).filter(pk=given.organisation_id).exists()
    ):
        raise InvalidInput("organisation_unknown", _("Choose from the list."), field="organisation")
    _require_times(room, given, now=now, is_resident=is_resident)


def _require_times(room: Room, given: BookingInput, *, now: datetime, is_resident: bool) -> None:
    length = given.ends_at - given.starts_at
    longest, ahead = (LONGEST_FOR_RESIDENTS, AHEAD_FOR_RESIDENTS) if is_resident else (LONGEST, AHEAD)
    if given.starts_at < now:
        raise InvalidInput("in_the_past", _("This time is over. Choose a later one."), field="starts")
    if length < SHORTEST:
        raise InvalidInput("too_short", _("At least a quarter of an hour."), field="ends")
    if length > longest:
        words = _("At most %(hours)s hours at a time. Is the end right?") % {"hours": longest // timedelta(hours=1)}
        raise InvalidInput("too_long", words, field="ends")
    if max(given.starts_at, _last_start(given)) > now + ahead:
        words = _("At most %(days)s days ahead.") % {"days": ahead.days}
        raise InvalidInput("too_far_ahead", words, field="weekly_until" if given.weekly_until else "day")
    if is_resident and not is_open_throughout(room.venue.opening_hours, given.starts_at, given.ends_at):
        raise InvalidInput("closed_then", _("The venue is closed then. Look at its opening hours."), field="starts")


def _require_modesty(phone: str, *, now: datetime) -> None:
    coming = BookingSlot.objects.filter(
        booking__contact_phone_index=phone_index(phone), ends_at__gt=now
    ).exclude(status=BookingStatus.CANCELLED)  # fmt: skip
    if coming.count() >= OPEN_AT_ONCE:
        words = _("You have %(most)s bookings to come. Cancel one, or wait until one is over.")
        raise Refusal("too_many_bookings", words % {"most": OPEN_AT_ONCE})


def _last_start(given: BookingInput) -> datetime:
    return _weeks(given)[-1][0]


def _weeks(given: BookingInput) -> list[Period]:
    """Return the time of every week, at the same hour of the local clock."""
    zone = timezone.get_default_timezone()
    first, length = given.starts_at.astimezone(zone), given.ends_at - given.starts_at
    last = given.weekly_until or first.date()
    if last < first.date():
        raise InvalidInput("weekly_before", _("The last week comes before the first."), field="weekly_until")
    weeks = (last - first.date()) // WEEK + 1
    if weeks > MOST_WEEKS:
        words = _("At most %(most)s weeks at a time.") % {"most": MOST_WEEKS}
        raise InvalidInput("too_many_weeks", words, field="weekly_until")
    if weeks > 1 and length > WEEK:
        raise InvalidInput("weeks_overlap", _("One week would run into the next."), field="ends")
    starts = [datetime.combine(first.date() + WEEK * week, first.time(), tzinfo=zone) for week in range(weeks)]
    return [(start, start + length) for start in starts]


def _free(room: Room, periods: Sequence[Period], *, skip: bool) -> list[Period]:
    """Return the periods in which the room is free; refuse taken ones unless they may be left out."""
    held = list(
        RoomHolding.objects.filter(room=room, starts_at__lt=periods[-1][1])
        .exclude(ends_at__lte=periods[0][0])
        .values_list("starts_at", "ends_at")
    )
    free = [
        (start, end)
        for start, end in periods
        if not any(taken < end and (until or end) > start for taken, until in held)
    ]
    if len(free) == len(periods) or (skip and free):
        return free
    taken = [start for start, end in periods if (start, end) not in set(free)]
    raise _taken(taken)


def _hold(booking: Booking, room: Room, periods: Sequence[Period]) -> list[BookingSlot]:
    slots = BookingSlot.objects.bulk_create(
        BookingSlot(booking=booking, area_code=booking.area_code, room=room, starts_at=start, ends_at=end)
        for start, end in periods
    )
    try:
        with transaction.atomic():
            RoomHolding.objects.bulk_create(
                RoomHolding(area_code=room.area_code, room=room, slot=slot, starts_at=slot.starts_at,
                            ends_at=slot.ends_at)
                for slot in slots
            )  # fmt: skip
    except IntegrityError as collision:
        if "venues_room_never_held_twice" not in str(collision):
            raise
        raise _taken([]) from collision
    return slots


def _taken(starts: Sequence[datetime]) -> Refusal:
    if not starts:
        return Refusal("slot_taken", _("Someone else has just booked this time. Choose another."), field="starts")
    days = ", ".join(f"{timezone.localtime(start):%Y-%m-%d %H:%M}" for start in starts[:5])
    words = _("The room is taken at: %(days)s.") % {"days": days + (" …" if len(starts) > 5 else "")}
    return Refusal("slot_taken", words, field="starts")
