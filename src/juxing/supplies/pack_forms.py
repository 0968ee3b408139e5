"""What is filled in about packs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.supplies.models import SupplyItem
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
