"""A name and the parts by which it is found and sorted."""

from __future__ import annotations

from typing import NamedTuple

from juxing.kernel.search_text import pinyin_initials, pinyin_key

MAXIMUM_LENGTH = 60
MAXIMUM_PINYIN = 200


class NameParts(NamedTuple):
    """The columns a name fills; see ``Resident``."""

    name: str
    given_name: str
    name_tail: str
    name_initials: str
    name_pinyin: str


def name_parts(name: str) -> NameParts:
    """Return the parts of a name of at most 60 characters."""
    plain = " ".join(name.split())
    return NameParts(
        name=plain,
        given_name=plain[1:],
        name_tail=plain[2:],
        name_initials=pinyin_initials(plain)[:MAXIMUM_LENGTH],
        name_pinyin=pinyin_key(plain)[:MAXIMUM_PINYIN],
    )
