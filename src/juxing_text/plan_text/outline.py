"""
The outline of a plan: which paragraphs are headings, how deep, and what chapters they make.

How deep a kind of numbering stands is told by the order in which the kinds appear, for every office nests them in
its own way; headings by style stand above typed ones. A number that does not go on from the last of its kind is no
heading of it, or a doubtful one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from juxing_text.documents.document import Document, Origin, Paragraph
from juxing_text.plan_text.marks import Mark, read_mark
from juxing_text.plan_text.words import has_any, squeezed, words

LONGEST_TITLE = 40
LONGEST_BARE = 8
NUMBERING_JUMPS, WITHOUT_NUMBER, TOPIC_UNKNOWN = "numbering_jumps", "heading_without_number", "topic_unknown"
STRICT_KINDS = ("digit", "decimal", "circled", "digit_bracket")
"""Kinds of numbers that also begin ordinary sentences and items: they must count on to make a heading."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the block it is, how deep it stands (0 is the highest), its title without number, and doubts."""

    block: int
    depth: int
    title: str
    written: str
    doubts: tuple[str, ...] = ()
    is_annex: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its heading and the half-open range of blocks under it, the headings inside it included."""

    heading: Heading
    topic: str
    start: int
    end: int
    inner: tuple[Heading, ...]
    doubts: tuple[str, ...]


@dataclass(slots=True)
class _Stack:
    """Kinds of numbering from the highest to the one in use, with the last number of each."""

    kinds: list[str] = field(default_factory=list)
    last: list[tuple[int, ...]] = field(default_factory=list)

    def place(self, kind: str, numbers: tuple[int, ...]) -> tuple[int, bool] | None:
        """Return the depth of a heading and whether it counts on; None if it can be none. The stack is left alone."""
        if kind not in self.kinds:
            is_first = not numbers or numbers[-1] <= 1
            return (len(self.kinds), is_first) if is_first or not kind.startswith(STRICT_KINDS) else None
        depth = self.kinds.index(kind)
        last = self.last[depth]
        counts_on = not numbers or numbers[-1] == last[-1] + 1 or (len(numbers) > 1 and numbers[-1] == 1)
        if not counts_on and kind.startswith(STRICT_KINDS) and not 0 < numbers[-1] - last[-1] <= 2:
            return None
        return depth, counts_on

    def enter(self, kind: str, numbers: tuple[int, ...], depth: int) -> None:
        """Note a heading."""
        self.kinds[depth:], self.last[depth:] = [kind], [numbers]


def headings_of(document: Document, *, only_styled: bool = False) -> list[Heading]:
    """Return the headings in order; ``only_styled`` passes over numbers somebody typed."""
    stack = _Stack()
    found: list[Heading] = []
    for at, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and block.origin is Origin.BODY and (block.outline or not only_styled):
            heading = _heading(at, block, stack)
            if heading is not None:
                found.append(heading)
    return found


def chapters_of(document: Document, headings: Sequence[Heading]) -> list[Chapter]:
    """Return the chapters; a single highest heading without number is the document's title, not a chapter."""
    tops = [heading for heading in headings if heading.depth == 0]
    depth = 1 if len(tops) == 1 and read_mark(tops[0].written) is None and len(headings) > 2 else 0
    chief = [heading for heading in headings if heading.depth == depth or (heading.is_annex and heading.depth <= depth)]
    chapters = []
    for number, heading in enumerate(chief):
        end = chief[number + 1].block if number + 1 < len(chief) else _end_of_body(document)
        topic = topic_of(heading.title) if not heading.is_annex else "annex"
        doubts = heading.doubts if topic else (*heading.doubts, TOPIC_UNKNOWN)
        inner = tuple(each for each in headings if heading.block < each.block < end)
        chapters.append(Chapter(heading, topic, heading.block + 1, end, inner, doubts))
    return chapters


def topic_of(title: str) -> str:
    """Return the code of what a chapter is about, "" for none known."""
    return next((topic["code"] for topic in words("topic") if has_any(title, topic["words"])), "")


def title_of(document: Document, chapters: Sequence[Chapter]) -> str:
    """Return the plan's own title: what stands before the first chapter and calls itself a plan."""
    end = chapters[0].heading.block if chapters else len(document.blocks)
    for text in _body_texts(document, end):
        title = squeezed(text)
        if len(title) <= 60 and title.endswith(tuple(words("marks")["title_words"])):
            return re.sub(r"\s+", "", text)
    return ""


def _heading(at: int, block: Paragraph, stack: _Stack) -> Heading | None:
    text = block.text
    if _is_contents_line(text):
        return None
    mark = read_mark(text)
    title = text[mark.end :].strip() if mark else text
    if block.outline:
        return _styled(at, block, mark, title, stack)
    is_short = 0 < len(title) <= LONGEST_TITLE and title[-1] not in words("marks")["ends"]
    if mark is not None and mark.kind == "annex":
        stack.enter("annex", mark.numbers, 0)
        return Heading(at, 0, title or text, text, is_annex=True) if is_short or not title else None
    if mark is None:
        return _unnumbered(at, text, stack) if is_short else None
    if not is_short or mark.kind == "article":
        return None
    return _numbered(at, text, mark, title, stack)


def _styled(at: int, block: Paragraph, mark: Mark | None, title: str, stack: _Stack) -> Heading:
    kept = [kind for kind in stack.kinds if kind.startswith("style") and int(kind[5:]) < block.outline]
    stack.enter(f"style{block.outline}", mark.numbers if mark else (), len(kept))
    is_annex = mark is not None and mark.kind == "annex"
    return Heading(at, len(kept), title or block.text, block.text, is_annex=is_annex)


def _numbered(at: int, text: str, mark: Mark, title: str, stack: _Stack) -> Heading | None:
    placed = stack.place(mark.kind, mark.numbers)
    if placed is None:
        return None
    depth, counts_on = placed
    if mark.kind == "decimal2" and "digit" in stack.kinds:
        whole = stack.last[stack.kinds.index("digit")]
        if mark.numbers[0] != whole[0]:
            return None
        depth = min(depth, stack.kinds.index("digit") + 1)
    stack.enter(mark.kind, mark.numbers, depth)
    return Heading(at, depth, title, text, () if counts_on else (NUMBERING_JUMPS,))


def _unnumbered(at: int, text: str, stack: _Stack) -> Heading | None:
    """Return a heading for the bare name of a chapter, which some plans do not number."""
    title = squeezed(text)
    if len(title) > LONGEST_BARE or not topic_of(title) or (stack.kinds and not stack.kinds[0].startswith("bare")):
        return None
    stack.enter("bare", (), 0)
    return Heading(at, 0, text, text, (WITHOUT_NUMBER,))


def _is_contents_line(text: str) -> bool:
    return re.search(words("marks")["contents_line"], text) is not None


def _end_of_body(document: Document) -> int:
    """Return where notes and margins begin."""
    for at, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and block.origin is Origin.NOTE:
            return at
    return len(document.blocks)


def _body_texts(document: Document, end: int) -> Iterator[str]:
    for block in document.blocks[:end]:
        if isinstance(block, Paragraph) and block.origin in {Origin.BODY, Origin.BOX}:
            yield block.text
