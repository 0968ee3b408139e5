"""What people send and type when a plan's text is brought in; the rows of a section are fields of one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.plans.enums import ResponseLevel
from juxing.plans.forms import LABELS, PlanForm

NUMBERS = {"playbook": "due_min", "goods": "quantity", "venues": "count", "posts": "count"}
NUMBER_LABELS = {**LABELS, "quantity": pgettext_lazy("plan", "Quantity")}
LEAST, MOST = 0, 100_000
FILE_HELP = _("Word (.docx) is read most surely; a PDF must hold text, not pictures of pages. Up to 20 MB.")


class PlanFileForm(forms.Form):
    """The file of a plan's text."""

    file = forms.FileField(
        label=_("Plan (.docx or .pdf)"), help_text=FILE_HELP,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.doc"}),
    )  # fmt: skip


class NewPlanFileForm(PlanForm, PlanFileForm):
    """A new plan, and the file its chapters come from."""

    field_order = ("file", "title", "hazard", "area_code", "grade", "review_months")


class SectionForm(forms.Form):
    """One section as a person confirms it: title, text, the rows chosen and what was changed in them."""

    title = forms.CharField(label=LABELS["title"], max_length=80)
    text = forms.CharField(
        label=_("Text"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Without text only the rows below are taken over."),
    )  # fmt: skip
    keep = forms.MultipleChoiceField(label=_("Keep in the plan"), required=False)
    drop = forms.MultipleChoiceField(label=_("Take out of the draft"), required=False)

    def __init__(
        self, *args: Any, proposals: Sequence[Mapping[str, Any]], aside: Sequence[tuple[str, str]],
        missing: Sequence[tuple[str, str]] = (), **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.proposals = proposals
        self.fields["keep"].choices = list(aside)  # type: ignore[attr-defined]
        self.fields["drop"].choices = list(missing)  # type: ignore[attr-defined]
        for at, proposal in enumerate(proposals):
            self._add_row(at, proposal)

    def _add_row(self, at: int, proposal: Mapping[str, Any]) -> None:
        """Add the fields of one row; in the plan's own form a field left empty stays as the draft has it."""
        row, is_form = proposal["row"], proposal.get("is_form", False)
        levels = [("", _("as it is")), *ResponseLevel.choices] if is_form else ResponseLevel.choices
        self.fields[f"take_{at}"] = forms.BooleanField(
            required=False, initial=proposal["is_offered"], label=_("Take this row")
        )
        self.fields[f"title_{at}"] = forms.CharField(
            max_length=80, required=False, initial=row["title"], label=LABELS["title"]
        )
        self.fields[f"from_level_{at}"] = forms.ChoiceField(
            choices=levels, initial=row.get("from_level", "" if is_form else ResponseLevel.LEVEL_4),
            label=LABELS["from_level"], required=False,
        )  # fmt: skip
        number = NUMBERS.get(proposal["part"])
        if number is not None:
            self.fields[f"{number}_{at}"] = forms.FloatField(
                min_value=LEAST, max_value=MOST, required=False, initial=row.get(number, None if is_form else 1),
                label=NUMBER_LABELS[number],
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask a title of each row chosen."""
        cleaned = super().clean() or {}
        for at in range(len(self.proposals)):
            if cleaned.get(f"take_{at}") and not (cleaned.get(f"title_{at}") or "").strip():
                self.add_error(f"title_{at}", _("A row that is taken over needs a title."))
        return cleaned

    def rows(self) -> dict[int, dict[str, Any]]:
        """Return the rows chosen, by place, with what was typed for them."""
        cleaned = self.cleaned_data
        found: dict[int, dict[str, Any]] = {}
        for at, proposal in enumerate(self.proposals):
            if not cleaned.get(f"take_{at}"):
                continue
            changed: dict[str, Any] = {"title": " ".join(cleaned[f"title_{at}"].split())}
            if cleaned.get(f"from_level_{at}"):
                changed["from_level"] = cleaned[f"from_level_{at}"]
            number = NUMBERS.get(proposal["part"], "")
            if cleaned.get(f"{number}_{at}") is not None:
                typed = cleaned[f"{number}_{at}"]
                changed[number] = typed if number == "quantity" else int(typed)
            found[at] = changed
        return found
