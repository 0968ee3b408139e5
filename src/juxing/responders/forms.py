"""What desks and responders fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.refusals import InvalidInput
from juxing.organisations.models import Organisation
from juxing.places.models import Area
from juxing.responders.enums import Language, ReportInChannel, ReportInStatus, ResponderKind, Skill, Transport
from juxing.responders.inputs import MAXIMUM_CAPACITY, REACHES_M, Period, Profile, ResponderInput
from juxing.responders.models import RecruitmentCall

ALL = ("", _("All"))
PERIOD_DAYS = 14
DAYS_AHEAD = 7
LATER = ("languages", "transport", "capacity", "reach_m")
HOURS = (
    ("day", _("All day, 8:00–20:00"), time(8), time(20)),
    ("morning", _("Morning, 8:00–12:00"), time(8), time(12)),
    ("afternoon", _("Afternoon, 12:00–18:00"), time(12), time(18)),
    ("evening", _("Evening, 18:00–22:00"), time(18), time(22)),
)


class FilterForm(forms.Form):
    """Filters of the list; anything unknown is simply no filter."""

    q = forms.CharField(label=_("Name or telephone"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[ALL, *(choice for choice in ReportInStatus.choices if choice[0] != ReportInStatus.WITHDRAWN)],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ALL, *ResponderKind.choices])
    skill = forms.ChoiceField(label=_("Skill"), required=False, choices=[ALL, *Skill.choices])


class ProfileForm(forms.Form):
    """What someone can do and how far they go."""

    skills = forms.MultipleChoiceField(
        label=_("What can you do?"), required=False, choices=Skill.choices, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    transport = forms.ChoiceField(label=_("How do you get about?"), choices=Transport.choices)
    capacity = forms.IntegerField(
        label=_("Tasks a day, at most"), min_value=1, max_value=MAXIMUM_CAPACITY, initial=3,
        help_text=_("You are never asked for more than this."),
    )  # fmt: skip
    reach_m = forms.TypedChoiceField(label=_("How far do you go?"), coerce=int, initial=3000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = self.initial.get("reach_m")
        reaches = sorted({*REACHES_M, *([kept] if isinstance(kept, int) else [])})
        self.fields["reach_m"].choices = [(metres, _distance(metres)) for metres in reaches]  # type: ignore[attr-defined]

    def profile(self) -> Profile:
        """Return what was filled in."""
        data = self.cleaned_data
        return Profile(
            skills=data["skills"], languages=data["languages"], transport=data["transport"],
            capacity=data["capacity"], reach_m=data["reach_m"],
        )  # fmt: skip


class ResponderForm(ProfileForm):
    """A report-in, recorded at the desk."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Without one, the desk records the tasks for them."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=ResponderKind.choices, initial=ResponderKind.VOLUNTEER)
    area_code = forms.ChoiceField(label=_("Community of residence"))
    home_unit = forms.TypedChoiceField(
        label=_("Home unit"), required=False, coerce=int, empty_value=None,
        help_text=_("Chosen, it is a report-in to both: the home unit and the community of residence."),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("Reported in by"), choices=ReportInChannel.choices, initial="desk")
    field_order = (
        "name", "phone", "kind", "area_code", "home_unit", "channel", "skills", "languages", "transport", "capacity",
        "reach_m",
    )  # fmt: skip

    def __init__(
        self, *args: Any, communities: Iterable[Area], home_units: Iterable[Organisation] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in communities]  # type: ignore[attr-defined]
        units = [("", _("None")), *((unit.pk, unit.name) for unit in home_units)]
        self.fields["home_unit"].choices = units  # type: ignore[attr-defined]

    def given(self) -> ResponderInput:
        """Return what was filled in."""
        data = self.cleaned_data
        return ResponderInput(
            area_code=data["area_code"], name=data["name"], phone=data["phone"], kind=data["kind"],
            channel=data["channel"], home_unit_id=data["home_unit"], profile=self.profile(),
        )  # fmt: skip


class OwnReportInForm(ResponderForm):
    """A report-in by the person themselves."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("channel", "home_unit"):
            del self.fields[name]
        self.fields["phone"].required = True
        self.fields["phone"].help_text = _("Residents you help see it only after you have said yes.")

    def given(self) -> ResponderInput:
        """Return what was filled in."""
        data = self.cleaned_data
        return ResponderInput(
            area_code=data["area_code"], name=data["name"], phone=data["phone"], kind=data["kind"],
            channel=ReportInChannel.MOBILE, profile=self.profile(),
        )  # fmt: skip


class PublicReportInForm(ProfileForm):
    """A report-in by someone without an account, whose phone is proved."""

    name = forms.CharField(label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    area_code = forms.ChoiceField(
        label=_("Where do you live?"), error_messages={"required": _("Choose your community.")}
    )
    kind = forms.ChoiceField(label=_("You are a"), choices=ResponderKind.choices, initial=ResponderKind.VOLUNTEER)
    days = forms.MultipleChoiceField(
        label=_("On which days?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none, and we may ask you on any day. You can change it at any time."),
    )  # fmt: skip
    hours = forms.ChoiceField(
        label=_("At what time of these days?"), choices=[(name, label) for name, label, _since, _until in HOURS],
        initial="day",
    )  # fmt: skip
    field_order = (
        "name", "area_code", "kind", "skills", "days", "hours", "languages", "transport", "capacity", "reach_m",
    )  # fmt: skip

    def __init__(
        self, *args: Any, streets: Sequence[tuple[str, list[tuple[str, str]]]], today: date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        choices: dict[str, Any] = {"area_code": [("", _("Choose…")), *streets]}
        days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
        choices["days"] = [(day.isoformat(), date_format(day, "m-d l")) for day in days]
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        known = {code for _street, rows in streets for code, _name in rows}
        if self.initial.get("area_code") not in known:
            self.initial["area_code"] = ""

    def first_fields(self) -> list[forms.BoundField]:
        """Return the fields that everybody looks at."""
        return [field for field in self.visible_fields() if field.name not in LATER]

    def later_fields(self) -> list[forms.BoundField]:
        """Return the fields whose first answers do for most."""
        return [field for field in self.visible_fields() if field.name in LATER]

    def has_later_errors(self) -> bool:
        """Whether one of those must be put right."""
        return any(field.errors for field in self.later_fields())

    def given_by(self, phone: str) -> ResponderInput:
        """Return what was filled in by the holder of a phone."""
        data = self.cleaned_data
        return ResponderInput(
            area_code=data["area_code"], name=data["name"], phone=phone, kind=data["kind"],
            channel=ReportInChannel.MOBILE, profile=self.profile(),
        )  # fmt: skip

    def periods(self) -> list[Period]:
        """Return the times that were ticked."""
        zone = timezone.get_current_timezone()
        since, until = next((row[2], row[3]) for row in HOURS if row[0] == self.cleaned_data["hours"])
        days = (date.fromisoformat(day) for day in self.cleaned_data["days"])
        return [(datetime.combine(day, since, zone), datetime.combine(day, until, zone)) for day in days]


class AccountForm(forms.Form):
    """An account for a responder."""

    sign_in_name = forms.CharField(
        label=_("Sign-in name"), max_length=60, help_text=_("Letters and digits, without spaces."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PosterForm(forms.Form):
    """For which community."""

    area = forms.ChoiceField(label=_("Community"))

    def __init__(self, *args: Any, communities: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [(area.code, area.name) for area in communities]  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """A time in which one can be asked."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    since = forms.TimeField(
        label=pgettext_lazy("time", "From"), widget=forms.TimeInput(attrs={"type": "time"}), initial=time(8)
    )
    until = forms.TimeField(
        label=pgettext_lazy("time", "Until"), widget=forms.TimeInput(attrs={"type": "time"}), initial=time(20),
        help_text=_("Earlier than the beginning means: until then the next day."),
    )  # fmt: skip

    def period(self) -> tuple[datetime, datetime]:
        """
        Return the moments of beginning and end; an end before the beginning is on the next day.

        Raises:
            InvalidInput: if the year is none in which someone serves.
        """
        day, since, until = (self.cleaned_data[name] for name in ("day", "since", "until"))
        if not 2000 <= day.year <= 2200:
            raise InvalidInput("period_year", _("Choose a day of the next weeks."), field="day")
        zone = timezone.get_current_timezone()
        starts_at, ends_at = datetime.combine(day, since, zone), datetime.combine(day, until, zone)
        return starts_at, ends_at if until > since else ends_at + timedelta(days=1)


class ListForm(forms.Form):
    """A list of people that a unit sent."""

    file = forms.FileField(label=_("The list"), help_text=_("Excel or CSV, at most 20 MB."))
    area_code = forms.ChoiceField(label=_("For"), help_text=_("Who may see this list and its result."))
    home_unit = forms.TypedChoiceField(
        label=_("Home unit"), required=False, coerce=int, empty_value=None,
        help_text=_("Chosen, everyone in the list reports in to it as well."),
    )  # fmt: skip
    call = forms.ChoiceField(
        label=_("Recruitment call"), required=False, help_text=_("Chosen, everyone in the list answers it.")
    )

    def __init__(
        self, *args: Any, areas: Iterable[Area], home_units: Iterable[Organisation],
        calls: Iterable[RecruitmentCall] = (), **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        units = [("", _("None")), *((unit.pk, unit.name) for unit in home_units)]
        self.fields["home_unit"].choices = units  # type: ignore[attr-defined]
        offered = [("", _("None")), *((str(call.uuid), call.title) for call in calls)]
        self.fields["call"].choices = offered  # type: ignore[attr-defined]


def _distance(metres: int) -> str:
    if metres < 1000:
        return str(_("%(metres)s m") % {"metres": metres})
    return str(_("%(kilometres)s km") % {"kilometres": f"{metres / 1000:g}"})
