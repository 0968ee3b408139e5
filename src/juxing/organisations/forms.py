"""What people type about organisations, teams, branches and temporary bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.picking import PickerInput
from juxing.kernel.refusals import Words
from juxing.organisations.enums import (
    BranchType,
    FunctionalGroupType,
    Office,
    OrganisationType,
    TeamType,
    TemporaryBodyKind,
)

MANAGE, COVER, KEEP_STAFF = "organisations.manage", "organisations.cover", "organisations.keep_staff"
"""The rights under which people are looked for, by code: what a box asks with."""


def person_field(label: Any, *, scope: str, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a box for one person who works where the actor holds the right ``scope``."""
    words = help_text or _("Part of the name, its pinyin initials, or the sign-in name.")
    return forms.CharField(
        label=label, max_length=140, required=required, help_text=words,
        widget=PickerInput("organisations:choose_people", scope=scope),
    )  # fmt: skip


def organisation_field(label: Any, *, required: bool = True) -> forms.CharField:
    """Return a box for one organisation the actor sees."""
    return forms.CharField(
        label=label, max_length=140, required=required, help_text=_("Part of its name."),
        widget=PickerInput("organisations:choose_organisations"),
    )  # fmt: skip


def place_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a box for a place or building of the actor's areas."""
    return forms.CharField(
        label=label, max_length=140, required=required, help_text=help_text,
        widget=PickerInput("organisations:choose_places"),
    )  # fmt: skip


def with_all(choices: Sequence[tuple[str, Words]]) -> list[tuple[str, Words]]:
    """Return the choices of a filter, the first being no filter."""
    return [("", _("All")), *choices]


def two_lines(at_most: int) -> forms.Textarea:
    """Return a box of two lines."""
    return forms.Textarea(attrs={"rows": 2, "maxlength": at_most})


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Its name"), max_length=80)
    organisation_type = forms.ChoiceField(label=_("Kind"), choices=OrganisationType.choices)
    area_code = place_field(pgettext_lazy("organisations", "Place"), help_text=_("Where it belongs."))


class DescribeForm(forms.Form):
    """What else is known of an organisation."""

    supervising_department = forms.CharField(
        label=_("Supervised by"), max_length=80, required=False, help_text=_("The department it answers to.")
    )
    capabilities = forms.CharField(
        label=_("What it can do"), max_length=400, required=False,
        help_text=_("A few words, with commas: laboratory, lorries, online lessons."),
    )  # fmt: skip


class FilterForm(forms.Form):
    """Filters of the list."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=with_all(OrganisationType.choices))


class TeamForm(forms.Form):
    """A new team."""

    name = forms.CharField(label=_("Its name"), max_length=80)
    team_type = forms.ChoiceField(label=_("Kind"), choices=TeamType.choices)
    steady_duties = forms.CharField(
        label=_("Duties in ordinary days"), max_length=400, required=False, widget=two_lines(400)
    )
    emergency_duties = forms.CharField(
        label=_("Duties when called"), max_length=400, required=False, widget=two_lines(400)
    )
    muster_minutes = forms.IntegerField(
        label=_("Ready within (minutes)"), min_value=0, max_value=1440, required=False
    )  # fmt: skip


class PurposeForm(forms.Form):
    """What an action branch is for."""

    objective = forms.CharField(label=_("What it is for"), max_length=400, required=False, widget=two_lines(400))
    lever = forms.CharField(
        label=_("Lever"), max_length=200, required=False, help_text=_("What it takes hold of first.")
    )
    vehicle = forms.CharField(
        label=_("Vehicle"),
        max_length=200,
        required=False,
        help_text=_("The place or programme through which it works."),
    )
    target_group = forms.CharField(label=_("Target group"), max_length=200, required=False)


class BranchForm(PurposeForm):
    """A new action branch."""

    name = forms.CharField(label=_("Its name"), max_length=80)
    branch_type = forms.ChoiceField(label=_("Kind"), choices=BranchType.choices)
    field_order = ["name", "branch_type", "objective", "lever", "vehicle", "target_group"]


class BodyForm(forms.Form):
    """A temporary branch, functional group or task force."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TemporaryBodyKind.choices)
    group_type = forms.ChoiceField(
        label=_("Group"), required=False, choices=[("", _("– not a functional group –")), *FunctionalGroupType.choices]
    )
    name = forms.CharField(label=_("Its name"), max_length=80)
    area_codes = forms.CharField(
        label=_("Area codes"), widget=two_lines(8000), max_length=8000,
        help_text=_("One or several, with spaces: one body is set up at each."),
    )  # fmt: skip
    purpose = forms.CharField(label=_("What it is for"), max_length=400, required=False, widget=two_lines(400))


class BodyFilterForm(forms.Form):
    """Filters of temporary bodies."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=with_all(TemporaryBodyKind.choices))
    ended = forms.BooleanField(label=_("Dissolved ones"), required=False)


class BranchFilterForm(forms.Form):
    """Filters of action branches."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=with_all(BranchType.choices))


class JoinForm(forms.Form):
    """Somebody who joins a team, branch or body."""

    account = person_field(pgettext_lazy("organisations", "Who"), scope=MANAGE)
    office = forms.ChoiceField(label=_("Office"), choices=Office.choices, initial=Office.MEMBER)
    organisation = organisation_field(_("Out of which organisation"), required=False)

    def __init__(self, *args: object, scope: str = MANAGE, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["account"].widget = PickerInput("organisations:choose_people", scope=scope)


class OrganisationFileForm(forms.Form):
    """A table to take in."""

    file = forms.FileField(label=_("Table (.xlsx or .csv)"))
