"""What people type on the pages of incidents and activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority
from juxing.activations.enums import MeasureKind
from juxing.plans.enums import IncidentGrade, ResponseLevel
from juxing.plans.hazards import hazards
from juxing.plans.models import PlanVersion

MOMENT = {"type": "datetime-local"}


def hazard_choices() -> list[tuple[str, str]]:
    """Return the kinds of incidents in the reader's language."""
    return [(slug, hazard.named(get_language() or "")) for slug, hazard in hazards().items()]


class MomentField(forms.DateTimeField):
    """A moment, as browsers send it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"), **options)


class IncidentForm(forms.Form):
    """What happened."""

    title = forms.CharField(label=_("What happened"), max_length=80)
    hazard = forms.ChoiceField(label=_("Kind of incident"))
    area_code = forms.CharField(label=_("Area code"), max_length=40)
    grade = forms.TypedChoiceField(
        label=_("Grade"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Not graded")), *IncidentGrade.choices],
    )  # fmt: skip
    description = forms.CharField(
        label=_("What is known"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Facts only: no names, no doors, no illness of a person."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["hazard"].choices = hazard_choices()  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """A response to an incident."""

    version = forms.ChoiceField(label=_("Plan"))
    level = forms.ChoiceField(label=_("Response level"), choices=ResponseLevel.choices, initial=ResponseLevel.LEVEL_3)
    areas = forms.CharField(
        label=_("Places"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Area codes, one a line or with spaces: streets, communities, estates or single buildings."),
    )  # fmt: skip
    ends_at = MomentField(label=_("Ends"), help_text=_("Everything ends by itself at this time."))
    matter = forms.CharField(label=_("What the response is for"), max_length=400)
    is_exercise = forms.BooleanField(label=_("This is a drill: nothing is sent outside"), required=False)

    def __init__(self, *args: Any, versions: Sequence[PlanVersion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            (str(version.uuid), f"{version.plan.title} v{version.number} ({version.get_status_display()})")
            for version in versions
        ]

    def clean_areas(self) -> list[str]:
        """Split the codes."""
        return split_codes(self.cleaned_data["areas"])


class DecisionForm(forms.Form):
    """A decision document."""

    issuer = forms.CharField(label=_("Issued by"), max_length=80)
    rank = forms.ChoiceField(label=_("Authority"))
    number = forms.CharField(label=_("Number of the document"), max_length=60)
    issued_on = forms.DateField(label=_("Date of the document"), widget=forms.DateInput(attrs={"type": "date"}))
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=400)
    file_sha256 = forms.CharField(
        label=_("SHA-256 of the file"), max_length=64, required=False,
        help_text=_("Ties this record to one file; leave empty if it is on paper only."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {
            "community": _("Community"), "street": _("Street"), "district": _("District"), "city": _("City"),
            "province": _("Province"), "state": _("State"),
        }  # fmt: skip
        self.fields["rank"].choices = [(name, labels[name]) for name in authority.ranks()]  # type: ignore[attr-defined]


class ChangeForm(DecisionForm):
    """A change of what is in force; which fields count depends on the change."""

    areas = forms.CharField(
        label=_("Places"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    level = forms.ChoiceField(label=_("Response level"), choices=ResponseLevel.choices, required=False)
    ends_at = MomentField(label=_("New end"), required=False)
    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)

    FIELDS = {
        "widen": ("areas", "level", "reason", "issuer", "rank", "number", "issued_on", "legal_basis", "file_sha256"),
        "narrow": ("areas", "reason"),
        "level": ("areas", "level", "reason", "issuer", "rank", "number", "issued_on", "legal_basis", "file_sha256"),
        "extend": ("ends_at", "areas", "reason", "issuer", "rank", "number", "issued_on", "legal_basis", "file_sha256"),
    }

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields = {name: self.fields[name] for name in self.FIELDS[kind]}
        if kind == "level":
            for name in ("issuer", "rank", "number", "issued_on", "legal_basis"):
                self.fields[name].required = False
        if kind in {"widen", "narrow", "level"}:
            self.fields["areas"].required = True
        if kind == "extend":
            self.fields["ends_at"].required = True
            self.fields["areas"].help_text = _("Leave empty for all; what is not named ends as before.")

    def clean_areas(self) -> list[str]:
        """Split the codes."""
        return split_codes(self.cleaned_data["areas"])

    @property
    def has_decision(self) -> bool:
        """Whether a decision document was entered."""
        return bool(self.cleaned_data.get("number"))


class EndForm(forms.Form):
    """The end of a response."""

    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)
    left_open_reason = forms.CharField(
        label=_("Why what is open may stay open"), max_length=400, required=False,
        help_text=_("Only if something is listed as open."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)


class MeasureForm(forms.Form):
    """An area measure with the services that go with it."""

    kind = forms.ChoiceField(label=_("Kind of measure"), choices=MeasureKind.choices)
    area_code = forms.CharField(label=_("Area code"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=80)
    text = forms.CharField(label=_("What holds, in full"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    ends_at = MomentField(label=_("Ends"))
    food_duty = forms.CharField(label=_("Who sees to food, with telephone"), max_length=200, required=False)
    medicine_duty = forms.CharField(label=_("Who sees to medicine, with telephone"), max_length=200, required=False)
    medical_exit_duty = forms.CharField(
        label=_("Who lets people out to the doctor, day and night"), max_length=200, required=False
    )
    care_contact_duty = forms.CharField(label=_("Who calls households in special care"), max_length=200, required=False)
    hotline_duty = forms.CharField(label=_("Hotline"), max_length=200, required=False)
    justification = forms.CharField(
        label=_("Why it is needed"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    alternatives_considered = forms.CharField(
        label=_("What milder means were considered"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    appeal_route = forms.CharField(label=_("Where to object"), max_length=200, required=False)


def split_codes(text: str) -> list[str]:
    """Return the codes typed in a field."""
    return [code for code in text.replace(",", " ").replace("，", " ").split() if code]


class ReviewDataForm(forms.Form):
    """Whether emergency data may go; to keep it needs a written assessment."""

    keep_until = MomentField(
        label=_("Keep until"), required=False, help_text=_("Empty: it may be destroyed. At most 180 days.")
    )
    assessment = forms.CharField(
        label=_("Why keeping is lawful, necessary and safe"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
