"""Reading venues: lists, one venue with everything, the map, and what a booker sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import DEFAULT_PAGE_ROWS, Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.venues import policy
from juxing.venues.models import LayoutRoom, Room, Venue, VenueLayout, VenueUse
from juxing.venues.opening_hours import is_open

ORDER = ("area_code", "name")
BY_NAME = ("name", "id")
MOST_POINTS = 3000
AFTER_EVERY_NAME = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFilters:
    """What a list is narrowed to; empty means all. ``show``: "converted", "idle" or "closed"."""

    area_code: str = ""
    name: str = ""
    kind: str = ""
    serves: str = ""
    can_serve: str = ""
    show: str = ""


def venues_page(
    *, actor: Actor, filters: VenueFilters, now: datetime, cursor: str | None = None, size: int = DEFAULT_PAGE_ROWS
) -> Page[Venue]:
    """Return a page of venues by place and name, each with ``uses_now`` and ``room_list``."""
    rows = filtered(actor, filters, now=now).select_related("operator").prefetch_related(*_with_uses(now))
    return page_of(rows, order=BY_NAME if filters.name else ORDER, cursor=cursor, size=size)


def filtered(actor: Actor, filters: VenueFilters, *, now: datetime) -> ScopedQuerySet[Venue]:
    """Return the visible venues the filters leave; the name is what it begins with."""
    rows = policy.visible_venues(actor).within(filters.area_code).filter(closed_at__isnull=filters.show != "closed")
    if filters.name:
        rows = rows.filter(name__gte=filters.name, name__lt=filters.name + AFTER_EVERY_NAME)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.serves:
        rows = rows.filter(Exists(in_force(now).filter(function=filters.serves, venue=OuterRef("pk"))))
    if filters.can_serve:
        rows = rows.filter(Exists(VenueLayout.objects.filter(function=filters.can_serve, venue=OuterRef("pk"))))
    if filters.show == "converted":
        rows = rows.filter(Exists(in_force(now).filter(is_steady=False, venue=OuterRef("pk"))))
    if filters.show == "idle":
        rows = rows.filter(is_idle=True)
    return rows


def in_force(now: datetime) -> ScopedQuerySet[VenueUse]:
    """Return the uses that are in force at a moment."""
    rows: ScopedQuerySet[VenueUse] = VenueUse.objects.get_queryset()
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)


def venue(*, actor: Actor, uuid: UUID) -> Venue:
    """
    Return one venue with operator, estate and building.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_venues(actor).select_related("operator", "estate", "building")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def venue_with_uses(*, actor: Actor, uuid: UUID, now: datetime) -> Venue:
    """
    Return one venue with ``uses_now`` and ``room_list``.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_venues(actor).filter(uuid=uuid).prefetch_related(*_with_uses(now)).first()
    if found is None:
        raise NotVisible
    return found


def venue_to_manage(*, actor: Actor, uuid: UUID) -> Venue:
    """
    Return one venue whose register the actor keeps.

    Raises:
        NotVisible: if there is none such.
    """
    found = venue(actor=actor, uuid=uuid)
    if not policy.can_manage(actor, found):
        raise NotVisible
    return found


def room_to_manage(*, actor: Actor, uuid: UUID) -> Room:
    """
    Return one room of a venue whose register the actor keeps.

    Raises:
        NotVisible: if there is none such.
    """
    rows = Room.objects.inside(actor.areas_with(policy.MANAGE)).select_related("venue")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def layout_to_manage(*, actor: Actor, uuid: UUID) -> VenueLayout:
    """
    Return one layout of a venue whose register the actor keeps.

    Raises:
        NotVisible: if there is none such.
    """
    rows = VenueLayout.objects.inside(actor.areas_with(policy.MANAGE)).select_related("venue")
    found = rows.filter(uuid=uuid).prefetch_related(_parts()).first()
    if found is None:
        raise NotVisible
    return found


def rooms_of(venue: Venue) -> list[Room]:
    """Return the venue's rooms, floor by floor."""
    return list(Room.objects.filter(venue=venue, closed_at__isnull=True).order_by("floor", "pk"))


def layouts_of(venue: Venue) -> list[VenueLayout]:
    """Return how the venue serves each of its functions, with ``part_list`` in the order of the flow."""
    rows = VenueLayout.objects.filter(venue=venue).prefetch_related(_parts())
    return list(rows.order_by("-is_steady", "function"))


def uses_of(venue: Venue, *, now: datetime) -> list[VenueUse]:
    """Return what the venue serves as now and later, and what it was lately, newest first."""
    rows = VenueUse.objects.filter(venue=venue).select_related("conversion").order_by("-starts_at", "-pk")
    listed = list(rows[:30])
    for use in listed:
        use.is_now = use.starts_at <= now and (use.ends_at is None or use.ends_at > now)  # type: ignore[attr-defined]
    return listed


def venues_to_convert(*, actor: Actor, area_code: str, function: str) -> list[Venue]:
    """Return the venues at a place that have a layout for a function, each with ``layout_list`` of that one."""
    layout = Prefetch("layouts", VenueLayout.objects.filter(function=function), to_attr="layout_list")
    rows = Venue.objects.inside(actor.areas_with(policy.CONVERT)).within(area_code).filter(closed_at__isnull=True)
    able = Exists(VenueLayout.objects.filter(function=function, venue=OuterRef("pk"), is_steady=False))
    return list(rows.filter(able).prefetch_related(layout).order_by(*ORDER)[:500])


def chosen_venues(*, actor: Actor, uuids: Sequence[UUID]) -> list[Venue]:
    """Return these venues as far as the actor may convert them."""
    return list(Venue.objects.inside(actor.areas_with(policy.CONVERT)).filter(uuid__in=uuids).order_by(*ORDER))


def map_features(*, actor: Actor, filters: VenueFilters, now: datetime) -> dict[str, Any]:
    """Return the venues as GeoJSON: lit when open now, amber when converted, grey when idle or shut."""
    rows = filtered(actor, filters, now=now).filter(longitude__isnull=False).prefetch_related(*_with_uses(now))
    return {"type": "FeatureCollection", "features": [_feature(row, now) for row in rows[:MOST_POINTS]]}


def all_venues(*, actor: Actor, filters: VenueFilters, now: datetime) -> Iterator[Venue]:
    """Yield the venues a list shows, for files, each with ``room_list`` and ``layout_list``."""
    layouts = Prefetch("layouts", VenueLayout.objects.order_by("function"), to_attr="layout_list")
    rows = filtered(actor, filters, now=now).prefetch_related(*_with_uses(now), layouts).order_by(*ORDER)
    return rows.iterator(chunk_size=500)


def tone_of(row: Venue, *, now: datetime) -> str:
    """Return how a venue with ``uses_now`` looks on a map: good, warn or neutral."""
    if any(not use.is_steady for use in row.uses_now):  # type: ignore[attr-defined]
        return "warn"
    return "good" if not row.is_idle and is_open(row.opening_hours, now) else "neutral"


def _feature(row: Venue, now: datetime) -> dict[str, Any]:
    functions = ", ".join(str(use.get_function_display()) for use in row.uses_now)  # type: ignore[attr-defined]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "properties": {
            "title": row.name, "text": functions or str(row.get_kind_display()), "tone": tone_of(row, now=now),
            "url": reverse("venues:venue", args=[row.uuid]),
        },
    }  # fmt: skip


def _with_uses(now: datetime) -> tuple[Prefetch[str], Prefetch[str]]:
    uses = in_force(now).order_by("is_steady", "function")
    return (
        Prefetch("uses", uses, to_attr="uses_now"),
        Prefetch("rooms", Room.objects.filter(closed_at__isnull=True).order_by("floor", "pk"), to_attr="room_list"),
    )


def _parts() -> Prefetch[str]:
    return Prefetch("parts", LayoutRoom.objects.select_related("room").order_by("position"), to_attr="part_list")
