"""Who booked is removed when the time is up, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from juxing.venues.commands.forgetting import KEPT_FOR, forget_bookings
from juxing.venues.models import Booking, BookingSlot
from tests.factories import make_areas
from tests.venues.makers import NOW, make_booking, make_room, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_bookings_of_a_year_ago_keep_their_times_and_nobody() -> None:
    make_areas()
    make_booking(make_room(make_venue()))
    ends_at = BookingSlot.objects.latest("ends_at").ends_at

    assert forget_bookings(now=ends_at + KEPT_FOR) == 0
    assert forget_bookings(now=max(ends_at, NOW) + KEPT_FOR + timedelta(hours=1)) == 1
    assert forget_bookings(now=max(ends_at, NOW) + KEPT_FOR + timedelta(hours=2)) == 0

    booking = Booking.objects.get()
    assert (booking.title, booking.contact_name, booking.contact_phone, booking.link_digest) == ("", "", "", "")
    assert booking.contact_phone_index == ""
    assert BookingSlot.objects.latest("ends_at").ends_at == ends_at
