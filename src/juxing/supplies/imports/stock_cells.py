"""
What the cells of a stock list say: quantities in mixed units, pack sizes, use-by dates as text or as Excel's numbers.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded
from juxing.supplies.quantities import PLAIN, STEP, checked_quantity
from juxing_text.lexicon import alternation
from juxing_text.quantities import Quantity, find_quantities, unit_code, units

_DATA = tomllib.loads(Path(__file__).with_name("stock_columns.toml").read_text(encoding="utf-8"))
COLUMNS: dict[str, tuple[str, ...]] = {code: tuple(names) for code, names in _DATA["columns"].items()}
_PATTERNS: dict[str, str] = _DATA["patterns"]
WORDS: dict[str, tuple[str, ...]] = {code: tuple(names) for code, names in _DATA["words"].items()}
Parts = list[tuple[Decimal, str | None]]
"""Amounts with the code of their unit, None where none is written: three cases, two boxes and five."""

EXCEL_DAY_NOUGHT = date(1899, 12, 30)
EXCEL_DAYS = range(30_000, 80_000)
NOISE = Decimal("0.000001")
SHORTENED = re.compile(r"\d(?:\.\d+)?e\+?\d+")
BETWEEN, DAY, MONTH = (re.compile(_PATTERNS[name]) for name in ("between", "day", "month"))
DAY_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
DOUBTFUL_MONTH = re.compile(r"\d{4}\.1")


def read_parts(text: str, *, unit: str | None) -> Parts:
    """
    Return what a quantity cell says; ``unit`` is what the column says where the cell names none.

    Raises:
        InvalidInput: for a formula, a shortened number, a range, a guess, a negative number, or words without one.
    """
    said = folded(text).replace(" ", "").replace("\n", "")
    if said.startswith(("=", "@")):
        raise InvalidInput("quantity_unreadable", _("Write a plain number, not a formula."), field="quantity")
    if SHORTENED.fullmatch(said):
        raise InvalidInput(
            "quantity_shortened", _("The program shortened this number. Write it out in full."), field="quantity"
        )
    if PLAIN.fullmatch(said):
        return [(_exact(said.replace(",", "")), unit)]
    found, end = [], 0
    without_commas = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", said)
    for quantity in find_quantities(without_commas):
        if not quantity.is_exact or not BETWEEN.fullmatch(without_commas[end : quantity.start]):
            break
        found.append((_exact(str(quantity.amount)), quantity.unit or unit))
        end = quantity.end
    if not found or not BETWEEN.fullmatch(without_commas[end:]):
        raise InvalidInput(
            "quantity_unreadable", _("Write one counted number with its unit: not a range, a guess or a remark."),
            field="quantity",
        )  # fmt: skip
    return found


def read_day(text: str) -> date | None:
    """
    Return a day as people and programs write it; a month alone is its last day; None where the cell says "never".

    Raises:
        InvalidInput: if it is none, or may be read in two ways.
    """
    said = folded(text).replace(" ", "")
    if not said or said in WORDS["never"]:
        return None
    if said.isdigit() and int(said) in EXCEL_DAYS:
        return EXCEL_DAY_NOUGHT + timedelta(days=int(said))
    try:
        if found := DAY.fullmatch(said) or DAY_TOGETHER.fullmatch(said):
            return date(*(int(part) for part in found.groups()))
        if (found := MONTH.fullmatch(said)) and not DOUBTFUL_MONTH.fullmatch(said):
            year, month = int(found[1]), int(found[2] or found[3])
            return date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        pass
    raise InvalidInput(
        "date_unreadable", _("Write the day as 2026-05-31: this is no date, or may be read in two ways."),
        field="expires",
    )  # fmt: skip


def day_after(produced: date, lasts: str) -> date | None:
    """Return the last day of goods made on a day that last so long ("24 months"); None where it does not say."""
    said = folded(lasts).replace(" ", "")
    found = _lasting().fullmatch(said)
    if found is None:
        return None
    count, unit = int(found[1]), found[2]
    if unit in WORDS["days"]:
        return produced + timedelta(days=min(count, 36_500)) if count else None
    months = min(count, 1200) * (12 if unit in WORDS["years"] else 1)
    year, month = divmod(produced.year * 12 + produced.month - 1 + months, 12)
    return date(year, month + 1, min(produced.day, calendar.monthrange(year, month + 1)[1]))


def says_how_long(text: str) -> bool:
    """Whether the cell holds a length of time instead of a day."""
    return _lasting().fullmatch(folded(text).replace(" ", "")) is not None


def packs_in(specification: str) -> dict[str, tuple[Decimal, str]]:
    """Return by unit what one of it holds, where the specification says so: 50只/盒, 1箱=20盒."""
    said = folded(specification).replace(" ", "")
    found: dict[str, tuple[Decimal, str]] = {}
    for pattern, (amount, small, big) in _packs():
        for one in pattern.finditer(said):
            outer, inner, count = unit_code(one[big]), unit_code(one[small]), Decimal(one[amount])
            if outer and inner and outer != inner and count > 0 and outer not in found:
                found[outer] = (count, inner)
    return found


def factor(unit: str, wanted: str, packs: Mapping[str, tuple[Decimal, str]]) -> Decimal | None:
    """
    Return how many of ``wanted`` one ``unit`` is by what the specification says; None where it does not say.

    Units of measure are converted where that is exact.
    """
    times, here, seen = Decimal(1), unit, {unit}
    while not is_same(here, wanted):
        if (measured := Quantity(times, times, here, "", 0, 0).converted(wanted)) is not None:
            return measured
        if here not in packs:
            return None
        count, here = packs[here]
        times *= count
        if here in seen:
            return None
        seen.add(here)
    return times


ONE_THING = frozenset({"single", "piece", "article"})


def is_same(unit: str, wanted: str) -> bool:
    """Whether the two words count the same: only words that count single things are alike."""
    return unit == wanted or {unit, wanted} <= ONE_THING


def unit_of(text: str) -> str | None:
    """Return the code of a unit, also of "loose ones"; None where it is none."""
    said = folded(text).strip()
    return "single" if said in WORDS["loose"] else unit_code(said)


def _exact(said: str) -> Decimal:
    amount = Decimal(said)
    near = amount.quantize(STEP)
    if abs(near - amount) <= NOISE:  # what a formula left of a number in binary
        amount = near
    return checked_quantity(amount, is_zero_allowed=True)


@cache
def _lasting() -> re.Pattern[str]:
    return re.compile(rf"(\d{{1,5}})({alternation((*WORDS['days'], *WORDS['months'], *WORDS['years']))})")


@cache
def _packs() -> list[tuple[re.Pattern[str], tuple[int, int, int]]]:
    name = alternation(name for unit in units().values() for name in unit.names)
    number = r"(\d{1,6}(?:\.\d{1,3})?)"
    return [
        (re.compile(rf"{number}({name}){_PATTERNS['per']}({name})"), (1, 2, 3)),
        (re.compile(rf"{_PATTERNS['one']}({name}){_PATTERNS['holds']}{number}({name})"), (2, 3, 1)),
    ]
