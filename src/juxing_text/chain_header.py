"""The part of a chain before its first entry: title, packages and prices on offer, the example line, what all doors
share.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from juxing_text.addresses import DoorContext
from juxing_text.catalogue import CatalogueIndex
from juxing_text.chain_result import Offer
from juxing_text.chain_tokens import PRICE, offer_code, offer_pattern
from juxing_text.lexicon import HAN, alternation, any_of, words
from juxing_text.numerals import HAN_NUMERALS
from juxing_text.uncertainty import Span

_EXAMPLE = re.compile(
    rf"^\W*(?:\d{{1,3}}[.,)\s]+)?[\[(<\s]*(?:{any_of('chain.example_words')}|{any_of('chain.example_short')}(?=[\s:\])>,.\d]|$))"
    rf"|[\[(<]\s?(?:{any_of('chain.example_words')}|{any_of('chain.example_short')})\s?[\])>]"
)
_CODED = re.compile(
    rf"^\W*(?:(?P<letter>[a-h])\s?{any_of('chain.package_words')}?|{any_of('chain.package_head')}\s?"
    rf"(?P<after>[a-h]|\d{{1,2}}|[{HAN_NUMERALS}])|(?P<before>\d)\s?{any_of('address.building_with_room')}?\s?"
    rf"{any_of('chain.package_head')})\s*(?:[:.,)\-\s]|(?=[{HAN}]))\s*"
)
_NAMED = re.compile(rf"^\W*(?P<name>[{HAN}]{{0,5}}{any_of('chain.package_words')})\s?:\s*(?=[{HAN}])")
"""A package with a name of its own and its contents: "菜包：含西红柿、黄瓜 30元"."""
_RING = re.compile("[\u2460-\u2473]")
_TAG = re.compile(rf"^\W*{any_of('chain.header_tags')}\W*$")


@dataclass(frozen=True, slots=True)
class ChainContext:
    """
    What a line is read against.

    `default` is the one thing offered, if the header offers exactly one. `rooms_lead` says that the lines begin with
    the rooms of one building ("101 大米一袋"), so that such a number is no place in the list.
    """

    catalogue: CatalogueIndex
    doors: DoorContext
    offers: tuple[Offer, ...]
    packages: re.Pattern[str]
    default: Offer | None
    rooms_lead: bool = False


def is_example(folded: str) -> bool:
    """True for the line that shows how to fill in the chain."""
    return _EXAMPLE.search(folded) is not None


def is_tag(folded: str) -> bool:
    """True for a line that only says that a chain begins."""
    return _TAG.match(folded) is not None


def offers_in_line(folded: str, original: str, line: Span, catalogue: CatalogueIndex) -> Iterator[Offer]:
    """Packages and priced things of a header line. `original` is the line without private details, of the same
    length.
    """
    coded = _CODED.match(folded)
    prices = list(PRICE.finditer(folded))
    if coded and (prices or coded["letter"] is None or len(folded) > coded.end()):
        code = offer_code(coded["letter"] or coded["after"] or coded["before"])
        end = prices[-1].start() if prices else len(folded)
        name = original[coded.end() : end].strip(" ,，:：")
        if name:
            span = Span(line.start + coded.start(), line.start + len(original), line.line)
            yield Offer(code, name, prices[-1][0].strip() if prices else None, span)
            return
    named = _NAMED.match(folded)
    if named and len(prices) == 1 and not is_example(folded):
        span = Span(line.start + named.start("name"), line.start + len(original), line.line)
        name = original[named.end() : prices[0].start()].strip(" ,，:：")
        yield Offer(offer_code(named["name"]), name or named["name"], prices[0][0].strip(), span)
        return
    rings = list(_RING.finditer(folded))
    if len(rings) > 1:
        yield from _ringed(rings, folded, original, line)
        return
    position = 0
    for price in prices:
        mention = _last_mention(folded, position, price.start(), catalogue) or _last_mention(
            folded, 0, price.start(), catalogue
        )
        if mention is not None:
            start, end = mention
            span = Span(line.start + start, line.start + end, line.line)
            yield Offer(None, original[start:end], price[0].strip(), span)
        position = price.end()


def _ringed(rings: list[re.Match[str]], folded: str, original: str, line: Span) -> Iterator[Offer]:
    """Several offers in a line, each after a circled number."""
    ends = [ring.start() for ring in rings[1:]] + [len(folded)]
    for ring, end in zip(rings, ends, strict=True):
        price = PRICE.search(folded, ring.end(), end)
        name = original[ring.end() : price.start() if price else end].strip(" ,，、:：;；")
        if name:
            place = Span(line.start + ring.start(), line.start + end, line.line)
            yield Offer(offer_code(ring[0]), name, price[0].strip() if price else None, place)


def _last_mention(folded: str, start: int, end: int, catalogue: CatalogueIndex) -> tuple[int, int] | None:
    found = list(catalogue.mentions(folded[start:end]))
    return (start + found[-1][0], start + found[-1][1]) if found else None


def build_context(
    header: Sequence[tuple[str, str, Span]], catalogue: CatalogueIndex, doors: DoorContext
) -> ChainContext:
    """The context that header lines (folded and masked, original with private details blanked, span) give to all
    entries.
    """
    offers: dict[str, Offer] = {}
    titled: dict[str, Offer] = {}
    for folded, original, span in header:
        if is_example(folded):
            continue
        for offer in offers_in_line(folded, original, span, catalogue):
            offers.setdefault(offer.code or catalogue.exact(offer.name) or offer.name, offer)
        for start, end, code in catalogue.mentions(folded):
            place = Span(span.start + start, span.start + end, span.line)
            titled.setdefault(code, Offer(None, original[start:end], None, place))
    listed = tuple(offers.values())
    sole = listed or tuple(titled.values())
    codes = [offer.code for offer in listed if offer.code]
    return ChainContext(catalogue, doors, listed, offer_pattern(codes), sole[0] if len(sole) == 1 else None)


_SURNAMES = frozenset("".join(words("names.surnames")))
_MODIFIER = re.compile(alternation(word for word in words("names.modifiers") if len(word) > 1))
_NAME = re.compile(
    rf"(?:{any_of('names.compound_surnames')}[{HAN}]{{1,2}}|[{HAN}]{{1,4}}{any_of('names.titles')}"
    rf"|{any_of('names.prefixes')}[{HAN}]{{1,2}})"
)


def looks_like_name(text: str) -> bool:
    """Surname with one or two characters, or a form of address; many words look like names, so position decides
    too.
    """
    if _MODIFIER.match(text):
        return False
    return (2 <= len(text) <= 3 and text[0] in _SURNAMES) or _NAME.fullmatch(text) is not None
