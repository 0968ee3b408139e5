"""What anyone may see of a venue: its card, the list of venues near by, and its calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.venues.models import BookingSlot, Room, Venue, VenueUse
from juxing.venues.opening_hours import is_open, spans_on
from juxing.venues.queries.bookings import held_slots
from juxing.venues.queries.venues import in_force

CALENDAR_DAYS = 90


@dataclass(frozen=True, slots=True)
class PublicVenue:
    """A venue as its sign shows it."""

    venue: Venue
    is_open_now: bool
    spans_today: list[list[int]]
    uses: list[VenueUse]
    today: list[BookingSlot]
    rooms: list[Room]


def public_venue(uuid: UUID) -> Venue:
    """
    Return a venue that shows itself; call inside the system's scope.

    Raises:
        NotVisible: if there is none, or it is not public.
    """
    found = Venue.objects.filter(uuid=uuid, is_public=True, is_idle=False, closed_at__isnull=True).first()
    if found is None:
        raise NotVisible
    return found


def card_of(venue: Venue, *, now: datetime) -> PublicVenue:
    """Return what the sign shows today; bookings that were not announced only say that a room is taken."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return PublicVenue(
        venue=venue, is_open_now=is_open(venue.opening_hours, now),
        spans_today=spans_on(venue.opening_hours, timezone.localdate(now)),
        uses=list(in_force(now).filter(venue=venue).order_by("is_steady", "function")),
        today=held_slots(venue, starts_at=start, ends_at=start + timedelta(days=1)),
        rooms=bookable_rooms(venue),
    )  # fmt: skip


def bookable_rooms(venue: Venue) -> list[Room]:
    """Return the rooms residents may book."""
    rows = Room.objects.filter(venue=venue, closed_at__isnull=True, is_bookable=True, is_for_residents=True)
    return list(rows.order_by("floor", "pk"))


def public_venues_page(
    *, now: datetime, area_code: str = "", function: str = "", cursor: str | None = None
) -> Page[Venue]:
    """Return the venues that show themselves, by place and name, each with ``uses_now``."""
    rows = Venue.objects.within(area_code).filter(is_public=True, is_idle=False, closed_at__isnull=True)
    if function:
        rows = rows.filter(pk__in=in_force(now).filter(function=function).values("venue_id"))
    uses = Prefetch("uses", in_force(now).order_by("is_steady", "function"), to_attr="uses_now")
    return page_of(rows.prefetch_related(uses), order=("area_code", "name"), cursor=cursor, size=24)


def communities_with_venues() -> list[tuple[str, str]]:
    """Return codes and names of the places that have a public venue; names of places are public."""
    codes = set(Venue.objects.filter(is_public=True, is_idle=False).values_list("area_code", flat=True))
    rows = Area.objects.filter(code__in=codes, level__in=[AreaLevel.STREET, AreaLevel.COMMUNITY]).order_by("code")
    return list(rows.values_list("code", "name")[:400])


def days_from(today: date, *, count: int = 14) -> list[date]:
    """Return the next days, today first."""
    return [today + timedelta(days=number) for number in range(count)]


def calendar_slots(venue: Venue, *, now: datetime) -> list[BookingSlot]:
    """Return the booked times of a venue's calendar: a week back and three months ahead."""
    return held_slots(venue, starts_at=now - timedelta(days=7), ends_at=now + timedelta(days=CALENDAR_DAYS))
