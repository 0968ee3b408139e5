"""What desks fill in about venues, conversions and coverage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.venues.commands import CircleWish, ConversionWish, LayoutInput, RoomInput, VenueInput
from juxing.venues.enums import CoverageBasis, VenueConversionStatus, VenueFunction, VenueKind
from juxing.venues.models import Room, Venue, VenueLayout
from juxing.venues.opening_hours import hours_text
from juxing.venues.queries.venues import VenueFilters

ALL = ("", _("All"))
YES_NO_UNKNOWN = [("", _("not known")), ("yes", pgettext_lazy("venue", "yes")), ("no", pgettext_lazy("venue", "no"))]
SEARCH = {"type": "search"}
LOCAL_TIME = "%Y-%m-%dT%H:%M"
SHOWN = [ALL, ("converted", _("Converted now")), ("idle", _("Idle properties")), ("closed", _("Closed for good"))]


def yes_no(value: str) -> bool | None:
    """Return what a choice of yes, no or not known says."""
    return {"yes": True, "no": False}.get(value)


def yes_no_text(value: bool | None) -> str:
    """Return the choice that says this."""
    return "" if value is None else "yes" if value else "no"


class MomentField(forms.DateTimeField):
    """A local date and time, as browsers send it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_TIME)

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=[LOCAL_TIME, "%Y-%m-%d %H:%M"], **options)


class VenueFilterForm(forms.Form):
    """Filters of the list; what is not offered counts as not set."""

    name = forms.CharField(label=_("Name begins with"), required=False, max_length=80,
                           widget=forms.TextInput(attrs=SEARCH))  # fmt: skip
    area = forms.ChoiceField(label=_("Area"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ALL, *VenueKind.choices])
    serves = forms.ChoiceField(label=_("Serves as"), required=False, choices=[ALL, *VenueFunction.choices])
    can_serve = forms.ChoiceField(label=_("Can serve as"), required=False, choices=[ALL, *VenueFunction.choices])
    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)

    def __init__(self, *args: Any, areas: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [ALL, *areas]  # type: ignore[attr-defined]

    def filters(self) -> VenueFilters:
        """Return what is set."""
        self.is_valid()
        kept = self.cleaned_data
        return VenueFilters(
            area_code=kept.get("area", ""),
            **{name: kept.get(name, "") for name in ("name", "kind", "serves", "can_serve", "show")},
        )


class VenueForm(forms.Form):
    """A venue, or an idle property."""

    name = forms.CharField(label=pgettext_lazy("venue", "Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=VenueKind.choices)
    area_code = forms.ChoiceField(label=_("Place"))
    address = forms.CharField(label=pgettext_lazy("venue", "Address"), max_length=120, required=False)
    longitude = forms.FloatField(label=_("Longitude (WGS 84)"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("Latitude (WGS 84)"), required=False, min_value=-90, max_value=90)
    opening_hours = forms.CharField(
        label=_("Opening hours"), max_length=200, required=False,
        help_text=_("Like “1-5 08:30-17:00; 6-7 09:00-16:00”: days as numbers, Monday is 1."),
    )  # fmt: skip
    services = forms.CharField(
        label=_("Services offered"), max_length=400, required=False, help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    operator = forms.ChoiceField(label=_("Run by"), required=False)
    step_free = forms.ChoiceField(label=_("Reached without steps"), required=False, choices=YES_NO_UNKNOWN)
    contact_name = forms.CharField(label=_("Whom to ask"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Their telephone"), max_length=20, required=False)
    is_public = forms.BooleanField(label=_("Show it to residents"), required=False, initial=True)
    is_temporary = forms.BooleanField(label=_("It stands for a time only"), required=False)
    is_idle = forms.BooleanField(label=_("It is an empty property, a candidate for a venue"), required=False)

    def __init__(
        self, *args: Any, areas: Iterable[tuple[str, str]], operators: Iterable[tuple[int, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [("", _("Choose…")), *areas]  # type: ignore[attr-defined]
        self.fields["operator"].choices = [("", _("not known")), *operators]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(venue: Venue) -> dict[str, Any]:
        """Return what the form shows of a venue."""
        same = ("name", "kind", "area_code", "address", "longitude", "latitude", "contact_name", "contact_phone",
                "is_public", "is_temporary", "is_idle")  # fmt: skip
        return {name: getattr(venue, name) for name in same} | {
            "opening_hours": hours_text(venue.opening_hours), "services": "\n".join(venue.services),
            "operator": str(venue.operator_id or ""), "step_free": yes_no_text(venue.is_step_free),
        }  # fmt: skip

    def given(self) -> VenueInput:
        """Return what was written."""
        data = dict(self.cleaned_data)
        operator = data.pop("operator")
        return VenueInput(
            operator_id=int(operator) if operator else None, is_step_free=yes_no(data.pop("step_free")),
            services=data.pop("services").splitlines(), **data,
        )  # fmt: skip


class RoomForm(forms.Form):
    """A room, hall or yard."""

    name = forms.CharField(label=pgettext_lazy("venue", "Name"), max_length=40)
    floor = forms.IntegerField(label=pgettext_lazy("venue", "Floor"), min_value=-5, max_value=99, initial=1)
    capacity = forms.IntegerField(label=_("People it holds"), min_value=1, max_value=20_000)
    area_m2 = forms.IntegerField(label=_("Square metres"), min_value=1, max_value=1_000_000, required=False)
    power_kw = forms.IntegerField(label=_("Power in kW"), min_value=0, max_value=5_000, required=False)
    beds = forms.IntegerField(label=_("Beds"), min_value=0, max_value=5_000, initial=0)
    toilets = forms.IntegerField(label=_("Toilets"), min_value=0, max_value=500, initial=0)
    step_free = forms.ChoiceField(label=_("Reached without steps"), required=False, choices=YES_NO_UNKNOWN)
    has_water = forms.BooleanField(label=_("It has water"), required=False)
    is_bookable = forms.BooleanField(label=_("It can be booked"), required=False, initial=True)
    is_for_residents = forms.BooleanField(label=_("Residents may book it themselves"), required=False, initial=True)

    @staticmethod
    def initial_of(room: Room) -> dict[str, Any]:
        """Return what the form shows of a room."""
        same = ("name", "floor", "capacity", "area_m2", "power_kw", "beds", "toilets", "has_water", "is_bookable",
                "is_for_residents")  # fmt: skip
        return {name: getattr(room, name) for name in same} | {"step_free": yes_no_text(room.is_step_free)}

    def given(self) -> RoomInput:
        """Return what was written."""
        data = dict(self.cleaned_data)
        return RoomInput(is_step_free=yes_no(data.pop("step_free")), **data)


class LayoutForm(forms.Form):
    """How a venue serves a function."""

    function = forms.ChoiceField(label=_("Function"), choices=VenueFunction.choices)
    is_steady = forms.BooleanField(label=_("It serves so on ordinary days"), required=False)
    suspends_steady = forms.BooleanField(label=_("The ordinary functions stop meanwhile"), required=False)
    capacity = forms.IntegerField(label=_("People at a time"), min_value=1, max_value=100_000)
    rooms = forms.MultipleChoiceField(label=_("Rooms, in the order of the flow"), widget=forms.CheckboxSelectMultiple)
    purposes = forms.CharField(
        label=_("What each room is for"), required=False, help_text=_("One a line, in the same order."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    flows = forms.CharField(
        label=_("Way through"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    equipment = forms.CharField(
        label=_("Equipment needed"), required=False, help_text=_("One a line, with the number last."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    hours_to_convert = forms.IntegerField(label=_("Hours to convert"), min_value=0, max_value=240, initial=0)
    hours_to_return = forms.IntegerField(label=_("Hours to return"), min_value=0, max_value=240, initial=0)
    conversion_steps = forms.CharField(
        label=_("Checklist of conversion"), required=False, help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    return_steps = forms.CharField(
        label=_("Checklist of return"), required=False, help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args: Any, rooms: Sequence[Room], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rooms"].choices = [(str(room.pk), room.name) for room in rooms]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(layout: VenueLayout) -> dict[str, Any]:
        """Return what the form shows of a layout that was read with its parts."""
        same = ("function", "is_steady", "suspends_steady", "capacity", "flows", "hours_to_convert", "hours_to_return")
        parts = layout.part_list  # type: ignore[attr-defined]
        return {name: getattr(layout, name) for name in same} | {
            "rooms": [str(part.room_id) for part in parts], "purposes": "\n".join(part.purpose for part in parts),
            "equipment": "\n".join(f"{entry['item']} {entry['quantity']}" for entry in layout.equipment),
            "conversion_steps": "\n".join(layout.conversion_steps), "return_steps": "\n".join(layout.return_steps),
        }  # fmt: skip

    def given(self) -> LayoutInput:
        """Return what was written."""
        data = dict(self.cleaned_data)
        purposes = [*data.pop("purposes").splitlines(), *[""] * len(data["rooms"])]
        rooms = [(int(room), purpose.strip()) for room, purpose in zip(data.pop("rooms"), purposes, strict=False)]
        equipment = [_item(line) for line in data.pop("equipment").splitlines() if line.strip()]
        return LayoutInput(
            rooms=rooms, equipment=equipment, conversion_steps=data.pop("conversion_steps").splitlines(),
            return_steps=data.pop("return_steps").splitlines(), **data,
        )  # fmt: skip


class ConversionForm(forms.Form):
    """Which venues into what, from when, until when, why."""

    starts = MomentField(label=_("Rooms are taken from"))
    until = MomentField(
        label=pgettext_lazy("venue", "Until"), help_text=_("It ends by itself then; a later end can be set in time.")
    )
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("Kept in the journal."))
    is_immediate = forms.BooleanField(
        label=_("At once"), required=False,
        help_text=_("Also take rooms whose bookers can no longer be told two hours before; they are to be telephoned."),
    )  # fmt: skip
    is_exercise = forms.BooleanField(
        label=_("Exercise"), required=False, help_text=_("Only the checklist: no room is taken, nobody is told.")
    )
    venues = forms.MultipleChoiceField(label=_("Venues"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, venues: Sequence[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venues"].choices = [(str(venue.uuid), _choice(venue)) for venue in venues]  # type: ignore[attr-defined]

    @staticmethod
    def usual(now: datetime) -> dict[str, datetime]:
        """Return the usual times: from eight this evening, for seven days."""
        evening = timezone.localtime(now).replace(hour=20, minute=0, second=0, microsecond=0)
        starts = evening if evening > now else timezone.localtime(now).replace(second=0, microsecond=0)
        return {"starts": starts, "until": starts + timedelta(days=7)}

    def wish(self, function: str, *, now: datetime) -> ConversionWish:
        """Return what was written; a beginning of a minute ago means now."""
        data = self.cleaned_data
        starts = data["starts"] if abs(data["starts"] - now) > timedelta(minutes=5) else now
        return ConversionWish(
            function=function, starts_at=starts, until=data["until"], reason=data["reason"],
            is_immediate=data["is_immediate"], is_exercise=data["is_exercise"],
        )  # fmt: skip


class ConversionFilterForm(forms.Form):
    """Filters of the conversions."""

    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[ALL, ("open", _("Under way")), *VenueConversionStatus.choices]
    )


class CircleForm(forms.Form):
    """What to measure."""

    area = forms.ChoiceField(label=_("Place"))
    function = forms.ChoiceField(label=_("Function"), choices=VenueFunction.choices)
    basis = forms.ChoiceField(label=_("What counts as serving it"), choices=CoverageBasis.choices)
    minutes = forms.IntegerField(label=_("Minutes on foot"), min_value=1, max_value=60, initial=15)
    pace = forms.ChoiceField(
        label=pgettext_lazy("venue", "Pace"),
        choices=[("usual", _("Usual, 4 km an hour")), ("elder", _("Of an elder, 3 km an hour"))],
    )
    places = forms.IntegerField(
        label=_("New places to look for"), min_value=0, max_value=50, initial=3,
        help_text=_("Among idle properties, and among venues that could be converted."),
    )  # fmt: skip
    elder_weight = forms.IntegerField(
        label=_("An elder counts as"),
        min_value=1,
        max_value=10,
        initial=2,
        help_text=_("persons, when places are chosen"),
    )

    def __init__(self, *args: Any, areas: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = list(areas)  # type: ignore[attr-defined]

    def wish(self) -> CircleWish:
        """Return what was written."""
        return CircleWish(**{name: value for name, value in self.cleaned_data.items() if name != "area"})


class VenueFileForm(forms.Form):
    """A table of venues."""

    file = forms.FileField(
        label=_("Table (.xlsx or .csv)"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv"})
    )


def _item(line: str) -> dict[str, str]:
    name, _space, number = line.strip().rpartition(" ")
    if name and number.isdecimal():
        return {"item": name.strip()[:40], "quantity": number[:6]}
    return {"item": line.strip()[:40], "quantity": "1"}


def _choice(venue: Venue) -> str:
    layout = venue.layout_list[0]  # type: ignore[attr-defined]
    words = _("%(name)s (%(capacity)s people, %(hours)s h)")
    return str(words % {"name": venue.name, "capacity": layout.capacity, "hours": layout.hours_to_convert})
