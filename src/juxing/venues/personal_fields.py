"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import (
    FOR_DUTY,
    FOR_SERVICE,
    LegalBasis,
    Retention,
    Sensitivity,
    register,
    say_not_personal,
)

register(
    [f"venues.booking.{name}" for name in ("title", "contact_name", "contact_phone", "contact_phone_index")],
    purpose=FOR_SERVICE, basis=LegalBasis.CONSENT, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["venues.venue.contact_name", "venues.venue.contact_phone"], purpose=FOR_DUTY, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.WHILE_SERVING,
)  # fmt: skip
say_not_personal(
    ["venues.venue.name", "venues.venue.address", "venues.venue.longitude", "venues.venue.latitude",
     "venues.room.name"],
    why="where public places are",
)  # fmt: skip
say_not_personal(["venues.venueconversion.reason"], why="why a place is converted")
say_not_personal(["venues.bookingnotice.language"], why="the language of a message")
