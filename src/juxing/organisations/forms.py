"""What people type about organisations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.organisations.enums import OrganisationType


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), max_length=80)
    organisation_type = forms.ChoiceField(label=_("Kind"), choices=OrganisationType.choices)
    area_code = forms.CharField(label=_("Area code"), max_length=40, help_text=_("Where it belongs."))


class FilterForm(forms.Form):
    """Filters of the list."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *OrganisationType.choices])
