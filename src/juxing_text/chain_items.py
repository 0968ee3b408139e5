"""From the tokens of a line to the wanted things with their quantities, and the name of who wants them."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

from juxing_text.chain_header import ChainContext, looks_like_name
from juxing_text.chain_result import ChainItem
from juxing_text.chain_tokens import Token, TokenKind
from juxing_text.folding import fold
from juxing_text.lexicon import alternation, any_of, words
from juxing_text.quantities import HUGE, Quantity, units
from juxing_text.uncertainty import Span, UncertaintyCode

_LONGEST_NAME = 8
_REMARK = re.compile(any_of("chain.note", "chain.noise"))


def _filler_patterns(fillers: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(alternation(fillers)), re.compile(rf"{alternation(fillers)}$")


_TIMES = ("x", "*")
_SURNAMES = frozenset("".join(words("names.surnames")))
_NO_NAME = frozenset([*words("chain.call"), *words("chain.filler")])
_FILLERS = {
    True: _filler_patterns([word for word in words("chain.filler") if len(word) > 1]),
    False: _filler_patterns(words("chain.filler")),
}
"""By whether single characters are kept."""
Doubt: TypeAlias = tuple[UncertaintyCode, int, int]


@dataclass(slots=True)
class _Piece:
    """A thing, package, quantity or plain text at a place of the line; things collect their quantities."""

    kind: TokenKind
    start: int
    end: int
    offer: str | None = None
    quantity: Quantity | None = None
    is_each: bool = False
    quantities: list[Quantity] = field(default_factory=list)

    @property
    def is_item(self) -> bool:
        return self.kind in (TokenKind.THING, TokenKind.OFFER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line asks for; spans and offsets are those of the line."""

    items: tuple[ChainItem, ...]
    contact_name: str | None
    has_quantity: bool
    doubts: tuple[Doubt, ...]


def read_wanted(found: Iterable[Token], body: str, original: str, context: ChainContext) -> Wanted:
    """Things, quantities and the name in a line from which door, prices and intentions have been blanked."""
    doubts: list[Doubt] = []
    pieces = _without_pack_sizes(_with_compounds(list(_pieces(list(found), body, context))))
    has_quantity = any(piece.quantity for piece in pieces)
    name = _take_name(pieces, body, context)
    _turn_unknown_into_things(pieces, body)
    for piece in pieces:
        text = body[piece.start : piece.end]
        if piece.kind is TokenKind.TEXT and not _is_remark(text) and text not in _NO_NAME:
            doubts.append((UncertaintyCode.TEXT_LEFT_OVER, piece.start, piece.end))
    counted = [piece for piece in pieces if piece.is_item or piece.quantity]
    offered = _take_offered(counted) if context.default is not None else None
    orphans = _assign(counted, doubts)
    wanted = [piece for piece in pieces if piece.is_item]
    if not wanted and name is not None and orphans and context.default is None:
        turned = replace_name_by_thing(name, orphans)
        wanted, name, orphans = ([turned], None, []) if turned else (wanted, name, orphans)
    items = [_item(piece, original, context, doubts) for piece in wanted]
    if offered is not None and items:
        items.insert(0, _default_item([offered], context, doubts))
    elif not items and orphans:
        items = [_default_item(orphans, context, doubts)]
    return Wanted(tuple(items), original[name.start : name.end] if name else None, has_quantity, tuple(doubts))


def _pieces(found: Sequence[Token], body: str, context: ChainContext) -> Iterator[_Piece]:
    """Joins touching text and things into runs, and cuts each run into name, things and text."""
    run: list[Token] = []
    for token in found:
        joins = token.kind in (TokenKind.TEXT, TokenKind.THING)
        if run and (not joins or token.start != run[-1].end):
            yield from _cut(run, body, context)
            run = []
        if joins:
            run.append(token)
        elif token.kind is TokenKind.OFFER:
            for code in token.codes:
                yield _Piece(TokenKind.OFFER, token.start, token.end, offer=code)
        elif token.kind is TokenKind.QUANTITY:
            yield _Piece(TokenKind.QUANTITY, token.start, token.end, quantity=token.quantity, is_each=token.is_each)
    if run:
        yield from _cut(run, body, context)


def _cut(run: Sequence[Token], body: str, context: ChainContext) -> Iterator[_Piece]:
    things = [token for token in run if token.kind is TokenKind.THING]
    start, end = _without_fillers(body, run[0].start, run[-1].end, keep_single=not things)
    if start >= end:
        return
    if not things or (body[things[-1].end : end] in words("names.titles")):
        bare = _without_fillers(body, start, end, keep_single=False)
        if context.catalogue.exact(body[slice(*bare)]) is not None:
            start, end = bare
        is_thing = context.catalogue.exact(body[start:end]) is not None
        yield _Piece(TokenKind.THING if is_thing and not things else TokenKind.TEXT, start, end)
        return
    if looks_like_name(body[start : things[0].start]):
        yield _Piece(TokenKind.TEXT, start, things[0].start)
        start = things[0].start
    for place, thing in enumerate(things):
        last = place == len(things) - 1
        stop = end if last and not _is_remark(body[thing.end : end]) else thing.end
        yield _Piece(TokenKind.THING, min(start, thing.start), stop)
        start = stop


def _without_fillers(body: str, start: int, end: int, *, keep_single: bool) -> tuple[int, int]:
    """Cuts words such as "I want" and "thanks" off both ends. Single characters may belong to a name and stay if
    asked.
    """
    before, after = _FILLERS[keep_single]
    while start < end:
        found = before.match(body, start, end) or after.search(body, start, end)
        if found is None:
            return start, end
        start, end = (found.end(), end) if found.start() == start else (start, found.start())
    return start, end


def _is_remark(text: str) -> bool:
    return _REMARK.search(text) is not None


def _take_name(pieces: list[_Piece], body: str, context: ChainContext) -> _Piece | None:
    """Takes the name out of the pieces: the text before any thing, or else text that looks like a name."""
    for place, piece in enumerate(pieces):
        if piece.kind is not TokenKind.TEXT or piece.end - piece.start > _LONGEST_NAME:
            continue
        text = body[piece.start : piece.end]
        if text in _NO_NAME or _REMARK.fullmatch(text) or (_is_remark(text) and not looks_like_name(text)):
            continue
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        glued = after is not None and after.quantity is not None and after.start == piece.end
        if glued and text in _SURNAMES and after is not None and _is_plus(after.quantity):
            return pieces.pop(place)
        leads = all(not earlier.is_item and earlier.quantity is None for earlier in pieces[:place])
        if glued and not leads:
            continue  # "料包3，米线5": counted after other things, it is one more thing
        if looks_like_name(text) or (leads and (not glued or context.default is not None)):
            return pieces.pop(place)
    return None


def _take_offered(counted: list[_Piece]) -> Quantity | None:
    """Take out the count of what the header offers, in a line that goes on with counted things: "1份，另加鸡蛋一板"."""
    if len(counted) < 3 or counted[0].quantity is None or counted[0].is_each:
        return None
    apart = counted[1].start > counted[0].end
    named = counted[1].is_item and counted[2].quantity is not None
    goes_on = named and (len(counted) == 3 or counted[2].start - counted[1].end <= 1)
    if not apart or not goes_on or (len(counted) > 3 and counted[3].is_item and counted[2].end == counted[3].start):
        return None
    return counted.pop(0).quantity


def _is_plus(quantity: Quantity | None) -> bool:
    return quantity is not None and fold(quantity.written).startswith("+")


def _turn_unknown_into_things(pieces: list[_Piece], body: str) -> None:
    """Text right before a quantity names something that is not in the catalogue."""
    for piece, after in itertools.pairwise(pieces):
        is_counted = after.quantity is not None and not body[piece.end : after.start].strip(" ")
        if piece.kind is TokenKind.TEXT and is_counted:
            start, end = _without_fillers(body, piece.start, piece.end, keep_single=False)
            piece.kind = TokenKind.THING if start < end else TokenKind.SEPARATOR


def replace_name_by_thing(name: _Piece, orphans: Sequence[Quantity]) -> _Piece | None:
    """What was taken for a name is the thing itself when its quantity touches it and nothing else is wanted."""
    if orphans[0].start != name.end or orphans[0].unit is None:
        return None
    return _Piece(TokenKind.THING, name.start, name.end, quantities=list(orphans))


def _assign(pieces: Sequence[_Piece], doubts: list[Doubt]) -> list[Quantity]:
    """Gives each quantity to its thing and returns those that belong to none. "Two boxes of eggs" and "eggs two
    boxes" both occur; what the line begins and ends with decides, then what touches what.
    """
    orphans: list[Quantity] = []
    pending: Quantity | None = None
    earlier: list[_Piece] = []
    for place, piece in enumerate(pieces):
        if piece.is_item:
            earlier.append(piece)
            if pending is not None:
                piece.quantities.append(pending)
                pending = None
        if piece.quantity is None:
            continue
        if piece.is_each and earlier:
            _give_each(earlier, piece.quantity)
        elif _belongs_to_next(pieces, place, earlier[-1] if earlier else None):
            pending = piece.quantity
        elif earlier:
            _give(earlier[-1], piece.quantity, doubts)
        else:
            orphans.append(piece.quantity)
    return orphans


def _belongs_to_next(pieces: Sequence[_Piece], place: int, before: _Piece | None) -> bool:
    piece = pieces[place]
    if place + 1 == len(pieces) or not pieces[place + 1].is_item:
        return False
    if before is None:
        return True
    is_open = not before.quantities
    touches_next = pieces[place + 1].start == piece.end
    if pieces[0].is_item:
        return not is_open and touches_next
    if is_open and before.end == piece.start:
        return False
    return touches_next or not is_open or pieces[-1].is_item


def _give_each(items: Sequence[_Piece], quantity: Quantity) -> None:
    for item in items:
        if not item.quantities:
            item.quantities.append(quantity)


def _give(item: _Piece, quantity: Quantity, doubts: list[Doubt]) -> None:
    """A second quantity replaces a first that is only the size of the pack ("5 litres, one barrel"); otherwise it
    is a doubt.
    """
    if item.quantities:
        first, second = units().get(item.quantities[-1].unit or ""), units().get(quantity.unit or "")
        if first and first.base and second and not second.base:
            item.quantities.clear()
        else:
            doubts.append((UncertaintyCode.SEVERAL_QUANTITIES, quantity.start, quantity.end))
            return
    item.quantities.append(quantity)


def _with_compounds(pieces: list[_Piece]) -> list[_Piece]:
    out: list[_Piece] = []
    for piece in pieces:
        if out and piece.quantity and out[-1].quantity:
            total = _compound(out[-1].quantity, piece.quantity)
            if total is not None:
                out[-1] = replace(out[-1], quantity=total, end=piece.end)
                continue
        out.append(piece)
    return out


def _compound(first: Quantity, second: Quantity) -> Quantity | None:
    """ "One jin two liang" is one quantity in the first unit, where the conversion is exact; "10 jin x 2" is twenty."""
    gap = second.start - first.end
    if gap > 1 or first.unit == second.unit or first.unit is None or not second.is_exact:
        return None
    if second.unit is None or gap:
        return _times(first, second)
    part = second.converted(first.unit)
    if part is None or first.amount is None or not first.is_exact or part >= 1:
        return None
    total = first.amount + part
    return replace(first, amount=total, high=total, written=first.written + second.written, end=second.end)


def _times(first: Quantity, second: Quantity) -> Quantity | None:
    is_times = second.unit is None and fold(second.written)[:1] in _TIMES
    if not is_times or first.amount is None or first.high is None or second.amount is None:
        return None
    low, high = first.amount * second.amount, first.high * second.amount
    return replace(first, amount=low, high=high, written=first.written + second.written, end=second.end)


def _without_pack_sizes(pieces: list[_Piece]) -> list[_Piece]:
    """Leaves out the measure in "1.5 l cola 2 bottles": it says which bottle, not how much."""
    packs = [piece for place, piece in enumerate(pieces) if _is_pack_size(pieces[place : place + 4])]
    return [piece for piece in pieces if not any(piece is pack for pack in packs)]


def _is_pack_size(ahead: Sequence[_Piece]) -> bool:
    """Whether a measure, its thing and a count touch each other, and the count is not that of the next thing."""
    if len(ahead) < 3 or not ahead[1].is_item or ahead[2].quantity is None:
        return False
    measure, thing, count = ahead[:3]
    touching = measure.end == thing.start and thing.end == count.start
    taken = len(ahead) > 3 and ahead[3].is_item and ahead[3].start == count.end
    return touching and not taken and _is_measure(measure.quantity) and not _is_measure(count.quantity)


def _is_measure(quantity: Quantity | None) -> bool:
    unit = units().get(quantity.unit or "") if quantity else None
    return unit is not None and unit.base is not None


def _item(piece: _Piece, original: str, context: ChainContext, doubts: list[Doubt]) -> ChainItem:
    raw = original[piece.start : piece.end]
    quantity = _checked(piece.quantities[0] if piece.quantities else None, piece.start, piece.end, doubts)
    span = Span(piece.start, piece.end, 0)
    if piece.offer is not None:
        offer = next((one for one in context.offers if one.code == piece.offer), None)
        if offer is None:
            doubts.append((UncertaintyCode.OFFER_UNKNOWN, piece.start, piece.end))
        recognised = context.catalogue.best(offer.name) if offer else None
        candidates = recognised.candidates if recognised else ()
        return ChainItem(raw, candidates, recognised is not None and recognised.is_sure, quantity, piece.offer, span)
    recognised = context.catalogue.best(raw)
    if not recognised.is_sure:
        code = UncertaintyCode.ITEM_UNSURE if recognised.candidates else UncertaintyCode.ITEM_UNKNOWN
        doubts.append((code, piece.start, piece.end))
    return ChainItem(raw, recognised.candidates, recognised.is_sure, quantity, None, span)


def _default_item(orphans: Sequence[Quantity], context: ChainContext, doubts: list[Doubt]) -> ChainItem:
    """The one thing the header offers, or an item without a name where it offers none or several."""
    first = orphans[0]
    doubts.extend((UncertaintyCode.SEVERAL_QUANTITIES, extra.start, extra.end) for extra in orphans[1:])
    return default_item(_checked(first, first.start, first.end, doubts), first.start, first.end, context, doubts)


def default_item(quantity: Quantity, start: int, end: int, context: ChainContext, doubts: list[Doubt]) -> ChainItem:
    """An item taken from the header because the line names none."""
    span = Span(start, end, 0)
    offer = context.default
    if offer is None:
        doubts.append((UncertaintyCode.ITEM_MISSING, start, end))
        return ChainItem("", (), False, quantity, None, span)
    if offer.price is None:
        doubts.append((UncertaintyCode.ITEM_FROM_TITLE, start, end))
    recognised = context.catalogue.best(offer.name)
    return ChainItem(offer.name, recognised.candidates, recognised.is_sure, quantity, offer.code, span)


def _checked(quantity: Quantity | None, start: int, end: int, doubts: list[Doubt]) -> Quantity:
    if quantity is None:
        doubts.append((UncertaintyCode.QUANTITY_MISSING, start, end))
        return assumed_one(end)
    if quantity.amount is None or quantity.high is None:
        doubts.append((UncertaintyCode.QUANTITY_VAGUE, quantity.start, quantity.end))
    elif not quantity.is_exact:
        doubts.append((UncertaintyCode.QUANTITY_RANGE, quantity.start, quantity.end))
    if quantity.amount is not None and quantity.amount > HUGE:
        doubts.append((UncertaintyCode.QUANTITY_HUGE, quantity.start, quantity.end))
    return quantity


def assumed_one(place: int) -> Quantity:
    """One, because nothing else was written."""
    return Quantity(Decimal(1), Decimal(1), None, "", place, place)


def moved(item: ChainItem, offset: int, line: int) -> ChainItem:
    """The item with offsets of the whole text instead of the line's."""
    span = Span(item.span.start + offset, item.span.end + offset, line)
    quantity = item.quantity and replace(
        item.quantity, start=item.quantity.start + offset, end=item.quantity.end + offset
    )
    return replace(item, span=span, quantity=quantity)
