"""How goods are packed: said once for everybody, corrected, retired; the only conversion there is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.supplies.commands.catalogue_entries import record_of_catalogue, require_keeper
from juxing.supplies.models import ItemPack, SupplyItem
from juxing.supplies.quantities import asked_if_unusual, checked_quantity, plain
from juxing.supplies.units import UNIT_LABELS

WRITTEN = journal.declare_action("supplies.pack.write", _("Pack of an item written down"))
RETIRED = journal.declare_action("supplies.pack.retire", _("Pack of an item retired"))


@transaction.atomic
def write_pack(
    *, actor: Actor, now: datetime, item: SupplyItem, unit: str, quantity: Decimal, is_sure: bool = False
) -> ItemPack:
    """
    Say how many of an item's unit are in one pack; a pack known already is corrected, a retired one used again.

    What was counted with it before stays as it was counted.

    Raises:
        NotPermitted: without the right anywhere; the catalogue is the same for everybody.
        InvalidInput: for a unit that is none or the item's own, a pack of one or less, or a correction so large that
            someone should look twice and nobody said ``is_sure``.
    """
    require_keeper(actor)
    size = checked_quantity(quantity)
    if unit not in UNIT_LABELS or unit == item.unit:
        raise InvalidInput("pack_unit", _("Choose what it is packed in: another unit than its own."), field="unit")
    if size <= 1:
        raise InvalidInput("pack_of_one", _("A pack holds more than one. Write how many."), field="quantity")
    known = ItemPack.objects.select_for_update(of=("self",)).filter(item=item, unit=unit).first()
    if known is not None and not is_sure:
        asked_if_unusual(size, usual=known.quantity, unit=item.unit_label)
    was = plain(known.quantity) if known is not None else ""
    pack, _is_new = ItemPack.objects.update_or_create(
        item=item, unit=unit, defaults={"quantity": size, "is_retired": False}
    )
    pack.refresh_from_db()
    record_of_catalogue(WRITTEN, pack, actor=actor, now=now, changes={"item": item.code, "unit": unit, "from": was,
                                                          "to": plain(size)})  # fmt: skip
    return pack


@transaction.atomic
def retire_pack(*, actor: Actor, now: datetime, pack: ItemPack) -> None:
    """
    Use a pack no more; it may be written down again.

    Raises:
        NotPermitted: without the right anywhere.
    """
    require_keeper(actor)
    if ItemPack.objects.filter(pk=pack.pk, is_retired=False).update(is_retired=True):
        record_of_catalogue(RETIRED, pack, actor=actor, now=now, changes={"item": pack.item.code, "unit": pack.unit})
