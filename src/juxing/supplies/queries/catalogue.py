"""Entries of the catalogue for reading, and what may stand in for what runs out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Prefetch, Q, Sum

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.models import Depot, ItemPack, StockLevel, SupplyItem, Vehicle
from juxing.venues.models import Venue

ORDER = ("category", "code")
PLACES_ORDER = ("area_code", "name", "id")
CHOICES_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class StandIn:
    """Something that may stand in for an item, and how much of it is free in the reader's places."""

    item: SupplyItem
    free: Decimal


def catalogue_page(
    *, words: str = "", category: str = "", show: str = "", cursor: str | None = None
) -> Page[SupplyItem]:
    """Return entries by class, each with its packs in use; ``show`` "unweighed" leaves those nobody has weighed."""
    rows = SupplyItem.objects.prefetch_related(_packs())
    if words:
        rows = rows.filter(Q(name_zh__contains=words) | Q(name_en__icontains=words) | Q(code=words))
    if category:
        rows = rows.filter(category=category)
    if show == "unweighed":
        rows = rows.filter(unit_grams__isnull=True)
    return page_of(rows, order=ORDER, cursor=cursor)


def entry_of(code: str) -> SupplyItem:
    """
    Return one entry with its packs in use.

    Raises:
        NotVisible: if there is none such.
    """
    found = SupplyItem.objects.filter(code=code).prefetch_related(_packs()).first()
    if found is None:
        raise NotVisible
    return found


def names_of_items(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of these items in the reader's language, by code."""
    return {item.code: item.name for item in SupplyItem.objects.filter(code__in=set(codes))}


def stand_ins(*, actor: Actor, item: SupplyItem) -> list[StandIn]:
    """Return what may stand in for an item, the best first; two statements."""
    if not item.substitutes:
        return []
    others = {one.code: one for one in SupplyItem.objects.filter(code__in=item.substitutes)}
    levels = StockLevel.objects.inside(actor.areas_with(policy.VIEW)).filter(item__in=others.values())
    free: dict[int, Decimal] = dict(levels.values_list("item_id").annotate(left=Sum(F("on_hand") - F("reserved"))))
    return [StandIn(others[code], free.get(others[code].pk, Decimal(0))) for code in item.substitutes if code in others]


def depots_page(*, actor: Actor, cursor: str | None = None) -> Page[Depot]:
    """Return the depots the actor sees, by place."""
    rows = policy.visible_depots(actor).select_related("venue", "organisation")
    return page_of(rows, order=PLACES_ORDER, cursor=cursor)


def all_vehicles(*, actor: Actor) -> list[Vehicle]:
    """Return the vehicles the actor sees, those that drive no more too."""
    return list(policy.visible_vehicles(actor).order_by("-is_in_service", "area_code", "name")[:CHOICES_AT_MOST])


def depot_to_keep(*, actor: Actor, uuid: UUID) -> Depot:
    """
    Return a depot the actor may correct.

    Raises:
        NotVisible: if there is none such.
    """
    rows = Depot.objects.inside(actor.areas_with(policy.KEEP_DEPOTS)).select_related("venue", "organisation")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def vehicle_to_keep(*, actor: Actor, uuid: UUID) -> Vehicle:
    """
    Return a vehicle the actor may correct.

    Raises:
        NotVisible: if there is none such.
    """
    found = Vehicle.objects.inside(actor.areas_with(policy.KEEP_DEPOTS)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def venues_to_choose(*, actor: Actor) -> list[Venue]:
    """Return the venues in which the actor may keep a depot."""
    rows = Venue.objects.inside(actor.areas_with(policy.KEEP_DEPOTS)).filter(closed_at__isnull=True)
    return list(rows.order_by("area_code", "name")[:CHOICES_AT_MOST])


def organisation_named(name: str, *, actor: Actor) -> Organisation | None:
    """Return the organisation of exactly this name in the actor's places; None without one, or with several."""
    found = list(Organisation.objects.inside(actor.areas_with(policy.KEEP_DEPOTS)).filter(name=name.strip())[:2])
    return found[0] if len(found) == 1 else None


def _packs() -> Prefetch[str]:
    return Prefetch("packs", ItemPack.objects.filter(is_retired=False).order_by("quantity"), to_attr="packs_in_use")
