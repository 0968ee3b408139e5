"""What people write for a building, a unit and a door, brought to the one form in which the register keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from juxing_text.addresses import DoorContext, find_doors, read_door
from juxing_text.doors import normal_part
from juxing_text.folding import fold
from juxing_text.numerals import read_digit_sequence

PLAIN = re.compile(r"[0-9a-z]{1,6}")
SPACES = re.compile(r"\s+")
WITH_BUILDING = DoorContext()


@dataclass(frozen=True, slots=True)
class DoorText:
    """A door as somebody wrote it; parts that were not written are ""."""

    estate: str = ""
    building: str = ""
    unit: str = ""
    door: str = ""


@lru_cache(maxsize=8192)
def building_number(written: str) -> str:
    """Return ``5`` for 5, 05, 5号楼, 5栋, 5# and 五号楼; what cannot be read stays as it is, folded."""
    folded = fold(written).strip()
    if PLAIN.fullmatch(folded):
        return normal_part(folded)
    reading = read_door(folded)
    if reading is not None and reading.building is not None:
        return reading.building
    return SPACES.sub("", folded).upper()


@lru_cache(maxsize=8192)
def unit_number(written: str) -> str:
    """Return ``2`` for 2, 02, 2单元 and 二单元; "" stays ""."""
    folded = fold(written).strip()
    if not folded:
        return ""
    if PLAIN.fullmatch(folded):
        return normal_part(folded)
    reading = read_door(f"{folded}101")
    if reading is not None and reading.unit is not None:
        return reading.unit
    return SPACES.sub("", folded).upper()


@lru_cache(maxsize=8192)
def door_number(written: str) -> str:
    """Return ``301`` for 301, 0301, 301室 and 三零一; what cannot be read stays as it is, folded."""
    folded = fold(written).strip()
    if PLAIN.fullmatch(folded):
        return normal_part(folded)
    reading = read_door(folded)
    if reading is not None and reading.room is not None:
        return reading.room
    said = read_digit_sequence(folded)
    return normal_part(said) if said else SPACES.sub("", folded).upper()


@lru_cache(maxsize=8192)
def estate_key(name: str) -> str:
    """Return the estate's name as it is compared: one width and case, no spaces."""
    return SPACES.sub("", fold(name)).casefold()


def split_address(written: str) -> tuple[DoorText | None, str]:
    """
    Return the door in a line such as 湖滨一村5号楼301 王秀英, and what stands around it.

    The words around are an estate, a name, or both; only the register can tell.
    """
    folded = fold(written)
    reading = next(find_doors(folded, context=WITH_BUILDING), None)
    if reading is None:
        return None, written.strip()
    rest = list(folded)
    for start, end in reading.ranges:
        rest[start:end] = " " * (end - start)
    door = reading.door
    text = DoorText(building=door.building or "", unit=door.unit or "", door=door.room or "")
    return text, SPACES.sub(" ", "".join(rest)).strip()
