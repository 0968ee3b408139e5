"""What this room keeps about a resident who booked a room, for the resident's own eyes."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from juxing.people.models import Resident
from juxing.people.own_data import OwnPart, OwnRow, declare_look, own_parts
from juxing.venues.commands.register import REVEALED
from juxing.venues.models import Booking


def _bookings(resident: Resident) -> Iterable[OwnRow]:
    if not resident.phone_index:
        return
    rows = Booking.objects.filter(contact_phone_index=resident.phone_index, contact_name=resident.name)
    for booking in rows.select_related("venue").order_by("-id")[:200]:
        yield OwnRow(booking.uuid, {str(_("Venue")): booking.venue.name, str(_("Name given")): booking.contact_name})


own_parts.add("bookings", OwnPart(_("Rooms you booked"), _bookings))
declare_look(REVEALED)
