"""Numbers as people write them: 12, full-width digits, 2.5, two-thirds of a dozen spellings of "two", 1-2, half."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from juxing_text.folding import fold
from juxing_text.lexicon import alternation, any_of, data_table, words

_DATA = data_table("lexicon.toml")["numerals"]
DIGITS: dict[str, int] = _DATA["digits"]
_POWERS: dict[str, int] = _DATA["powers"]
_TENS: dict[str, int] = _DATA["tens"]
_FRACTIONS: dict[str, str] = _DATA["quarter_characters"]
HALF: str = _DATA["half"]
_MYRIAD = max(_POWERS, key=lambda power: _POWERS[power])

HAN_NUMERALS = "".join([*DIGITS, *_POWERS, *_TENS])
_ALSO_UNIT: str = _DATA["also_unit"]
_NOT_UNIT = HAN_NUMERALS.replace(_ALSO_UNIT, "")
# the longest number below a hundred million has 15 characters; an endless run would be tried again from each of its own
_HAN_RUN = f"[{HAN_NUMERALS}](?:[{_NOT_UNIT}]|{_ALSO_UNIT}(?=[{''.join(_POWERS)}])){{0,14}}"
_ARABIC = rf"\d{{1,9}}(?:\.\d{{1,3}})?\s?{_MYRIAD}?"
_ONE = rf"(?:{_ARABIC}|{_HAN_RUN}|{HALF}|{alternation(_FRACTIONS)})"
_DASH = rf"\s*(?:[-~]|{any_of('numerals.range_words')})\s*"
NUMERAL_PATTERN = rf"(?:{_ONE}(?:{_DASH}{_ONE})?|{any_of('numerals.several')})"
"""Matches one numeral or range in folded text; has no capturing group."""

_RANGE = re.compile(rf"({_ONE}){_DASH}({_ONE})")
_FIND = re.compile(rf"(?:(?<![\d.])|(?=\D)){NUMERAL_PATTERN}(?!\d)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from text. `high` is above `low` for a range; both are None for words such as "some"."""

    low: Decimal | None
    high: Decimal | None
    start: int = 0
    end: int = 0

    @property
    def is_exact(self) -> bool:
        """True when the text names exactly one number."""
        return self.low is not None and self.low == self.high


def read_numeral(text: str) -> Numeral | None:
    """The number that the whole of `text` spells, or None. Exact: Decimal, no rounding. At most 9 integer digits."""
    folded = fold(text).strip()
    if folded in words("numerals.several"):
        return Numeral(None, None, 0, len(text))
    span = _RANGE.fullmatch(folded)
    if span:
        low, high = read_single(span[1]), read_single(span[2])
        if low is None or high is None or high < low:
            return None
        return Numeral(low, high, 0, len(text))
    neighbours = _read_neighbours(folded)
    if neighbours:
        return Numeral(*neighbours, 0, len(text))
    value = read_single(folded)
    return None if value is None else Numeral(value, value, 0, len(text))


def find_numerals(text: str) -> Iterator[Numeral]:
    """Every numeral in the text, left to right, with offsets into `text`."""
    for found in _FIND.finditer(fold(text)):
        numeral = read_numeral(found[0])
        if numeral is not None:
            yield Numeral(numeral.low, numeral.high, *found.span())


def read_single(folded: str) -> Decimal | None:
    """One number in folded text without a range: digits with an optional fraction and "ten thousand", Han numerals,
    half.
    """
    folded = folded.replace(" ", "")
    if folded == HALF:
        return Decimal("0.5")
    if folded in _FRACTIONS:
        return Decimal(_FRACTIONS[folded])
    if re.fullmatch(rf"\d{{1,9}}(?:\.\d{{1,3}})?{_MYRIAD}?", folded):
        scale = 10000 if folded.endswith(_MYRIAD) else 1
        return Decimal(folded.rstrip(_MYRIAD)) * scale
    value = _read_han(folded)
    return None if value is None else Decimal(value)


def read_digit_sequence(folded: str) -> str | None:
    """Digits read out one by one, as in room numbers ("three zero one" -> "301"); ASCII digits pass. None
    otherwise.
    """
    out = [str(DIGITS[c]) if c in DIGITS else c for c in folded if c != " "]
    joined = "".join(out)
    return joined if joined.isascii() and joined.isdigit() else None


def _read_han(run: str) -> int | None:
    """Positional reading ("one hundred two ten three"); a bare run of several digits is no quantity and gives None."""
    if not run or any(c not in HAN_NUMERALS for c in run):
        return None
    if len(run) > 1 and all(c in DIGITS for c in run):
        return None
    total, section, digit, last_power = 0, 0, None, 1
    for character in run:
        if character in DIGITS:
            digit = DIGITS[character]
            last_power = 1 if digit == 0 else last_power
        elif character in _TENS:
            section, digit, last_power = section + _TENS[character], None, 10
        elif character == _MYRIAD:
            total, section, digit, last_power = total + ((section + (digit or 0)) or 1) * 10000, 0, None, 10000
        else:
            last_power = _POWERS[character]
            section, digit = section + (1 if digit is None else digit) * last_power, None
    # "one hundred two" without a zero in between means 120, not 102
    return total + section + (digit or 0) * max(1, last_power // 10)


def _read_neighbours(run: str) -> tuple[Decimal, Decimal] | None:
    """Two neighbouring digits mean "two or three", also before a power ("two three ten")."""
    if len(run) < 2 or run[0] not in DIGITS or run[1] not in DIGITS:
        return None
    low, high = DIGITS[run[0]], DIGITS[run[1]]
    if not 0 < low < high <= low + 2:
        return None
    tail = run[2:]
    if not tail:
        return Decimal(low), Decimal(high)
    if len(tail) == 1 and tail in _POWERS:
        return Decimal(low * _POWERS[tail]), Decimal(high * _POWERS[tail])
    return None
