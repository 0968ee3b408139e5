"""The map of a place as GeoJSON: outlines of what lies directly below, and the points of its estates or buildings."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from juxing.kernel.actors import Actor
from juxing.places import policy
from juxing.places.codes import SEPARATOR
from juxing.places.models import Area, AreaBoundary

MAXIMUM_POINTS = 3000


def features_of(*, actor: Actor, area_code: str) -> dict[str, Any]:
    """
    Return a FeatureCollection in WGS 84; empty where the actor sees nothing.

    Streets and communities show as outlines, estates as points; inside an estate its buildings do.
    """
    if area_code not in actor.areas_with(policy.SEE):
        return {"type": "FeatureCollection", "features": []}
    points = _buildings(actor, area_code) if SEPARATOR in area_code else _estates(actor, area_code)
    return {"type": "FeatureCollection", "features": [*_outlines(area_code), *points]}


def _outlines(area_code: str) -> list[dict[str, Any]]:
    below = Area.objects.filter(parent_code=area_code).values("code")
    shown = AreaBoundary.objects.filter(area_id__in=below).select_related("area")
    rows = list(shown) or list(AreaBoundary.objects.filter(area_id=area_code).select_related("area"))
    return [
        _feature(
            {"type": "Polygon", "coordinates": boundary.rings}, title=boundary.area.name, text="",
            url=f"{reverse('places:areas')}?area={boundary.area_id}", tone="neutral",
        )
        for boundary in rows
    ]  # fmt: skip


def _estates(actor: Actor, area_code: str) -> list[dict[str, Any]]:
    rows = policy.visible_estates(actor).within(area_code).filter(longitude__isnull=False)[:MAXIMUM_POINTS]
    return [
        _feature(
            _point(estate.longitude, estate.latitude), title=estate.name, text=estate.get_estate_type_display(),
            url=reverse("places:estate", args=[estate.uuid]), tone="info",
        )
        for estate in rows
    ]  # fmt: skip


def _buildings(actor: Actor, area_code: str) -> list[dict[str, Any]]:
    rows = policy.visible_buildings(actor).within(area_code).filter(longitude__isnull=False)[:MAXIMUM_POINTS]
    return [
        _feature(
            _point(building.longitude, building.latitude), title=building.label, text="",
            url=reverse("places:building", args=[building.uuid]), tone="info",
        )
        for building in rows
    ]  # fmt: skip


def _point(longitude: float | None, latitude: float | None) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def _feature(geometry: dict[str, Any], **properties: object) -> dict[str, Any]:
    shown = {name: str(value) for name, value in properties.items() if value}
    return {"type": "Feature", "geometry": geometry, "properties": shown}
