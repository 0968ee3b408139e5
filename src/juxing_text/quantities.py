"""Quantities with units. What was written is kept; a conversion happens only when asked for and only where it is
exact.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from juxing_text.folding import fold
from juxing_text.lexicon import alternation, any_of, data_table
from juxing_text.numerals import HALF, NUMERAL_PATTERN, read_numeral

HUGE = Decimal(10_000)
"""Above this a household line is surely a slip; the quantity is kept and marked."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of count or measure. `factor` is how many `base` units make one, or None where nothing converts
    exactly.
    """

    code: str
    names: tuple[str, ...]
    base: str | None
    factor: Decimal | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """`amount` is the lower end of a range and None where the text only says "some"; `unit` is a code of units.toml
    or None.

    `written` is the text as it stood (redacted text when taken from a chain). Spans are half-open offsets into the
    text given.
    """

    amount: Decimal | None
    high: Decimal | None
    unit: str | None
    written: str
    start: int
    end: int

    @property
    def is_exact(self) -> bool:
        """True when exactly one amount was written."""
        return self.amount is not None and self.amount == self.high

    def converted(self, to_unit: str) -> Decimal | None:
        """The amount in another unit, exactly, or None when the two units have no declared conversion."""
        here, there = units().get(self.unit or ""), units().get(to_unit)
        if self.amount is None or here is None or there is None:
            return None
        if here.code == there.code:
            return self.amount
        if here.factor is None or there.factor is None or here.base != there.base:
            return None
        result = self.amount * here.factor / there.factor
        return result if result * there.factor == self.amount * here.factor else None


@cache
def units() -> dict[str, Unit]:
    """The declared units by code, in the order of the data file."""
    listed = data_table("units.toml")["unit"]
    return {
        row["code"]: Unit(
            row["code"], tuple(row["names"]), row.get("base"), Decimal(row["factor"]) if "factor" in row else None
        )
        for row in listed
    }


@cache
def unit_code(name: str) -> str | None:
    """The code of a unit as written, or None."""
    folded = fold(name).strip()
    return next((unit.code for unit in units().values() if folded in unit.names), None)


UNIT_PATTERN = alternation(name for unit in units().values() for name in unit.names)
_ALSO_NUMERAL = data_table("lexicon.toml")["numerals"]["also_unit"]
_NO_LETTER = r"(?!(?!x\s?\d)[a-z])"
"""A unit ends where no letter follows, unless that is a sign of multiplication."""
_COUNTING_UNIT = (
    rf"(?:{alternation(name for unit in units().values() for name in unit.names if name != _ALSO_NUMERAL)}{_NO_LETTER}"
    rf"|(?<!\s){_ALSO_NUMERAL}(?!{UNIT_PATTERN}))"
)
QUANTITY_PATTERN = (
    rf"(?:(?P<sign>[x*+])\s*|(?P<about>{any_of('numerals.about')})\s*)?"
    rf"(?P<number>{NUMERAL_PATTERN})(?!\d)(?:\s?(?P<unit>{_COUNTING_UNIT})(?P<half>{HALF}(?!{UNIT_PATTERN}))?)?"
)
"""Named groups sign, about, number, unit, half; matches folded text."""

_FIND = re.compile(rf"(?:(?<!\d)(?<!\d\.)|(?=\D)){QUANTITY_PATTERN}")


def quantity_from_match(found: re.Match[str], original: str) -> Quantity | None:
    """The quantity of a match of `QUANTITY_PATTERN`; `original` is the unfolded text of the same length."""
    numeral = read_numeral(found["number"])
    if numeral is None:
        return None
    low, high = numeral.low, numeral.high
    if found["half"] and low is not None and high is not None:
        low, high = low + Decimal("0.5"), high + Decimal("0.5")
    start, end = found.span()
    unit = unit_code(found["unit"]) if found["unit"] else None
    if found["about"] and low is not None:
        high = None
    return Quantity(low, high, unit, original[start:end].strip(), start, end)


def find_quantities(text: str) -> Iterator[Quantity]:
    """Every number with or without a unit, left to right. The caller decides which of them are prices, doors or
    phones.
    """
    for found in _FIND.finditer(fold(text)):
        quantity = quantity_from_match(found, text)
        if quantity is not None:
            yield quantity


def read_quantity(text: str) -> Quantity | None:
    """The quantity that the whole text is, or None."""
    found = re.fullmatch(QUANTITY_PATTERN, fold(text).strip())
    return None if found is None else quantity_from_match(found, text.strip())
