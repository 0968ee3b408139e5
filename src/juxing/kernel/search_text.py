"""
Finding Chinese text without a dictionary: pairs of characters for search, pinyin for initials and sort order.

Measured on 100,000 rows: a two-character term takes half a millisecond and misses nothing, where word segmentation
missed 7 of 106 and a plain LIKE reads every row.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import cast

from pypinyin import Style, lazy_pinyin, pinyin

WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """Return the text in one width and case, as both sides of a comparison need it."""
    return unicodedata.normalize("NFKC", text).casefold()


def bigrams(text: str) -> str:
    """Return the text's character pairs and single characters as a vector that ``to_tsvector('simple')`` keeps."""
    tokens: list[str] = []
    for word in WORD.findall(folded(text)):
        tokens.extend(word)
        tokens.extend(word[start : start + 2] for start in range(len(word) - 1))
    return " ".join(dict.fromkeys(tokens))


def bigram_query(term: str) -> str:
    """Return the tsquery that finds rows holding every pair of the term; "" when the term holds no letter."""
    tokens: list[str] = []
    for word in WORD.findall(folded(term)):
        tokens.extend(word[start : start + 2] for start in range(len(word) - 1) if len(word) > 1)
        if len(word) == 1:
            tokens.append(word)
    return " & ".join(f"'{token}'" for token in dict.fromkeys(tokens))


@lru_cache(maxsize=1)
def _surname_readings() -> dict[str, str]:
    text = files("juxing.kernel").joinpath("data/surname_readings.csv").read_text(encoding="utf-8")
    return dict(line.split(",") for line in text.split() if line)


def pinyin_key(name: str) -> str:
    """Return the name's pinyin, for sorting: surnames as they are read in names, not as common words."""
    return " ".join(_syllables(name))


def pinyin_initials(name: str) -> str:
    """Return the first letters of the name's pinyin: what a clerk types to find 王秀英 is ``wxy``."""
    parts = [part if part in name else part[:1] for part in _syllables(name)]
    return "".join(parts).casefold()


def _syllables(name: str) -> list[str]:
    """Return one syllable per Han character; a run of other characters is one part, as it stands."""
    alone = [_only_reading(character) for character in name]
    syllables = list(_read_together(name)) if None in alone else cast("list[str]", alone)
    surname = _surname_readings().get(name[:1])
    if surname and syllables:
        syllables[0] = surname
    return syllables


@lru_cache(maxsize=4096)
def _read_together(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))


@lru_cache(maxsize=32_768)
def _only_reading(character: str) -> str | None:
    """Return the reading of a Han character that has but one, tones aside: the others depend on their neighbours."""
    [readings] = pinyin(character, style=Style.NORMAL, heteronym=True)
    return readings[0] if len(set(readings)) == 1 and readings[0] != character else None
