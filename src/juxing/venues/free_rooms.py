"""Finding another room for a booking whose room is taken: free then, large enough, step-free if need be, near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians

METRES_A_DEGREE = 111_320
WITHIN_M = 1_500
"""Beyond that another venue is no help; about twenty minutes on foot."""
SAME_COMMUNITY_M = 1_000
"""Taken for venues of one community without a place on the map."""
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Spot:
    """A room that may be offered, and where it is."""

    room_id: int
    venue_id: int
    community: str
    capacity: int
    is_step_free: bool
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a displaced booking needs."""

    venue_id: int
    starts_at: datetime
    ends_at: datetime
    attendees: int
    needs_step_free: bool


class FreeRooms:
    """Rooms and what holds them; rooms handed out are held from then on."""

    def __init__(self, spots: Sequence[Spot], held: Iterable[tuple[int, datetime, datetime | None]]) -> None:
        self._spots = spots
        self._held: dict[int, list[Span]] = defaultdict(list)
        for room_id, starts_at, ends_at in held:
            self._held[room_id].append((starts_at, ends_at))
        self._near: dict[int, list[tuple[int, Spot]]] = {}
        self._home: Mapping[int, Spot] = {spot.venue_id: spot for spot in spots}

    def take(self, room_id: int, starts_at: datetime, ends_at: datetime | None) -> None:
        """Hold a room."""
        self._held[room_id].append((starts_at, ends_at))

    def is_free(self, room_id: int, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether nothing holds the room in the period."""
        return not any(
            start < ends_at and (end is None or end > starts_at) for start, end in self._held.get(room_id, ())
        )

    def take_best(self, wanted: Wanted) -> int | None:
        """
        Hold the best room and return its id, None if there is none.

        The same venue before others, then the nearest, then the smallest that is large enough.
        """
        for _distance, spot in self._candidates(wanted.venue_id):
            fits = spot.capacity >= wanted.attendees and (spot.is_step_free or not wanted.needs_step_free)
            if fits and self.is_free(spot.room_id, wanted.starts_at, wanted.ends_at):
                self.take(spot.room_id, wanted.starts_at, wanted.ends_at)
                return spot.room_id
        return None

    def _candidates(self, venue_id: int) -> list[tuple[int, Spot]]:
        if venue_id not in self._near:
            home = self._home.get(venue_id)
            reached = [(distance_m(home, spot), spot) for spot in self._spots] if home else []
            near = [(metres, spot) for metres, spot in reached if metres is not None and metres <= WITHIN_M]
            near.sort(key=lambda entry: (entry[1].venue_id != venue_id, entry[0], entry[1].capacity, entry[1].room_id))
            self._near[venue_id] = near
        return self._near[venue_id]


def distance_m(one: Spot, other: Spot) -> int | None:
    """Return metres as the crow flies, 0 within a venue, None where it cannot be said."""
    if one.venue_id == other.venue_id:
        return 0
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return SAME_COMMUNITY_M if one.community == other.community else None
    east = (other.longitude - one.longitude) * cos(radians(one.latitude))
    return round(METRES_A_DEGREE * hypot(east, other.latitude - one.latitude))
