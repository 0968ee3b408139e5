"""Removing who booked once it has served its purpose; rooms, times and numbers of people stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from juxing.venues.models import Booking, BookingSlot

KEPT_FOR = timedelta(days=365)


@transaction.atomic
def forget_bookings(*, now: datetime, limit: int = 5000) -> int:
    """Remove contact, title and link from bookings whose last time was twelve months ago; return how many."""
    later = BookingSlot.objects.filter(booking=OuterRef("pk"), ends_at__gte=now - KEPT_FOR)
    old = Booking.objects.filter(~Exists(later), booked_at__lt=now - KEPT_FOR).exclude(contact_phone_index="")
    ids = list(old.order_by("id").values_list("pk", flat=True)[:limit])
    nobody = {"title": "", "contact_name": "", "contact_phone": "", "contact_phone_index": "", "link_digest": ""}
    return Booking.objects.filter(pk__in=ids).update(**nobody)
