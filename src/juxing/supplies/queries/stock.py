"""Stock by depot."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import DEFAULT_PAGE_ROWS, Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.supplies import policy
from juxing.supplies.models import Depot, StockLevel, SupplyItem

LEVEL_ORDER = ("depot_id", "item_id")
CHOICES_AT_MOST = 500
LOW = Q(on_hand__lte=F("reserved") + F("min_quantity"))


def levels_page(
    *, actor: Actor, depot: str = "", item: str = "", is_low: bool = False, cursor: str | None = None,
    size: int = DEFAULT_PAGE_ROWS,
) -> Page[StockLevel]:  # fmt: skip
    """Return stock levels by depot and item; ``depot`` is a uuid, ``item`` part of a name or a code."""
    rows = policy.visible_levels(actor).select_related("depot", "item")
    if depot:
        rows = rows.filter(depot__uuid=depot)
    if item:  # the catalogue is looked through first: then levels are found by their index, not by their item's name
        meant = SupplyItem.objects.filter(Q(name_zh__contains=item) | Q(name_en__icontains=item) | Q(code=item))
        rows = rows.filter(item__in=list(meant.values_list("pk", flat=True)))
    if is_low:
        rows = rows.filter(LOW)
    return page_of(rows, order=LEVEL_ORDER, cursor=cursor, size=size)


def depots_of(*, actor: Actor) -> list[Depot]:
    """Return the depots the actor sees, by place."""
    return list(policy.visible_depots(actor).order_by("area_code", "name")[:CHOICES_AT_MOST])


def depots_to_fill(*, actor: Actor) -> list[Depot]:
    """Return the depots where the actor may write down what came in."""
    return list(
        Depot.objects.inside(actor.areas_with(policy.MOVE_STOCK)).order_by("area_code", "name")[:CHOICES_AT_MOST]
    )


def level_of(*, actor: Actor, depot: UUID, item: str) -> StockLevel:
    """
    Return one level.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    level = (
        policy.visible_levels(actor).select_related("depot", "item").filter(depot__uuid=depot, item__code=item).first()
    )
    if level is None:
        raise NotVisible
    return level
