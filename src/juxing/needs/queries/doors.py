"""The places a form offers, and the household a filled-in form means."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.places.codes import SEPARATOR, ancestors, community_of
from juxing.places.door_queries import find_door
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Building, Estate

COMMUNITY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class MeantPlace:
    """Where a need is: the household if exactly one door fits, else the smallest place that surely holds it."""

    household_id: int | None
    area_code: str
    place_text: str


def estate_choices(areas: Areas) -> list[tuple[str, list[tuple[str, str]]]]:
    """
    Return estates by community for a select, each group ending with the community itself; at most four queries.

    Who serves less than an estate, a grid or a building, gets just that: nothing else may be recorded there.
    """
    estates = Estate.objects.inside(areas).order_by("area_code").values_list("area_code", "name")
    by_community: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in estates:
        by_community[code[:COMMUNITY_DIGITS]].append((code, name))
    names = dict(Area.objects.filter(code__in=list(by_community)).values_list("code", "name"))
    listed = [
        (
            names.get(community, community),
            [*rows, (community, _("Elsewhere in %(community)s") % {"community": names.get(community, community)})],
        )
        for community, rows in sorted(by_community.items())
    ]
    return [*listed, *_parts_of_estates(areas)]


def _parts_of_estates(areas: Areas) -> list[tuple[str, list[tuple[str, str]]]]:
    parts = [prefix for prefix in areas.prefixes if prefix.count(SEPARATOR) > 1]
    if not parts:
        return []
    above = {code for part in parts for code in ancestors(part)}
    names = dict(Area.objects.filter(code__in=above).values_list("code", "name"))
    names |= dict(Building.objects.inside(areas).filter(area_code__in=parts).values_list("area_code", "label"))
    by_community: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for part in parts:
        steps = [code for code in ancestors(part) if SEPARATOR in code and code in names]
        by_community[community_of(part)].append((part, " ".join(names[code] for code in steps)))
    return [(names.get(community, community), rows) for community, rows in sorted(by_community.items())]


def meant_place(*, actor: Actor, area_code: str, building: str, unit: str, door: str, place_text: str) -> MeantPlace:
    """
    Return where a written door is. What the register does not hold is kept as written, so that nobody is refused.

    Nothing tells the writer whether a door exists: both answers look alike to them.
    """
    written = " ".join(part.strip() for part in (building, unit, door, place_text) if part.strip())
    if not building.strip():
        return MeantPlace(None, area_code, written)
    found = find_door(actor=actor, area_code=area_code, building=building, unit=unit, door=door)
    if found.household is not None:
        return MeantPlace(found.household.pk, found.household.area_code, place_text.strip())
    code = found.building.area_code if found.building is not None else area_code
    return MeantPlace(None, code, written)


def place_choices(areas: Areas) -> list[tuple[str, str]]:
    """Return streets, communities and estates for a select, indented by level; the area tree holds all three."""
    if areas.everywhere:
        return []
    rows = Area.objects.filter(
        areas.condition("code"), level__in=(AreaLevel.STREET, AreaLevel.COMMUNITY, AreaLevel.ESTATE)
    )
    depth = {AreaLevel.STREET.value: 0, AreaLevel.COMMUNITY.value: 1, AreaLevel.ESTATE.value: 2}
    listed = rows.order_by("code").values_list("code", "name", "level")[:2000]
    return [(code, "\u3000" * depth[level] + name) for code, name, level in listed]


def pause_places(areas: Areas) -> list[tuple[str, str]]:
    """Return streets and communities for a select, indented by level."""
    rows = Area.objects.filter(areas.condition("code"), level__in=(AreaLevel.STREET, AreaLevel.COMMUNITY))
    listed = rows.order_by("code").values_list("code", "name", "level")[:2000]
    return [(code, ("" if level == AreaLevel.STREET else "\u3000") + name) for code, name, level in listed]
