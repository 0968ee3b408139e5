"""What the map shows: outlines with figures, where needs are stuck, and depots that run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.functions import Round

from juxing.kernel.actors import Actor
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need
from juxing.overview.queries.goods import ShortDepot, short_depots
from juxing.overview.queries.needs_now import LIFE_CRITICAL_WITHIN, WITHOUT_HELPER
from juxing.overview.queries.picture import Part, parts_of
from juxing.overview.queries.places import Place, place_for
from juxing.places.codes import ancestors
from juxing.places.enums import AreaLevel
from juxing.places.models import AreaBoundary

CELLS = {AreaLevel.DISTRICT: (200, 36), AreaLevel.STREET: (500, 45)}
FINEST_CELLS = (1000, 45)
"""
Cells to a degree, and how many are shown: 500 metres wide over a district, 200 over a street, never finer than 100, so
that no single house is pointed at.
"""
MOST_DEPOTS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """How many needs are stuck in one cell of the map, and since when the oldest waits."""

    longitude: float
    latitude: float
    life_critical: int
    overdue: int
    oldest_waiting_since: datetime


@dataclass(frozen=True, slots=True)
class MapData:
    """One map. ``boundaries`` holds rings of [longitude, latitude] (WGS 84) by code, also of places around this one."""

    place: Place
    parts: tuple[Part, ...]
    boundaries: dict[str, Any]
    cells: tuple[Cell, ...]
    depots: tuple[ShortDepot, ...]


def map_features(actor: Actor, code: str, *, now: datetime) -> MapData:
    """
    Return what the map of a place shows.

    Raises:
        NotVisible: as ``figures`` does.
    """
    place = place_for(actor, code)
    figures = parts_of(place, now=now)
    parts = tuple(figures[area.code] for area in place.parts)
    outlined = AreaBoundary.objects.filter(area_id__in=[*ancestors(code)[-3:], *(part.code for part in parts)])
    return MapData(
        place=place,
        parts=parts,
        boundaries=dict(outlined.values_list("area_id", "rings")),
        cells=tuple(_stuck_cells(place, now=now)),
        depots=tuple(depot for depot in short_depots(actor, code) if depot.longitude is not None)[:MOST_DEPOTS],
    )


def _stuck_cells(place: Place, *, now: datetime) -> list[Cell]:
    fine, most = CELLS.get(AreaLevel(place.level), FINEST_CELLS) if place.level else FINEST_CELLS
    critical = Q(
        status__in=sorted(WITHOUT_HELPER), priority=Priority.LIFE_CRITICAL,
        waiting_since__lt=now - LIFE_CRITICAL_WITHIN,
    )  # fmt: skip
    overdue = Q(status__in=sorted(WAITING), due_at__lt=now)
    rows = (
        Need.objects.within(place.code)
        .filter(critical | overdue, duplicate_of__isnull=True, longitude__isnull=False, latitude__isnull=False)
        .annotate(x=Round(F("longitude") * fine) / fine, y=Round(F("latitude") * fine) / fine)
        .values_list("x", "y")
        .annotate(
            critical=Count("id", filter=critical),
            late=Count("id", filter=overdue & ~Q(priority=Priority.LIFE_CRITICAL)),
            oldest=Min("waiting_since"),
        )
        .order_by("-critical", "-late", "oldest")[:most]
    )
    return [Cell(*row) for row in rows]
