"""The words of the package's data files, and regular expressions made of them. Python code here holds no Chinese
words.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")


@cache
def data_table(file_name: str) -> dict[str, Any]:
    """The parsed TOML data file of this package; the caller must not change it."""
    return tomllib.loads((DATA / file_name).read_text(encoding="utf-8"))


@cache
def words(path: str) -> tuple[str, ...]:
    """The list at a dotted path of lexicon.toml, such as `chain.cancel`, longest first so that alternations prefer
    it.
    """
    section, key = path.split(".")
    entry = data_table("lexicon.toml")[section][key]
    listed = [entry] if isinstance(entry, str) else list(entry)
    return tuple(sorted(listed, key=len, reverse=True))


def alternation(listed: Iterable[str]) -> str:
    """A non-capturing group that matches any of the strings literally, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(listed), key=len, reverse=True)) + ")"


def any_of(*paths: str) -> str:
    """`alternation` over the lexicon lists at the given paths."""
    return alternation(word for path in paths for word in words(path))


HAN = "\u4e00-\u9fff\u3400-\u4dbf"
"""The inside of a character class that matches Han characters in use (URO and extension A)."""
