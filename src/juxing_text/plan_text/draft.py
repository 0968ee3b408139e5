"""
A plan's text read as a draft: sections with the original beside them, and rows proposed for the plan's parts.

Every block of the document stands in exactly one section or among what found no place; a test holds to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from juxing_text.documents.document import Document, Origin, Paragraph, Table
from juxing_text.plan_text.actions import actions_in
from juxing_text.plan_text.outline import Chapter, chapters_of, headings_of, title_of
from juxing_text.plan_text.personal import Aside, take_out
from juxing_text.plan_text.plan_tables import HEADER_UNKNOWN, header_is_understood, rows_of
from juxing_text.plan_text.proposals import Proposal

LONGEST_TEXT = 4000
LONGEST_TITLE = 80
SPLIT, UNPLACED = "split_by_length", "unplaced"
CELL_BREAK = " | "
FormReader = Callable[[Document], Mapping[int, Sequence[Proposal]]]
"""Reads the rows of tables that have the form in which plans leave the house, by the tables' places."""


@dataclass(frozen=True, slots=True)
class DraftSection:
    """
    One section proposed: what it is about ("" not known), its title and text, the blocks it was made of, doubts.

    The last section of a draft has the topic ``UNPLACED``: what no chapter holds, in the document's order.
    """

    topic: str
    title: str
    text: str
    blocks: tuple[int, ...]
    doubts: tuple[str, ...]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """
    A plan as read; ``document`` is the original without the personal details, which are ``aside``.

    ``is_form`` says that it has tables in the plan's own form: then only headings by style make chapters, and rows are
    read from these tables alone.
    """

    title: str
    sections: tuple[DraftSection, ...]
    document: Document
    aside: tuple[Aside, ...]
    is_form: bool = False


def read_plan(original: Document, *, form: FormReader | None = None) -> PlanDraft:
    """Return a document as the draft of a plan."""
    document, aside = take_out(original)
    rows = form(document) if form is not None else {}
    chapters = chapters_of(document, headings_of(document, only_styled=bool(rows)))
    sections = [section for chapter in chapters for section in _sections(chapter, document.blocks, rows)]
    sections += _unplaced(document.blocks, sections)
    return PlanDraft(title_of(document, chapters), tuple(sections), document, aside, bool(rows))


def written(block: Paragraph | Table) -> str:
    """Return a block as text; a table as rows of cells."""
    if isinstance(block, Paragraph):
        return block.text
    return "\n".join(CELL_BREAK.join(" ".join(cell.split()) for cell in row) for row in block.rows)


def _sections(
    chapter: Chapter, blocks: Sequence[Paragraph | Table], forms: Mapping[int, Sequence[Proposal]]
) -> Iterator[DraftSection]:
    tables = [at for at in range(chapter.start, chapter.end) if at in forms]
    inside = [at for at in range(chapter.start, chapter.end) if _is_body(blocks[at]) and at not in forms]
    is_cut = len(chapter.heading.title) > LONGEST_TITLE - 8
    if is_cut:
        inside.insert(0, chapter.heading.block)
    proposals = [] if forms else [*actions_in(chapter, blocks), *_tables(chapter, blocks)]
    unknown = [at for at in inside if isinstance(block := blocks[at], Table) and not header_is_understood(block)]
    doubts = () if forms else (*chapter.doubts, *([HEADER_UNKNOWN] if unknown else []))
    pieces = list(_pieces(inside, blocks))
    for number, piece in enumerate(pieces):
        title = chapter.heading.title[: LONGEST_TITLE - 8]
        if len(pieces) > 1:
            title, doubts_here = f"{title} {number + 1}/{len(pieces)}", (*doubts, SPLIT)
        else:
            doubts_here = doubts
        own = (chapter.heading.block, *piece.blocks) if number == 0 and not is_cut else tuple(piece.blocks)
        mine = tuple(each for each in proposals if each.block in set(piece.blocks) and piece.is_start(each.block))
        if number == 0:
            own, mine = (*own, *tables), (*mine, *(row for at in tables for row in forms[at]))
        yield DraftSection(chapter.topic, title, piece.text, own, doubts_here, mine)


@dataclass(slots=True)
class _Piece:
    """Blocks that fit into one section; a block too long for any goes on in the next."""

    blocks: list[int]
    text: str
    continued: int = -1

    def is_start(self, block: int) -> bool:
        """Whether the block begins in this piece."""
        return block != self.continued


def _pieces(inside: Sequence[int], blocks: Sequence[Paragraph | Table]) -> Iterator[_Piece]:
    piece = _Piece([], "")
    for at in inside:
        text = written(blocks[at])
        while len(piece.text) + len(text) + bool(piece.text) > LONGEST_TEXT:
            if not piece.text:
                yield _Piece([at], text[:LONGEST_TEXT], piece.continued)
                text, piece = text[LONGEST_TEXT:], _Piece([], "", at)
            else:
                yield piece
                piece = _Piece([], "")
        piece.blocks.append(at)
        piece.text = f"{piece.text}\n{text}" if piece.text else text
    if piece.text or not inside:
        yield piece


def _tables(chapter: Chapter, blocks: Sequence[Paragraph | Table]) -> Iterator[Proposal]:
    for at in range(chapter.start, chapter.end):
        block = blocks[at]
        if isinstance(block, Table):
            above = blocks[at - 1] if at else None
            yield from rows_of(block, at=at, title=above.text if isinstance(above, Paragraph) else "")


def _unplaced(blocks: Sequence[Paragraph | Table], sections: Sequence[DraftSection]) -> Iterator[DraftSection]:
    placed = {at for section in sections for at in section.blocks}
    left = [at for at in range(len(blocks)) if at not in placed]
    if left:
        for piece in _pieces(left, blocks):
            yield DraftSection(UNPLACED, "", piece.text, tuple(piece.blocks), (), ())


def _is_body(block: Paragraph | Table) -> bool:
    return isinstance(block, Table) or block.origin in {Origin.BODY, Origin.BOX}
