"""The supply catalogue: brought in from its seed, and asked what written words mean."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction

from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models import SupplyItem

if TYPE_CHECKING:
    from juxing_text.catalogue import CatalogueIndex, CatalogueItem

CATEGORY_OF = {
    "ppe": SupplyCategory.PROTECTION,
    "disinfection": SupplyCategory.HYGIENE,
    "personal_hygiene": SupplyCategory.HYGIENE,
    "disinfection_equipment": SupplyCategory.EQUIPMENT,
    "device": SupplyCategory.MEDICAL,
    "medicine": SupplyCategory.MEDICINE,
    "fresh_food": SupplyCategory.FOOD,
    "staple_food": SupplyCategory.FOOD,
    "meals": SupplyCategory.FOOD,
    "condiment": SupplyCategory.FOOD,
    "parcel": SupplyCategory.FOOD,
    "water": SupplyCategory.WATER,
    "infant_supplies": SupplyCategory.INFANT,
    "shelter": SupplyCategory.SHELTER,
    "emergency": SupplyCategory.EQUIPMENT,
    "study": SupplyCategory.EQUIPMENT,
}
ON_RESIDENTS_FORM = frozenset(
    [
        "vegetable_parcel",
        "fruit_parcel",
        "meat_parcel",
        "staple_parcel",
        "rice",
        "flour",
        "noodles",
        "cooking_oil",
        "pork",
        "eggs",
        "milk",
        "boxed_meal",
        "drinking_water",
        "infant_formula",
        "diapers",
        "baby_food",
        "sanitary_pads",
        "toilet_paper",
        "hand_soap",
        "disinfectant",
        "mask",
        "pet_food",
    ]
)
"""What the one-minute form shows; everything else can be written in words."""


@transaction.atomic
def load_seed() -> Counter[str]:
    """
    This function will bring the catalogue's seed into the table, by code, and count what was added or changed.

    Entries that a district added itself are left alone.
    """
    from juxing_text.catalogue import load_catalogue

    existing = {item.code: item for item in SupplyItem.objects.all()}
    counts: Counter[str] = Counter()
    fresh: list[SupplyItem] = []
    for entry in load_catalogue():
        made = _row(entry)
        known = existing.get(entry.code)
        if known is None:
            fresh.append(made)
            counts["added"] += 1
        elif any(getattr(known, name) != getattr(made, name) for name in COLUMNS):
            SupplyItem.objects.filter(pk=known.pk).update(**{name: getattr(made, name) for name in COLUMNS})
            counts["changed"] += 1
        else:
            counts["unchanged"] += 1
    SupplyItem.objects.bulk_create(fresh)
    return counts


COLUMNS = (
    "name_zh", "name_en", "unit", "category", "aliases", "standards", "is_ppe", "is_medicine",
    "is_offered_to_residents",
)  # fmt: skip


@lru_cache(maxsize=1)
def catalogue_index() -> CatalogueIndex:
    """Return the index that maps messy words to catalogue codes; built once per process."""
    from juxing_text.catalogue import CatalogueIndex, load_catalogue

    return CatalogueIndex(load_catalogue())


def _row(entry: CatalogueItem) -> SupplyItem:
    category = CATEGORY_OF.get(entry.category, SupplyCategory.OTHER)
    return SupplyItem(
        code=entry.code, name_zh=entry.name_zh, name_en=entry.name_en[:60], unit=entry.unit, category=category,
        aliases=[alias[:60] for alias in entry.aliases], standards=[code[:30] for code in entry.standards],
        is_ppe=entry.is_ppe, is_medicine=entry.is_medicine,
        is_offered_to_residents=entry.code in ON_RESIDENTS_FORM,
    )  # fmt: skip


def item_words() -> list[tuple[str, str]]:
    """Return every item's code with its name in this language."""
    return [(item.code, item.name) for item in SupplyItem.objects.order_by("code")]
