"""What people type about joint committees and pledges, coverage, checklists, programmes and staff."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.organisations.checklists import PROGRAMMES, Item
from juxing.organisations.commands import PledgeInput, TrainingInput
from juxing.organisations.enums import (
    CoverageKind,
    EvaluationSide,
    PledgeKind,
    PledgeStatus,
    SiteType,
    StaffLine,
    WorkResult,
)
from juxing.organisations.forms import (
    COVER,
    KEEP_STAFF,
    MANAGE,
    organisation_field,
    person_field,
    place_field,
    two_lines,
    with_all,
)
from juxing.organisations.queries.coverage import COVERED, GAP

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NONE = ("", _("– none –"))


class AreaForm(forms.Form):
    """A list narrowed to a place."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)


class CommitteeForm(forms.Form):
    """A new joint committee."""

    area_code = place_field(pgettext_lazy("organisations", "Place"), help_text=_("A street or a community."))
    name = forms.CharField(label=_("Its name"), max_length=80)


class ChooseOrganisationForm(forms.Form):
    """One organisation."""

    organisation = organisation_field(_("Member unit"))


class UnitForm(ChooseOrganisationForm):
    """A unit that takes part, and who speaks for it."""

    liaison = person_field(
        _("Speaks for it"), scope=MANAGE, required=False,
        help_text=_("May pledge in its name and is invited to meetings. Part of the name, or the sign-in name."),
    )  # fmt: skip


class PledgeForm(forms.Form):
    """What a unit pledges."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PledgeKind.choices)
    subject = forms.CharField(
        label=pgettext_lazy("organisations", "What"),
        max_length=120,
        help_text=_("Drivers with a lorry, a canteen, masks."),
    )
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=10_000_000, initial=1)
    unit = forms.CharField(label=_("Unit of count"), max_length=12, required=False)
    valid_until = forms.DateField(label=_("Holds until"), required=False, widget=DAY)

    def given(self) -> PledgeInput:
        """Return what was typed."""
        return PledgeInput(**{name: self.cleaned_data[name] for name in PledgeInput.__dataclass_fields__})


class PledgeFilterForm(AreaForm):
    """Filters of pledges."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=with_all(PledgeKind.choices))
    status = forms.ChoiceField(label=_("Step"), required=False, choices=with_all(PledgeStatus.choices))


class CallForm(forms.Form):
    """What a pledge is called on for."""

    called_for = forms.CharField(label=pgettext_lazy("organisations", "What for"), max_length=200)
    due_at = forms.DateTimeField(
        label=_("Needed by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class DeliverForm(forms.Form):
    """How much of a pledge came."""

    quantity = forms.IntegerField(label=_("How many came"), min_value=1, max_value=10_000_000)


class CoverageFilterForm(AreaForm):
    """Filters of places somebody answers for."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=CoverageKind.choices, initial=CoverageKind.BUILDING
    )
    state = forms.ChoiceField(
        label=_("Show"), required=False, choices=with_all([(GAP, _("Gaps")), (COVERED, _("Answered for"))])
    )


class WizardForm(forms.Form):
    """What the wizard proposes for."""

    area = forms.CharField(label=_("Area code"), max_length=40, help_text=_("A community or an estate."))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[row for row in CoverageKind.choices if row[0] != CoverageKind.SITE],
        initial=CoverageKind.BUILDING,
    )  # fmt: skip
    keep = forms.BooleanField(
        label=_("Keep who answers today where that is good"), required=False, initial=True
    )  # fmt: skip


class AnswerForm(forms.Form):
    """Who answers for one place."""

    account = person_field(pgettext_lazy("coverage", "A"), scope=COVER, required=False)
    alternate = person_field(pgettext_lazy("coverage", "B"), scope=COVER, required=False)


class StandardForm(forms.Form):
    """How many households one person should have at most."""

    area = forms.CharField(label=_("Area code"), max_length=40, help_text=_("Set for every community there."))
    households = forms.IntegerField(label=_("Households per person"), min_value=1, max_value=5000, initial=240)


class SiteForm(forms.Form):
    """A site somebody must answer for."""

    area_code = place_field(pgettext_lazy("organisations", "Community"))
    name = forms.CharField(label=_("Its name"), max_length=80)
    site_type = forms.ChoiceField(label=_("Kind"), choices=SiteType.choices)


class ClusterForm(forms.Form):
    """A household cluster of a building."""

    building = place_field(pgettext_lazy("organisations", "Building"))
    name = forms.CharField(label=_("Its name"), max_length=60)
    floor_from = forms.IntegerField(label=_("First floor"), min_value=-5, max_value=200, required=False)
    floor_to = forms.IntegerField(label=_("Last floor"), min_value=-5, max_value=200, required=False)


class ProgrammeForm(forms.Form):
    """A work programme to begin."""

    template = forms.ChoiceField(label=_("Programme"))
    area_code = forms.CharField(label=_("Area code"), max_length=40)
    name = forms.CharField(label=_("Its name"), max_length=80)
    starts_on = forms.DateField(label=pgettext_lazy("organisations", "From"), widget=DAY)
    ends_on = forms.DateField(label=_("Until"), widget=DAY)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["template"].choices = [(code, str(row.name)) for code, row in PROGRAMMES.items()]  # type: ignore[attr-defined]


class TargetsForm(forms.Form):
    """The targets of a programme, item by item."""

    def __init__(self, *args: object, items: Sequence[Item], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        for item in items:
            self.fields[item.code] = forms.IntegerField(
                label=str(item.words), min_value=0, max_value=1_000_000, initial=item.target
            )


class CountForm(forms.Form):
    """A day's work for a programme."""

    item = forms.ChoiceField(label=pgettext_lazy("organisations", "What"))
    on = forms.DateField(label=_("Day"), widget=DAY)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=500, initial=1)

    def __init__(self, *args: object, items: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["item"].choices = list(items)  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    """An entry of the staff register."""

    account = person_field(pgettext_lazy("organisations", "Who"), scope=KEEP_STAFF)
    organisation = organisation_field(_("Organisation"))
    line = forms.ChoiceField(label=_("Post line"), choices=StaffLine.choices, initial=StaffLine.WORKER)
    grade = forms.IntegerField(label=pgettext_lazy("organisations", "Grade"), min_value=1, max_value=18, initial=1)


class StaffFilterForm(AreaForm):
    """Filters of the staff register."""

    line = forms.ChoiceField(label=_("Post line"), required=False, choices=with_all(StaffLine.choices))


class GradeForm(forms.Form):
    """A change of line or grade."""

    line = forms.ChoiceField(label=_("Post line"), choices=StaffLine.choices)
    grade = forms.IntegerField(label=pgettext_lazy("organisations", "Grade"), min_value=1, max_value=18)


class TrainingForm(forms.Form):
    """A training somebody completed."""

    course = forms.CharField(label=_("Course"), max_length=80)
    hours = forms.DecimalField(
        label=pgettext_lazy("organisations", "Hours"), min_value=0, max_digits=4, decimal_places=1
    )
    completed_on = forms.DateField(label=_("Completed on"), widget=DAY)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DAY)

    def given(self) -> TrainingInput:
        """Return what was typed."""
        return TrainingInput(**{name: self.cleaned_data[name] for name in TrainingInput.__dataclass_fields__})


class ObjectiveForm(forms.Form):
    """What a year's work is for."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    work = forms.CharField(label=_("Objective of work"), max_length=200, widget=two_lines(200))


class EvaluationForm(forms.Form):
    """How one side saw the work."""

    side = forms.ChoiceField(label=_("Side"), choices=EvaluationSide.choices)
    result = forms.ChoiceField(label=_("Result"), choices=WorkResult.choices)
    evidence = forms.CharField(
        label=_("What of the work shows it"), max_length=200, widget=two_lines(200),
        help_text=_("About the work only: what was done, when, for how many. Nothing about the person."),
    )  # fmt: skip


class ObjectionForm(forms.Form):
    """Words against an evaluation of one's own work, or the answer to them."""

    words = forms.CharField(label=_("In your words"), max_length=400, widget=two_lines(400))
