"""Reads an order chain pasted from a chat group into draft lines. See docs/algorithms/order-chain.md for the rules
and limits.
"""

import re
from dataclasses import dataclass, replace

from juxing_text.addresses import title_context
from juxing_text.catalogue import CatalogueIndex
from juxing_text.chain_header import ChainContext, build_context, is_tag
from juxing_text.chain_line import LineReading, is_room, read_line
from juxing_text.chain_merge import ChainMerger, to_line
from juxing_text.chain_result import ParsedChain
from juxing_text.chain_tokens import blank
from juxing_text.doors import KnownDoors
from juxing_text.folding import fold
from juxing_text.lexicon import HAN, any_of, words
from juxing_text.numerals import HAN_NUMERALS
from juxing_text.redaction import Redaction, apply, find_redactions, mask
from juxing_text.uncertainty import Span, Uncertainty, UncertaintyCode

_SENDER_ALONE = re.compile(r"^\s*(?P<name>[^\s\d:][^:\n]{0,15}?)\s*:\s*$")
_SENDER_TIME = re.compile(
    rf"^\s*(?P<name>[^\s\d:][^:\n]{{0,15}}?)\s+(?:\d{{1,4}}[-/.{''.join(words('chain.sender_dates'))}\d\s]*)?\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s*$"
)


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Beyond these the text is not read. The defaults hold a chain of 300 people pasted anew by each of them.

    Repeated lines cost next to nothing; `distinct_characters` counts every different line once and bounds the time.
    An overlong line is left out and the rest is read.
    """

    characters: int = 2_000_000
    lines: int = 50_000
    distinct_characters: int = 200_000
    line_characters: int = 2_000


_BUILDING_FIRST = re.compile(rf"^[^a-z{HAN}]*[\d{HAN_NUMERALS}]+\s?{any_of('address.building')}")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    span: Span
    redactions: tuple[Redaction, ...]


def parse_order_chain(
    text: str,
    *,
    catalogue: CatalogueIndex,
    known_doors: KnownDoors | None = None,
    limits: ParseLimits | None = None,
) -> ParsedChain:
    """Draft lines of an order chain, with every doubt marked. Never raises on any text.

    Spans are code-point offsets into `text`. Nothing in the result contains a phone, an identity number, an illness
    or a medicine that the redaction found. A text beyond `limits` gives no lines and a problem with its code; an
    overlong line is left out with a problem.
    """
    limits = limits or ParseLimits()
    refused = _refusal(text, limits)
    if refused is not None:
        return ParsedChain("", (), (), (), (), (), (), (Uncertainty(refused, Span(0, 0, 1)),), "")
    lines, problems = _split(text, limits)
    header_end, context = _header(lines, catalogue, known_doors)
    merger = ChainMerger(context)
    ignored = _read_entries(lines, header_end, context, merger)
    redactions = _all_redactions(lines, merger)
    first = next((line for line in lines[:header_end] if fold(line.text).strip() and not is_tag(fold(line.text))), None)
    return ParsedChain(
        apply(text, redactions, first.span.start, first.span.end).strip() if first else "",
        context.offers,
        tuple(to_line(entry, apply(text, redactions, entry.span.start, entry.span.end)) for entry in merger.finish()),
        tuple(line.span for line in lines[:header_end] if line.text.strip()),
        tuple(ignored),
        merger.missing_numbers(),
        redactions,
        tuple(problems),
        apply(_without_long_lines(text, problems), redactions),
    )


def _refusal(text: str, limits: ParseLimits) -> UncertaintyCode | None:
    if len(text) > limits.characters:
        return UncertaintyCode.TEXT_TOO_LONG
    if text.count("\n") > limits.lines:
        return UncertaintyCode.TOO_MANY_LINES
    if (
        sum(map(len, {line for line in text.splitlines() if len(line) <= limits.line_characters}))
        > limits.distinct_characters
    ):
        return UncertaintyCode.TEXT_TOO_LONG
    return None


def _split(text: str, limits: ParseLimits) -> tuple[list[_Line], list[Uncertainty]]:
    lines: list[_Line] = []
    problems: list[Uncertainty] = []
    found: dict[str, list[Redaction]] = {}
    position = 0
    for number, raw in enumerate(text.splitlines(keepends=True), 1):
        content = raw.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        span = Span(position, position + len(content), number)
        position += len(raw)
        if len(content) > limits.line_characters:
            problems.append(Uncertainty(UncertaintyCode.LINE_TOO_LONG, span))
            continue
        if content not in found:
            found[content] = find_redactions(fold(content))
        here = tuple(Redaction(one.kind, one.start + span.start, one.end + span.start) for one in found[content])
        lines.append(_Line(content, span, here))
    return lines, problems


def _header(lines: list[_Line], catalogue: CatalogueIndex, known_doors: KnownDoors | None) -> tuple[int, ChainContext]:
    """How many lines come before the first entry, and what they say about all entries."""
    parts: list[tuple[str, str, Span]] = []
    end = 0
    plain = build_context([], catalogue, title_context("", known_doors))
    for line in lines:
        if _begins_entries(line.text, plain):
            break
        end += 1
        found = [Redaction(one.kind, one.start - line.span.start, one.end - line.span.start) for one in line.redactions]
        hidden = blank(line.text, [(one.start, one.end) for one in found])
        parts.append((mask(fold(line.text), found), hidden, line.span))
    if end == len(lines):
        end, parts = 0, []
    if end and _SENDER_TIME.match(fold(lines[end - 1].text)):
        end, parts = end - 1, parts[:-1]
    doors = title_context("\n".join(part[0] for part in parts), known_doors)
    return end, replace(build_context(parts, catalogue, doors), rooms_lead=_rooms_lead(lines[end:], plain))


def _rooms_lead(lines: list[_Line], plain: ChainContext) -> bool:
    """Whether the first entry begins with a room instead of a place in the list."""
    first = next((line for line in lines if _begins_entries(line.text, plain)), None)
    reading = read_line(first.text, plain) if first is not None else None
    if reading is None:
        return False
    if reading.number is None:
        return reading.door is not None and UncertaintyCode.ROOM_WITHOUT_MARK in reading.door.uncertainties
    return reading.door is None and is_room(reading.number)


def _begins_entries(text: str, plain: ChainContext) -> bool:
    """The first line with a number and no price, or with a room and something wanted."""
    reading = read_line(text, plain)
    if reading is None:
        return False
    has_room = reading.door is not None and reading.door.room is not None
    if has_room and (reading.number is not None or reading.is_entry):
        return True
    if reading.has_price or not reading.is_entry:
        return False
    if reading.door is not None:
        return reading.has_quantity and bool(reading.items) and _BUILDING_FIRST.match(fold(text)) is not None
    if reading.number is None:
        return False
    return _wants(reading) or (is_room(reading.number) and any(item.candidates for item in reading.items))


def _wants(reading: LineReading) -> bool:
    """Numbered lines without a door are entries only with a name and a quantity; otherwise they list what is on
    offer.
    """
    return reading.contact_name is not None and (reading.has_quantity or not reading.items)


def _read_entries(lines: list[_Line], header_end: int, context: ChainContext, merger: ChainMerger) -> list[Span]:
    """Feeds the lines after the header to the merger; returns those that are talk."""
    header = {fold(line.text).strip() for line in lines[:header_end]} - {""}
    readings: dict[str, LineReading | None] = {}
    ignored: list[Span] = []
    sender: str | None = None
    for line in lines[header_end:]:
        folded = fold(line.text)
        if not folded.strip():
            continue
        if folded.strip() in header or is_tag(folded):
            merger.start_block()
            continue
        alone = _SENDER_ALONE.match(folded) or _SENDER_TIME.match(folded)
        if alone:
            sender = None if line.redactions else line.text[slice(*alone.span("name"))]
            ignored.append(line.span)
            continue
        if line.text not in readings:
            readings[line.text] = read_line(line.text, context)
        reading = readings[line.text]
        speaks = reading is not None and (reading.is_entry or (sender is not None and reading.refers_back))
        if reading is None or not speaks or not merger.take(reading, line.span, sender):
            ignored.append(line.span)
        sender = None
    return ignored


def _all_redactions(lines: list[_Line], merger: ChainMerger) -> tuple[Redaction, ...]:
    """Those found line by line and those that only the reading of an entry shows, without overlaps."""
    found = {one for line in lines for one in line.redactions}
    found |= {one for entry in merger.entries for one in entry.redactions}
    out: list[Redaction] = []
    for one in sorted(found, key=lambda redaction: (redaction.start, -redaction.end)):
        if not out or one.start >= out[-1].end:
            out.append(one)
    return tuple(out)


def _without_long_lines(text: str, problems: list[Uncertainty]) -> str:
    """Overlong lines were not searched for private details, so nothing of them is given out."""
    for problem in problems:
        text = text[: problem.span.start] + " " * (problem.span.end - problem.span.start) + text[problem.span.end :]
    return text
