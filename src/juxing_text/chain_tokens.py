"""Cuts the body of a chain line into names of things, packages, quantities, separators and other text. Offsets stay
the line's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from juxing_text.catalogue import CatalogueIndex
from juxing_text.lexicon import HAN, alternation, any_of, words
from juxing_text.numerals import HAN_NUMERALS, NUMERAL_PATTERN, read_single
from juxing_text.quantities import QUANTITY_PATTERN, UNIT_PATTERN, Quantity, quantity_from_match
from juxing_text.redaction import SENTINEL_CLASS

BOUNDARY = "\n"
"""Stands for a place where something was taken out; never part of a line itself."""

_MONEY = any_of("chain.price_units")
_ONE = any_of("chain.one")
_PACK_MARK = any_of("chain.pack_marks")
PRICE = re.compile(
    rf"¥\s?\d+(?:\.\d+)?"
    rf"|\d+(?:\.\d+)?(?:{_MONEY}|\s{_MONEY}(?![{HAN}]))(?:\s?/\s?{UNIT_PATTERN}|\s?{_ONE}{UNIT_PATTERN}(?![{HAN}]))?"
    rf"|\d+(?:\.\d+)?\s?/\s?{UNIT_PATTERN}"
    rf"|\d{{2,}}(?:\.\d+)?{any_of('chain.price_block')}(?!{_PACK_MARK})"
)
_PER = any_of("chain.per")
_PACK = re.compile(
    rf"{NUMERAL_PATTERN}\s?{UNIT_PATTERN}(?:\s?{_PACK_MARK}(?!{UNIT_PATTERN}\s?{NUMERAL_PATTERN})"
    rf"|{_PACK_MARK}{UNIT_PATTERN}(?!{NUMERAL_PATTERN})|\s?/\s?{UNIT_PATTERN})"
    rf"|{_PER}{UNIT_PATTERN}\s?{NUMERAL_PATTERN}\s?{UNIT_PATTERN}"
)
_TIME = re.compile(
    rf"\d{{1,2}}:\d{{2}}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,4}}{any_of('chain.time_units')}(?!{UNIT_PATTERN})"
)
_BRACKETED = re.compile(r"[(\[<][^()\[\]<>]*[)\]>]")
_ONLY_QUANTITY = re.compile(rf".\s*{QUANTITY_PATTERN}\s*.")
_COUNTED_BEFORE = re.compile(rf"{NUMERAL_PATTERN}\s?{UNIT_PATTERN}\s?$")
_COUNTED_AFTER = re.compile(rf"\s?[x*]?{NUMERAL_PATTERN}\s?{UNIT_PATTERN}")
_QUANTITY = re.compile(rf"(?P<each>{any_of('numerals.each')}\s?)?(?:(?<!\d)(?<!\d\.)|(?=\D)){QUANTITY_PATTERN}")
_SEPARATOR = re.compile(rf"(?:[,;+&|.!?:~\"'#()\[\]<>{{}}=_·/\\*^$@-]|{SENTINEL_CLASS}|\s)+")
_PACKAGE_WORD = any_of("chain.package_words")
_PACKAGE_HEAD = any_of("chain.package_head")


class TokenKind(Enum):
    """What a token is."""

    THING = auto()
    OFFER = auto()
    QUANTITY = auto()
    SEPARATOR = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the line. `codes` are the packages of an OFFER ("AB" names two)."""

    kind: TokenKind
    start: int
    end: int
    codes: tuple[str, ...] = ()
    quantity: Quantity | None = None
    is_each: bool = False


def blank(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with the ranges replaced by boundaries; keeps length. Overlapping ranges are allowed."""
    out, position = [], 0
    for start, end in sorted(ranges):
        if end <= position:
            continue
        begin = max(start, position)
        out.append(text[position:begin] + BOUNDARY * (end - begin))
        position = end
    return "".join(out) + text[position:]


def without_prices_and_remarks(body: str, catalogue: CatalogueIndex) -> str:
    """Blanks prices, pack sizes, times, and brackets unless they hold a quantity or an order of their own."""
    remarks = []
    outside = blank(body, [found.span() for found in _BRACKETED.finditer(body)])
    names_something = any(True for _ in catalogue.mentions(outside))
    for found in _BRACKETED.finditer(body):
        inside = found[0]
        is_order = any(True for _ in catalogue.mentions(inside))
        is_order = is_order and (not names_something or any(c.isdigit() for c in inside))
        is_quantity = _ONLY_QUANTITY.fullmatch(inside) and not _beside_a_quantity(body, *found.span())
        if not is_quantity and (not is_order or PRICE.search(inside)):
            remarks.append(found.span())
    body = blank(body, remarks)
    for pattern in (PRICE, _TIME, _PACK):
        body = blank(body, [found.span() for found in pattern.finditer(body)])
    return body


def _beside_a_quantity(body: str, start: int, end: int) -> bool:
    """Whether a bracket stands beside a quantity with a unit: then it says how large the pack is."""
    return _COUNTED_BEFORE.search(body, 0, start) is not None or _COUNTED_AFTER.match(body, end) is not None


def offer_pattern(codes: Sequence[str]) -> re.Pattern[str]:
    """Matches packages: letters that the header defines, standing alone, or any code beside a word for "package"."""
    letters = "".join(code.lower() for code in codes if code.isalpha() and len(code) == 1)
    names = [code.lower() for code in codes if len(code) > 1 and not code.isdigit()]
    named = rf"(?P<named>{alternation(names)})" if names else "(?P<named>(?!))"
    bare = (
        rf"|(?<![a-z])(?P<letters>[{letters}]{{1,6}})(?:\s?{_PACKAGE_WORD})?(?![a-z])"
        if letters
        else "|(?P<letters>(?!))"
    )
    circled = "".join(chr(0x245F + int(code)) for code in codes if code.isdigit() and 0 < int(code) <= 20)
    ring = f"[{circled}]" if circled else "(?!)"
    return re.compile(
        rf"{named}|(?P<circled>{ring})|{_PACKAGE_HEAD}\s?(?P<after>[a-h](?![a-z])|\d{{1,2}}(?!\d)|[{HAN_NUMERALS}](?!{UNIT_PATTERN}))"
        rf"|(?<![a-z\d])(?P<before>[a-h])\s?{_PACKAGE_WORD}"
        rf"|(?<!\d)(?P<numbered>\d)\s?{any_of('address.building_with_room')}?\s?{_PACKAGE_HEAD}"
        rf"{bare}"
    )


def offer_code(written: str) -> str:
    """One spelling for a code: letters upper case, circled and Han numerals as digits."""
    if "\u2460" <= written <= "\u2473":
        return str(ord(written) - 0x245F)
    value = read_single(written)
    return written.upper() if value is None else str(value)


def tokens(body: str, original: str, catalogue: CatalogueIndex, offers: re.Pattern[str]) -> Iterator[Token]:
    """Tokens of a blanked body, left to right, not overlapping; spaces alone give none. `original` only supplies
    wording.
    """
    fixed = list(_packages(body, offers))
    rest = blank(body, [(token.start, token.end) for token in fixed])
    fixed += _things(rest, catalogue)
    position = 0
    for token in sorted(fixed, key=lambda one: one.start):
        yield from _plain(body, original, position, token.start)
        yield token
        position = token.end
    yield from _plain(body, original, position, len(body))


def _packages(body: str, offers: re.Pattern[str]) -> Iterator[Token]:
    for found in offers.finditer(body):
        parts = ("named", "after", "before", "numbered", "circled")
        written = found["letters"] or [next(found[part] for part in parts if found[part])]
        yield Token(TokenKind.OFFER, *found.span(), tuple(offer_code(code) for code in written))


def _things(body: str, catalogue: CatalogueIndex) -> Iterator[Token]:
    for start, end, _code in catalogue.mentions(body):
        in_number = body[start].isdigit() and body[max(0, start - 1) : start].isdigit()
        counted = body[start:end].isdigit() and body[end : end + 1].isdigit()
        if not in_number and not counted:
            yield Token(TokenKind.THING, start, end)


def _plain(body: str, original: str, start: int, end: int) -> Iterator[Token]:
    """Quantities and text of a stretch without known things."""
    position = start
    for found in _QUANTITY.finditer(body, start, end):
        if found.start() < position or not _counts(found, body, start, end):
            continue
        quantity = quantity_from_match(found, original)
        if quantity is None or _is_no_range(quantity):
            continue
        yield from _text(body, position, found.start())
        yield Token(TokenKind.QUANTITY, *found.span(), (), quantity, is_each=bool(found["each"]))
        position = found.end()
    yield from _text(body, position, end)


def _counts(found: re.Match[str], body: str, start: int, end: int) -> bool:
    """Whether a numeral is a quantity here. Han numerals are also parts of names and words, so without a unit they
    count only after "each", after a sign, or alone; digits glued to Latin letters belong to a model or nickname.
    """
    number = found["number"]
    if found["unit"] or found["each"] or number in words("numerals.with_unit"):
        return True
    glued = found.start() > start and body[found.start() - 1].isascii() and body[found.start() - 1].isalpha()
    if number[0].isdigit():
        return found["sign"] is not None or not glued
    if found["sign"]:
        return True
    lonely = not body[start : found.start()].strip(" ") and not body[found.end() : end].strip(" \n,;.")
    return len(number) <= 2 and number not in words("names.numeral_names") and lonely


def _is_no_range(quantity: Quantity) -> bool:
    """ "2-1002" is a door, not two to a thousand of anything."""
    if quantity.amount is None or quantity.high is None:
        return False
    return quantity.high > 20 * max(quantity.amount, Decimal(1)) and quantity.high > quantity.amount


def _text(body: str, start: int, end: int) -> Iterator[Token]:
    position = start
    for found in _SEPARATOR.finditer(body, start, end):
        if found.start() > position:
            yield Token(TokenKind.TEXT, position, found.start())
        if found[0].strip(" "):
            yield Token(TokenKind.SEPARATOR, *found.span())
        position = found.end()
    if position < end:
        yield Token(TokenKind.TEXT, position, end)
