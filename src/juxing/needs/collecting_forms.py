"""What is filled in about collection rounds and pauses."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.activations.forms import MomentField


class BuildingReportForm(forms.Form):
    """What a pass found at one building."""

    building = forms.CharField(max_length=40, widget=forms.HiddenInput)
    doors_reached = forms.IntegerField(
        label=_("Doors reached"), min_value=0, max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    unanswered = forms.CharField(
        label=_("Doors nobody opened"), required=False, max_length=200,
        help_text=_("Door numbers only, for the next pass; no names."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PauseForm(forms.Form):
    """A pause of what residents send in."""

    area_code = forms.ChoiceField(label=_("Where"))
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Residents read it, such as: all couriers are out in the storm.")
    )
    instead = forms.CharField(
        label=_("What residents do instead"), max_length=200,
        help_text=_("Such as: call the community's hotline, or come to the supply point until six."),
    )  # fmt: skip
    ends_at = MomentField(label=_("Until"), help_text=_("Within 72 hours. It ends by itself."))

    def __init__(self, *args: object, places: list[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["area_code"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]
