"""What bookers and desks fill in to book a room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.venues.commands import BookingInput
from juxing.venues.enums import BookingStatus
from juxing.venues.models import Room

ALL_COMING = ("", _("All that stand"))
SHOWN = [ALL_COMING, ("displaced", _("Displaced by a conversion")), (BookingStatus.CANCELLED.value, _("Cancelled"))]


class RoomBookingForm(forms.Form):
    """A time in a room; an end before the start is on the next day."""

    room = forms.ChoiceField(label=_("Room"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(
        label=pgettext_lazy("venue", "From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=pgettext_lazy("venue", "Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("An end before the start is on the next day."),
    )  # fmt: skip
    weekly_until = forms.DateField(
        label=_("Weekly until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty for once."),
    )  # fmt: skip
    skip_taken = forms.BooleanField(label=_("Leave out weeks that are taken"), required=False)
    title = forms.CharField(label=_("What for"), max_length=80)
    attendees = forms.IntegerField(label=pgettext_lazy("venue", "People"), min_value=1, max_value=20_000)
    needs_step_free = forms.BooleanField(label=_("Someone cannot climb steps"), required=False)
    contact_name = forms.CharField(label=pgettext_lazy("venues", "Name"), max_length=40)

    def __init__(self, *args: Any, rooms: Sequence[Room], **options: Any) -> None:
        super().__init__(*args, **options)
        self._rooms = {str(room.uuid): room for room in rooms}
        words = _("%(name)s, up to %(most)s people")
        self.fields["room"].choices = [  # type: ignore[attr-defined]
            (key, str(words % {"name": room.name, "most": room.capacity})) for key, room in self._rooms.items()
        ]

    @property
    def chosen_room(self) -> Room:
        """The room that was chosen."""
        return self._rooms[self.cleaned_data["room"]]

    def given(self, *, phone: str = "") -> BookingInput:
        """Return what was written; ``phone`` is one that was proved."""
        data = self.cleaned_data
        starts_at, ends_at = period(data["day"], data["starts"], data["ends"])
        same = ("title", "attendees", "needs_step_free", "contact_name", "weekly_until", "skip_taken")
        return BookingInput(
            starts_at=starts_at, ends_at=ends_at, contact_phone=phone or data.get("contact_phone", ""),
            is_announced=data.get("is_announced", False), **{name: data[name] for name in same},
        )  # fmt: skip


class DeskBookingForm(RoomBookingForm):
    """A desk books for somebody."""

    contact_phone = forms.CharField(label=_("Telephone"), max_length=20, help_text=_("To tell of changes."))
    is_announced = forms.BooleanField(label=_("Announce it on the venue's sign"), required=False)


class SlotFilterForm(forms.Form):
    """Filters of the bookings."""

    status = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)


def period(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Return the period these local times mean; one that ends at or before its start runs over midnight."""
    zone = timezone.get_default_timezone()
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, tzinfo=zone), datetime.combine(last, ends, tzinfo=zone)
