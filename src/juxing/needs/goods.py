"""From the words and numbers of a form to lines of a need: which goods belong to which kind, and what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import QuerySet

from juxing.needs.enums import NeedType
from juxing.needs.inputs import MAXIMUM_LINES, LineInput
from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models import SupplyItem
from juxing_text.catalogue import CatalogueIndex, CatalogueItem
from juxing_text.quantities import Quantity, find_quantities, unit_code, units

CATEGORIES: dict[str, frozenset[str]] = {
    NeedType.STAPLE_FOOD: frozenset({SupplyCategory.FOOD}),
    NeedType.FRESH_FOOD: frozenset({SupplyCategory.FOOD}),
    NeedType.MEALS: frozenset(),
    NeedType.WATER: frozenset({SupplyCategory.WATER}),
    NeedType.INFANT_SUPPLIES: frozenset({SupplyCategory.INFANT}),
    NeedType.PERSONAL_HYGIENE: frozenset({SupplyCategory.HYGIENE, SupplyCategory.PROTECTION}),
    NeedType.DISINFECTION: frozenset({SupplyCategory.HYGIENE}),
    NeedType.OTHER: frozenset({SupplyCategory.SHELTER, SupplyCategory.EQUIPMENT, SupplyCategory.OTHER}),
}
TYPE_OF_CATEGORY: dict[str, str] = {
    SupplyCategory.WATER: NeedType.WATER,
    SupplyCategory.INFANT: NeedType.INFANT_SUPPLIES,
    SupplyCategory.MEDICINE: NeedType.MEDICINE,
    SupplyCategory.MEDICAL: NeedType.MEDICINE,
    SupplyCategory.PROTECTION: NeedType.PERSONAL_HYGIENE,
    SupplyCategory.HYGIENE: NeedType.PERSONAL_HYGIENE,
    SupplyCategory.FOOD: NeedType.FRESH_FOOD,
}
STAPLES = frozenset({"rice", "flour", "noodles", "cooking_oil", "oil", "salt", "dried_noodles"})


def offered_items() -> QuerySet[SupplyItem]:
    """Return the catalogue entries that residents may ask for, by category."""
    return SupplyItem.objects.filter(is_offered_to_residents=True, is_medicine=False).order_by("category", "id")


def catalogue_index() -> CatalogueIndex:
    """Return the whole catalogue as the reader of texts wants it."""
    return CatalogueIndex(
        CatalogueItem(
            item.code, item.name_zh, item.name_en, item.unit, (), item.category, tuple(item.standards),
            tuple(item.aliases), item.is_ppe, item.is_medicine,
        )
        for item in SupplyItem.objects.all()
    )  # fmt: skip


def type_of_item(item: SupplyItem) -> str:
    """Return the kind of need that asks for this item."""
    if item.code in STAPLES:
        return NeedType.STAPLE_FOOD
    return TYPE_OF_CATEGORY.get(item.category, NeedType.OTHER)


def amount_of(quantity: Quantity | None, item: SupplyItem | None) -> Decimal | None:
    """
    Return how much is meant, in the item's own unit; None where that is not certain.

    Three jin of what is kept by the box is not three boxes: such a line keeps its words and waits for a person.
    """
    if quantity is None or not quantity.is_exact or quantity.amount is None or quantity.amount <= 0:
        return None
    if item is None or quantity.unit is None:
        return quantity.amount
    kept_in = item.unit if item.unit in units() else unit_code(item.unit)
    return quantity.amount if kept_in is None else quantity.converted(kept_in)


def unit_of(quantity: Quantity | None, item: SupplyItem | None) -> str:
    """Return the unit to show: the item's own, or the word for the one that was written."""
    if item is not None:
        return item.unit
    known = units().get(quantity.unit or "") if quantity else None
    return known.names[0][:12] if known else ""


def lines_of_quantities(quantities: Mapping[SupplyItem, int | Decimal | None], *, need_type: str) -> list[LineInput]:
    """Return lines for the items with a quantity that belong to this kind of need; others were left over."""
    wanted = CATEGORIES.get(need_type)
    return [
        LineInput(written=item.name_zh, item_id=item.pk, quantity=Decimal(quantity), unit=item.unit)
        for item, quantity in quantities.items()
        if quantity and (wanted is None or item.category in wanted)
    ]


def lines_of_words(words: str) -> list[LineInput]:
    """Return one line for each line of text, with the catalogue item and quantity where they are beyond doubt."""
    written = [line.strip() for line in words.splitlines() if line.strip()][: MAXIMUM_LINES + 1]
    if not written:
        return []
    index = catalogue_index()
    items = {item.code: item for item in SupplyItem.objects.all()}
    return [_line(text, index, items) for text in written]


def _line(text: str, index: CatalogueIndex, items: Mapping[str, SupplyItem]) -> LineInput:
    quantities = list(find_quantities(text))
    name = text
    for one in reversed(quantities):
        name = name[: one.start] + " " + name[one.end :]
    found = index.best(name.strip())
    item = items.get(found.candidates[0].code) if found.is_sure else None
    if item is None or len(quantities) != 1:
        return LineInput(written=text[:120], item_id=item.pk if item else None)
    [meant] = quantities
    return LineInput(written=text[:120], item_id=item.pk, quantity=amount_of(meant, item), unit=item.unit)
