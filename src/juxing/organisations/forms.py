"""What people type about organisations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.organisations.enums import AssignmentSlot, BranchType, OrganisationType, TeamType


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), max_length=80)
    organisation_type = forms.ChoiceField(label=_("Kind"), choices=OrganisationType.choices)
    area_code = forms.CharField(label=_("Area code"), max_length=40, help_text=_("Where it belongs."))


class FilterForm(forms.Form):
    """Filters of the list."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *OrganisationType.choices])


class TeamForm(forms.Form):
    """A new team."""

    name = forms.CharField(label=_("Name"), max_length=80)
    team_type = forms.ChoiceField(label=_("Kind"), choices=TeamType.choices)


class BranchForm(forms.Form):
    """A new action branch."""

    name = forms.CharField(label=_("Name"), max_length=80)
    branch_type = forms.ChoiceField(label=_("Kind"), choices=BranchType.choices)
    objective = forms.CharField(
        label=_("What it is for"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PostForm(forms.Form):
    """A new post."""

    title = forms.CharField(label=_("Title"), max_length=60)


class HoldForm(forms.Form):
    """Who takes a post over."""

    account = forms.CharField(label=_("Sign-in name"), max_length=80)
    slot = forms.ChoiceField(label=_("Place"), choices=AssignmentSlot.choices)
    rank = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=20, initial=1, help_text=_("1 unless several hold the same place.")
    )


class OrganisationFileForm(forms.Form):
    """A table of organisations."""

    file = forms.FileField(label=_("Table (.xlsx or .csv)"))
