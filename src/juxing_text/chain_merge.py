"""Puts the lines of a chain together: repeated pastes of the grown chain, later changes and cancellations, doors
used twice.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from juxing_text.chain_header import ChainContext
from juxing_text.chain_items import Doubt, assumed_one, default_item, moved
from juxing_text.chain_line import Intent, LineReading
from juxing_text.chain_result import ChainItem, ChainLine, LineState
from juxing_text.doors import Door
from juxing_text.quantities import Quantity
from juxing_text.redaction import Redaction
from juxing_text.uncertainty import Span, Uncertainty, UncertaintyCode

_DoorKey: TypeAlias = tuple[str | None, str | None, str | None, str | None]


@dataclass(slots=True)
class _Version:
    """One wording that told of an entry: its text without number, that number, and the paste it was last seen in."""

    body_key: str
    number: int | None
    block: int


@dataclass(slots=True, eq=False)
class _Entry:
    """An entry as it stands after the lines read so far."""

    number: int | None
    span: Span
    door: Door | None
    contact_name: str | None
    items: tuple[ChainItem, ...]
    state: LineState
    doubts: list[Uncertainty]
    redactions: list[Redaction]
    versions: list[_Version]
    block: int
    seen_at: list[Span] = field(default_factory=list)
    before: tuple[ChainItem, ...] = ()
    is_current: bool = True


@dataclass(slots=True)
class ChainMerger:
    """Takes readings in the order of the text; `finish` gives the entries. A block is one paste of the chain."""

    context: ChainContext
    entries: list[_Entry] = field(default_factory=list)
    block: int = 0
    _numbers: dict[int, set[int]] = field(default_factory=dict)
    _last_number: int = 0
    _last: _Entry | None = None
    _by_text: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _by_number: defaultdict[int, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _by_door: defaultdict[_DoorKey, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _by_name: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))

    def start_block(self) -> None:
        """The header was seen again: what follows is a new paste."""
        if self._numbers.get(self.block):
            self.block += 1
            self._last_number = 0

    def take(self, reading: LineReading, span: Span, sender: str | None) -> bool:
        """Adds a reading; False when it turned out to be talk that refers to nothing here."""
        if sender and reading.contact_name is None:
            reading = replace(reading, contact_name=sender)
        self._notice_restart(reading)
        same = self._same_text(reading)
        if same is not None:
            self._see_again(*same, span)
            return True
        target = self._target(reading)
        if target is None and reading.number is None and reading.door is None and _refers_back(reading):
            return False
        entry = self._add(reading, span) if target is None else self._update(target, reading, span)
        self._last = entry
        return True

    def _notice_restart(self, reading: LineReading) -> None:
        number = reading.number
        if number is None:
            return
        seen = self._numbers.setdefault(self.block, set())
        repeats = any(entry.block == self.block for entry in self._by_text.get(reading.body_key, ()))
        if number in seen and ((number == 1 and self._last_number > 1) or (repeats and number <= self._last_number)):
            self.start_block()
            seen = self._numbers.setdefault(self.block, set())
        seen.add(number)
        self._last_number = number

    def _same_text(self, reading: LineReading) -> tuple[_Entry, _Version] | None:
        """The entry that this very text already told of: under the same number, or in an earlier paste."""
        found = [
            (entry, version)
            for entry in self._by_text.get(reading.body_key, ())
            for version in entry.versions
            if version.body_key == reading.body_key
        ]
        is_placed = bool(reading.number is not None or reading.door or reading.contact_name)
        for entry, version in found:
            if version.number == reading.number and (is_placed or version.block < self.block):
                return entry, version
        return next(((entry, version) for entry, version in found if version.block < self.block), None)

    def _see_again(self, entry: _Entry, version: _Version, span: Span) -> None:
        entry.block = version.block = self.block
        entry.seen_at.append(span)
        entry.is_current = entry.versions[-1] is version
        if entry.is_current:
            self._move(entry, span)
        self._last = entry

    def _move(self, entry: _Entry, span: Span) -> None:
        """The same text now stands elsewhere: all places shift with it."""
        shift, line = span.start - entry.span.start, span.line
        at = entry.span.line

        def there(place: Span) -> Span:
            return Span(place.start + shift, place.end + shift, line) if place.line == at else place

        entry.items = tuple(moved(item, shift, line) if item.span.line == at else item for item in entry.items)
        entry.doubts = [Uncertainty(doubt.code, there(doubt.span)) for doubt in entry.doubts]
        low, high = entry.span.start, entry.span.end
        entry.redactions = [
            Redaction(one.kind, one.start + shift, one.end + shift) if low <= one.start < high else one
            for one in entry.redactions
        ]
        entry.span = span

    def _target(self, reading: LineReading) -> _Entry | None:
        """The entry that this different text changes, or None when it is a new one."""
        if reading.number is not None:
            for entry in self._by_number.get(reading.number, ()):
                if entry.block < self.block and _is_same_person(entry, reading):
                    return entry
        if reading.intent in (Intent.CANCEL, Intent.CHANGE, Intent.ADD):
            bare_cancel = not reading.items or reading.is_item_cancel
            if reading.number is None or reading.intent is not Intent.CANCEL or bare_cancel:
                return self._referred(reading)
        return self._renumbered(reading)

    def _referred(self, reading: LineReading) -> _Entry | None:
        named = self._by_name.get(reading.contact_name, []) if reading.contact_name else []
        if reading.number is not None and reading.contact_name is None:
            named = self._by_number.get(reading.number, [])
        found = named if reading.door is None else self._by_door.get(reading.door.key, [])
        return next((entry for entry in reversed(found) if entry.state is not LineState.CANCELLED), None)

    def _renumbered(self, reading: LineReading) -> _Entry | None:
        """In a later paste the same door under another number, not yet met in it, is the same entry."""
        if reading.number is None or reading.door is None or reading.door.room is None or self.block == 0:
            return None
        for entry in self._by_door.get(reading.door.key, ()):
            if entry.block < self.block and entry.number is not None:
                return entry
        return None

    def _add(self, reading: LineReading, span: Span) -> _Entry:
        doubts = list(reading.doubts)
        items = reading.items
        whole = (0, span.end - span.start)
        if reading.intent is Intent.DITTO and not items:
            items, doubts = self._copied(doubts, whole)
        elif not items and reading.intent is Intent.ORDER and not reading.redactions:
            extra: list[Doubt] = [(UncertaintyCode.QUANTITY_MISSING, *whole)]
            items = (default_item(assumed_one(whole[1]), *whole, self.context, extra),)
            doubts += extra
        if reading.door is None:
            doubts.append((UncertaintyCode.DOOR_MISSING, *whole))
        doubts += [(code, *whole) for code in self._context_doubts(reading)]
        state = {Intent.CANCEL: LineState.CANCELLED, Intent.CHANGE: LineState.CHANGED}.get(
            reading.intent, LineState.NEW
        )
        entry = _Entry(
            reading.number,
            span,
            reading.door,
            reading.contact_name,
            tuple(moved(item, span.start, span.line) for item in items),
            state,
            [_placed(doubt, span) for doubt in doubts],
            [Redaction(one.kind, one.start + span.start, one.end + span.start) for one in reading.redactions],
            [_Version(reading.body_key, reading.number, self.block)],
            self.block,
            [span],
        )
        self.entries.append(entry)
        self._by_text[reading.body_key].append(entry)
        if entry.number is not None:
            self._by_number[entry.number].append(entry)
        self._index_person(entry)
        return entry

    def _index_person(self, entry: _Entry) -> None:
        if entry.door is not None and entry not in self._by_door[entry.door.key]:
            self._by_door[entry.door.key].append(entry)
        if entry.contact_name and entry not in self._by_name[entry.contact_name]:
            self._by_name[entry.contact_name].append(entry)

    def _context_doubts(self, reading: LineReading) -> list[UncertaintyCode]:
        codes = []
        if reading.number is not None and any(
            entry.block == self.block for entry in self._by_number.get(reading.number, ())
        ):
            codes.append(UncertaintyCode.NUMBER_REUSED)
        door = reading.door
        if door is not None and door.room is not None:
            again = self._by_door.get(door.key, [])
            if again:
                codes.append(UncertaintyCode.SAME_DOOR_AGAIN)
            if any(version.body_key == reading.body_key for entry in again for version in entry.versions):
                codes.append(UncertaintyCode.REPEATED_LINE)
        if reading.intent is Intent.CHANGE:
            codes.append(UncertaintyCode.CHANGE_WITHOUT_ORIGINAL)
        if reading.intent is Intent.CANCEL and not reading.items:
            codes.append(UncertaintyCode.CANCEL_WITHOUT_ORIGINAL)
        return codes

    def _copied(self, doubts: list[Doubt], whole: tuple[int, int]) -> tuple[tuple[ChainItem, ...], list[Doubt]]:
        """The things of the entry above, placed on this line."""
        doubts.append((UncertaintyCode.SAME_AS_ABOVE, *whole))
        if self._last is None:
            extra: list[Doubt] = []
            return (default_item(assumed_one(whole[1]), *whole, self.context, extra),), [*doubts, *extra]
        here = Span(*whole, 0)
        copies = []
        for item in self._last.items:
            quantity = item.quantity and replace(item.quantity, start=whole[1], end=whole[1], written="")
            copies.append(replace(item, span=here, quantity=quantity))
        return tuple(copies), doubts

    def _update(self, entry: _Entry, reading: LineReading, span: Span) -> _Entry:
        new = tuple(moved(item, span.start, span.line) for item in reading.items)
        before = entry.items
        if reading.intent is Intent.CANCEL:
            self._cancel(entry, reading, new)
        elif reading.intent is Intent.ADD:
            entry.items = _added(entry.items, new)
        elif reading.intent is Intent.CHANGE:
            entry.items = _changed(entry.items, new, {item.key for item in reading.removed})
        elif reading.intent is Intent.DITTO and not new:
            pass
        else:
            entry.items = new
        if entry.state is not LineState.CANCELLED:
            differs = [_content(item) for item in before] != [_content(item) for item in entry.items]
            entry.state = LineState.CHANGED if differs or entry.state is LineState.CHANGED else entry.state
        entry.before = before
        entry.door = reading.door or entry.door
        entry.contact_name = entry.contact_name or reading.contact_name
        kept = [doubt for doubt in entry.doubts if doubt.code in _ABOUT_DOOR and reading.door is None]
        entry.doubts = kept + [_placed(doubt, span) for doubt in reading.doubts]
        entry.redactions += [
            Redaction(one.kind, one.start + span.start, one.end + span.start) for one in reading.redactions
        ]
        entry.span, entry.block, entry.is_current = span, self.block, True
        entry.versions.append(_Version(reading.body_key, reading.number, self.block))
        self._by_text[reading.body_key].append(entry)
        entry.seen_at.append(span)
        self._index_person(entry)
        return entry

    def _cancel(self, entry: _Entry, reading: LineReading, new: tuple[ChainItem, ...]) -> None:
        if reading.is_item_cancel:
            gone = {item.key for item in reading.removed}
            left = tuple(item for item in entry.items if item.key not in gone)
            if left:
                entry.items = left
                return
        elif new:
            entry.items = new
        entry.state = LineState.CANCELLED

    def finish(self) -> list[_Entry]:
        """The entries in the order of their first appearance, with doubts that only the whole text shows."""
        pasted = {number for number, seen in self._numbers.items() if len(seen) > 1}
        latest = self._numbers.get(self.block, set())
        for entry in self.entries:
            if not entry.is_current:
                entry.doubts.append(Uncertainty(UncertaintyCode.OLDER_VERSION_SEEN_AGAIN, entry.span))
            dropped = entry.number is not None and entry.block < self.block and entry.number not in latest
            if dropped and self.block in pasted and entry.number is not None and entry.number < max(latest):
                entry.doubts.append(Uncertainty(UncertaintyCode.ABSENT_FROM_LATEST, entry.span))
        return self.entries

    def missing_numbers(self) -> tuple[int, ...]:
        """Numbers left out between the lowest and highest used; none reported when the gaps outnumber the entries."""
        used = {entry.number for entry in self.entries if entry.number is not None}
        if not used or max(used) - min(used) > 2 * len(used) + 10:
            return ()
        return tuple(number for number in range(min(used), max(used)) if number not in used)


_ABOUT_DOOR = frozenset(
    {
        UncertaintyCode.DOOR_MISSING,
        UncertaintyCode.BUILDING_MISSING,
        UncertaintyCode.BUILDING_FROM_TITLE,
        UncertaintyCode.BUILDING_OR_FLOOR,
        UncertaintyCode.BUILDING_OR_UNIT,
        UncertaintyCode.ROOM_MISSING,
        UncertaintyCode.DOOR_UNKNOWN,
        UncertaintyCode.SAME_DOOR_AGAIN,
    }
)


def _placed(doubt: Doubt, span: Span) -> Uncertainty:
    code, start, end = doubt
    return Uncertainty(code, Span(span.start + start, span.start + end, span.line))


def _refers_back(reading: LineReading) -> bool:
    return reading.intent in (Intent.CANCEL, Intent.CHANGE, Intent.ADD)


def _is_same_person(entry: _Entry, reading: LineReading) -> bool:
    """The doors agree, or where one is missing the names do."""
    if entry.door is not None and reading.door is not None:
        return entry.door.key == reading.door.key
    return entry.contact_name == reading.contact_name


def _content(item: ChainItem) -> tuple[object, ...]:
    quantity = item.quantity
    return (item.key, quantity and quantity.amount, quantity and quantity.high, quantity and quantity.unit)


def _added(held: tuple[ChainItem, ...], new: tuple[ChainItem, ...]) -> tuple[ChainItem, ...]:
    """Sums where thing and unit agree, appends otherwise."""
    out = list(held)
    for item in new:
        place = next((at for at, one in enumerate(out) if one.key == item.key and _sums(one, item)), None)
        if place is None:
            out.append(item)
            continue
        first, second = out[place].quantity, item.quantity
        out[place] = replace(item, quantity=_sum(first, second))
    return tuple(out)


def _sum(first: Quantity | None, second: Quantity | None) -> Quantity | None:
    if first is None or second is None or first.amount is None or second.amount is None:
        return second
    high = None if first.high is None or second.high is None else first.high + second.high
    return replace(second, amount=first.amount + second.amount, high=high)


def _sums(one: ChainItem, other: ChainItem) -> bool:
    first, second = one.quantity, other.quantity
    if first is None or second is None or first.amount is None or second.amount is None:
        return False
    return first.unit == second.unit


def _changed(held: tuple[ChainItem, ...], new: tuple[ChainItem, ...], removed: set[str]) -> tuple[ChainItem, ...]:
    """Replaces what the change names; a lone thing is replaced whatever it was, and a bare quantity changes a lone
    thing's.
    """
    if len(new) == 1 and not new[0].raw_name and len(held) == 1:
        return (replace(held[0], quantity=new[0].quantity, span=new[0].span),)
    keys = {item.key for item in new} | removed
    left = tuple(item for item in held if item.key not in keys)
    if len(left) == len(held):
        return new
    fresh = {item.key: item for item in new}
    kept = [fresh.pop(item.key) if item.key in fresh else item for item in held if item.key in fresh or item in left]
    return (*kept, *fresh.values())


def to_line(entry: _Entry, text: str) -> ChainLine:
    """The public form of an entry; `text` is its redacted latest wording."""
    unique = tuple(dict.fromkeys(entry.doubts))
    return ChainLine(
        entry.number,
        entry.span,
        text,
        entry.door,
        entry.contact_name,
        entry.items,
        entry.state,
        unique,
        tuple(dict.fromkeys(entry.redactions)),
        tuple(entry.seen_at),
        entry.before,
    )
