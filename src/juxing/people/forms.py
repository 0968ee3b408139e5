"""What people type about residents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.areas import Areas
from juxing.people.enums import CareCategory, ConsentKind, Mobility, RequestKind
from juxing.people.personal_fields import purposes


class SearchForm(forms.Form):
    """One box, and the place to look in."""

    q = forms.CharField(
        label=_("Name, initials, door or phone"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"type": "search", "autofocus": True, "autocomplete": "off"}),
    )  # fmt: skip
    area = forms.CharField(label=_("Area code"), max_length=40, required=False)


class RegisterForm(forms.Form):
    """A new resident of a household."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=pgettext_lazy("people", "Phone"), max_length=30, required=False)
    birth_year = forms.IntegerField(label=_("Born"), required=False, min_value=1890, max_value=2200)
    mobility = forms.ChoiceField(label=_("Mobility"), choices=Mobility.choices)


class RegisterAtDoorForm(RegisterForm):
    """A new resident, with the door in words."""

    address = forms.CharField(
        label=_("Estate, building and door"), max_length=100, help_text=_("As people write it, such as 5-301.")
    )
    field_order = ("address", "name", "phone", "birth_year", "mobility")


class ChangeForm(forms.Form):
    """What is written about a resident. Name and phone are not shown, so that opening the form reveals nothing."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    phone = forms.CharField(label=pgettext_lazy("people", "Phone"), max_length=30, required=False)
    forget_phone = forms.BooleanField(label=_("The phone is no longer theirs"), required=False)
    birth_year = forms.IntegerField(label=_("Born"), required=False, min_value=1890, max_value=2200)
    mobility = forms.ChoiceField(label=_("Mobility"), choices=Mobility.choices)
    has_smartphone = forms.TypedChoiceField(
        label=_("Uses a smartphone"), required=False, empty_value=None, coerce=lambda word: word == "True",
        choices=[("", _("not known")), ("True", pgettext_lazy("people", "yes")),
                 ("False", pgettext_lazy("people", "no"))],
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """Return what was filled in: name and phone only if something was written."""
        filled = dict(self.cleaned_data)
        if filled.pop("forget_phone") and not filled["phone"]:
            return {**{name: value for name, value in filled.items() if name != "name" or value}, "phone": ""}
        return {name: value for name, value in filled.items() if name not in {"name", "phone"} or value}


class MoveOutForm(forms.Form):
    """Since when a resident lives elsewhere."""

    on = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400, required=False)


class CareForm(forms.Form):
    """Why and how often a resident is visited first."""

    category = forms.ChoiceField(label=_("Reason"), choices=CareCategory.choices)
    contact_every_hours = forms.IntegerField(
        label=_("Get in touch every (hours)"), min_value=1, max_value=720, initial=48
    )
    note = forms.CharField(
        label=_("What a visitor must know"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConsentForm(forms.Form):
    """What a resident agreed to."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    kind = forms.ChoiceField(label=_("Kind of consent"), choices=ConsentKind.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purpose"].choices = list(purposes)  # type: ignore[attr-defined]


class DoorForm(forms.Form):
    """The door, and the name if several share the phone."""

    door = forms.CharField(
        label=_("Door"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "autofocus": True}),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=60, required=False)


class OwnRequestForm(forms.Form):
    """What a resident asks about the own data."""

    kind = forms.ChoiceField(label=_("What do you want?"), choices=RequestKind.choices, widget=forms.RadioSelect)
    objection = forms.ChoiceField(
        label=_("Which use shall stop?"), required=False, help_text=_("Only if you want a use to stop.")
    )
    written = forms.CharField(
        label=_("In your words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["objection"].choices = [("", "–"), *purposes]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The community's answer."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("done", _("Done as asked")), ("refused", _("Not done"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=_("Answer to the resident"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done; if it was not done, why, and where to complain."),
    )  # fmt: skip


class HouseholdFileForm(forms.Form):
    """A table of households, and the place it is about."""

    area = forms.CharField(
        label=_("Area code"), max_length=40, help_text=_("Only rows of this street or community are taken.")
    )
    file = forms.FileField(label=_("Table (.xlsx or .csv)"))

    def __init__(self, *args: Any, areas: Areas, **options: Any) -> None:
        super().__init__(*args, **options)
        if len(areas.prefixes) == 1:
            self.fields["area"].initial = areas.prefixes[0]
