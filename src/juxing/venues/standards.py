"""
What a layout must offer per person, and where it falls short.

Shelter figures are Sphere's (2018): 3.5 m2 of covered floor a person, 20 people a toilet. Testing and vaccination sites
need separate rooms so that people walk one way; a command post needs power for its machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Words
from juxing.venues.enums import VenueFunction
from juxing.venues.models import Room, VenueLayout

SHELTER_M2_PER_PERSON = 3.5
PEOPLE_PER_TOILET = 20
ROOMS_NEEDED = {VenueFunction.TESTING_SITE: 3, VenueFunction.VACCINATION_SITE: 3}
NEEDS_WATER = frozenset(
    {
        VenueFunction.TESTING_SITE, VenueFunction.VACCINATION_SITE, VenueFunction.SHELTER,
        VenueFunction.MUSTER_AND_REST_POINT, VenueFunction.RESPONDER_SUPPORT_POINT,
    }
)  # fmt: skip
NEEDS_POWER_KW = {VenueFunction.COMMAND_POST: 10, VenueFunction.VACCINATION_SITE: 5, VenueFunction.SHELTER: 10}
PUBLIC = frozenset(
    {
        VenueFunction.SERVICE_CENTRE, VenueFunction.TESTING_SITE, VenueFunction.VACCINATION_SITE,
        VenueFunction.SUPPLY_POINT, VenueFunction.SHELTER, VenueFunction.WELLBEING_POINT,
    }
)  # fmt: skip
NIGHT_H = 12
"""One night: what P3 says a conversion may take."""


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Something a layout lacks; ``code`` is stable, the words say how much."""

    code: str
    words: Words


def shortcomings(layout: VenueLayout, rooms: Sequence[Room]) -> list[Shortcoming]:
    """Return what the layout lacks with these rooms, worst first; an empty list means it fits its function."""
    checks = (_rooms(layout, rooms), _space(layout, rooms), _toilets(layout, rooms), _water(layout, rooms),
              _power(layout, rooms), _steps(layout, rooms), _hours(layout))  # fmt: skip
    return [found for found in checks if found is not None]


def _rooms(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    needed = ROOMS_NEEDED.get(VenueFunction(layout.function), 1)
    if len(rooms) >= needed:
        return None
    words = _("%(needed)s separate rooms are needed so that people walk one way; there are %(there)s.")
    return Shortcoming("rooms", words % {"needed": needed, "there": len(rooms)})


def _space(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    if layout.function == VenueFunction.SHELTER:
        known = [room.area_m2 for room in rooms]
        if any(area is None for area in known):
            return Shortcoming("area_unknown", _("The floor area of a room is not known."))
        most = int(sum(area or 0 for area in known) / SHELTER_M2_PER_PERSON)
    else:
        most = sum(room.capacity for room in rooms)
    if layout.capacity <= most:
        return None
    words = _("The rooms hold %(most)s people, the layout counts on %(wanted)s.")
    return Shortcoming("space", words % {"most": most, "wanted": layout.capacity})


def _toilets(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    if layout.function != VenueFunction.SHELTER:
        return None
    needed, there = ceil(layout.capacity / PEOPLE_PER_TOILET), sum(room.toilets for room in rooms)
    if there >= needed:
        return None
    words = _("%(needed)s toilets are needed, there are %(there)s.")
    return Shortcoming("toilets", words % {"needed": needed, "there": there})


def _water(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    if layout.function not in NEEDS_WATER or any(room.has_water for room in rooms):
        return None
    return Shortcoming("water", _("No room has water."))


def _power(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    needed = NEEDS_POWER_KW.get(VenueFunction(layout.function), 0)
    there = sum(room.power_kw or 0 for room in rooms)
    if there >= needed:
        return None
    words = _("%(needed)s kW of power are needed, %(there)s kW are known of.")
    return Shortcoming("power", words % {"needed": needed, "there": there})


def _steps(layout: VenueLayout, rooms: Sequence[Room]) -> Shortcoming | None:
    if layout.function not in PUBLIC or any(room.is_step_free for room in rooms):
        return None
    return Shortcoming("step_free", _("No room is known to be reached without steps."))


def _hours(layout: VenueLayout) -> Shortcoming | None:
    if layout.hours_to_convert <= NIGHT_H:
        return None
    words = _("Changing over takes %(hours)s hours: longer than one night.")
    return Shortcoming("hours", words % {"hours": layout.hours_to_convert})
