"""Who booked which room for when, and the one table that keeps everything that takes a room apart."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.functional import cached_property

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.periods import never_overlap
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.venues.enums import BookingStatus, NoticeKind
from juxing.venues.models.conversions import VenueConversion, VenueUse
from juxing.venues.models.ground import Room, Venue

NUMBER_PREFIX = "B"


class Booking(AreaScoped):
    """
    What somebody agreed with a venue: one time, or the same time weekly.

    ``title`` may say who meets and why, so it is sealed; the public card shows it only where staff announced the
    event (``is_announced``). ``link_digest`` finds the booking for whoever holds its link.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="bookings")
    title = EncryptedTextField()
    is_announced = models.BooleanField(default=False)
    attendees = models.PositiveIntegerField()
    needs_step_free = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=40)
    contact_phone = EncryptedTextField()
    contact_phone_index = models.CharField(max_length=32, db_collation="C")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    link_digest = models.CharField(max_length=64, blank=True, db_collation="C")

    class Meta:
        constraints = [
            RowSecurity(name="venues_booking_scope"),
            models.CheckConstraint(condition=models.Q(attendees__range=(1, 20_000)), name="venues_booking_attendees"),
        ]
        indexes = [
            models.Index(fields=["contact_phone_index"], name="booking_phone"),
            models.Index(fields=["link_digest"], condition=~models.Q(link_digest=""), name="booking_link"),
        ]

    @cached_property
    def number(self) -> str:
        """The number people read out."""
        return paper_number(NUMBER_PREFIX, self.pk)


class BookingSlot(AreaScoped):
    """
    One booked time. ``room`` is where it was agreed; ``offered_room`` is what was offered after a conversion took it.

    The room is held by a ``RoomHolding`` exactly while the state is one of ``HOLDS_ROOM``. ``sequence`` counts the
    changes, for calendars that follow. ``displaced_by`` is the conversion that took the room.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="slots")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=BookingStatus, default=BookingStatus.CONFIRMED)
    sequence = models.PositiveSmallIntegerField(default=0)
    offered_room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    displaced_by = models.ForeignKey(VenueConversion, null=True, on_delete=models.PROTECT, related_name="displaced")

    class Meta:
        constraints = [
            RowSecurity(name="venues_bookingslot_scope"),
            models.CheckConstraint(condition=models.Q(status__in=BookingStatus.values), name="venues_slot_status"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="venues_slot_has_length"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=BookingStatus.OFFERED) | models.Q(offered_room__isnull=False),
                name="venues_slot_offer_names_room",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["room", "starts_at"], name="slot_of_room"),
            models.Index(fields=["booking", "starts_at"], name="slot_of_booking"),
            models.Index(fields=["area_code", "starts_at", "id"], name="slot_area_time"),
            models.Index(fields=["starts_at", "id"], name="slot_time"),
            models.Index(fields=["displaced_by"], name="slot_displaced"),
        ]


class RoomHolding(AreaScoped):
    """
    A room taken from ``starts_at`` until ``ends_at``, by a booking or by a use; ``area_code`` is the room's.

    The exclusion constraint is what keeps bookings apart, from each other and from a change of use, whoever writes
    at the same moment and whatever midnight lies between.
    """

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="holdings")
    slot = models.OneToOneField(BookingSlot, null=True, on_delete=models.CASCADE, related_name="holding")
    use = models.ForeignKey(VenueUse, null=True, on_delete=models.CASCADE, related_name="holdings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="venues_roomholding_scope"),
            models.CheckConstraint(
                condition=models.Q(slot__isnull=False, use__isnull=True)
                | models.Q(slot__isnull=True, use__isnull=False),
                name="venues_holding_by_one",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="venues_holding_has_length",
            ),
            ExclusionConstraint(name="venues_room_never_held_twice", expressions=never_overlap("room")),
        ]
        indexes = [models.Index(fields=["room", "starts_at"], name="holding_of_room")]


class BookingNotice(AreaScoped):
    """
    A message to whoever booked: written with the change, sent after it, never lost in between.

    ``tell_by`` is the last moment at which it is of use; what could not be in time is marked ``needs_call`` and stands
    on a list for a person to telephone.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    slot = models.ForeignKey(BookingSlot, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    language = models.CharField(max_length=8)
    written_at = models.DateTimeField()
    tell_by = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    needs_call = models.BooleanField(default=False)
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="venues_bookingnotice_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=NoticeKind.values), name="venues_notice_kind"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(sent_at__isnull=True), name="notice_unsent"),
            models.Index(
                fields=["tell_by", "id"], condition=models.Q(needs_call=True, called_at__isnull=True),
                name="notice_to_call",
            ),
        ]  # fmt: skip
