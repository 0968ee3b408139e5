"""What people type on the pages of drills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.activations.forms import MomentField
from juxing.drills.enums import DrillKind
from juxing.plans.enums import ResponseLevel

SEPARATOR = "|"


class DrillForm(forms.Form):
    """A drill to be held."""

    version = forms.ChoiceField(label=_("Version of a plan"))
    title = forms.CharField(label=_("Scenario, in a line"), max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind of drill"), initial=DrillKind.TABLETOP,
        choices=[choice for choice in DrillKind.choices if choice[0] != DrillKind.COMPUTED],
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Response level"), choices=ResponseLevel.choices, initial=ResponseLevel.LEVEL_2)
    areas = forms.CharField(
        label=_("Places"), required=False, max_length=2000, help_text=_("Area codes; empty: the plan's own place.")
    )
    planned_at = MomentField(label=_("When"))
    speed = forms.IntegerField(
        label=_("Exercise minutes a minute"), min_value=1, max_value=120, initial=1,
        help_text=_("60: an hour of the exercise passes in a minute."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Number of the dice"), min_value=0, max_value=2_000_000_000, initial=1, required=False,
        help_text=_("Only where it plays by itself: the same number gives the same drill."),
    )  # fmt: skip
    injects = forms.CharField(
        label=_("Injects"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: exercise minute | title | what the posts are told."),
    )  # fmt: skip

    def __init__(self, *args: object, versions: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["version"].choices = list(versions)  # type: ignore[attr-defined]

    def clean_areas(self) -> list[str]:
        """Return the codes one by one."""
        return str(self.cleaned_data["areas"]).replace(",", " ").split()

    def clean_seed(self) -> int:
        """Return the number, 1 without one."""
        return int(self.cleaned_data["seed"] or 1)

    def clean_injects(self) -> list[dict[str, Any]]:
        """Return the lines as injects, in the order of their minutes."""
        found = []
        for line in str(self.cleaned_data["injects"]).splitlines():
            parts = [part.strip() for part in line.split(SEPARATOR)]
            if not any(parts):
                continue
            if len(parts) < 2 or not parts[0].isdecimal() or len(parts[0]) > 4:
                raise forms.ValidationError(
                    _("“%(line)s”: write minute | title | text.") % {"line": line[:40]}, code="inject"
                )
            found.append({"after_min": int(parts[0]), "title": parts[1], "text": " ".join(parts[2:])})
        return sorted(found, key=lambda inject: inject["after_min"])


class StartForm(forms.Form):
    """Who signs beside the one who begins it."""

    second = forms.ChoiceField(label=_("Second signature by"))

    def __init__(self, *args: object, leads: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["second"].choices = list(leads)  # type: ignore[attr-defined]
