"""Response levels as plans write them: by numeral before the word response, or by the colour of a warning."""

from __future__ import annotations

import re
from functools import cache

from juxing_text.folding import fold
from juxing_text.lexicon import alternation
from juxing_text.plan_text.words import any_word, words

LEVELS = ("level_1", "level_2", "level_3", "level_4")
FROM_COLOUR = "level_from_colour"


def level_of(text: str) -> str:
    """Return the response level that a text names first, "" for none. An incident's grade is none."""
    match = _numbered().search(fold(text))
    return _by_numeral()[match[1] or match[2]] if match else ""


def colour_level_of(text: str) -> str:
    """Return the level that goes with the colour of a warning named first, "" for none."""
    told = words("levels")
    match = re.search(rf"([{''.join(told['colours'])}]){told['colour']}\s*(?:{told['warning']})?", text)
    return LEVELS[told["colours"].index(match[1])] if match else ""


def bare_level_of(text: str) -> str:
    """Return the level that a cell under a header of levels names: "II", "2", a colour."""
    found = level_of(text)
    if found:
        return found
    match = _bare().match(fold(text).strip())
    return _by_numeral()[match[1]] if match else colour_level_of(text)


def starts_response(text: str) -> re.Match[str] | None:
    """Return where a sentence says that a response is started."""
    return re.search(any_word("levels", "start") + r"[^，。；]{0,12}" + words("levels")["response"], text)


@cache
def _by_numeral() -> dict[str, str]:
    told = words("levels")
    return {name: level for kind in ("roman", "latin", "han", "digit")
            for name, level in zip(told[kind], LEVELS, strict=True)}  # fmt: skip


@cache
def _numbered() -> re.Pattern[str]:
    told = words("levels")
    numeral = alternation(_by_numeral())
    behind = rf"\s*{told['grade']}\s*(?:{told['urgent']})?\s*{told['response']}"
    return re.compile(rf"(?<![a-z\d])({numeral}){behind}|{told['response']}\s*[(]?\s*({numeral})\s*{told['grade']}")


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(rf"({alternation(_by_numeral())})\s*(?:{words('levels')['grade']}|$)")
