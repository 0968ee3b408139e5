"""
Conversion of this room: the venues a plan wants are turned into their functions, and returned when it is over.

Which venues: in each place those that change over soonest, then the largest; never one room for two functions. Asked
again, the same ones are chosen, because what this activation holds already counts as free for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    ExercisePart,
    OpenItem,
    Shortage,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.refusals import Words
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.venues.commands import ConversionWish, convert_layouts, return_venues
from juxing.venues.enums import OPEN_CONVERSIONS
from juxing.venues.models import BookingNotice, LayoutRoom, RoomHolding, VenueConversion, VenueLayout

VENUES, NO_VENUE, TO_CALL = "venues", "no_venue", "to_call"
LONGEST = timedelta(days=90)
HIGHEST = "level_1"
PLACE_LENGTHS = (9, 12)
"""Of a street and of a community, for which a plan wants venues."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one line of the plan gets in one place; ``steady`` counts venues that serve so anyway."""

    key: str
    row: Mapping[str, Any]
    place: str
    wanted: int
    layouts: Sequence[VenueLayout]
    steady: int


def preview_venues(order: ConversionOrder) -> StepPreview:
    """Return how many venues would be converted in each place, and where too few can be."""
    changes, shortages = [], []
    for chosen in _choose(order):
        facts = {"title": chosen.row["title"], "title_en": chosen.row.get("title_en", ""),
                 "hours": max((layout.hours_to_convert for layout in chosen.layouts), default=0)}  # fmt: skip
        if chosen.layouts:
            changes.append(Change(chosen.key, VENUES, chosen.place, len(chosen.layouts), facts))
        found = len(chosen.layouts) + chosen.steady
        if found < chosen.wanted:
            shortages.append(Shortage(chosen.key, NO_VENUE, chosen.place, chosen.wanted, found, facts))
    return StepPreview(tuple(changes), tuple(shortages))


def convert(order: ConversionOrder) -> Counts:
    """Convert what the plan wants, move the end of what stands, and return what is no longer wanted."""
    until = min(order.ends_at, order.now + LONGEST)
    if until <= order.now:
        return {"converted": 0, "returned": 0}
    layouts = [layout for chosen in _choose(order) if order.edits.keeps(chosen.key) for layout in chosen.layouts]
    kept = {layout.pk for layout in layouts}
    gone = [own for own in _own(order) if own.layout_id not in kept]
    if gone:
        return_venues(actor=order.actor, now=order.now, conversions=gone, reason="no_longer_wanted")
    if not layouts:
        return {"converted": 0, "end_changed": 0, "returned": len(gone)}
    wish = ConversionWish(
        starts_at=order.now, until=until, reason=f"activation {order.activation_id}",
        activation_id=order.activation_id, is_immediate=order.level == HIGHEST, is_exercise=order.is_exercise,
    )  # fmt: skip
    outcome = convert_layouts(actor=order.actor, now=order.now, layouts=layouts, wish=wish)
    return {"converted": len(outcome.conversions), "end_changed": len(outcome.changed), "returned": len(gone)}


def revert(order: ConversionOrder) -> Counts:
    """Return every venue this activation converted in these places."""
    outcome = return_venues(actor=order.actor, now=order.now, conversions=_own(order), reason="stood_down")
    return {"returned": len(outcome.conversions), "bookings_restored": outcome.restored}


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many bookers still wait to be told by telephone that their room was taken."""
    waiting = BookingNotice.objects.filter(
        slot__displaced_by__in=_own(order), needs_call=True, called_at__isnull=True
    ).count()  # fmt: skip
    return [OpenItem(TO_CALL, order.street, waiting)] if waiting else []


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line of the preview in words."""
    if kind == TO_CALL:
        return _("Bookers who are still to be told by telephone")
    title = titled(facts)
    if kind == VENUES:
        return _("%(title)s, ready within %(hours)s hours") % {"title": title, "hours": facts.get("hours", 0)}
    return title


def _choose(order: ConversionOrder) -> list[Chosen]:
    rows = order.rows("venues")
    if not rows:
        return []
    layouts = _layouts(order, {str(row["function"]) for row in rows})
    rooms_of = {layout.pk: {part.room_id for part in _parts(layout)} for layout in layouts}
    area_of = {layout.pk: sum(part.room.area_m2 or 0 for part in _parts(layout)) for layout in layouts}
    near: dict[tuple[str, str], list[VenueLayout]] = defaultdict(list)
    for layout in layouts:
        for length in PLACE_LENGTHS:
            near[layout.function, layout.area_code[:length]].append(layout)
    taken = _taken(order, sorted({room for rooms in rooms_of.values() for room in rooms}))
    places = {per: _places(order, per) for per in {str(row["per"]) for row in rows}}
    plan: list[Chosen] = []
    for row in rows:
        for place in places[str(row["per"])]:
            key = f"{row['code']}:{place}"
            wanted = order.edits.quantity(key, max(1, int(row["count"])))
            least = int(row.get("minimum_area_m2", 0))
            here = [layout for layout in near[str(row["function"]), place] if area_of[layout.pk] >= least]
            steady = sum(layout.is_steady for layout in here)
            picked: list[VenueLayout] = []
            for layout in here:
                rooms = rooms_of[layout.pk]
                if len(picked) + steady < wanted and not layout.is_steady and not rooms & taken:
                    picked.append(layout)
                    taken |= rooms
            plan.append(Chosen(key, row, place, wanted, picked, steady))
    return plan


def _layouts(order: ConversionOrder, functions: set[str]) -> list[VenueLayout]:
    """Return the layouts for these functions in the street, quickest and largest first, with their rooms."""
    rows = VenueLayout.objects.inside(order.areas).filter(
        function__in=sorted(functions), venue__closed_at__isnull=True, venue__is_idle=False
    )
    parts = Prefetch("parts", LayoutRoom.objects.select_related("room").order_by("position"), to_attr="part_list")
    ordered = rows.select_related("venue").prefetch_related(parts).order_by("hours_to_convert", "-capacity", "pk")
    return list(ordered)


def _taken(order: ConversionOrder, room_ids: Sequence[int]) -> set[int]:
    """Return the rooms that conversions of others hold before this one would end."""
    held = RoomHolding.objects.filter(
        room_id__in=room_ids, use__isnull=False, starts_at__lt=order.ends_at, ends_at__gt=order.now
    )
    return set(held.exclude(use__conversion__in=_own(order)).values_list("room_id", flat=True))


def _own(order: ConversionOrder) -> list[VenueConversion]:
    rows = VenueConversion.objects.inside(order.areas).filter(activation_id=order.activation_id)
    return list(rows.filter(status__in=sorted(OPEN_CONVERSIONS)).order_by("pk"))


def _parts(layout: VenueLayout) -> list[LayoutRoom]:
    return layout.part_list  # type: ignore[attr-defined, no-any-return]


def _places(order: ConversionOrder, per: str) -> list[str]:
    if per == "street":
        return [order.street] if order.street in order.areas else []
    if per != "community":
        return []
    rows = Area.objects.filter(order.areas.condition("code"), level=AreaLevel.COMMUNITY)
    return list(rows.order_by("code").values_list("code", flat=True))


declare_step(
    ConversionStep(
        code="venues.functions", label=_("Venues turned into other functions"), order=60, parts=frozenset({"venues"}),
        preview=preview_venues, convert=convert, revert=revert, describe=describe, open_items=open_items,
        has_numbers=True,
        exercise=ExercisePart(keep=lambda order, _collected: convert(order)),
    )
)  # fmt: skip
