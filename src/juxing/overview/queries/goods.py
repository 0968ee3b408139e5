"""Depots where something runs out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from juxing.kernel.actors import Actor
from juxing.supplies.models import StockLevel
from juxing.supplies.policy import VIEW as VIEW_SUPPLIES
from juxing.supplies.queries.stock import LOW

MOST_LEVELS = 500


@dataclass(frozen=True, slots=True)
class ShortItem:
    """An item of which a depot has ``free`` left beyond what is promised."""

    name_zh: str
    name_en: str
    unit: str
    free: Decimal


@dataclass(frozen=True, slots=True)
class ShortDepot:
    """A depot that runs out of something."""

    name: str
    area_code: str
    longitude: float | None
    latitude: float | None
    items: tuple[ShortItem, ...]


def short_depots(actor: Actor, code: str) -> list[ShortDepot]:
    """
    Return depots with items of which no more is free than the minimum kept there; one query.

    Those that lack most items come first.
    Empty for those who may not see stock here.
    """
    if not actor.may(VIEW_SUPPLIES, code):
        return []
    rows = (
        StockLevel.objects.within(code)
        .filter(LOW)
        .annotate(left=F("on_hand") - F("reserved"))
        .order_by("depot_id", "left", "item_id")
        .values_list(
            "depot_id", "depot__name", "depot__area_code", "depot__longitude", "depot__latitude", "item__name_zh",
            "item__name_en", "item__unit", "left",
        )[:MOST_LEVELS]
    )  # fmt: skip
    depots: dict[int, tuple[str, str, float | None, float | None]] = {}
    items: dict[int, list[ShortItem]] = {}
    for depot_id, name, area_code, longitude, latitude, name_zh, name_en, unit, free in rows:
        depots[depot_id] = (name, area_code, longitude, latitude)
        items.setdefault(depot_id, []).append(ShortItem(name_zh, name_en, unit, free))
    found = [ShortDepot(*depot, items=tuple(items[depot_id])) for depot_id, depot in depots.items()]
    return sorted(found, key=lambda depot: (-len(depot.items), depot.name, depot.area_code))
