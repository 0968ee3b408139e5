"""What people type on the pages of reviews."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.plans.completeness import PART_LABELS
from juxing.reviews.enums import FindingKind

LINES = forms.Textarea(attrs={"rows": 3})


class DayField(forms.DateField):
    """A day, as browsers send it."""

    def __init__(self, **options: object) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)  # type: ignore[arg-type]


class OpenForm(forms.Form):
    """Beginning a review."""

    due_on = DayField(label=_("To be closed by"))


class NoteForm(forms.Form):
    """A note while it happens, or a finding after it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FindingKind.choices, initial=FindingKind.GAP)
    text = forms.CharField(
        label=_("What you saw"), max_length=1000, widget=LINES,
        help_text=_("Of plans, ways and means; no names, nobody is graded."),
    )  # fmt: skip


class ActionForm(forms.Form):
    """A corrective action."""

    text = forms.CharField(label=_("What is changed"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    owner_post = forms.CharField(label=_("Post that sees to it"), max_length=80)
    due_on = DayField(label=_("Until"))
    part = forms.ChoiceField(label=_("Part of the plan"))
    row_code = forms.ChoiceField(label=_("Row of the plan"), required=False)
    field = forms.CharField(
        label=_("Field of the row"), required=False, max_length=40,
        help_text=_("With a row, field and value the change is written into the next version by itself."),
    )  # fmt: skip
    value = forms.CharField(label=_("New value"), required=False, max_length=400)

    def __init__(self, *args: object, rows: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["part"].choices = list(PART_LABELS.items())  # type: ignore[attr-defined]
        self.fields["row_code"].choices = [("", "–"), *rows]  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Closing a review."""

    summary = forms.CharField(label=_("What was learned"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class DropForm(forms.Form):
    """Giving an action up."""

    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)
