"""The only writers of this room."""

from juxing.venues.commands.booking import Booked, BookingInput, book_room, cancel_booking, cancel_slot
from juxing.venues.commands.checklist import close_conversion, give_up_conversion, open_conversion, set_task
from juxing.venues.commands.converting import ConversionWish, Converted, convert_layouts, convert_venues
from juxing.venues.commands.importing import import_venues, start_import
from juxing.venues.commands.notices import note_call, send_notices
from juxing.venues.commands.offers import accept_offer, decline_offer
from juxing.venues.commands.places import CircleWish, compute_life_circle, start_life_circle
from juxing.venues.commands.register import (
    LayoutInput,
    RoomInput,
    VenueInput,
    add_layout,
    add_room,
    add_venue,
    change_layout,
    change_room,
    change_venue,
    close_venue,
    reveal_contact,
)
from juxing.venues.commands.returning import Returned, end_what_is_over, return_venues

__all__ = [
    "Booked",
    "BookingInput",
    "CircleWish",
    "ConversionWish",
    "Converted",
    "LayoutInput",
    "Returned",
    "RoomInput",
    "VenueInput",
    "accept_offer",
    "add_layout",
    "add_room",
    "add_venue",
    "book_room",
    "cancel_booking",
    "cancel_slot",
    "change_layout",
    "change_room",
    "change_venue",
    "close_conversion",
    "close_venue",
    "compute_life_circle",
    "convert_layouts",
    "convert_venues",
    "decline_offer",
    "end_what_is_over",
    "give_up_conversion",
    "import_venues",
    "note_call",
    "open_conversion",
    "return_venues",
    "reveal_contact",
    "send_notices",
    "set_task",
    "start_import",
    "start_life_circle",
]
