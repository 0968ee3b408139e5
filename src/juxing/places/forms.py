"""What people type about places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.enums import EstateType
from juxing.places.models import Area

UNKNOWN = ("", _("not known"))


class EstateForm(forms.Form):
    """A new estate of a community."""

    name = forms.CharField(label=pgettext_lazy("places", "Name"), max_length=80)
    estate_type = forms.ChoiceField(label=_("Type of estate"), choices=EstateType.choices)
    has_property_company = forms.BooleanField(label=_("Has a property company"), required=False, initial=True)
    longitude = forms.FloatField(label=_("Longitude (WGS 84)"), required=False, min_value=73, max_value=136)
    latitude = forms.FloatField(label=_("Latitude (WGS 84)"), required=False, min_value=3, max_value=54)


class NameForm(forms.Form):
    """The name of an estate or a grid."""

    name = forms.CharField(label=pgettext_lazy("places", "Name"), max_length=80)


class BuildingForm(forms.Form):
    """A building."""

    label = forms.CharField(
        label=pgettext_lazy("places", "Number"), max_length=30, help_text=_("As it stands on the house, such as 5#.")
    )
    floors = forms.IntegerField(label=_("Floors"), required=False, min_value=1, max_value=200)
    has_lift = forms.TypedChoiceField(
        label=_("Lift"), required=False, empty_value=None, coerce=lambda word: word == "True",
        choices=[UNKNOWN, ("True", _("yes")), ("False", _("no"))],
    )  # fmt: skip


class NewBuildingForm(BuildingForm):
    """A new building, in one of the estate's grids."""

    grid_code = forms.ChoiceField(label=_("Grid"))
    field_order = ("grid_code", "label", "floors", "has_lift")

    def __init__(self, *args: Any, grids: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["grid_code"].choices = [(grid.code, grid.name) for grid in grids]  # type: ignore[attr-defined]


class DoorForm(forms.Form):
    """A door, as it is written at the house."""

    door = forms.CharField(label=_("Door"), max_length=20)
    floor = forms.IntegerField(label=_("Floor"), required=False, min_value=-9, max_value=200)


class NewDoorForm(DoorForm):
    """A new door of a building."""

    unit = forms.CharField(
        label=_("Unit"), max_length=12, required=False, help_text=_("Leave empty where the house has one stairwell.")
    )
    field_order = ("unit", "door", "floor")
