"""Lines of a page from pieces of text, paragraphs and tables from lines; all by where things stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from juxing_text.documents.document import Paragraph, Table

SAME_LINE = 0.45
"""Of the size of a letter: pieces nearer than that in height stand in one line."""
CELL_GAP = 0.7
"""Letters of white space between two cells; words of one sentence stand nearer."""
FULL_LINE = 2.6
"""A line that ends nearer to the right edge than that many letters runs on in the next."""
INDENT = 1.2
ALIGNED = 0.7
"""Letters by which the left ends or the middles of cells of one column may differ."""
SENTENCE_ENDS = "\u3002\uff1b\uff1a"
LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """Text that stands together, from ``left`` to ``right`` in points; the right end is estimated."""

    left: float
    right: float
    text: str


@dataclass(frozen=True)
class Line:
    """Cells from left to right; one for a line of running text."""

    y: float
    size: float
    cells: tuple[Cell, ...]

    @cached_property
    def text(self) -> str:
        """The whole line."""
        return " ".join(cell.text for cell in self.cells)


def lines_of(pieces: Sequence[tuple[float, float, float, str]]) -> list[Line]:
    """Return the lines of a page from top to bottom; a piece is (x, y, size, text)."""
    rows: list[list[tuple[float, float, float, str]]] = []
    for piece in sorted(pieces, key=lambda piece: (-piece[1], piece[0])):
        if rows and rows[-1][0][1] - piece[1] <= SAME_LINE * max(piece[2], rows[-1][0][2]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [Line(row[0][1], max(piece[2] for piece in row), tuple(_cells(row))) for row in rows]


def paragraphs_and_tables(pages: Sequence[Sequence[Line]]) -> Iterator[Paragraph | Table]:
    """Yield what the lines make, running on over the ends of pages."""
    lines = [line for page in pages for line in page]
    single = [line for line in lines if len(line.cells) == 1] or lines
    left = min((line.cells[0].left for line in single), default=0.0)
    right = max((line.cells[-1].right for line in single), default=0.0)
    at, text, runs_on = 0, "", False
    while at < len(lines):
        end = _table_end(lines, at)
        if end > at:
            if text:
                yield Paragraph(text)
            yield _table(lines[at:end])
            at, text, runs_on = end, "", False
            continue
        line = lines[at]
        is_indented = line.cells[0].left > left + INDENT * line.size
        if text and not (runs_on and not is_indented):
            yield Paragraph(text)
            text = ""
        text = _joined(text, line.text)
        runs_on = line.cells[-1].right >= right - FULL_LINE * line.size and line.text[-1] not in SENTENCE_ENDS
        at += 1
    if text:
        yield Paragraph(text)


def _cells(row: Sequence[tuple[float, float, float, str]]) -> Iterator[Cell]:
    left = right = 0.0
    text = ""
    for x, _y, size, piece in sorted(row):
        if text and x - right > CELL_GAP * size:
            yield Cell(left, right, text)
            text = ""
        if not text:
            left = x
        text = _joined(text, piece) if x - right <= 0.2 * size else f"{text} {piece}".strip()
        right = max(right, x + size * _width(piece)) if text != piece else x + size * _width(piece)
    if text:
        yield Cell(left, right, text)


def _table_end(lines: Sequence[Line], start: int) -> int:
    """Return where the table that begins at a line ends, the start itself where none begins."""
    columns = lines[start].cells
    if len(columns) < 2:
        return start
    end, rows = start + 1, 1
    while end < len(lines):
        cells = lines[end].cells
        if _row(lines[end], columns) is not None:
            rows += 1
        elif not (_is_continued(cells, columns) and lines[end - 1].y - lines[end].y < 2 * lines[end].size):
            break
        end += 1
    return end if rows >= LEAST_ROWS else start


def _table(lines: Sequence[Line]) -> Table:
    columns = lines[0].cells
    rows: list[list[str]] = []
    for line in lines:
        at_columns = _row(line, columns)
        if at_columns is not None:
            rows.append([""] * len(columns))
            for cell, at in zip(line.cells, at_columns, strict=True):
                rows[-1][at] = cell.text
        else:
            for cell in line.cells:
                at = _column(cell, columns)
                rows[-1][at] = _joined(rows[-1][at], cell.text)
    return Table(tuple(tuple(row) for row in rows))


def _row(line: Line, columns: Sequence[Cell]) -> list[int] | None:
    """Return the column of each cell of a line that makes a row of its own; empty cells leave no trace on a page."""
    found = [_column(cell, columns) for cell in line.cells]
    if len(found) == len(columns):
        return found if found == list(range(len(columns))) else None
    is_row = len(found) >= 2 and found[0] == 0 and found == sorted(set(found))
    reach = ALIGNED * line.size
    return (
        found if is_row and all(map(lambda cell, at: _aligned(cell, columns[at], reach), line.cells, found)) else None
    )


def _aligned(cell: Cell, column: Cell, reach: float) -> bool:
    middles = abs(cell.left + cell.right - column.left - column.right) / 2
    return min(abs(cell.left - column.left), middles) <= reach


def _is_continued(cells: Sequence[Cell], columns: Sequence[Cell]) -> bool:
    """Whether the cells go on with cells of the row above: none of them in the first column."""
    return len(cells) < len(columns) and all(_column(cell, columns) > 0 for cell in cells)


def _column(cell: Cell, columns: Sequence[Cell]) -> int:
    """Return the column a cell belongs to: the last that begins left of the cell's middle or at its beginning."""
    found = 0
    for at, column in enumerate(columns):
        if column.left <= max(cell.left + 2.0, min((cell.left + cell.right) / 2, column.right)):
            found = at
    return found


def _joined(first: str, second: str) -> str:
    is_latin = first[-1:].isascii() and first[-1:].isalnum() and second[:1].isascii() and second[:1].isalnum()
    return f"{first} {second}" if is_latin else first + second


def _width(text: str) -> float:
    """Return the width in letters: one for what is written in a square, half for the rest."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)
