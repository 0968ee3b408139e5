"""Which place the picture is of, what lies below it, and where else the reader may look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Left

from juxing.kernel.actors import Actor
from juxing.kernel.areas import within
from juxing.kernel.refusals import NotVisible
from juxing.overview.models import AreaSize
from juxing.overview.policy import VIEW
from juxing.places.codes import ancestors
from juxing.places.enums import OFFICIAL_CODE_LENGTH, AreaLevel
from juxing.places.models import Area, Household

COMMUNITY_LENGTH = OFFICIAL_CODE_LENGTH[AreaLevel.COMMUNITY]
COUNTED_LENGTH = {
    AreaLevel.PROVINCE: 4,
    AreaLevel.CITY: 6,
    AreaLevel.DISTRICT: COMMUNITY_LENGTH,
    AreaLevel.STREET: COMMUNITY_LENGTH,
    AreaLevel.COMMUNITY: COMMUNITY_LENGTH + len("-E001"),
}
SMALLEST_LENGTH = COMMUNITY_LENGTH + len("-E001-G01")
MOST_OPTIONS = 400


@dataclass(frozen=True, slots=True)
class Place:
    """
    A place with the parts it is shown in.

    ``children`` are the nodes directly below, the rows of the table; ``parts`` those the map colours: a district is
    coloured by community, everything else by its children.
    """

    code: str
    name: str
    level: str
    children: tuple[Area, ...]
    parts: tuple[Area, ...]
    longitude: float | None
    latitude: float | None

    @property
    def counted_length(self) -> int:
        """How many characters of an area code say which part a row belongs to."""
        return COUNTED_LENGTH.get(AreaLevel(self.level), SMALLEST_LENGTH) if self.level else SMALLEST_LENGTH

    @property
    def is_below_community(self) -> bool:
        """Whether helpers and counts by the hour, which are kept by community, say nothing about it."""
        return len(self.code) > COMMUNITY_LENGTH


def place_for(actor: Actor, code: str) -> Place:
    """
    Return the place, if the whole of it lies where the actor may see the picture; two queries.

    Raises:
        NotVisible: otherwise, and for codes that name nothing.
    """
    if code not in actor.areas_with(VIEW):
        raise NotVisible
    path = list(Area.objects.filter(code__in=ancestors(code)).order_by("-code"))
    if not path:
        raise NotVisible
    nearest = path[0]
    own = nearest if nearest.code == code else Area(code=code, name=f"{nearest.name} {code[len(nearest.code) + 1 :]}")
    below = _below(own)
    return Place(
        code=code, name=own.name, level=own.level, longitude=nearest.longitude, latitude=nearest.latitude,
        children=tuple(area for area in below if area.parent_code == code),
        parts=tuple(
            area
            for area in below
            if (area.level == AreaLevel.COMMUNITY if own.level == AreaLevel.DISTRICT else area.parent_code == code)
        ),
    )  # fmt: skip


def _below(area: Area) -> list[Area]:
    if not area.level:
        return []
    wanted = Q(parent_code=area.code)
    if area.level == AreaLevel.DISTRICT:
        wanted |= within(area.code, field="code") & Q(level=AreaLevel.COMMUNITY)
    return list(Area.objects.filter(wanted).order_by("code"))


def widest_area(actor: Actor) -> str:
    """Return the code of the widest place whose picture the actor may see, "" when there is none."""
    prefixes = actor.areas_with(VIEW).prefixes
    if prefixes == ("",):
        first = Area.objects.filter(parent_code="").order_by("code").values_list("code", flat=True).first()
        return first or ""
    return min(prefixes, key=lambda prefix: (len(prefix), prefix), default="")


def places_to_switch_to(actor: Actor, code: str) -> list[tuple[Area, int]]:
    """Return the way down to the place, its neighbours and its children, each with its depth, within scope."""
    areas = actor.areas_with(VIEW)
    way = ancestors(code)
    near = Q(code__in=[*way, *areas.prefixes]) | Q(parent_code__in=way)
    near &= ~Q(level=AreaLevel.GRID) | Q(code__in=areas.prefixes)
    rows = Area.objects.filter(near & areas.condition("code")).order_by("code")[:MOST_OPTIONS]
    found = list(rows)
    top = min((len(ancestors(area.code)) for area in found), default=0)
    return [(area, min(4, len(ancestors(area.code)) - top)) for area in found]


def households_by_part(place: Place) -> dict[str, int]:
    """
    Return households by part of the place.

    Wide places are read from the sizes kept per community; when those have never been counted, and below the
    community, households are counted now.
    """
    if place.counted_length <= COMMUNITY_LENGTH:
        kept = AreaSize.objects.within(place.code).values_list("area_code", "households")
        sizes = _summed(kept, place.counted_length)
        if sizes:
            return sizes
    counted = (
        Household.objects.within(place.code)
        .annotate(part=Left("area_code", place.counted_length))
        .values_list("part")
        .annotate(count=Count("id"))
        .order_by()
    )
    return _summed(counted, place.counted_length)


def _summed(rows: Iterable[tuple[str, int]], length: int) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for code, count in rows:
        sizes[code[:length]] = sizes.get(code[:length], 0) + count
    return sizes
