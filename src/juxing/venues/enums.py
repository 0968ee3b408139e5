"""Kinds of venues, what they can serve as, and the states of conversions and bookings."""

from django.db import models
from django.utils.translation import pgettext_lazy


class VenueKind(models.TextChoices):
    """What a venue is built as."""

    SERVICE_CENTRE = "service_centre", pgettext_lazy("venue kind", "Party-mass service centre")
    SERVICE_STATION = "service_station", pgettext_lazy("venue kind", "Party-mass service station")
    NEIGHBOURHOOD_CENTRE = "neighbourhood_centre", pgettext_lazy("venue kind", "Neighbourhood centre")
    CULTURAL_CENTRE = "cultural_centre", pgettext_lazy("venue kind", "Culture and activity centre")
    SPORTS_HALL = "sports_hall", pgettext_lazy("venue kind", "Sports hall")
    SCHOOL = "school", pgettext_lazy("venue kind", "School")
    HEALTH_STATION = "health_station", pgettext_lazy("venue kind", "Community health station")
    DAY_CARE = "day_care", pgettext_lazy("venue kind", "Day-care station for elders")
    REST_STATION = "rest_station", pgettext_lazy("venue kind", "Rest station")
    TRANSFER_STATION = "transfer_station", pgettext_lazy("venue kind", "Goods transfer station")
    SHOP = "shop", pgettext_lazy("venue kind", "Shop")
    OFFICE = "office", pgettext_lazy("venue kind", "Office")
    OTHER = "other", pgettext_lazy("venue kind", "Other")


class VenueFunction(models.TextChoices):
    """What a venue can serve as, in steady state and in an emergency."""

    SERVICE_CENTRE = "service_centre", pgettext_lazy("venue function", "Service centre")
    COMMAND_POST = "command_post", pgettext_lazy("venue function", "Command post")
    TESTING_SITE = "testing_site", pgettext_lazy("venue function", "Testing site")
    VACCINATION_SITE = "vaccination_site", pgettext_lazy("venue function", "Vaccination site")
    SUPPLY_POINT = "supply_point", pgettext_lazy("venue function", "Supply point")
    DONATION_POINT = "donation_point", pgettext_lazy("venue function", "Donation point")
    RESPONDER_SUPPORT_POINT = "responder_support_point", pgettext_lazy("venue function", "Responder support point")
    MUSTER_AND_REST_POINT = "muster_and_rest_point", pgettext_lazy("venue function", "Muster and rest point")
    SHELTER = "shelter", pgettext_lazy("venue function", "Shelter")
    TRAINING_SITE = "training_site", pgettext_lazy("venue function", "Training site")
    WELLBEING_POINT = "wellbeing_point", pgettext_lazy("venue function", "Wellbeing point")
    TEMPORARY_STATION = "temporary_station", pgettext_lazy("venue function", "Temporary station")


class VenueConversionStatus(models.TextChoices):
    """How far a venue is on its way into another function and back."""

    PLANNED = "planned", pgettext_lazy("venue conversion status", "Planned")
    ORDERED = "ordered", pgettext_lazy("venue conversion status", "Ordered")
    CONVERTING = "converting", pgettext_lazy("venue conversion status", "Being converted")
    READY = "ready", pgettext_lazy("venue conversion status", "Ready")
    IN_USE = "in_use", pgettext_lazy("venue conversion status", "In use")
    REVERTING = "reverting", pgettext_lazy("venue conversion status", "Being returned")
    REVERTED = "reverted", pgettext_lazy("venue conversion status", "Returned")
    FAILED = "failed", pgettext_lazy("venue conversion status", "Given up")


class TaskPhase(models.TextChoices):
    """Which of the two checklists a task belongs to."""

    CONVERT = "convert", pgettext_lazy("checklist", "Conversion")
    RETURN = "return", pgettext_lazy("checklist", "Return")


class BookingStatus(models.TextChoices):
    """States of one booked time; ``offered`` and ``suspended`` come from conversions only."""

    CONFIRMED = "confirmed", pgettext_lazy("booking status", "Booked")
    OFFERED = "offered", pgettext_lazy("booking status", "Another room offered")
    SUSPENDED = "suspended", pgettext_lazy("booking status", "Suspended")
    CANCELLED = "cancelled", pgettext_lazy("booking status", "Cancelled")


class NoticeKind(models.TextChoices):
    """What a booker is told."""

    BOOKED = "booked", pgettext_lazy("booking notice", "Booked")
    OFFERED = "offered", pgettext_lazy("booking notice", "Another room offered")
    SUSPENDED = "suspended", pgettext_lazy("booking notice", "Suspended")
    RESTORED = "restored", pgettext_lazy("booking notice", "Stands again")
    CANCELLED = "cancelled", pgettext_lazy("booking notice", "Cancelled")


class CoverageBasis(models.TextChoices):
    """Which venues count as serving a function."""

    NOW = "now", pgettext_lazy("coverage basis", "Venues that serve so now")
    ABLE = "able", pgettext_lazy("coverage basis", "Also venues that can be converted")


OPEN_CONVERSIONS = frozenset(
    {
        VenueConversionStatus.PLANNED, VenueConversionStatus.ORDERED, VenueConversionStatus.CONVERTING,
        VenueConversionStatus.READY, VenueConversionStatus.IN_USE,
    }
)  # fmt: skip
"""The venue's rooms are, or will be, held for the other function."""
HOLDS_ROOM = frozenset({BookingStatus.CONFIRMED, BookingStatus.OFFERED})
DISPLACED = frozenset({BookingStatus.OFFERED, BookingStatus.SUSPENDED})
