"""Numbers that Word counts by itself: what stands in front of a paragraph without being in its text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from juxing_text.documents.names import value_of, w
from juxing_text.lexicon import data_table

_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_CIRCLED_ONE = 0x2460
_HAN_COUNTING = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
     "taiwaneseCountingThousand", "ideographDigital", "chineseLegalSimplified"}
)  # fmt: skip
DEEPEST = 9


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Counting:
    """The lists of a document, counted in the order in which ``number`` is asked."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def number(self, list_id: str, level: int) -> str:
        """Return what is printed in front of the next paragraph at this level of this list; "" for a bullet."""
        abstract = self.abstract_of.get(list_id, "")
        levels = self.lists.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts[abstract]
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if levels[level].form == "bullet":
            return ""

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            known = levels.get(at, _Level())
            return in_form(counts.get(at, known.start), known.form)

        return re.sub(r"%([1-9])", written, levels[level].text)


def read_counting(numbering: Element | None) -> Counting:
    """Return the lists that a document's numbering part declares."""
    counting = Counting()
    if numbering is None:
        return counting
    for abstract in numbering.iter(w("abstractNum")):
        counting.lists[abstract.get(w("abstractNumId"), "")] = {
            int(level.get(w("ilvl"), "0")): _Level(
                value_of(level, "numFmt") or "decimal", value_of(level, "lvlText"), _whole(value_of(level, "start"))
            )
            for level in abstract.iter(w("lvl")) if level.get(w("ilvl"), "0").isdecimal()
        }  # fmt: skip
    for one in numbering.iter(w("num")):
        counting.abstract_of[one.get(w("numId"), "")] = value_of(one, "abstractNumId")
    return counting


def in_form(number: int, form: str) -> str:
    """Return a number as Word prints it in one of its number forms; forms not known are printed in digits."""
    if form in _HAN_COUNTING and 0 < number < 100:
        return _in_han(number)
    if form.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(_CIRCLED_ONE + number - 1)
    if form in {"upperRoman", "lowerRoman"} and 0 < number < 40:
        roman = _in_roman(number)
        return roman if form == "upperRoman" else roman.lower()
    if form in {"upperLetter", "lowerLetter"} and 0 < number <= 26:
        return chr((65 if form == "upperLetter" else 97) + number - 1)
    return "" if form == "none" else str(number)


def _in_han(number: int) -> str:
    digits = data_table("plan_text.toml")["counting"]["digits"]
    ten = data_table("plan_text.toml")["counting"]["ten"]
    tens, ones = divmod(number, 10)
    front = ("" if tens == 1 else digits[tens]) + ten if tens else ""
    return front + (digits[ones] if ones else "")


def _in_roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1
