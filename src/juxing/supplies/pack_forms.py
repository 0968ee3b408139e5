"""What is filled in about packs, and about packing by building."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.models import Area
from juxing.supplies.models import Depot, SupplyItem
from juxing.supplies.movement_forms import SureForm, item_choices, quantity_field
from juxing.supplies.units import UNIT_LABELS


class PackSizeForm(SureForm):
    """How much is in one pack of an item."""

    item = forms.ChoiceField(label=_("Item"))
    unit = forms.ChoiceField(label=_("Packed in"))
    quantity = quantity_field(_("How many are in one"))

    field_order = ("item", "unit", "quantity")

    def __init__(self, *args: Any, items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = {item.code: item for item in items}
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]
        self.fields["unit"].choices = list(UNIT_LABELS.items())  # type: ignore[attr-defined]


class PackFilterForm(forms.Form):
    """One item, and whether retired packs are shown; what is not offered counts as not set."""

    item = forms.ChoiceField(label=_("Item"), required=False)
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[("", pgettext_lazy("pack", "In use")), ("all", pgettext_lazy("pack", "Retired too"))],
    )  # fmt: skip

    def __init__(self, *args: Any, items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [("", _("All")), *((item.code, item.name) for item in items)]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, str]:
        """Return what is set."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name, "")) for name in ("item", "show")}


class PackPerBuildingForm(forms.Form):
    """A box for every building of a community."""

    depot = forms.ChoiceField(label=_("Depot"))
    item = forms.ChoiceField(label=_("Item"))
    community = forms.ChoiceField(label=_("For the buildings of"))
    each = quantity_field(_("For each household"), required=False)

    def __init__(
        self, *args: Any, depots: Sequence[Depot], items: Sequence[SupplyItem], areas: Iterable[Area], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.items = {item.code: item for item in items}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]
        self.fields["community"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        self.fields["each"].help_text = _("Left empty, all that is free here is shared by households.")
