"""The words of plans, from the package's data file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from juxing_text.folding import fold
from juxing_text.lexicon import alternation, data_table


def words(section: str) -> Any:
    """Return a section of plan_text.toml."""
    return data_table("plan_text.toml")[section]


def has_any(text: str, listed: Iterable[str]) -> bool:
    """Whether one of the words stands in the text; white space inside words as in set headings is overlooked."""
    squeezed = re.sub(r"\s+", "", text)
    return any(word in squeezed for word in listed)


@cache
def any_word(section: str, name: str) -> str:
    """Return a pattern for the words of a list."""
    return alternation(words(section)[name])


def ends_with_any(text: str, listed: Iterable[str]) -> bool:
    """Whether the text ends with one of the words."""
    return text.endswith(tuple(listed))


def squeezed(text: str) -> str:
    """Return the text folded and without white space."""
    return re.sub(r"\s+", "", fold(text))
