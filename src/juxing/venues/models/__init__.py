"""Venues (党群服务阵地): what they are, what they serve as and when, who booked them, and who reaches them on foot."""

from juxing.venues.models.bookings import Booking, BookingNotice, BookingSlot, RoomHolding
from juxing.venues.models.conversions import ConversionTask, VenueConversion, VenueUse
from juxing.venues.models.coverage import CoverageGap, LifeCircle, PlaceProposal
from juxing.venues.models.ground import LayoutRoom, Room, Venue, VenueLayout

__all__ = [
    "Booking",
    "BookingNotice",
    "BookingSlot",
    "ConversionTask",
    "CoverageGap",
    "LayoutRoom",
    "LifeCircle",
    "PlaceProposal",
    "Room",
    "RoomHolding",
    "Venue",
    "VenueConversion",
    "VenueLayout",
    "VenueUse",
]
