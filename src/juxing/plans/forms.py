"""What people type on the pages of plans; the table of a part is made from the part's own fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from juxing.plans.content import PARTS
from juxing.plans.enums import IncidentGrade
from juxing.plans.hazards import hazards
from juxing.plans.words import PlanWords, is_coded

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
    "code": _("Row code (leave as it is)"),
}  # fmt: skip
LONG = {"text", "duties"}
TYPED = {"item", "holder_roles"}
"""Fields whose words are typed beside a list of them."""
SEPARATORS = re.compile(r"[,\u3001\uff0c;\uff1b\n]+")


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


class DutyForm(forms.Form):
    """An answer to the duties of one post, as they were read."""

    plan = forms.UUIDField(widget=forms.HiddenInput())
    post_code = forms.CharField(max_length=40, widget=forms.HiddenInput())
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput())
    answer = forms.ChoiceField(choices=[("accept", _("I accept it")), ("refuse", _("I cannot"))])
    reason = forms.CharField(label=_("What stands against it"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        """Return what the command takes."""
        cleaned = super().clean() or {}
        if "answer" in cleaned:
            cleaned["is_accepted"] = cleaned.pop("answer") == "accept"
        cleaned["plan"] = str(cleaned.get("plan", ""))
        return cleaned


class RowForm(forms.Form):
    """
    One row of a part; an empty title means that there is no row.

    Codes are chosen by their words; of those too many for a list, and of several in an order, the words are typed.
    """

    def __init__(
        self, *args: Any, part: str, words: PlanWords, row: Mapping[str, Any] | None = None, **options: Any
    ) -> None:  # fmt: skip
        given = {name: _initial(name, value, words) for name, value in (row or {}).items()}
        super().__init__(*args, **{**options, "initial": given})
        self._words = words
        for name, field in PARTS[part].model_fields.items():
            self.fields[name] = _field(name, field, words, str(given.get(name, "")))
        self.fields["code"].widget = forms.HiddenInput()
        self.empty_permitted = True

    def clean(self) -> dict[str, Any]:
        """Turn typed words into the codes they mean."""
        cleaned = super().clean() or {}
        for name in TYPED & set(cleaned):
            said = [each.strip() for each in SEPARATORS.split(cleaned[name] or "") if each.strip()]
            codes = [self._words.code(name, each) for each in said]
            if None in codes:
                self.add_error(name, _("Not known: %(word)s. Take the words from the list.")
                               % {"word": said[codes.index(None)]})  # fmt: skip
            cleaned[name] = codes if name == "holder_roles" else "".join(str(code) for code in codes[:1])
        return cleaned

    def as_row(self, code: str) -> dict[str, Any] | None:
        """Return the row as plain data, or None for none; a new row gets this code."""
        filled = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        if "title" not in filled:
            return None
        filled.setdefault("code", code)
        return filled


def _initial(name: str, value: Any, words: PlanWords) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(words.word(name, each) for each in value)
    return words.word(name, value) if name in TYPED else value


def _field(name: str, field: FieldInfo, words: PlanWords, kept: str) -> forms.Field:
    label = LABELS.get(name, name)
    if name in TYPED:
        return forms.CharField(
            label=label, required=False, max_length=400, widget=forms.TextInput(attrs={"list": f"known-{name}"})
        )
    if field.annotation is bool:
        return forms.BooleanField(label=label, required=False, initial=True)
    if is_coded(name):
        choices = words.choices(name)
        if kept and kept not in choices:
            choices = {**choices, kept: kept}
        start = "" if field.is_required() or field.default == "" else field.default
        blank = [("", "–")] if start == "" else []
        return forms.ChoiceField(
            label=label, required=False, choices=[*blank, *choices.items()], initial=start
        )  # fmt: skip
    if field.annotation in (int, float):
        number = forms.IntegerField if field.annotation is int else forms.FloatField
        return number(label=label, required=False, initial=None if field.is_required() else field.default)
    widget = forms.Textarea(attrs={"rows": 2}) if name in LONG else None
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget)
