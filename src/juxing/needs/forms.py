"""What residents and staff fill in to ask for help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from juxing.needs.corrections import Correction
from juxing.needs.enums import IntakeChannel, NeedType
from juxing.needs.goods import CATEGORIES, lines_of_quantities, lines_of_words, offered_items
from juxing.needs.inputs import MAXIMUM_DETAILS, LineInput
from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models import SupplyItem

ICONS: dict[str, str] = {
    NeedType.STAPLE_FOOD: "package",
    NeedType.FRESH_FOOD: "carrot",
    NeedType.WATER: "droplet",
    NeedType.MEALS: "soup",
    NeedType.INFANT_SUPPLIES: "baby-carriage",
    NeedType.MEDICINE: "pill",
    NeedType.MEDICAL_TRIP: "ambulance",
    NeedType.CONSULTATION: "stethoscope",
    NeedType.CARE_VISIT: "heart-handshake",
    NeedType.PSYCHOLOGICAL_SUPPORT: "heart",
    NeedType.PERSONAL_HYGIENE: "bottle",
    NeedType.DISINFECTION: "spray",
    NeedType.REPAIR: "tool",
    NeedType.PET_CARE: "paw",
    NeedType.STUDY_SUPPORT: "school",
    NeedType.TRANSPORT: "truck",
    NeedType.INFORMATION: "info-circle",
    NeedType.FINANCIAL_RELIEF: "cash-banknote",
    NeedType.OTHER: "dots",
}
MOST_ASKED = (
    NeedType.FRESH_FOOD, NeedType.STAPLE_FOOD, NeedType.MEDICINE, NeedType.MEDICAL_TRIP, NeedType.WATER,
    NeedType.MEALS, NeedType.INFANT_SUPPLIES, NeedType.CARE_VISIT,
)  # fmt: skip
ORDERED_TYPES = [*MOST_ASKED, *(kind for kind in NeedType if kind not in MOST_ASKED)]
SHORT_TYPES = [*MOST_ASKED, NeedType.OTHER]


class NumberForm(forms.Form):
    """The number on paper, for those who lost the link."""

    number = forms.CharField(
        label=_("Number of the request"),
        max_length=20,
        help_text=_("It begins with N, such as N-7F3K-92QX-4."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AskForm(forms.Form):
    """
    What is needed: shared by all who fill it in. Quantities of catalogue items are fields ``item_<id>``.

    With ``is_short`` pages show only what a helper cannot do without. What is not shown is taken all the same: a page
    kept on a phone without signal may be the long one.
    """

    is_short = False

    need_type = forms.ChoiceField(label=_("What do you need?"), widget=forms.RadioSelect)
    other_things = forms.CharField(
        label=_("Other things"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line, with how much, such as: eggs 2 boxes"),
    )
    details = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=MAXIMUM_DETAILS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the people who help you can read this."),
    )
    is_urgent = forms.BooleanField(label=_("It cannot wait until tomorrow"), required=False)
    is_danger_to_life = forms.BooleanField(label=_("Someone's life is in danger"), required=False)
    is_distinct = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["need_type"].choices = [(kind.value, kind.label) for kind in ORDERED_TYPES]  # type: ignore[attr-defined]
        self.items = list(offered_items())
        for item in self.items:
            self.fields[f"item_{item.pk}"] = forms.IntegerField(
                label=item.name_en if get_language() == "en" else item.name_zh,
                required=False,
                min_value=0,
                max_value=99,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "0"}),
            )

    def type_choices(self) -> Iterator[dict[str, Any]]:
        """Yield the kinds of need as tiles."""
        chosen = self["need_type"].value()
        for kind in SHORT_TYPES if self.is_short else ORDERED_TYPES:
            yield {"value": kind.value, "label": kind.label, "icon": ICONS[kind], "is_chosen": kind.value == chosen}

    def item_groups(self) -> Iterator[dict[str, Any]]:
        """Yield the catalogue's groups with their fields, and the kinds of need they belong to; none when short."""
        for category in () if self.is_short else SupplyCategory:
            fields = [
                {"field": self[f"item_{item.pk}"], "unit": item.unit_label}
                for item in self.items
                if item.category == category
            ]
            kinds = [kind for kind, categories in CATEGORIES.items() if category in categories]
            if fields and kinds:
                yield {"category": category.value, "label": category.label, "fields": fields}

    def lines(self) -> list[LineInput]:
        """Return what is asked for; call after validation."""
        quantities: dict[SupplyItem, int | None] = {
            item: self.cleaned_data.get(f"item_{item.pk}") for item in self.items
        }
        counted = lines_of_quantities(quantities, need_type=self.cleaned_data["need_type"])
        return [*counted, *lines_of_words(self.cleaned_data["other_things"])]

    def said(self) -> dict[str, Any]:
        """Return the fields that go into a ``NeedInput`` as they are."""
        kept = ("need_type", "details", "is_urgent", "is_danger_to_life", "is_distinct")
        return {**{name: self.cleaned_data[name] for name in kept}, "lines": tuple(self.lines())}


class CorrectionForm(AskForm):
    """What a waiting need is to say from now on."""

    replaces_details = forms.BooleanField(
        label=_("It takes the place of what was written before"), required=False,
        help_text=_("Otherwise it is added; nobody has to open the sealed words for that."),
    )  # fmt: skip
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["is_distinct"]
        self.fields["details"].label = _("Anything to add or put right?")

    def correction(self) -> Correction:
        """Return what was filled in."""
        data = self.cleaned_data
        return Correction(
            need_type=data["need_type"], lines=tuple(self.lines()), details=data["details"],
            replaces_details=data["replaces_details"], is_urgent=data["is_urgent"],
            is_danger_to_life=data["is_danger_to_life"], due_at=data.get("due_at"),
        )  # fmt: skip


class StaffCorrectionForm(CorrectionForm):
    """The same at the desk, where the time is agreed with the household."""

    due_at = forms.DateTimeField(
        label=_("Needed until"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Left empty, the time follows from the priority."),
    )  # fmt: skip


class DoorFields(forms.Form):
    """Where: an estate from the list and the door as written on it, or words."""

    estate = forms.ChoiceField(
        label=_("Estate"),
        error_messages={"required": _("Choose your estate, or the community at the end of the list.")},
    )
    building = forms.CharField(
        label=_("Building"), required=False, max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    unit = forms.CharField(
        label=_("Stairwell unit"), required=False, max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    door = forms.CharField(
        label=_("Door"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    place_text = forms.CharField(
        label=_("Or describe where"),
        required=False,
        max_length=120,
        help_text=_("If your estate is not in the list, or the door has no number."),
    )

    def __init__(self, *args: Any, estates: list[tuple[str, list[tuple[str, str]]]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["estate"].choices = [("", _("Choose…")), *estates]  # type: ignore[attr-defined]
        codes = [code for _community, rows in estates for code, _name in rows]
        if len(codes) == 1:
            self.fields["estate"].initial = codes[0]

    def clean(self) -> dict[str, Any]:
        """Ask for a place in one way or the other."""
        cleaned = super().clean() or {}
        if not (cleaned.get("building") and cleaned.get("door")) and not cleaned.get("place_text"):
            self.add_error("building", _("Write building and door, or describe where you are."))
        return cleaned


class ResidentNeedForm(AskForm, DoorFields):
    """What a resident fills in, for oneself or a neighbour."""

    for_whom = forms.ChoiceField(
        label=_("For whom?"),
        choices=[("myself", _("For my household")), ("neighbour", _("I ask for a neighbour"))],
        initial="myself",
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(label=_("Name"), required=False, max_length=60)
    neighbour_phone = forms.CharField(
        label=_("The neighbour's telephone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    has_consent = forms.BooleanField(label=_("The neighbour knows and agrees that I ask"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the neighbour's consent."""
        cleaned = super().clean()
        if cleaned.get("for_whom") == "neighbour" and not cleaned.get("has_consent"):
            self.add_error("has_consent", _("Ask your neighbour first, then tick this."))
        return cleaned


class WhereForm(forms.Form):
    """Where help is needed, asked first while what is taken in depends on it."""

    place = forms.ChoiceField(label=_("Where do you need help?"))

    def __init__(self, *args: Any, estates: list[tuple[str, list[tuple[str, str]]]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].choices = [("", _("Choose…")), *estates]  # type: ignore[attr-defined]


class StaffNeedForm(AskForm):
    """What staff fill in for a resident already found, or for a written place."""

    channel = forms.ChoiceField(label=_("How did it reach you?"))
    contact_name = forms.CharField(label=_("Caller's name"), required=False, max_length=60)
    contact_phone = forms.CharField(
        label=_("Caller's telephone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Only if it differs from the resident's own."),
    )
    is_proxy = forms.BooleanField(
        label=_("Someone else asks for the resident, who agrees"),
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["need_type"].label = _("What is needed?")
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (channel.value, channel.label)
            for channel in IntakeChannel
            if channel not in {IntakeChannel.WEB, IntakeChannel.MOBILE, IntakeChannel.EXTERNAL_SYSTEM}
        ]


class StaffPlaceForm(StaffNeedForm, DoorFields):
    """What staff fill in where no resident was looked up: hotline and door-knock."""


class ConfirmForm(forms.Form):
    """The household's word on the service."""

    score = forms.TypedChoiceField(
        label=_("How was the service?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(5, _("Very good")), (4, _("Good")), (3, _("All right")), (2, _("Not good")), (1, _("Bad"))],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Anything to add?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(forms.Form):
    """What was wrong."""

    what_was_wrong = forms.CharField(
        label=_("What was wrong?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=400)
