"""Reading places: the tree, names on the way up, estates, buildings, doors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.places import policy
from juxing.places.codes import ancestors
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Building, BuildingUnit, Estate, Household

Row = TypeVar("Row", bound=Model)
Doors = list[tuple[BuildingUnit | None, list[tuple[int | None, list[Household]]]]]
ESTATE_ORDER = ("area_code",)
UNIT_ORDER = ("area_code",)
DOOR_ORDER = ("-floor", "area_code")


def area_of(code: str) -> Area:
    """
    Return the node of the tree.

    Raises:
        NotVisible: if there is none.
    """
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise NotVisible
    return area


def area_to_manage(*, actor: Actor, code: str) -> Area:
    """
    Return the node, if the actor may change it.

    Raises:
        NotVisible: if there is none such.
    """
    if not policy.can_manage(actor, code):
        raise NotVisible
    return area_of(code)


def grids_of(estate: Estate) -> list[Area]:
    """Return an estate's grids in the order of their codes."""
    return list(children(estate.area_code).filter(level=AreaLevel.GRID))


def path_of(code: str) -> list[Area]:
    """Return the nodes from the province down to the place; levels without a node of their own are left out."""
    return list(Area.objects.filter(code__in=ancestors(code)).order_by("code"))


def name_of(code: str, *, depth: int = 2) -> str:
    """Return the place's name with the names above it, ``depth`` in all: 望湖街道湖滨社区."""
    return "".join(area.name for area in path_of(code)[-depth:])


def areas_in(codes: Iterable[str]) -> dict[str, Area]:
    """Return the nodes of these codes by code, in one query; unknown codes are left out."""
    return Area.objects.in_bulk(sorted(set(codes)))


def children(code: str) -> QuerySet[Area]:
    """Return the nodes directly below a place ("" gives the provinces), in the order of their codes."""
    return Area.objects.filter(parent_code=code).order_by("code")


def areas_below(code: str, *, level: str) -> QuerySet[Area]:
    """Return all nodes of one level at or under a place."""
    return Area.objects.filter(code__gte=code, code__lt=f"{code}~", level=level).order_by("code")


def roots_of(actor: Actor) -> list[Area]:
    """Return the places at which the actor's scope begins; the provinces in use for one whose scope is everywhere."""
    prefixes = actor.areas.prefixes
    if actor.areas.everywhere:
        return list(children(""))
    found = areas_in(prefix for prefix in prefixes)
    return [found[prefix] for prefix in prefixes if prefix in found]


def find_areas(text: str, *, within: str, limit: int = 50) -> list[Area]:
    """Return nodes whose code starts with the text or whose name holds it, below a place."""
    named = Q(name__contains=text) if not text.isdecimal() else Q(code__gte=text, code__lt=f"{text}~")
    return list(Area.objects.filter(named, code__gte=within, code__lt=f"{within}~").order_by("code")[:limit])


def estates_page(*, actor: Actor, area_code: str, cursor: str | None = None) -> Page[Estate]:
    """Return estates at a place with their numbers of buildings, in the order of their codes."""
    rows = policy.visible_estates(actor).within(area_code).annotate(building_count=Count("buildings"))
    return page_of(rows, order=ESTATE_ORDER, cursor=cursor)


def estate(*, actor: Actor, uuid: UUID) -> Estate:
    """
    Return one estate.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    return _one(policy.visible_estates(actor).filter(uuid=uuid))


def buildings_of(*, actor: Actor, estate: Estate) -> list[Building]:
    """Return an estate's buildings with ``household_count``, in the order of their codes."""
    rows = policy.visible_buildings(actor).filter(estate=estate)
    return list(rows.annotate(household_count=Count("households")).order_by("area_code"))


def building(*, actor: Actor, uuid: UUID) -> Building:
    """
    Return one building with its estate.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    return _one(policy.visible_buildings(actor).filter(uuid=uuid).select_related("estate"))


def doors_of(*, actor: Actor, building: Building) -> Doors:
    """Return the doors by stairwell unit, then by floor from the top: as one stands before the house."""
    doors = policy.visible_households(actor).filter(building=building).order_by(*DOOR_ORDER)
    units = BuildingUnit.objects.filter(building=building).order_by(*UNIT_ORDER)
    by_unit: dict[int | None, dict[int | None, list[Household]]] = {}
    for household in doors:
        by_unit.setdefault(household.unit_id, {}).setdefault(household.floor, []).append(household)
    known: list[BuildingUnit | None] = [*units, None]
    return [
        (unit, list(by_unit[unit.pk if unit else None].items()))
        for unit in known
        if (unit.pk if unit else None) in by_unit
    ]


def household(*, actor: Actor, uuid: UUID) -> Household:
    """
    Return one household with its building, unit and estate.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    return _one(policy.visible_households(actor).filter(uuid=uuid).select_related("building__estate", "unit"))


def counts_at(*, actor: Actor, area_code: str) -> dict[str, int]:
    """Return how many estates, buildings and households the actor sees at a place."""
    return {
        "estates": policy.visible_estates(actor).within(area_code).count(),
        "buildings": policy.visible_buildings(actor).within(area_code).count(),
        "households": policy.visible_households(actor).within(area_code).count(),
    }


def _one(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise NotVisible
    return found
