"""Takes phones, identity numbers and health details out of text copied from a group. Says what kind was there,
never the value.

Lists and patterns cannot find every way to write such things; a person still looks before anything is kept. Where a
choice must be made, too much is taken out rather than too little: any run of seven or more digits goes, whatever it
was.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from juxing_text.folding import fold
from juxing_text.lexicon import HAN, alternation, data_table
from juxing_text.numerals import DIGITS

_DATA = data_table("redaction.toml")


class RedactionKind(StrEnum):
    """What was taken out."""

    PHONE = "phone"
    IDENTITY_NUMBER = "identity_number"
    LONG_NUMBER = "long_number"
    HEALTH = "health"
    MEDICINE = "medicine"


@dataclass(frozen=True, slots=True)
class Redaction:
    """Half-open range in the original text and the kind; deliberately without the value."""

    kind: RedactionKind
    start: int
    end: int


_SENTINELS = {kind: chr(0xE000 + place) for place, kind in enumerate(RedactionKind)}
SENTINEL_INSIDE = "".join(_SENTINELS.values())
SENTINEL_CLASS = f"[{SENTINEL_INSIDE}]"
"""Matches the characters that stand for redacted text in masked text. Folding removes them from any input."""

MEDICINE_SENTINEL = _SENTINELS[RedactionKind.MEDICINE]

_HAN_DIGITS = "".join(DIGITS)
_LOOSE = r"[\s\-.·_)(]{0,3}"


def _number_patterns() -> Iterator[tuple[RedactionKind, str]]:
    call = alternation(_DATA["phone"]["before"])
    identity = alternation(_DATA["identity"]["before"])
    joint = rf"[\s:\-.{_DATA['phone']['copula']}]{{0,3}}"
    yield RedactionKind.IDENTITY_NUMBER, rf"{identity}{joint}[a-z]{{0,2}}\d[\d\s\-x*]{{4,24}}[\dx*]"
    yield RedactionKind.IDENTITY_NUMBER, r"(?<!\d)[1-9]\d{5}\s?(?:18|19|20)\d{2}\s?\d{4}\s?\d{3}[\dx](?!\d)"
    yield RedactionKind.PHONE, rf"{call}{joint}(?:\+?\s?86[\s\-]?)?[\d*][\d*\s\-.]{{2,16}}[\d*]"
    # a name in a messenger stands in the line of its label; glued to a Latin one it has a digit, or it is one word
    # with it, as "telephone" is
    in_line = rf"(?:[^\S\n]|[:\-.{_DATA['phone']['copula']}]){{0,3}}"
    yield RedactionKind.PHONE, rf"{call}{in_line}(?:(?<![a-z])|(?=[a-z_\-]*\d))[a-z][a-z\d_\-]{{4,19}}"
    yield RedactionKind.PHONE, r"(?<!\d)(?:\+?\s?86[\s\-]?)?1[2-9]\d[\s\-.·_]{1,3}\d{4}[\s\-.·_]{1,3}\d{4}(?!\d)"
    yield RedactionKind.PHONE, r"(?<!\d)1[2-9]\d[*x]{3,8}\d{2,4}(?!\d)"
    yield RedactionKind.PHONE, r"(?<!\d)1[2-9]\d{9}(?!\d)"
    yield RedactionKind.PHONE, rf"(?<!\d)1[\s)]{{1,3}}[2-9](?:[\s)]{{1,3}}\d){{9}}(?!{_LOOSE}\d)"
    yield RedactionKind.PHONE, r"(?<!\d)0\d{2,3}[\s\-)]{1,2}\d{3,4}[\s\-]?\d{4}(?!\d)"
    yield RedactionKind.PHONE, rf"(?<!\d)[{_HAN_DIGITS}\d]{{11}}(?!\d)"
    yield RedactionKind.PHONE, rf"[{_HAN_DIGITS}](?:\s?[{_HAN_DIGITS}]){{6,}}"
    yield RedactionKind.LONG_NUMBER, r"\d{7,}"
    yield RedactionKind.LONG_NUMBER, r"(?<!\d)\d{4}(?:[\s\-]\d{4}){3}"


def _word_patterns() -> Iterator[tuple[RedactionKind, str]]:
    medicine, health = _DATA["medicine"], _DATA["health"]
    yield RedactionKind.MEDICINE, rf"{alternation(medicine['words'])}{alternation(medicine['forms'])}?"
    yield RedactionKind.MEDICINE, rf"{alternation(health['words'])}[{medicine['joints']}]?{medicine['suffix']}"
    yield RedactionKind.HEALTH, alternation(health["words"])
    yield RedactionKind.HEALTH, health["pregnancy_week"]


def _suffix_patterns() -> Iterator[tuple[RedactionKind, str]]:
    medicine, health = _DATA["medicine"], _DATA["health"]
    yield RedactionKind.MEDICINE, rf"[{HAN}]{{1,2}}{medicine['suffix']}"
    yield RedactionKind.MEDICINE, rf"[{HAN}]{{2,5}}{alternation(medicine['forms'])}"
    yield RedactionKind.HEALTH, rf"[{HAN}]{{1,2}}{alternation(health['suffixes'])}"


_KEEP = re.compile(
    f"{alternation([*_DATA['keep']['words'], *_DATA['medicine']['generic']])}(?!{_DATA['medicine']['suffix']})"
)
_KEPT = "\ue0ff"
_NUMBER_TRIGGER = re.compile(
    rf"\d[^\d]?\d[^\d]{{0,3}}[\d*x]|\d[\s)]{{1,3}}\d|[{_HAN_DIGITS}]\s?[{_HAN_DIGITS}]\s?[{_HAN_DIGITS}]"
    rf"|{alternation([*_DATA['phone']['before'], *_DATA['identity']['before']])}"
)


@cache
def _number_pattern() -> re.Pattern[str]:
    return _joined(_number_patterns())


@cache
def _word_pattern() -> re.Pattern[str]:
    """The lookahead on the first character spares most places of a text the long alternation."""
    first = {word[0] for word in [*_DATA["medicine"]["words"], *_DATA["health"]["words"]]}
    return re.compile(rf"(?=[\d{''.join(sorted(first))}])(?:{_joined(_word_patterns()).pattern})")


@cache
def _suffix_pattern() -> re.Pattern[str]:
    return _joined(_suffix_patterns())


@cache
def _suffix_trigger() -> re.Pattern[str]:
    medicine = _DATA["medicine"]
    return re.compile(alternation([medicine["suffix"], *medicine["forms"], *_DATA["health"]["suffixes"]]))


def _joined(patterns: Iterable[tuple[RedactionKind, str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind.name}_{place}>{text})" for place, (kind, text) in enumerate(patterns)))


def find_redactions(folded: str) -> list[Redaction]:
    """What must go from folded text, in order and without overlaps: numbers, then listed words, then words by
    ending.
    """
    found = find_numbers(folded)
    masked = _KEEP.sub(lambda kept: _KEPT * len(kept[0]), mask(folded, found))
    for pattern, trigger in (
        (_word_pattern(), None),
        (_suffix_pattern(), _suffix_trigger()),
    ):
        if trigger is None or trigger.search(masked):
            more = list(_scan(pattern, masked))
            masked = mask(masked, more)
            found += more
    return sorted(found, key=lambda redaction: redaction.start)


def find_numbers(folded: str) -> list[Redaction]:
    """Telephone, identity and other long numbers in folded text, in order and without overlaps."""
    return list(_scan(_number_pattern(), folded)) if _NUMBER_TRIGGER.search(folded) else []


def _scan(pattern: re.Pattern[str], folded: str) -> Iterator[Redaction]:
    for match in pattern.finditer(folded):
        if match.lastgroup is None:
            continue
        kind = RedactionKind[match.lastgroup.rpartition("_")[0]]
        yield Redaction(kind, match.start(), match.end())


def mask(folded: str, redactions: Sequence[Redaction]) -> str:
    """The text with each redacted character replaced by its kind's sentinel; keeps length."""
    out, position = [], 0
    for redaction in redactions:
        out.append(folded[position : redaction.start])
        out.append(_SENTINELS[redaction.kind] * (redaction.end - redaction.start))
        position = redaction.end
    out.append(folded[position:])
    return "".join(out)


def apply(text: str, redactions: Sequence[Redaction], start: int = 0, end: int | None = None) -> str:
    """`text[start:end]` with each redacted range replaced by the placeholder of its kind. Ranges are offsets into
    `text`.
    """
    end = len(text) if end is None else end
    out, position = [], start
    for redaction in redactions:
        if redaction.end <= start or redaction.start >= end:
            continue
        out.append(text[position : max(position, redaction.start)])
        out.append(_DATA["placeholders"][redaction.kind])
        position = max(position, redaction.end)
    out.append(text[position:end] if position < end else "")
    return "".join(out)


def redact(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """The text without phones, identity numbers, long numbers, illnesses and medicines, and what kinds were where."""
    found = find_redactions(fold(text))
    return apply(text, found), tuple(found)


def needs_private_channel(folded: str) -> bool:
    """True when the text asks for medicine in general words; the details belong in a private channel, not in the
    group.
    """
    return any(word in folded for word in _DATA["medicine"]["generic"])
