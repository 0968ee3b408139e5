"""Reads one line of a chain: its number, door, name, wanted things, and what the writer wants done with an earlier
line.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from juxing_text.addresses import HIGHEST_FLOOR, DoorReading, find_doors, more_room
from juxing_text.chain_header import ChainContext, is_example, looks_like_name
from juxing_text.chain_items import Doubt, Wanted, read_wanted
from juxing_text.chain_result import ChainItem
from juxing_text.chain_tokens import BOUNDARY, PRICE, blank, tokens, without_prices_and_remarks
from juxing_text.doors import Door
from juxing_text.folding import fold
from juxing_text.lexicon import HAN, any_of
from juxing_text.numerals import NUMERAL_PATTERN
from juxing_text.quantities import QUANTITY_PATTERN, UNIT_PATTERN
from juxing_text.redaction import (
    MEDICINE_SENTINEL,
    SENTINEL_INSIDE,
    Redaction,
    RedactionKind,
    find_redactions,
    mask,
    needs_private_channel,
)
from juxing_text.uncertainty import UncertaintyCode

_PLACE_WORD = any_of(
    "address.building",
    "address.building_with_room",
    "address.floor_or_building",
    "address.unit",
    "address.room",
    "address.zone",
)
_MARKER = re.compile(
    rf"^\W*?(?:no\.?\s?)?[\[(<]?\s*(?P<number>\d{{1,4}})\s*(?:[\])>]|\.(?!\d{{1,2}}\s?{UNIT_PATTERN})|,|·"
    rf"|:(?!\d\d(?![\d-]))|-(?=[^\d\s-])|\s(?=[^\d\s\-/])(?!\s?{UNIT_PATTERN})|\s(?=\d{{1,3}}\s?(?:[-/#]\s?\d|{_PLACE_WORD}))"
    rf"|(?=[{HAN}])(?!{_PLACE_WORD}|{UNIT_PATTERN}))[\s.,:)\]]*"
)
_CIRCLED = re.compile(r"^\s*([\u2460-\u249b\u3251-\u325f\u32b1-\u32bf\u2776-\u277f])[\s.,:]*")
_REFERENCE = re.compile(
    rf"^\W*(?P<number>\d{{1,3}}){any_of('address.building_with_room')}(?:{any_of('chain.possessive')})?\s?"
    rf"(?={any_of('chain.cancel', 'chain.cancel_alone', 'chain.change')}|{any_of('chain.change_before_number')})"
)
_MENTION = re.compile(r"(?:(?<=\s)|^)@[^\s,;:@]{1,16}")
_DECLINED = re.compile(rf"{any_of('chain.decline')}(?![^,.;!\s]*{any_of('chain.no_more')})[{HAN}]{{1,6}}")
_DECLINE = re.compile(any_of("chain.decline"))
_CANCEL = re.compile(rf"{any_of('chain.cancel')}|(?<![{HAN}]){any_of('chain.cancel_alone')}(?![{HAN}])")
_CHANGE = re.compile(
    rf"{any_of('chain.change')}|{any_of('chain.change_before_number')}"
    rf"(?=\s?{NUMERAL_PATTERN}(?:\s?{UNIT_PATTERN}|\W*$)|\s?[a-h]\s?[x*+]?\s?\d)"
)
_ADD = re.compile(any_of("chain.add"))
_DITTO = re.compile(any_of("chain.ditto"))
_PLUS_ONE = re.compile(any_of("chain.plus_one"))
_DEPARTURE = re.compile(any_of("chain.group_departure"))
_FRAGMENT = re.compile(
    rf"(?<![\d.\-x*+¥/{HAN}])\d{{4,6}}(?![\d.:/-])(?!\s?(?:{UNIT_PATTERN}|{any_of('chain.price_units')}))"
)
_MEDICINE_QUANTITY = re.compile(
    rf"(?<!{MEDICINE_SENTINEL}){MEDICINE_SENTINEL}+[ ]?{QUANTITY_PATTERN}"
    rf"|{QUANTITY_PATTERN.replace('?P<', '?P<before_')}[ ]?{MEDICINE_SENTINEL}+"
)
_ORGANISER = re.compile(rf"^\s*\S{{0,8}}{any_of('chain.organiser')}\S{{0,8}}\s?:")
_SENDER = re.compile(rf"^\s*(?P<name>[^\s\d:{SENTINEL_INSIDE}]{{1,12}})(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s?:")


_ROOMS_ON_A_FLOOR = 20

_GUESSES = {
    UncertaintyCode.BUILDING_MISSING,
    UncertaintyCode.BUILDING_FROM_TITLE,
    UncertaintyCode.ROOM_WITHOUT_MARK,
}


class Intent(Enum):
    """What the line does."""

    ORDER = auto()
    CANCEL = auto()
    CHANGE = auto()
    ADD = auto()
    DITTO = auto()


@dataclass(frozen=True, slots=True)
class LineReading:
    """A line read by itself; offsets are the line's. `body_key` is what makes two lines the same text whatever
    their number.
    """

    intent: Intent
    items: tuple[ChainItem, ...]
    removed: tuple[ChainItem, ...]
    contact_name: str | None
    has_quantity: bool
    is_item_cancel: bool
    doubts: tuple[Doubt, ...]
    number: int | None = None
    body_key: str = ""
    door: Door | None = None
    has_price: bool = False
    has_sender: bool = False
    is_organiser: bool = False
    redactions: tuple[Redaction, ...] = ()

    @property
    def refers_back(self) -> bool:
        """Whether a message that says only this ("no oil any more") means what its writer wanted before."""
        return self.intent in (Intent.CANCEL, Intent.CHANGE, Intent.ADD) and bool(self.items)

    @property
    def is_entry(self) -> bool:
        """Whether the line takes part in the chain at all, rather than being talk."""
        if self.number is not None:
            speaks = self.has_quantity or self.intent is not Intent.ORDER
            return bool(self.door or self.contact_name or self.items or speaks)
        if self.door is not None and self.door.room is not None:
            guessed = UncertaintyCode.ROOM_WITHOUT_MARK in self.door.uncertainties
            wants = any(item.candidates for item in self.items) if guessed else bool(self.items or self.redactions)
            return wants or self.intent is not Intent.ORDER
        if self.door is not None and not self.has_price and not self.is_organiser:
            return self.has_quantity and any(item.candidates for item in self.items)
        if self.contact_name is None or self.has_price or self.is_organiser:
            return False
        known = self.has_sender or looks_like_name(self.contact_name)
        wants = self.has_quantity and any(item.raw_name for item in self.items)
        return known and (wants or self.intent is not Intent.ORDER)


def split_marker(folded: str) -> tuple[int | None, int]:
    """The number a line begins with, in any of the usual styles, and where the rest begins."""
    circled = _CIRCLED.match(folded)
    if circled:
        return int(unicodedata.numeric(circled[1])), circled.end()
    found = _REFERENCE.match(folded) or _MARKER.match(folded)
    return (int(found["number"]), found.end()) if found else (None, 0)


def is_room(number: int) -> bool:
    """Whether a number can be a room: its floor, then its place on the floor."""
    return 101 <= number < 100 * (HIGHEST_FLOOR + 1) and 1 <= number % 100 <= _ROOMS_ON_A_FLOOR


def _is_guess(place: DoorReading | None) -> bool:
    """Whether what was read is no door beside a room that the line begins with ("501 加一，同401")."""
    return place is None or UncertaintyCode.ROOM_WITHOUT_MARK in place.door.uncertainties


def _room_of_marker(masked: str, start: int) -> str:
    """The line with the room it begins with, and nothing of the dot or colon after that."""
    return re.sub(r"\D", BOUNDARY, masked[:start]) + masked[start:]


def read_line(original: str, context: ChainContext) -> LineReading | None:
    """The reading of a line, or None for an example, a system message or an empty line."""
    folded = fold(original)
    if _DEPARTURE.search(folded) or is_example(folded) or not folded.strip():
        return None
    redactions = find_redactions(folded)
    masked = mask(folded, redactions)
    number, start = split_marker(masked)
    body = BOUNDARY * start + masked[start:]
    leads_with_room = context.rooms_lead and number is not None and is_room(number)
    if leads_with_room and _is_guess(next(find_doors(body, context=context.doors), None)):
        body = _room_of_marker(masked, start)
        number, start = None, 0
    body = blank(body, [found.span() for found in _MENTION.finditer(body)])
    doubts: list[Doubt] = []
    sender = _sender(body, context) if number is None else None
    if sender is not None:
        body = blank(body, [sender])
    place = _door(body, context)
    if place is not None:
        doubts += [(code, place.ranges[0][0], place.ranges[-1][1]) for code in place.door.uncertainties]
        if len({one.door.key for one in find_doors(body, context=context.doors)}) > 1:
            doubts.append((UncertaintyCode.SEVERAL_DOORS, *place.ranges[0]))
        end = place.ranges[-1][1]
        more = more_room(body, end)
        if more > end:
            doubts.append((UncertaintyCode.SEVERAL_DOORS, end, more))
        body = blank(body, [*place.ranges, (end, more)])
        fragments = [Redaction(RedactionKind.PHONE, *found.span()) for found in _FRAGMENT.finditer(body)]
        redactions = sorted([*redactions, *fragments], key=lambda one: one.start)
        body = blank(body, [(one.start, one.end) for one in fragments])
    body = _MEDICINE_QUANTITY.sub(lambda found: BOUNDARY * len(found[0]), body)
    if _is_private(folded, redactions):
        doubts.append((UncertaintyCode.PRIVATE_CHANNEL, 0, len(original)))
    reading = _read_intent(body, original, context)
    return replace(
        reading,
        number=number,
        body_key="".join(masked[start:].split()),
        door=place.door if place else None,
        has_price=PRICE.search(body) is not None,
        contact_name=original[slice(*sender)] if sender else reading.contact_name,
        has_sender=sender is not None,
        is_organiser=_ORGANISER.match(masked) is not None,
        doubts=(*doubts, *reading.doubts),
        redactions=tuple(redactions),
    )


def _sender(body: str, context: ChainContext) -> tuple[int, int] | None:
    """Where the name of a chat message's writer stands, if the line begins with one."""
    found = _SENDER.match(body)
    if found is not None and next(find_doors(found["name"], context=context.doors), None) is not None:
        return None
    if (
        found is None
        or context.packages.search(found["name"])
        or any(True for _ in context.catalogue.mentions(found["name"]))
    ):
        return None
    return found.span("name")


def _door(body: str, context: ChainContext) -> DoorReading | None:
    place = next(find_doors(body, context=context.doors), None)
    if place is None:
        return None
    guessed = _GUESSES & set(place.door.uncertainties)
    if context.rooms_lead and not body[: place.ranges[0][0]].strip():
        told = tuple(code for code in place.door.uncertainties if code is not UncertaintyCode.ROOM_WITHOUT_MARK)
        return replace(place, door=replace(place.door, uncertainties=told))
    if guessed and any(True for _ in context.catalogue.mentions(body[: place.ranges[0][0]])):
        return None
    return place


def _is_private(body: str, redactions: Sequence[Redaction]) -> bool:
    """Health or medicine in a group text: what is needed must be asked for elsewhere."""
    kinds = {one.kind for one in redactions}
    return bool(kinds & {RedactionKind.MEDICINE, RedactionKind.HEALTH}) or needs_private_channel(body)


def _read_intent(body: str, original: str, context: ChainContext) -> LineReading:
    declined = [found.span() for found in _DECLINED.finditer(body)]
    if declined:
        rest = blank(body, declined)
        kept = _wanted(rest, original, context)
        spoken = blank(body, [found.span() for found in _DECLINE.finditer(body)])
        named = _wanted(spoken, original, context).items
        if named and all(item.candidates for item in named) and not kept.items and not kept.has_quantity:
            return LineReading(Intent.CANCEL, named, named, kept.contact_name, False, True, kept.doubts)
        body = rest
    cancel = _CANCEL.search(body)
    if cancel:
        rest = blank(body, [found.span() for found in _CANCEL.finditer(body)])
        wanted = _wanted(rest, original, context)
        touching = [item for item in wanted.items if item.span.end == cancel.start() and not _counted(item)]
        doubts = tuple(doubt for doubt in wanted.doubts if doubt[0] is not UncertaintyCode.QUANTITY_MISSING)
        return LineReading(
            Intent.CANCEL,
            wanted.items,
            tuple(touching),
            wanted.contact_name,
            wanted.has_quantity,
            bool(touching),
            doubts,
        )
    change = _CHANGE.search(body)
    if change:
        return _read_change(body, original, context, change)
    for pattern, intent in ((_ADD, Intent.ADD), (_DITTO, Intent.DITTO), (_PLUS_ONE, Intent.DITTO)):
        found = pattern.search(body)
        if found:
            wanted = _wanted(blank(body, [found.span()]), original, context)
            return _plain_reading(intent, wanted)
    wanted = _wanted(body, original, context)
    is_plus = len(wanted.items) == 1 and not wanted.items[0].raw_name and _is_plus_one(wanted.items[0])
    return (
        _plain_reading(Intent.DITTO, replace(wanted, items=(), doubts=()))
        if is_plus
        else _plain_reading(Intent.ORDER, wanted)
    )


def _read_change(body: str, original: str, context: ChainContext, change: re.Match[str]) -> LineReading:
    """ "A into B": what stands before the word is replaced by what stands after it; a bare number after it is the
    new quantity.
    """
    start, end = change.span()
    earlier = _wanted(body[:start] + BOUNDARY * (len(body) - start), original, context)
    later = _wanted(BOUNDARY * end + body[end:], original, context)
    items, removed = later.items, earlier.items
    is_bare = len(items) == 1 and (not items[0].raw_name or items[0].span.start == _start_of_quantity(items[0]))
    if is_bare and removed:
        items, removed = (replace(removed[-1], quantity=items[0].quantity),), ()
    keys = {item.key for item in items}
    kept = tuple(doubt for doubt in earlier.doubts if doubt[0] is not UncertaintyCode.QUANTITY_MISSING)
    doubts = tuple(doubt for doubt in later.doubts if not (is_bare and doubt[0] is UncertaintyCode.ITEM_MISSING))
    return LineReading(
        Intent.CHANGE,
        items,
        tuple(item for item in removed if item.key not in keys),
        earlier.contact_name or later.contact_name,
        later.has_quantity,
        False,
        (*kept, *doubts),
    )


def _plain_reading(intent: Intent, wanted: Wanted) -> LineReading:
    return LineReading(intent, wanted.items, (), wanted.contact_name, wanted.has_quantity, False, wanted.doubts)


def _wanted(body: str, original: str, context: ChainContext) -> Wanted:
    cleaned = without_prices_and_remarks(body, context.catalogue)
    return read_wanted(tokens(cleaned, original, context.catalogue, context.packages), cleaned, original, context)


def _counted(item: ChainItem) -> bool:
    return item.quantity is not None and bool(item.quantity.written)


def _start_of_quantity(item: ChainItem) -> int:
    return item.quantity.start if item.quantity else -1


def _is_plus_one(item: ChainItem) -> bool:
    return item.quantity is not None and item.quantity.amount == 1 and fold(item.quantity.written).startswith("+")
