"""A door (building, stairwell unit, room) and the register of doors that exist, against which readings are checked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from juxing_text.uncertainty import UncertaintyCode


@dataclass(frozen=True, slots=True)
class Door:
    """Parts are normalised strings without leading zeros ("12", "A", "301") and None where not written.

    `confidence` is in [0, 1] and orders readings; it is a calibrated guess of the rules, not a probability.
    """

    building: str | None
    unit: str | None
    room: str | None
    zone: str | None = None
    confidence: float = 1.0
    uncertainties: tuple[UncertaintyCode, ...] = ()

    @property
    def key(self) -> tuple[str | None, str | None, str | None, str | None]:
        """What makes two readings the same door."""
        return (self.zone, self.building, self.unit, self.room)


def normal_part(part: str) -> str:
    """Leading zeros dropped, letters upper case."""
    return part.strip().lstrip("0").upper() or "0"


class KnownDoors:
    """The doors that exist in the place the chain is about, as (building, unit or None, room)."""

    def __init__(self, doors: Iterable[tuple[str, str | None, str]]) -> None:
        self._places: set[tuple[str, str | None, str]] = set()
        self._by_room: defaultdict[str, set[tuple[str, str | None, str]]] = defaultdict(set)
        for building, unit, room in doors:
            place = (normal_part(building), normal_part(unit) if unit else None, normal_part(room))
            self._places.add(place)
            self._by_room[place[2]].add(place)

    def __len__(self) -> int:
        return len(self._places)

    def settle(self, readings: Sequence[Door]) -> Door:
        """The first reading that names exactly one existing door, completed from the register; otherwise the first
        reading, marked unknown (or with the unit missing where several units have that room). `readings` must not
        be empty.
        """
        for reading in readings:
            fitting = self._fitting(reading)
            if len(fitting) == 1:
                building, unit, room = next(iter(fitting))
                guessed = reading.building is None
                kept = (UncertaintyCode.BUILDING_MISSING,) if guessed else ()
                return replace(
                    reading,
                    building=building,
                    unit=unit,
                    room=room,
                    confidence=0.8 if guessed else 0.99,
                    uncertainties=kept,
                )
        first = readings[0]
        if self._fitting(first):
            return first
        return replace(
            first,
            confidence=first.confidence / 2,
            uncertainties=(*first.uncertainties, UncertaintyCode.DOOR_UNKNOWN),
        )

    def _fitting(self, reading: Door) -> set[tuple[str, str | None, str]]:
        if reading.room is None:
            return set()
        return {
            place
            for place in self._by_room.get(reading.room, ())
            if reading.building in (None, place[0]) and (reading.unit in (None, place[1]))
        }
