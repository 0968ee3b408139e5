"""What is filled in around trainings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.models import Area
from juxing.responders.models import TrainingSession
from juxing.responders.models.trainings import LONGEST_DAYS, MOST_PLACES
from juxing.responders.training_enums import TrainingStatus, UnderstandingCheck
from juxing.responders.training_inputs import TrainingInput, can_give

FIXED = ("area_code", "gives", "understanding", "valid_days")


def _moment(label: Any, **options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


class TrainingForm(forms.Form):
    """A training; of one that is announced only time, place, places and words change."""

    title = forms.CharField(label=pgettext_lazy("training", "What is trained"), max_length=80)
    area_code = forms.ChoiceField(label=pgettext_lazy("training", "Held for"))
    holder = forms.CharField(
        label=pgettext_lazy("training", "Who holds it"), max_length=80,
        help_text=_("For example: the community health centre, Doctor Lin."),
    )  # fmt: skip
    place = forms.CharField(label=_("Where people meet"), max_length=80)
    starts_at = _moment(_("Begins"))
    ends_at = _moment(_("Ends"))
    sign_up_by = _moment(
        _("Sign up until"), required=False, help_text=_("Empty: until it begins. The desk can until it ends.")
    )
    places = forms.IntegerField(
        label=pgettext_lazy("training", "Places"), min_value=1, max_value=MOST_PLACES, initial=30
    )
    gives = forms.MultipleChoiceField(
        label=_("What it trains for"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever completes it has shown this before tasks."),
    )  # fmt: skip
    understanding = forms.ChoiceField(
        label=_("How it is seen that somebody understood"), choices=UnderstandingCheck.choices,
        initial=UnderstandingCheck.QUESTIONS,
    )  # fmt: skip
    valid_days = forms.IntegerField(
        label=_("Days for which it counts"), min_value=1, max_value=LONGEST_DAYS, initial=365
    )
    notice = forms.CharField(
        label=_("What to bring or wear"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, areas: Iterable[Area], session: TrainingSession | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        self.fields["gives"].choices = can_give()  # type: ignore[attr-defined]
        if session is not None:
            for name in self.fields:
                self.initial.setdefault(name, getattr(session, name))
            if session.status == TrainingStatus.ANNOUNCED:
                for name in FIXED:
                    self.fields[name].disabled = True

    def given(self) -> TrainingInput:
        """Return what was filled in."""
        return TrainingInput(**self.cleaned_data)


class WhyForm(forms.Form):
    """Why a training does not take place."""

    why = forms.CharField(
        label=_("Why it does not take place"), max_length=200, help_text=_("Everybody signed up is told, with this.")
    )


class TrainingFileForm(forms.Form):
    """A table of people."""

    file = forms.FileField(label=_("Spreadsheet (.xlsx or .csv)"))


class FindForm(forms.Form):
    """Whom one looks for."""

    q = forms.CharField(
        label=_("Name, pinyin or telephone"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
