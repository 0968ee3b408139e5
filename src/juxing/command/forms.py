"""What people type on the pages of command."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.activations.forms import MomentField
from juxing.command.enums import Urgency

LINES = forms.Textarea(attrs={"rows": 4})


class OrderForm(forms.Form):
    """An order."""

    title = forms.CharField(label=pgettext_lazy("command order", "Order"), max_length=80)
    text = forms.CharField(label=_("What is to be done"), max_length=2000, widget=LINES)
    urgency = forms.ChoiceField(label=_("How urgent"), choices=Urgency.choices, initial=Urgency.NORMAL)
    areas = forms.CharField(
        label=_("Places"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Area codes, one a line or with spaces. Empty: everywhere this response holds and you command."),
    )  # fmt: skip
    post_codes = forms.MultipleChoiceField(
        label=_("Posts"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: every post.")
    )
    due_at = MomentField(label=_("To be carried out by"), required=False)
    wants_report = forms.BooleanField(label=_("Wants a sentence when it is carried out"), required=False, initial=True)
    playbook_code = forms.ChoiceField(label=_("Step of the plan"), required=False)

    def __init__(
        self, *args: object, posts: Sequence[tuple[str, str]], steps: Sequence[tuple[str, str]], **options: object
    ) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["post_codes"].choices = list(posts)  # type: ignore[attr-defined]
        self.fields["playbook_code"].choices = [("", "–"), *steps]  # type: ignore[attr-defined]

    def clean_areas(self) -> list[str]:
        """Return the codes one by one."""
        return str(self.cleaned_data["areas"]).replace(",", " ").split()


class AnswerForm(forms.Form):
    """What was done, or what is missing."""

    report = forms.CharField(
        label=_("In a sentence"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names of residents, no doors, no illnesses."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)


class PeriodForm(forms.Form):
    """A period's aims and planned end."""

    aims = forms.CharField(label=_("What this period is to reach"), max_length=2000, widget=LINES)
    planned_end_at = MomentField(label=_("Planned end"), help_text=_("Within 24 hours; then the next shift leads."))


class TakeOverForm(PeriodForm):
    """Taking the lead without a handover."""

    reason = forms.CharField(label=_("Why without a handover"), max_length=400)


class HandoverForm(forms.Form):
    """What the next shift must know."""

    to = forms.ChoiceField(label=_("To"))
    text = forms.CharField(label=_("What the next shift must know"), max_length=2000, widget=LINES)

    def __init__(self, *args: object, leads: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["to"].choices = list(leads)  # type: ignore[attr-defined]


class LogForm(forms.Form):
    """A line of the log."""

    text = forms.CharField(label=_("What happened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ReportForm(forms.Form):
    """The time of a situation report."""

    since = MomentField(label=_("From"))
    until = MomentField(label=_("Until"), required=False, help_text=_("Empty: until now."))
    assessment = forms.CharField(
        label=_("Assessment"), required=False, max_length=4000, widget=LINES,
        help_text=_("Figures are counted; here stands only what they do not say."),
    )  # fmt: skip


class NoticeForm(forms.Form):
    """The words of a notice."""

    title = forms.CharField(label=_("Title"), max_length=80)
    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 8}))


class BlanksForm(forms.Form):
    """What is left blank in a notice, one field each; filled in at once wherever this notice is drafted."""

    def __init__(self, *args: object, blanks: Sequence[str], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        for number, blank in enumerate(blanks):
            self.fields[f"blank_{number}"] = forms.CharField(label=blank, max_length=200, required=False)
        self.blanks = list(blanks)

    def values(self) -> dict[str, str]:
        """Return what was filled in, by blank; call after validation."""
        return {blank: self.cleaned_data[f"blank_{number}"] for number, blank in enumerate(self.blanks)}
