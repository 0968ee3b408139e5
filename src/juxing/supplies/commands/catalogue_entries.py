"""Entries of the catalogue: added, and described further: what a unit weighs, how long it keeps, what may stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.supplies import policy
from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models import ItemPack, SupplyItem
from juxing.supplies.quantities import checked_quantity, plain
from juxing.supplies.units import UNIT_LABELS

ADDED = journal.declare_action("supplies.item.add", _("Item added to the catalogue"))
DESCRIBED = journal.declare_action("supplies.item.describe", _("Item of the catalogue described"))
HEAVIEST_KG, LONGEST_DAYS, MOST_SUBSTITUTES = 20_000, 7300, 8
FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Weighed:
    """So many kilograms are what one unit weighs, or one ``pack``, wrapping included."""

    kilograms: Decimal
    pack: ItemPack | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """What an entry begins with; ``unit`` and ``category`` are codes."""

    name_zh: str
    name_en: str
    unit: str
    category: str
    standards: Sequence[str] = ()
    is_ppe: bool = False
    is_medicine: bool = False


@transaction.atomic
def add_item(*, actor: Actor, now: datetime, given: NewItem) -> SupplyItem:
    """
    Add to the catalogue what it does not hold, under a code of its own.

    Raises:
        NotPermitted: without the right anywhere; the catalogue is the same for everybody.
        InvalidInput: without a name, for a name that is there already, an unknown unit or class.
    """
    require_keeper(actor)
    names = {field: getattr(given, field).replace("\x00", "").strip()[:60] for field in ("name_zh", "name_en")}
    for field, name in names.items():
        if not name:
            raise InvalidInput("name_missing", _("Write what it is called."), field=field)
        if SupplyItem.objects.filter(**{field: name}).exists():
            raise InvalidInput("item_known", _("The catalogue holds this already."), field=field)
    if given.unit not in UNIT_LABELS:
        raise InvalidInput("unit_unknown", _("Choose in which unit it is counted."), field="unit")
    if given.category not in SupplyCategory.values:
        raise InvalidInput("category_unknown", _("Choose a class."), field="category")
    item = SupplyItem.objects.create(
        code=f"own_{token_hex(5)}", unit=given.unit, category=given.category, is_ppe=given.is_ppe,
        is_medicine=given.is_medicine, aliases=[],
        standards=[one.strip()[:30] for one in given.standards if one.strip()][:10], **names,
    )  # fmt: skip
    item.refresh_from_db()
    record_of_catalogue(ADDED, item, actor=actor, now=now, changes={"item": item.code, "name": item.name_zh})
    return item


@transaction.atomic
def describe_item(
    *, actor: Actor, now: datetime, item: SupplyItem, weighed: Weighed | None, shelf_life_days: int | None,
    substitutes: Sequence[SupplyItem] = (),
) -> SupplyItem:  # fmt: skip
    """
    Say what a unit weighs, how long it keeps, and what may stand in for it, the best first; None: nobody knows.

    Raises:
        NotPermitted: without the right anywhere.
        InvalidInput: for a weight or a time beyond belief, a pack of another item, or an item that replaces itself.
    """
    require_keeper(actor)
    grams = None if weighed is None else _grams(item, weighed)
    if shelf_life_days is not None and not 1 <= shelf_life_days <= LONGEST_DAYS:
        raise InvalidInput("shelf_life", _("Write 1 to 7,300 days."), field="shelf_life_days")
    codes = list(dict.fromkeys(one.code for one in substitutes))
    if item.code in codes or len(codes) > MOST_SUBSTITUTES:
        raise InvalidInput(
            "substitutes_bad", _("Choose up to eight other items that may stand in."), field="substitutes"
        )
    held = SupplyItem.objects.select_for_update().get(pk=item.pk)
    held.unit_grams, held.shelf_life_days, held.substitutes = grams, shelf_life_days, codes
    held.save(update_fields=["unit_grams", "shelf_life_days", "substitutes"])
    changes = {
        "item": held.code, "grams_of_a_unit": None if grams is None else plain(grams),
        "shelf_life_days": shelf_life_days, "substitutes": codes,
    }  # fmt: skip
    record_of_catalogue(DESCRIBED, held, actor=actor, now=now, changes=changes)
    return held


def require_keeper(actor: Actor) -> None:
    """Refuse whoever keeps the catalogue nowhere."""
    if not actor.may_somewhere(policy.KEEP_CATALOGUE):
        raise NotPermitted


def record_of_catalogue(
    action: str, row: SupplyItem | ItemPack, *, actor: Actor, now: datetime, changes: Mapping[str, Any]
) -> None:
    """Write it under the widest place of whoever says it: the catalogue itself belongs to no place."""
    place = min(actor.areas_with(policy.KEEP_CATALOGUE).prefixes, key=len)
    fact = journal.Fact(
        action=action, subject_type=row._meta.label_lower, subject_uuid=row.uuid, area_code=place, changes=changes
    )
    journal.record_many([fact]).by(actor, happened_at=now)


def _grams(item: SupplyItem, weighed: Weighed) -> Decimal:
    if weighed.pack is not None and weighed.pack.item_id != item.pk:
        raise InvalidInput("pack_elsewhere", _("This is a pack of another item."), field="weight_of")
    kilograms = checked_quantity(weighed.kilograms, field="weight")
    if kilograms > HEAVIEST_KG:
        raise InvalidInput("weight_huge", _("More than 20,000 kg is surely a slip: write kilograms."), field="weight")
    size = weighed.pack.quantity if weighed.pack is not None else Decimal(1)
    return max((kilograms * 1000 / size).quantize(FINEST, ROUND_HALF_UP), FINEST)
