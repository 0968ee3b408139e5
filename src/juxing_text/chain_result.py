"""What a parsed order chain consists of. Frozen: a person confirms or corrects it elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from juxing_text.catalogue import Candidate
from juxing_text.doors import Door
from juxing_text.quantities import Quantity
from juxing_text.redaction import Redaction
from juxing_text.uncertainty import Span, Uncertainty

LIKELY = 0.6
"""A candidate at or above this identifies an item well enough to find it again in the same chain."""


class LineState(StrEnum):
    """What became of an entry over the whole text."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Offer:
    """A thing that the header offers: a package with a code ("A"), or a named thing with a price."""

    code: str | None
    name: str
    price: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class ChainItem:
    """One wanted thing. `raw_name` is as written (empty where the line names none); `offer` the header's code if it
    is a package.

    `quantity` spans are offsets into the whole text; an assumed quantity of 1 has `written == ""` and a
    QUANTITY_MISSING doubt.
    """

    raw_name: str
    candidates: tuple[Candidate, ...]
    is_sure: bool
    quantity: Quantity | None
    offer: str | None
    span: Span

    @property
    def key(self) -> str:
        """What makes two items of an entry the same thing: the offer, the likely catalogue item, or the words."""
        if self.offer is not None:
            return f"offer:{self.offer}"
        likely = self.candidates and self.candidates[0].confidence >= LIKELY
        return self.candidates[0].code if likely else f"raw:{self.raw_name}"


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One entry of the chain in its latest form. `seen_at` lists every line it was read from, `before` its items
    earlier on.

    `text` is redacted. `number` is as written and may be missing or shared.
    """

    number: int | None
    span: Span
    text: str
    door: Door | None
    contact_name: str | None
    items: tuple[ChainItem, ...]
    state: LineState
    uncertainties: tuple[Uncertainty, ...]
    redactions: tuple[Redaction, ...]
    seen_at: tuple[Span, ...]
    before: tuple[ChainItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedChain:
    """The whole reading. `instructions` are header lines, `ignored` lines that are no entry, both as spans.

    `problems` concern the text as a whole; when a limit is exceeded they say so and there are no lines.
    """

    title: str
    offers: tuple[Offer, ...]
    lines: tuple[ChainLine, ...]
    instructions: tuple[Span, ...]
    ignored: tuple[Span, ...]
    missing_numbers: tuple[int, ...]
    redactions: tuple[Redaction, ...]
    problems: tuple[Uncertainty, ...]
    redacted_text: str
