"""What people type on the pages of plans; the table of a part is made from the part's own fields."""

from __future__ import annotations

import re
from typing import Any, get_args, get_origin

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from juxing.plans.content import PARTS
from juxing.plans.enums import IncidentGrade, ResponseLevel
from juxing.plans.hazards import hazards

LABELS = {
    "title": pgettext_lazy("plan", "Title"), "title_en": _("Title in English"), "from_level": _("From level"),
    "text": _("Text"),
    "source": _("Read off from"), "after_min": _("After (min)"), "due_min": _("Done by (min)"),
    "responsible": _("Responsible post"), "accountable": _("Accountable post"), "consulted": _("Consulted"),
    "informed": _("Informed"), "per": _("For each"), "count": pgettext_lazy("plan", "Number"), "group": _("Group"),
    "takes_from": _("Out of the steady post"), "holder_roles": _("Roles that may hold it"),
    "carries_role": _("Carries the role"), "duties": _("Duties"), "kind": _("Kind"), "group_type": _("Kind of group"),
    "skill": pgettext_lazy("plans", "Skill"), "item": _("Item"), "for_each": _("For each"), "quantity": _("A day"),
    "days": _("Days"), "task_type": _("Kind of task whose gates it has"),
    "function": _("Function"), "minimum_area_m2": _("At least m²"), "audience": _("For whom"),
    "holder_role": _("Who holds"), "role": _("Role"), "at": _("Where"), "every_hours": _("Every (hours)"),
    "within_min": _("Within (min)"), "short_form": _("Short form meanwhile"), "moment": _("At the start or the end"),
}  # fmt: skip
LONG = {"text", "duties"}


class PlanForm(forms.Form):
    """A new plan."""

    hazard = forms.ChoiceField(label=_("Kind of incident"))
    area_code = forms.CharField(
        label=_("Area code"), max_length=40, help_text=_("A district, a street or a community.")
    )
    title = forms.CharField(label=pgettext_lazy("plan", "Title"), max_length=80)
    grade = forms.TypedChoiceField(
        label=_("Grade"), required=False, coerce=int, empty_value=None,
        choices=[("", _("All grades")), *IncidentGrade.choices],
    )  # fmt: skip
    review_months = forms.IntegerField(label=_("Reviewed every (months)"), min_value=1, max_value=36, initial=12)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = get_language() or ""
        self.fields["hazard"].choices = [(slug, each.named(language)) for slug, each in hazards().items()]  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    """Bringing a version into force."""

    undrilled_reason = forms.CharField(
        label=_("Why it must be in force before it was drilled"), max_length=400, required=False
    )


class AnnexForm(forms.Form):
    """A local annex."""

    area_code = forms.CharField(label=_("Area code"), max_length=40)
    title = forms.CharField(label=pgettext_lazy("plan", "Title"), max_length=80)
    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class RowForm(forms.Form):
    """One row of a part; an empty title means that there is no row."""

    def __init__(self, *args: Any, part: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in PARTS[part].model_fields.items():
            self.fields[name] = _field(name, field.annotation)
        self.fields["code"].widget = forms.HiddenInput()
        self.empty_permitted = True

    def as_row(self, number: int) -> dict[str, Any] | None:
        """Return the row as plain data, or None for none."""
        filled = {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}
        if "title" not in filled:
            return None
        if "holder_roles" in filled:
            filled["holder_roles"] = [role for role in re.split(r"[,\s，]+", filled["holder_roles"]) if role]
        filled.setdefault("code", f"row_{number}")
        return filled


def _field(name: str, annotation: Any) -> forms.Field:
    kind = get_args(annotation)[0] if get_origin(annotation) is not None and get_args(annotation) else annotation
    label = LABELS.get(name, name)
    if name == "from_level":
        return forms.ChoiceField(label=label, choices=ResponseLevel.choices, initial=ResponseLevel.LEVEL_4)
    if name == "holder_roles":
        return forms.CharField(label=label, required=False, max_length=400)
    if isinstance(kind, str):
        return forms.ChoiceField(label=label, choices=[(each, each) for each in get_args(annotation)])
    if kind is bool:
        return forms.BooleanField(label=label, required=False, initial=True)
    if kind is int:
        return forms.IntegerField(label=label, required=False)
    if kind is float:
        return forms.FloatField(label=label, required=False)
    widget = forms.Textarea(attrs={"rows": 2}) if name in LONG else None
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget)
