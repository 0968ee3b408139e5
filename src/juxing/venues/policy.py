"""Who may see venues, keep their register, book, convert them and plan new ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.venues.models import Booking, BookingSlot, LifeCircle, Venue, VenueConversion

SEE = declare(
    "venues.see", _("See venues, their rooms and what they serve as"),
    roles=frozenset(Role) - {Role.RESIDENT, Role.SECURITY_AUDITOR},
)  # fmt: skip
MANAGE = declare(
    "venues.manage", _("Keep the register of venues, rooms and layouts"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip
IMPORT = declare(
    "venues.import", _("Import venues from a spreadsheet"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip
BOOK = declare(
    "venues.book", _("See and make bookings of rooms for others"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.ORGANISATION_MANAGER},
)  # fmt: skip
REVEAL = declare(
    "venues.reveal", _("Open the name and telephone of who booked"),
    roles={Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip
CONVERT = declare(
    "venues.convert", _("Turn venues into another function and back"),
    roles={*COMMAND, Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY},
)  # fmt: skip
WORK = declare(
    "venues.work", _("Work through the checklists of conversions"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.TEAM_LEADER, Role.ORGANISATION_MANAGER},
)  # fmt: skip
PLAN = declare(
    "venues.plan", _("Measure coverage on foot and plan new venues"),
    roles={*COMMAND, Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY},
)  # fmt: skip


def can_see(actor: Actor, venue: Venue) -> bool:
    """Whether the actor may see the venue."""
    return actor.may(SEE, venue.area_code)


def visible_venues(actor: Actor) -> ScopedQuerySet[Venue]:
    """Venues for which ``can_see`` holds."""
    return Venue.objects.inside(actor.areas_with(SEE))


def can_manage(actor: Actor, venue: Venue) -> bool:
    """Whether the actor may change the venue."""
    return actor.may(MANAGE, venue.area_code)


def can_book(actor: Actor, venue: Venue) -> bool:
    """Whether the actor may book here: residents who proved a telephone, staff where they serve."""
    return actor.kind is ActorKind.RESIDENT or actor.may(BOOK, venue.area_code)


def visible_bookings(actor: Actor) -> ScopedQuerySet[Booking]:
    """Bookings the actor may know of; names and telephones stay masked."""
    return Booking.objects.inside(actor.areas_with(BOOK))


def visible_slots(actor: Actor) -> ScopedQuerySet[BookingSlot]:
    """Booked times the actor may know of."""
    return BookingSlot.objects.inside(actor.areas_with(BOOK))


def can_see_slot(actor: Actor, slot: BookingSlot) -> bool:
    """Whether the booked time is one of ``visible_slots``."""
    return actor.may(BOOK, slot.area_code)


def can_change_slot(actor: Actor, slot: BookingSlot) -> bool:
    """
    Whether the actor may cancel the booked time or answer an offer for it.

    A resident holds the link or the telephone that found this one booking; scope let nothing else through.
    """
    return actor.kind is ActorKind.RESIDENT or actor.may(BOOK, slot.area_code)


def can_displace(actor: Actor, slot: BookingSlot) -> bool:
    """Whether the actor's conversions may take this room away, and give it back."""
    return actor.may(CONVERT, slot.area_code)


def can_reveal(actor: Actor, booking: Booking) -> bool:
    """Whether the actor may open who booked."""
    return actor.may(REVEAL, booking.area_code)


def can_convert(actor: Actor, conversion: VenueConversion) -> bool:
    """Whether the actor may order, open, return and give up this conversion."""
    return actor.may(CONVERT, conversion.area_code)


def can_work(actor: Actor, conversion: VenueConversion) -> bool:
    """Whether the actor may tick its checklist."""
    return actor.may(WORK, conversion.area_code)


def visible_conversions(actor: Actor) -> ScopedQuerySet[VenueConversion]:
    """Conversions of venues the actor sees."""
    return VenueConversion.objects.inside(actor.areas_with(SEE))


def visible_circles(actor: Actor) -> ScopedQuerySet[LifeCircle]:
    """Analyses of coverage of places for which the actor plans."""
    return LifeCircle.objects.inside(actor.areas_with(PLAN))
