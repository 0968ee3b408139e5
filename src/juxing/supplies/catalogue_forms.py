"""What is filled in about the catalogue's entries, depots and vehicles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.organisations.models import Organisation
from juxing.places.models import Area
from juxing.supplies.commands import DepotWords, NewItem, VehicleWords, Weighed
from juxing.supplies.enums import DepotKind, SupplyCategory
from juxing.supplies.models import Depot, ItemPack, SupplyItem, Vehicle
from juxing.supplies.movement_forms import pack_words, quantity_field
from juxing.supplies.units import UNIT_LABELS
from juxing.venues.models import Venue

SUBSTITUTES = 3


class CatalogueFilterForm(forms.Form):
    """What the catalogue is narrowed to; what is not offered counts as not set."""

    words = forms.CharField(label=_("Item"), required=False, max_length=60,
                            widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    category = forms.ChoiceField(
        label=pgettext_lazy("supplies", "Class"), required=False, choices=[("", _("All")), *SupplyCategory.choices]
    )
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Everything")), ("unweighed", _("Weight not known"))]
    )

    def filters(self) -> dict[str, str]:
        """Return what is set."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name, "")) for name in ("words", "category", "show")}


class NewItemForm(forms.Form):
    """What the catalogue does not hold yet."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    unit = forms.ChoiceField(label=_("Counted in"), choices=list(UNIT_LABELS.items()))
    category = forms.ChoiceField(label=pgettext_lazy("supplies", "Class"), choices=SupplyCategory.choices)
    standards = forms.CharField(
        label=_("Standards it has to meet"), required=False, max_length=200,
        help_text=_("Such as YY 0469; several apart by commas."),
    )  # fmt: skip
    is_ppe = forms.BooleanField(label=_("Protects whoever wears it"), required=False)
    is_medicine = forms.BooleanField(label=_("Is a medicine"), required=False)

    def given(self) -> NewItem:
        """Return what was written."""
        data = self.cleaned_data
        standards = data["standards"].replace("，", ",").replace("、", ",").split(",")
        names = ("name_zh", "name_en", "unit", "category", "is_ppe", "is_medicine")
        return NewItem(standards=standards, **{name: data[name] for name in names})


class DescribeForm(forms.Form):
    """What a unit weighs, how long it keeps, what may stand in."""

    weight = quantity_field(_("Weight in kg, with its wrapping"), required=False)
    weight_of = forms.ChoiceField(label=_("That is the weight of"), required=False)
    shelf_life_days = forms.IntegerField(
        label=_("Keeps how many days"), required=False, min_value=1, max_value=7300,
        help_text=_("From the day of making. A use-by date farther ahead is asked about on receipt."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, item: SupplyItem, packs: Sequence[ItemPack], items: Sequence[SupplyItem], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.packs = {str(pack.uuid): pack for pack in packs}
        self.items = {one.code: one for one in items if one.code != item.code}
        unit = str(_("one %(unit)s")) % {"unit": item.unit_label}
        self.fields["weight_of"].choices = [("", unit), *((key, pack_words(one)) for key, one in self.packs.items())]  # type: ignore[attr-defined]
        choices = [("", "–"), *((code, one.name) for code, one in self.items.items())]
        for place in range(1, SUBSTITUTES + 1):
            label = _("May stand in, the best first") if place == 1 else _("May stand in too")
            self.fields[f"substitute_{place}"] = forms.ChoiceField(label=label, required=False, choices=choices)

    def weighed(self) -> Weighed | None:
        """Return the weight, None where nobody knows."""
        kilograms = self.cleaned_data["weight"]
        return None if kilograms is None else Weighed(kilograms, self.packs.get(self.cleaned_data["weight_of"]))

    def substitutes(self) -> list[SupplyItem]:
        """Return what may stand in."""
        codes = [self.cleaned_data[f"substitute_{place}"] for place in range(1, SUBSTITUTES + 1)]
        return [self.items[code] for code in codes if code]


class DepotWordsForm(forms.Form):
    """A depot: what and where it is."""

    name = forms.CharField(label=pgettext_lazy("depot", "Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind of depot"), choices=DepotKind.choices)
    area_code = forms.ChoiceField(label=pgettext_lazy("depot", "Place"))
    venue = forms.ChoiceField(label=_("In the venue"), required=False)
    organisation = forms.CharField(
        label=_("Whose stock it is"), required=False, max_length=80,
        help_text=_("For a unit's agreement stock: its name as it stands in the register."),
    )  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90,
        help_text=_("Left empty for a depot in a venue; without it load plans know no way."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, areas: Iterable[Area], venues: Sequence[Venue], find: Callable[[str], Organisation | None],
        depot: Depot | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.venues, self.find = {str(one.uuid): one for one in venues}, find
        self.fields["venue"].choices = [("", _("In none")), *((key, one.name) for key, one in self.venues.items())]  # type: ignore[attr-defined]
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        if depot is not None:
            del self.fields["area_code"]

    def clean(self) -> dict[str, Any]:
        """Want both coordinates or none, and a unit that is in the register."""
        data = super().clean() or {}
        if (data.get("longitude") is None) != (data.get("latitude") is None) and "longitude" not in self.errors:
            self.add_error("longitude", _("Write both, or neither."))
        data["owner"] = self.find(data["organisation"]) if data.get("organisation") else None
        if data.get("organisation") and data["owner"] is None:
            self.add_error("organisation", _("The register holds no organisation of exactly this name, or several."))
        return data

    def words(self) -> DepotWords:
        """Return what was written."""
        data = self.cleaned_data
        point = None if data["longitude"] is None else (data["longitude"], data["latitude"])
        return DepotWords(data["name"], data["kind"], self.venues.get(data["venue"]), data["owner"], point)


class VehicleForm(forms.Form):
    """A vehicle, and what it may carry."""

    name = forms.CharField(label=pgettext_lazy("vehicle", "Name"), max_length=40)
    area_code = forms.ChoiceField(label=pgettext_lazy("depot", "Place"))
    capacity_kg = forms.IntegerField(
        label=_("Payload in kg"), min_value=0, max_value=60_000, initial=0,
        help_text=_("As it stands in the vehicle's papers; 0 if nobody knows. Load plans never go above it."),
    )  # fmt: skip
    is_in_service = forms.BooleanField(label=_("It drives"), required=False, initial=True)

    def __init__(self, *args: Any, areas: Iterable[Area], vehicle: Vehicle | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        if vehicle is not None:
            del self.fields["area_code"]

    def words(self) -> VehicleWords:
        """Return what was written."""
        data = self.cleaned_data
        return VehicleWords(data["name"], data["capacity_kg"], data["is_in_service"])
