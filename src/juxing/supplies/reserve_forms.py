"""What is filled in about reserves and their alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from juxing.places.models import Area
from juxing.plans.hazards import hazards
from juxing.supplies.commands import Kept
from juxing.supplies.enums import AlarmKind, ReservedFor
from juxing.supplies.models import ReserveLine, SupplyItem
from juxing.supplies.movement_forms import item_choices, quantity_field

ALL = ("", _("All"))


class DropGoodsForm(forms.Form):
    """One of the goods a plan names."""

    dropped = forms.ChoiceField(label=_("Item"))

    def __init__(self, *args: Any, lines: Iterable[ReserveLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["dropped"].choices = [(line.item.code, line.item.name) for line in lines]  # type: ignore[attr-defined]


class AlarmFilterForm(forms.Form):
    """One kind of alarm, or all; what is not offered counts as not set."""

    kind = forms.ChoiceField(label=_("Show"), required=False, choices=[ALL, *AlarmKind.choices])

    def chosen(self) -> str:
        """Return the kind, "" for all."""
        self.is_valid()
        return str(self.cleaned_data.get("kind", ""))


class NewReserveForm(forms.Form):
    """For which place and scenario."""

    area_code = forms.ChoiceField(label=_("Place"))
    hazard = forms.ChoiceField(label=_("Scenario"))

    def __init__(self, *args: Any, places: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in places]  # type: ignore[attr-defined]
        language = get_language() or ""
        self.fields["hazard"].choices = [  # type: ignore[attr-defined]
            (slug, hazard.named(language)) for slug, hazard in hazards().items()
        ]


class KeptGoodsForm(forms.Form):
    """One kind of goods held ready."""

    item = forms.ChoiceField(label=_("Item"))
    for_each = forms.ChoiceField(label=pgettext_lazy("supplies", "For each"), choices=ReservedFor.choices)
    quantity = quantity_field(_("Quantity a day"))
    days = forms.IntegerField(label=_("Days it should last"), min_value=1, max_value=90, initial=3)

    def __init__(self, *args: Any, items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = {item.code: item for item in items}
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]

    def kept(self) -> Kept:
        """Return what was written."""
        data = self.cleaned_data
        return Kept(self.items[data["item"]], ReservedFor(data["for_each"]), data["quantity"], data["days"])
