"""How goods are packed."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.supplies.models import ItemPack

ORDER = ("item_id", "unit")


def packs_page(*, item: str = "", show: str = "", cursor: str | None = None) -> Page[ItemPack]:
    """Return packs by item; ``item`` is a code, ``show`` "all" brings the retired ones too."""
    rows = ItemPack.objects.select_related("item")
    if item:
        rows = rows.filter(item__code=item)
    if show != "all":
        rows = rows.filter(is_retired=False)
    return page_of(rows, order=ORDER, cursor=cursor)


def pack_of(uuid: UUID) -> ItemPack:
    """
    Return one pack.

    Raises:
        NotVisible: if there is none such.
    """
    found = ItemPack.objects.select_related("item").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def packs_in_use() -> list[ItemPack]:
    """Return every pack that may be counted in, by item and size."""
    rows = ItemPack.objects.filter(is_retired=False).select_related("item")
    return list(rows.order_by("item__category", "item__code", "quantity"))


def sizes_in_use() -> dict[tuple[int, str], Decimal]:
    """Return how many units are in a pack, by item and the pack's unit."""
    rows = ItemPack.objects.filter(is_retired=False).values_list("item_id", "unit", "quantity")
    return {(item, unit): size for item, unit, size in rows}
