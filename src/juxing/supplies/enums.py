"""Classes of supplies, and the states of requests between organisations."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SupplyCategory(models.TextChoices):
    """Classes of the catalogue."""

    FOOD = "food", pgettext_lazy("supply category", "Food")
    WATER = "water", pgettext_lazy("supply category", "Water")
    INFANT = "infant", pgettext_lazy("supply category", "Infant supplies")
    MEDICINE = "medicine", pgettext_lazy("supply category", "Medicine")
    MEDICAL = "medical", pgettext_lazy("supply category", "Medical supplies")
    PROTECTION = "protection", pgettext_lazy("supply category", "Protective equipment")
    HYGIENE = "hygiene", pgettext_lazy("supply category", "Hygiene and disinfection")
    SHELTER = "shelter", pgettext_lazy("supply category", "Shelter and bedding")
    EQUIPMENT = "equipment", pgettext_lazy("supply category", "Equipment")
    OTHER = "other", pgettext_lazy("supply category", "Other")


class SupplyRequestStatus(models.TextChoices):
    """States of EDXL-RM that a request passes."""

    REQUESTED = "requested", pgettext_lazy("supply request status", "Requested")
    ACCEPTED = "accepted", pgettext_lazy("supply request status", "Accepted")
    DECLINED = "declined", pgettext_lazy("supply request status", "Declined")
    COMMITTED = "committed", pgettext_lazy("supply request status", "Committed")
    DISPATCHED = "dispatched", pgettext_lazy("supply request status", "Dispatched")
    RECEIVED = "received", pgettext_lazy("supply request status", "Received")
    CANCELLED = "cancelled", pgettext_lazy("supply request status", "Cancelled")


class LineKind(models.TextChoices):
    """The two sides of a sharing."""

    REQUEST = "request", pgettext_lazy("supply line kind", "Requests")
    OFFER = "offer", pgettext_lazy("supply line kind", "Offers")


class AllocationReason(models.TextChoices):
    """What keeps a request's share at what it is."""

    FULL = "full", pgettext_lazy("allocation reason", "All that was asked for")
    FAIR_SHARE = "fair_share", pgettext_lazy("allocation reason", "Fair share of too little")
    NOTHING_OFFERED = "nothing_offered", pgettext_lazy("allocation reason", "Nobody offers this")
    OFFER_UNKNOWN = "offer_unknown", pgettext_lazy("allocation reason", "Offered, but nobody said how much")
    MEANING_OPEN = "meaning_open", pgettext_lazy("allocation reason", "Not yet clear what is meant")
    NOT_IN_CATALOGUE = "not_in_catalogue", pgettext_lazy("allocation reason", "Not in the catalogue")
    BELOW_ONE = "below_one", pgettext_lazy("allocation reason", "Less than one whole unit")
