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


class RemainderKind(models.TextChoices):
    """Why a part of a request stands open by itself."""

    NOT_COMMITTED = "uncommitted", pgettext_lazy("rest of a request", "Nothing was committed of this part")
    NOT_ARRIVED = "not_arrived", pgettext_lazy("rest of a request", "Sent, but did not arrive")


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


class DepotKind(models.TextChoices):
    """What a depot is."""

    SUPPLY_POINT = "supply_point", pgettext_lazy("depot kind", "Supply point")
    TRANSFER_STATION = "transfer_station", pgettext_lazy("depot kind", "Transfer station")
    WAREHOUSE = "warehouse", pgettext_lazy("depot kind", "Warehouse")
    AGREEMENT_STOCK = "agreement_stock", pgettext_lazy("depot kind", "Agreement stock of a unit")
    MOBILE = "mobile", pgettext_lazy("depot kind", "Mobile depot")


class PlaceKind(models.TextChoices):
    """The accounts of the ledger: where goods are, where they come from, where they go."""

    DEPOT = "depot", pgettext_lazy("stock place", "Depot")
    INSPECTION = "inspection", pgettext_lazy("stock place", "Waiting for inspection")
    SET_ASIDE = "set_aside", pgettext_lazy("stock place", "Set aside")
    VEHICLE = "vehicle", pgettext_lazy("stock place", "Vehicle")
    CARRIER = "carrier", pgettext_lazy("stock place", "With helpers under way")
    TRANSIT = "transit", pgettext_lazy("stock place", "In transit")
    RESIDENTS = "residents", pgettext_lazy("stock place", "Residents of the community")
    ORGANISATIONS = "organisation", pgettext_lazy("stock place", "Organisations of the place")
    LOSS = "loss", pgettext_lazy("stock place", "Lost")
    WRITE_OFF = "write_off", pgettext_lazy("stock place", "Written off")
    DONOR = "donor", pgettext_lazy("stock place", "Donors")
    SUPPLIER = "supplier", pgettext_lazy("stock place", "Suppliers")
    DIFFERENCE = "difference", pgettext_lazy("stock place", "Differences of counting")
    OPENING = "opening", pgettext_lazy("stock place", "Stock before the ledger")


SOURCES = frozenset({PlaceKind.DONOR, PlaceKind.SUPPLIER, PlaceKind.DIFFERENCE, PlaceKind.OPENING})
"""Where goods come from: the only places whose balance may be below zero."""


class MoveKind(models.TextChoices):
    """Why goods moved."""

    OPEN = "open", pgettext_lazy("stock move", "Taken over")
    RECEIVE = "receive", pgettext_lazy("stock move", "Received")
    ACCEPT = "accept", pgettext_lazy("stock move", "Accepted after inspection")
    REFUSE = "refuse", pgettext_lazy("stock move", "Refused after inspection")
    SEND = "send", pgettext_lazy("stock move", "Sent")
    ARRIVE = "arrive", pgettext_lazy("stock move", "Arrived")
    LOAD = "load", pgettext_lazy("stock move", "Loaded")
    UNLOAD = "unload", pgettext_lazy("stock move", "Brought back")
    HAND_OUT = "hand_out", pgettext_lazy("stock move", "Handed out")
    DELIVER = "deliver", pgettext_lazy("stock move", "Delivered")
    RETURN = "return", pgettext_lazy("stock move", "Given back")
    COUNT = "count", pgettext_lazy("stock move", "Counted")
    SET_ASIDE = "set_aside", pgettext_lazy("stock move", "Set aside")
    WRITE_OFF = "write_off", pgettext_lazy("stock move", "Written off")
    LOSE = "lose", pgettext_lazy("stock move", "Lost")


class ContainerKind(models.TextChoices):
    """What goods are packed in."""

    BOX = "box", pgettext_lazy("container", "Box")
    PALLET = "pallet", pgettext_lazy("container", "Pallet")
    TRUCK = "truck", pgettext_lazy("container", "Truck load")


class ContainerStatus(models.TextChoices):
    """Where a container stands on its way."""

    PACKED = "packed", pgettext_lazy("container status", "Packed")
    UNDER_WAY = "under_way", pgettext_lazy("container status", "Under way")
    DELIVERED = "delivered", pgettext_lazy("container status", "Delivered")
    UNPACKED = "unpacked", pgettext_lazy("container status", "Unpacked")


class StocktakeStatus(models.TextChoices):
    """Where a stocktake stands."""

    COUNTING = "counting", pgettext_lazy("stocktake status", "Being counted")
    POSTED = "posted", pgettext_lazy("stocktake status", "Differences posted")
    CANCELLED = "cancelled", pgettext_lazy("stocktake status", "Given up")


class DonorKind(models.TextChoices):
    """Who gives."""

    ORGANISATION = "organisation", pgettext_lazy("donor kind", "Organisation")
    PERSON = "person", pgettext_lazy("donor kind", "Person")
    ANONYMOUS = "anonymous", pgettext_lazy("donor kind", "Anonymous")


class DonationStatus(models.TextChoices):
    """The way of a donation, from the promise to the report."""

    PLEDGED = "pledged", pgettext_lazy("donation status", "Pledged")
    RECEIVED = "received", pgettext_lazy("donation status", "Received")
    INSPECTED = "inspected", pgettext_lazy("donation status", "Inspected")
    ACCEPTED = "accepted", pgettext_lazy("donation status", "Accepted")
    REFUSED = "refused", pgettext_lazy("donation status", "Refused")
    ALLOCATED = "allocated", pgettext_lazy("donation status", "Being given out")
    DELIVERED = "delivered", pgettext_lazy("donation status", "Given out in full")
    REPORTED = "reported", pgettext_lazy("donation status", "Reported to the public")
    WITHDRAWN = "withdrawn", pgettext_lazy("donation status", "Withdrawn by the donor")


class TransferStatus(models.TextChoices):
    """The way of goods between two depots."""

    PLANNED = "planned", pgettext_lazy("transfer status", "Planned")
    SENT = "sent", pgettext_lazy("transfer status", "Sent")
    RECEIVED = "received", pgettext_lazy("transfer status", "Received")
    CANCELLED = "cancelled", pgettext_lazy("transfer status", "Cancelled")


class ReservedFor(models.TextChoices):
    """Whom a reserve is counted for."""

    HOUSEHOLD = "household", pgettext_lazy("reserved for each", "Household")
    RESIDENT = "resident", pgettext_lazy("reserved for each", "Resident")
    RESPONDER = "responder", pgettext_lazy("reserved for each", "Responder")
    COMMUNITY = "community", pgettext_lazy("reserved for each", "Community")


class AlarmKind(models.TextChoices):
    """What an alarm is about."""

    SHORT = "short", pgettext_lazy("stock alarm", "Reserve too small")
    LOW = "low", pgettext_lazy("stock alarm", "At or below the minimum")
    EXPIRING = "expiring", pgettext_lazy("stock alarm", "Expires soon")
    EXPIRED = "expired", pgettext_lazy("stock alarm", "Expired")
    AGREEMENT = "agreement", pgettext_lazy("stock alarm", "Agreement ends")
    LATE = "late", pgettext_lazy("stock alarm", "Late")


class AlarmSeverity(models.TextChoices):
    """How soon somebody has to see to it; in the order of the alphabet, the most urgent first."""

    URGENT = "a_urgent", pgettext_lazy("stock alarm severity", "Now")
    SOON = "b_soon", pgettext_lazy("stock alarm severity", "Soon")


class AgreementStatus(models.TextChoices):
    """The way of a framework agreement."""

    DRAFT = "draft", pgettext_lazy("supply agreement", "Being written")
    IN_FORCE = "in_force", pgettext_lazy("supply agreement", "In force")
    ENDED = "ended", pgettext_lazy("supply agreement", "Ended")


class PurchaseStatus(models.TextChoices):
    """The way of a purchase, from the wish to the closed file."""

    DRAFT = "draft", pgettext_lazy("purchase", "Being written")
    SUBMITTED = "submitted", pgettext_lazy("purchase", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("purchase", "Approved")
    ORDERED = "ordered", pgettext_lazy("purchase", "Ordered")
    PARTLY = "partly", pgettext_lazy("purchase", "Delivered in part")
    DELIVERED = "delivered", pgettext_lazy("purchase", "Delivered")
    CLOSED = "closed", pgettext_lazy("purchase", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("purchase", "Cancelled")


class DeliveryFinding(models.TextChoices):
    """What was found of goods at the door; only the first two come into stock."""

    GOOD = "good", pgettext_lazy("delivery finding", "As ordered")
    OVER = "over", pgettext_lazy("delivery finding", "More than ordered, taken")
    WRONG = "wrong", pgettext_lazy("delivery finding", "Wrong goods")
    EXPIRED = "expired", pgettext_lazy("delivery finding", "Expired or nearly so")
    DAMAGED = "damaged", pgettext_lazy("delivery finding", "Damaged")
    CERTIFICATE = "certificate", pgettext_lazy("delivery finding", "Papers missing or false")
    TOO_MUCH = "too_much", pgettext_lazy("delivery finding", "More than ordered, sent back")


TAKEN_IN = frozenset({DeliveryFinding.GOOD, DeliveryFinding.OVER})
