"""
Reading the text of a PDF: pieces of text with their places, put together to lines, paragraphs and tables.

A PDF knows neither paragraphs nor tables; both are told from where the text stands. A page that is only a picture
has no text: it is not read, and said.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdf

from juxing_text.documents.document import (
    MAXIMUM_CHARACTERS,
    MAXIMUM_PAGES,
    Document,
    Origin,
    Paragraph,
    Table,
    Unreadable,
    UnreadableDocument,
)
from juxing_text.documents.page_lines import Line, lines_of, paragraphs_and_tables
from juxing_text.lexicon import HAN

PAGES_WITHOUT_TEXT, TABLES_GUESSED = "pages_without_text", "tables_from_pdf"
LEAST_CHARACTERS_A_PAGE = 10
_PAGE_NUMBER = re.compile(r"[\W_]*\d{0,4}[\W_]*|[^\d]{0,3}\d{1,4}[^\d]{1,4}(?:\d{1,4}[^\d]?)?")
_WIDE = rf"{HAN}\u2160-\u217f\u3001-\u301f\uff00-\uffef"
_SPACED = re.compile(rf"(?<=[{_WIDE}])[ \u3000]+(?=[{_WIDE}\d])|(?<=\d)[ \u3000]+(?=[{_WIDE}])")
_NUMBER_IN_FRONT = re.compile(r"\s*[\d.]+\s+")


@dataclass(frozen=True, slots=True)
class _Pages:
    lines: list[list[Line]]
    without_text: int


def read_pdf(content: bytes) -> Document:
    """
    Return what a PDF says.

    Raises:
        UnreadableDocument: if it is closed with a password, damaged, a scan without text, or too large.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument(Unreadable.ENCRYPTED)
        if len(reader.pages) > MAXIMUM_PAGES:
            raise UnreadableDocument(Unreadable.TOO_MANY_PAGES)
        pages = _read_pages(reader)
    except UnreadableDocument:
        raise
    except Exception:  # a spoilt file fails wherever the library trusted it, with whatever comes of that
        raise UnreadableDocument(Unreadable.DAMAGED) from None
    if pages.without_text == len(pages.lines):
        raise UnreadableDocument(Unreadable.SCANNED if pages.lines else Unreadable.NO_TEXT)
    blocks = list(_blocks(pages.lines))
    has_tables = any(isinstance(block, Table) for block in blocks)
    remarks = [PAGES_WITHOUT_TEXT] * bool(pages.without_text) + [TABLES_GUESSED] * has_tables
    return Document(tuple(blocks), tuple(remarks))


def _read_pages(reader: pypdf.PdfReader) -> _Pages:
    found: list[list[Line]] = []
    characters = without_text = 0
    for page in reader.pages:
        lines = lines_of(_pieces(page))
        here = sum(len(cell.text) for line in lines for cell in line.cells)
        characters += here
        without_text += here < LEAST_CHARACTERS_A_PAGE
        if characters > MAXIMUM_CHARACTERS:
            raise UnreadableDocument(Unreadable.TOO_LARGE)
        found.append(lines)
    return _Pages(found, without_text)


def _pieces(page: pypdf.PageObject) -> list[tuple[float, float, float, str]]:
    """Return x, y, size and text of every piece of text, in points from the lower left corner."""
    pieces: list[tuple[float, float, float, str]] = []

    def keep(text: str, to_page: Sequence[float], matrix: Sequence[float], _font: object, size: float) -> None:
        if not text.strip():
            return
        x = matrix[4] * to_page[0] + matrix[5] * to_page[2] + to_page[4]
        y = matrix[4] * to_page[1] + matrix[5] * to_page[3] + to_page[5]
        scale = abs(matrix[3] * to_page[3]) or 1.0
        pieces.append((x, y, max(1.0, abs(size * scale)), text.strip()))

    page.extract_text(visitor_text=keep)
    return pieces


def _blocks(pages: Sequence[Sequence[Line]]) -> Iterator[Paragraph | Table]:
    margins = _margins(pages)
    for text in margins:
        yield Paragraph(text, origin=Origin.MARGIN)
    body = [[line for at, line in enumerate(page) if not _is_margin(line, at, len(page), margins)] for page in pages]
    for block in paragraphs_and_tables(body):
        if isinstance(block, Table):
            yield Table(tuple(tuple(_set_solid(cell) for cell in row) for row in block.rows))
        else:
            yield Paragraph(_set_solid(block.text))


def _set_solid(text: str) -> str:
    """Return text without the white space that setting it put between Han and Han or digits; not after a number."""
    front = _NUMBER_IN_FRONT.match(text)
    start = front.end() if front else 0
    return text[:start] + _SPACED.sub("", text[start:])


def _margins(pages: Sequence[Sequence[Line]]) -> list[str]:
    """Return the first and last lines that most pages share."""
    if len(pages) < 3:
        return []
    edges = Counter(text for page in pages for text in {line.text for line in (*page[:2], *page[-2:])})
    return [text for text, pages_with in edges.items() if pages_with * 10 >= len(pages) * 6 and not _is_number(text)]


def _is_margin(line: Line, at: int, of: int, margins: Sequence[str]) -> bool:
    is_edge = at < 2 or at >= of - 2
    return is_edge and (line.text in margins or (_is_number(line.text) and at in {0, of - 1}))


def _is_number(text: str) -> bool:
    return any(character.isdigit() for character in text) and bool(_PAGE_NUMBER.fullmatch(text))
