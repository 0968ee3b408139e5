"""Finds doors in chat text: with building words, with dashes, with read-out digits, or only a room number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from juxing_text.doors import Door, KnownDoors, normal_part
from juxing_text.folding import fold
from juxing_text.lexicon import HAN, any_of, words
from juxing_text.numerals import DIGITS, HAN_NUMERALS, read_digit_sequence, read_single
from juxing_text.quantities import UNIT_PATTERN
from juxing_text.uncertainty import UncertaintyCode

HIGHEST_FLOOR = 49
"""A four-digit number whose first two digits are above this is no room."""

_HAN_DIGITS = "".join(DIGITS)
_NUMBER = rf"(?:\d{{1,3}}|[{HAN_NUMERALS}]{{1,4}})"
_GAP = r"[\s\-,.·/_~]*"
_ROOM_MARK = any_of("address.room")
_MONEY = any_of("chain.price_units")
_GLUE = any_of("address.glue_units")
_ROOM_DIGITS = rf"(?:[0-4]\d{{3}}(?!\d)|\d{{3}}(?!\d)|\d{{3,4}}(?=\d{{1,2}}{_GLUE}))"
"""Floors above 49 do not exist here, so that "6033 bags" splits into room 603 and three bags."""
_ROOM = (
    rf"(?:{_ROOM_DIGITS}|[{_HAN_DIGITS}]{{3,4}}(?![{HAN_NUMERALS}])"
    rf"|\d{{1,2}}(?=\s?{_ROOM_MARK}))"
)
_PRICED = rf"{_MONEY}|\s{_MONEY}(?![{HAN}])"
_ABOVE_HIGHEST = r"[5-9]\d{3}(?!\d)"
"""Between dashes nothing but a room is meant, be the floor as it may; it is marked."""
_ROOM_END = rf"(?P<letter>[a-d](?=\s?{_ROOM_MARK}))?(?:\s?{_ROOM_MARK})?(?!{_PRICED})"
_ZONE_NAME = rf"(?:{_NUMBER}|[a-h]|{any_of('address.side')})"
_ZONE = rf"(?:(?P<zone>{_ZONE_NAME}\s?{any_of('address.zone')})\s*)?"
_UNIT_NAME = rf"(?:{_NUMBER}|{any_of('address.stem', 'address.side')})"
_UNIT = (
    rf"(?:(?P<unit>{_UNIT_NAME})\s?{any_of('address.unit')}{_GAP}|(?P<dash_unit>\d{{1,2}})\s?[-/_]\s?(?=\d{{3,4}}))?"
)
_BEFORE = rf"(?<![\d{HAN_NUMERALS}])(?<!\d\.)"

_MARKED = re.compile(
    rf"{_BEFORE}{_ZONE}(?P<building>{_NUMBER}|(?<![a-z])[a-z]\d?)\s?"
    rf"(?P<mark>{any_of('address.building', 'address.building_with_room')}"
    rf"|{any_of('address.floor_or_building')}(?!{any_of('address.not_after_floor')}))"
    rf"{_GAP}{_UNIT}(?:(?P<room>{_ROOM}){_ROOM_END})?"
)
_DASHED = re.compile(
    rf"(?<![\da-z.\-]){_ZONE}(?:(?P<phase>\d{{1,2}})-(?=\d{{1,3}}-\d{{1,2}}-\d{{3}}))?(?P<building>[a-z]?\d{{1,3}}|[a-z])\s?[-/_]{{1,2}}\s?"
    rf"(?:(?P<unit>\d{{1,2}})\s?(?:{any_of('address.unit')}\s?[-/_]?|[-/_])\s?)?"
    rf"(?P<room>{_ROOM_DIGITS}|{_ABOVE_HIGHEST}){_ROOM_END}"
)
_MORE_ROOM = re.compile(rf"\s?[-/]\s?(?:\d{{3,4}}(?!\d|{UNIT_PATTERN})|\d{{1,2}}(?!\d)(?!\s?{UNIT_PATTERN}))(?=.*\d)")
_UNIT_AND_ROOM = re.compile(
    rf"{_BEFORE}(?P<unit>{_NUMBER})\s?{any_of('address.unit')}{_GAP}(?P<room>{_ROOM}){_ROOM_END}"
)
_ROOM_FIRST = re.compile(
    rf"(?<![\d\-])(?P<room>\d{{3,4}})(?P<letter>[a-d](?=\s?{_ROOM_MARK}))?\s?{_ROOM_MARK}?[\s\-,]{{0,2}}"
    rf"(?P<building>{_NUMBER})\s?(?P<mark>{any_of('address.building')})(?!{_GAP}(?:\d|[{_HAN_DIGITS}]))"
)
_SPACED = re.compile(rf"(?:^|(?<=[\s,.:]))(?P<building>\d{{1,2}})[\s.,]+(?P<room>\d{{3,4}})(?!\d){_ROOM_END}")
_BARE = re.compile(
    rf"(?<![\d\-x*+¥/])(?<!\d[.:])(?P<room>\d{{3,4}}(?!\d)|[{_HAN_DIGITS}]{{3,4}}(?={_ROOM_MARK}))\s?(?P<mark>{_ROOM_MARK})?"
    rf"(?!{_PRICED}|\s?(?:%|[-~./:]\s?\d))"
)
_ALL_OF_THEM = re.compile(any_of("address.title_plural"))
_GLUED_UNIT = re.compile(_GLUE)
_UNIT_AFTER = re.compile(rf"\s?(?P<unit>{UNIT_PATTERN})")
_SURNAME_UNITS = frozenset("".join(words("names.surnames")))


@dataclass(frozen=True, slots=True)
class DoorContext:
    """What the chain's title says about all its doors, and the register if there is one."""

    building: str | None = None
    unit: str | None = None
    known: KnownDoors | None = None


@dataclass(frozen=True, slots=True)
class DoorReading:
    """A door and the half-open ranges of the text it was read from (two where a name stands between building and
    room).
    """

    door: Door
    ranges: tuple[tuple[int, int], ...]


def read_door(text: str, *, context: DoorContext | None = None) -> Door | None:
    """The first door in the text, or None."""
    found = next(find_doors(fold(text), context=context or DoorContext()), None)
    return None if found is None else found.door


_Bare = tuple[str, int, int, bool]
"""A room number that stands alone: room, start, end, whether a word for "room" follows."""


class _BareRooms:
    """The next bare room after places that only move on, so that a text is gone through once, not once a building."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._next: _Bare | None = ("", -1, -1, False)

    def after(self, start: int) -> _Bare | None:
        """Return the first bare room from ``start`` on, which is never less than at the call before."""
        if self._next is not None and self._next[1] < start:
            self._next = _find_bare(self._folded, start)
        return self._next


def find_doors(folded: str, *, context: DoorContext) -> Iterator[DoorReading]:
    """Doors in folded text, the surest way of writing first; each character serves at most one door."""
    first = _ROOM_FIRST.search(folded)
    if first:
        yield _reading(first, 0.85, context)
        return
    marked = list(_find_marked(folded, context))
    if any(reading.door.room for reading in marked):
        yield from marked
        return
    for pattern, confidence in ((_DASHED, 0.93), (_UNIT_AND_ROOM, 0.9), (_SPACED, 0.6)):
        readings = [_reading(found, confidence, context) for found in pattern.finditer(folded)]
        if readings:
            yield from readings
            return
    if marked:
        yield from marked
        return
    bare = _find_bare(folded, 0)
    if bare is None:
        yield from _find_run_together(folded, context)
    else:
        room, start, end, has_mark = bare
        codes = () if has_mark else (UncertaintyCode.ROOM_WITHOUT_MARK,)
        door = Door(None, None, room, None, 0.6 if has_mark else 0.5, codes)
        yield DoorReading(_settle(_alternatives(door, context), context), ((start, end),))


def title_context(folded_title: str, known: KnownDoors | None) -> DoorContext:
    """Building or unit that a title such as "neighbours of building 12" gives to every line; nothing if it names
    several.
    """
    buildings, units = set(), set()
    told = "\n".join(line for line in folded_title.split("\n") if _ALL_OF_THEM.search(line))
    for found in _MARKED.finditer(told):
        if found["mark"] in words("address.building") and not found["room"]:
            buildings.add(_number(found["building"]))
            if found["unit"]:
                units.add(_number(found["unit"]))
    for found in re.finditer(rf"{_BEFORE}(?P<unit>{_NUMBER})\s?{any_of('address.unit')}", told):
        units.add(_number(found["unit"]))
    return DoorContext(
        next(iter(buildings)) if len(buildings) == 1 else None, next(iter(units)) if len(units) == 1 else None, known
    )


def _find_marked(folded: str, context: DoorContext) -> Iterator[DoorReading]:
    bare_rooms = _BareRooms(folded)
    for found in _MARKED.finditer(folded):
        if found["room"]:
            han = not found["building"].isascii()
            yield _reading(found, 0.93 if han else 0.97, context)
        elif found["mark"] in words("address.floor_or_building") and context.building:
            continue
        else:
            reading = _without_room(found, bare_rooms, context)
            if reading is not None:
                yield reading


def _find_run_together(folded: str, context: DoorContext) -> Iterator[DoorReading]:
    """Building and room written as one number ("5301"), believed only where the register has exactly that door."""
    for found in re.finditer(r"(?<!\d)\d{4,6}(?!\d)", folded):
        digits = found[0]
        for room_length in (3, 4):
            door = Door(normal_part(digits[:-room_length] or "0"), None, normal_part(digits[-room_length:]), None, 0.7)
            settled = _settle([door], context)
            if context.known is not None and UncertaintyCode.DOOR_UNKNOWN not in settled.uncertainties:
                yield DoorReading(settled, (found.span(),))
                return


def _without_room(found: re.Match[str], bare_rooms: _BareRooms, context: DoorContext) -> DoorReading | None:
    """A building whose room stands further on, after a name; or a building alone where the word can mean nothing
    else.
    """
    bare = bare_rooms.after(found.end())
    building = _number(found["building"])
    unit = _number(found["unit"]) if found["unit"] else None
    if bare is not None:
        door = Door(building, unit, bare[0], _zone(found), 0.85)
        return DoorReading(_settle([door], context), (found.span(), (bare[1], bare[2])))
    if found["mark"] in words("address.building_with_room"):
        return None
    codes = [UncertaintyCode.ROOM_MISSING]
    if found["mark"] in words("address.floor_or_building"):
        codes.insert(0, UncertaintyCode.BUILDING_OR_FLOOR)
    return DoorReading(Door(building, unit, None, _zone(found), 0.4, tuple(codes)), (found.span(),))


def _reading(found: re.Match[str], confidence: float, context: DoorContext) -> DoorReading:
    groups = found.groupdict()
    building, unit = groups.get("building"), groups.get("unit") or groups.get("dash_unit")
    codes: tuple[UncertaintyCode, ...] = ()
    if groups.get("mark") in words("address.floor_or_building"):
        codes, confidence = (UncertaintyCode.BUILDING_OR_FLOOR,), 0.6
    if found.re is _SPACED:
        codes = (UncertaintyCode.ROOM_WITHOUT_MARK,)
    end = found.end("room")
    if groups["room"].isascii() and int(groups["room"]) >= 100 * (HIGHEST_FLOOR + 1):
        codes, confidence = (*codes, UncertaintyCode.DOOR_UNKNOWN), 0.5
    if found.string[end : end + 1].isdigit() or _GLUED_UNIT.match(found.string, end):
        codes, confidence = (*codes, UncertaintyCode.DOOR_GLUED), 0.6
    door = Door(
        _number(building) if building else None,
        _number(unit) if unit else None,
        _room(groups["room"]) + (groups["letter"] or "").upper(),
        _zone(found) if building else None,
        confidence,
        codes,
    )
    dashed_pair = found.re is _DASHED and unit is None
    return DoorReading(_settle(_alternatives(door, context, is_pair=dashed_pair), context), (found.span(),))


def _alternatives(door: Door, context: DoorContext, *, is_pair: bool = False) -> list[Door]:
    """The ways to understand a reading within the title's building, best first."""
    if door.building is None:
        if context.building is None:
            code = UncertaintyCode.BUILDING_MISSING
            filled = replace(door, unit=door.unit or context.unit, uncertainties=(*door.uncertainties, code))
            split = _split_room(door)
            return [filled, *([split] if split else [])]
        codes = (*door.uncertainties, UncertaintyCode.BUILDING_FROM_TITLE)
        unit = door.unit or context.unit
        return [
            replace(door, building=context.building, unit=unit, confidence=door.confidence + 0.25, uncertainties=codes)
        ]
    if is_pair and context.building not in (None, door.building) and len(door.building) <= 2:
        codes = (*door.uncertainties, UncertaintyCode.BUILDING_OR_UNIT)
        inside = replace(door, building=context.building, unit=door.building, confidence=0.7, uncertainties=codes)
        return [inside, replace(door, uncertainties=codes)]
    return [door]


def _split_room(door: Door) -> Door | None:
    """ "5301" may be building 5, room 301; only the register can tell."""
    if door.room is None or len(door.room) != 4:
        return None
    return replace(door, building=door.room[0], room=door.room[1:])


def _settle(readings: list[Door], context: DoorContext) -> Door:
    return context.known.settle(readings) if context.known is not None else readings[0]


def _find_bare(folded: str, start: int) -> _Bare | None:
    for found in _BARE.finditer(folded, start):
        room = found["room"]
        if not found["mark"]:
            after = _UNIT_AFTER.match(folded, found.end())
            if after and after["unit"] not in _SURNAME_UNITS:
                continue
            if len(room) == 4 and int(room[:2]) > HIGHEST_FLOOR:
                continue
        return _room(room), found.start(), found.end(), bool(found["mark"])
    return None


def _number(written: str) -> str:
    if written[0] in HAN_NUMERALS:
        value = read_single(written)
        return str(value) if value is not None else normal_part(read_digit_sequence(written) or written)
    return normal_part(written)


def _room(written: str) -> str:
    return normal_part(read_digit_sequence(written) or written)


def _zone(found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    written = groups.get("zone") or groups.get("phase")
    if not written:
        return None
    number = re.match(rf"\d+|[{HAN_NUMERALS}]+|[a-h]|{any_of('address.side')}", written)
    return _number(number[0]) if number else None


def more_room(folded: str, end: int) -> int:
    """Where a second room or the rest of a room's number ("21-305/306", "23-301-2") ends after a door, else `end`."""
    found = _MORE_ROOM.match(folded, end)
    return found.end() if found else end
