"""Buildings as goods are packed for them: how many households, what they are called, where they stand."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from juxing.places.models import Building, Household

MOST_BUILDINGS = 201


def households_of(community: str) -> dict[str, int]:
    """Return how many households each building of a community has, by the building's code; in the acting scope."""
    rows = Household.objects.within(community).values_list("building__area_code").annotate(Count("id"))
    return dict(rows.order_by("building__area_code")[:MOST_BUILDINGS])


def building_names(codes: Collection[str]) -> dict[str, str]:
    """Return what the buildings of these codes are called, with their estate; in the acting scope."""
    rows = Building.objects.filter(area_code__in=set(codes)).values_list("area_code", "estate__name", "label")
    return {code: f"{estate} {label}" for code, estate, label in rows}


def building_positions(codes: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of the buildings of these codes that are on the map; in the acting scope."""
    rows = Building.objects.filter(area_code__in=set(codes), longitude__isnull=False, latitude__isnull=False)
    return {code: (east, north) for code, east, north in rows.values_list("area_code", "longitude", "latitude")
            if east is not None and north is not None}  # fmt: skip
