"""Codes of places: their levels, their ancestors, and the codes Juxing itself gives below the community."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from uuid import NAMESPACE_URL, UUID, uuid5

from juxing.places.enums import OFFICIAL_CODE_LENGTH, AreaLevel

COMMUNITY_CODE_LENGTH = OFFICIAL_CODE_LENGTH[AreaLevel.COMMUNITY]
LEVEL_OF_LENGTH = {length: level for level, length in OFFICIAL_CODE_LENGTH.items()}
SEPARATOR = "-"
LONGEST_CODE = 40
SHORT_UNIT_DIGITS = 3
OWN_CODE = re.compile(r"\d{12}(-[EGBUR][0-9A-Z]{2,})+", re.ASCII)


def official_level(code: str) -> AreaLevel | None:
    """Return the level an official code of this length has, or None if none has it."""
    return LEVEL_OF_LENGTH.get(len(code)) if code.isascii() and code.isdecimal() else None


def is_area_code(code: str) -> bool:
    """Whether the code is written like one of a place, whether or not the place exists."""
    return official_level(code) is not None or OWN_CODE.fullmatch(code) is not None


def official_parent(code: str) -> str:
    """Return the official code one level up, "" for a province."""
    shorter = [length for length in LEVEL_OF_LENGTH if length < len(code)]
    return code[: max(shorter)] if shorter else ""


def community_of(code: str) -> str:
    """Return the community's code of a place in or at a community; a wider place's own code otherwise."""
    return code[:COMMUNITY_CODE_LENGTH]


def ancestors(code: str) -> list[str]:
    """
    Return the codes from the province down to the place itself.

    Below the community every part after a dash is one level, whether or not a row stands for it.
    """
    official, _dash, rest = code.partition(SEPARATOR)
    found = [official[:length] for length in sorted(LEVEL_OF_LENGTH) if length <= len(official)]
    for part in rest.split(SEPARATOR) if rest else ():
        found.append(f"{found[-1]}{SEPARATOR}{part}")
    return found


def numbered(parent_code: str, letter: str, number: int, *, digits: int) -> str:
    """Return a code below the parent's, such as ``…-B003``."""
    return f"{parent_code}{SEPARATOR}{letter}{number:0{digits}d}"


def highest_number(parent_code: str, letter: str, codes: Iterable[str]) -> int:
    """Return the highest number given so far directly below the parent, 0 if none."""
    start = f"{parent_code}{SEPARATOR}{letter}"
    numbers = [code[len(start) :].partition(SEPARATOR)[0] for code in codes if code.startswith(start)]
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def door_code(parent_code: str, door: str) -> str:
    """Return the code of the household behind a door: ``…-R0301`` for door 301."""
    plain = "".join(character for character in door.upper() if character.isascii() and character.isalnum())
    return f"{parent_code}{SEPARATOR}R{plain:0>4}"


def unit_code(building_code: str, number: str, *, taken: Container[str]) -> str:
    """Return a free code for a stairwell unit: that of its number where it is short, else the first free one."""
    wanted = int(number) if number.isdecimal() and len(number) <= SHORT_UNIT_DIGITS else 1
    while (code := numbered(building_code, "U", wanted, digits=2)) in taken:
        wanted += 1
    return code


def is_too_long(code: str) -> bool:
    """Whether no column could hold the code; only what is no door number makes one so long."""
    return len(code) > LONGEST_CODE


def area_uuid(code: str) -> UUID:
    """Return the name by which the journal knows a node of the tree, which itself has only its code."""
    return uuid5(NAMESPACE_URL, f"juxing:area:{code}")
