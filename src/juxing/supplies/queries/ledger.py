"""The stock card of an item in a depot, what expires, what is with whom, and containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.numbers import row_id_of
from juxing.kernel.refusals import NotVisible
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.enums import PlaceKind, StocktakeStatus
from juxing.supplies.models import (
    CONTAINER_PREFIX,
    Container,
    Depot,
    StockBalance,
    StockEntry,
    StockLevel,
    StockMove,
    StockPlace,
    Stocktake,
    SupplyItem,
    Vehicle,
)
from juxing.supplies.queries.buildings import building_names

ENTRY_ORDER = ("-id",)
EXPIRY_ORDER = ("expires_on", "id")
CONTAINER_ORDER = ("-id",)
ON_SHELVES = (PlaceKind.DEPOT, PlaceKind.SET_ASIDE, PlaceKind.INSPECTION)
SOON = timedelta(days=30)


COMMUNITY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class StockCard:
    """One item of one depot: the level, its lots wherever in the depot they are, and its movements, newest first."""

    depot: Depot
    item: SupplyItem
    level: StockLevel | None
    lots: Sequence[StockBalance]
    entries: Page[StockEntry]
    moves: dict[int, StockMove]


def stock_card(*, actor: Actor, depot: UUID, item: str, cursor: str | None = None) -> StockCard:
    """
    Return the card.

    Raises:
        NotVisible: if depot or item does not exist for the actor.
    """
    place = policy.visible_depots(actor).filter(uuid=depot).first()
    thing = SupplyItem.objects.filter(code=item).first()
    if place is None or thing is None:
        raise NotVisible
    balances = StockBalance.objects.filter(place__depot=place, place__kind__in=ON_SHELVES, item=thing)
    lots = balances.exclude(quantity=0).select_related("lot", "place").order_by("expires_on", "lot_id")
    entries = StockEntry.objects.filter(place__depot=place, place__kind=PlaceKind.DEPOT, lot__item=thing)
    page = page_of(entries.select_related("lot"), order=ENTRY_ORDER, cursor=cursor, size=30)
    return StockCard(
        depot=place,
        item=thing,
        level=StockLevel.objects.filter(depot=place, item=thing).first(),
        lots=list(lots[:200]),
        entries=page,
        moves=StockMove.objects.in_bulk([entry.move_id for entry in page.rows]),
    )


def places_named(ids: Sequence[int]) -> dict[int, StockPlace]:
    """Return those of these ledger places that the acting scope sees, for naming the other side of movements."""
    return StockPlace.objects.select_related("depot", "vehicle").in_bulk(ids)


def expiring_page(
    *, actor: Actor, today: date, is_expired: bool = False, cursor: str | None = None
) -> Page[StockBalance]:
    """Return what lies in depots and expires within thirty days, or has expired, soonest first."""
    areas = actor.areas_with(policy.VIEW)
    rows = StockBalance.objects.inside(areas).filter(quantity__gt=0, place__kind__in=ON_SHELVES)
    rows = rows.filter(expires_on__lt=today) if is_expired else rows.filter(expires_on__lte=today + SOON)
    return page_of(rows.select_related("place__depot", "item", "lot"), order=EXPIRY_ORDER, cursor=cursor)


def containers_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[Container]:
    """Return containers, newest first; each says in ``boxes`` how many stand on or in it."""
    rows = policy.visible_containers(actor).select_related("place__depot", "place__vehicle")
    counted = rows.prefetch_related("contents__lot__item").annotate(boxes=Count("children"))
    return page_of(counted.filter(status=status) if status else counted, order=CONTAINER_ORDER, cursor=cursor)


def containers_of(*, actor: Actor, numbers: Sequence[str]) -> list[Container]:
    """Return containers by their printed numbers, as far as they exist for the actor."""
    ids = [row_id_of(CONTAINER_PREFIX, number) or 0 for number in numbers[:200]]
    rows = policy.visible_containers(actor).filter(pk__in=ids).prefetch_related("contents__lot__item")
    return list(rows.select_related("place__depot", "place__vehicle", "parent").order_by("id"))


def container_of(*, actor: Actor, number: str) -> Container:
    """
    Return one container.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = containers_of(actor=actor, numbers=[number])
    if not found:
        raise NotVisible
    return found[0]


def vehicles_of(*, actor: Actor) -> list[Vehicle]:
    """Return the vehicles in service that the actor sees."""
    return list(policy.visible_vehicles(actor).filter(is_in_service=True).order_by("area_code", "name")[:200])


def stocktakes_open(*, actor: Actor) -> list[Stocktake]:
    """Return what is being counted just now."""
    rows = policy.visible_stocktakes(actor).filter(status=StocktakeStatus.COUNTING).select_related("depot")
    return list(rows.order_by("-id")[:50])


def stocktake_of(*, actor: Actor, uuid: UUID) -> Stocktake:
    """
    Return one stocktake.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_stocktakes(actor).select_related("depot").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def communities_of(codes: Sequence[str]) -> list[Area]:
    """Return the communities below these places, for choosing where goods are bound."""
    from juxing.kernel.areas import Areas
    from juxing.places.enums import AreaLevel

    rows = Area.objects.filter(Areas(codes).condition("code"), level=AreaLevel.COMMUNITY)
    return list(rows.order_by("code")[:500])


def area_names(codes: Sequence[str]) -> dict[str, str]:
    """Return the names of these places and buildings."""
    wanted = set(codes)
    names = dict(Area.objects.filter(code__in=wanted).values_list("code", "name"))
    left = {code for code in wanted - names.keys() if len(code) > COMMUNITY_LENGTH}
    return {**names, **building_names(left)} if left else names
