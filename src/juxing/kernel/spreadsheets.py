"""
Reading the tables people send: Excel and CSV, in the encodings and sizes they really have.

Nothing is evaluated: a formula arrives as the value its author last saw. Cells are text; what a cell means is the
reading room's affair.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineSheet

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.workbooks import EXCEL_SIGNATURES, open_first_sheet

MAXIMUM_FILE_BYTES = 200 * 2**20
MAXIMUM_CELL_CHARACTERS = 4000
MAXIMUM_COLUMNS = 200
LOOKED_AT_LINES = 10
"""A title above the header has no delimiter; ten lines tell."""
MAXIMUM_FILLED_CELLS = 1_000_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a file: its line as the author sees it, and its cells by the header's names."""

    line: int
    cells: dict[str, str]
    has_oversized_cell: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """
    One row of a sheet without a promise of a header: its line, and its cells by column.

    A cell merged over several others stands in each of them; ``shared`` are the columns whose cell spans several rows.
    """

    line: int
    cells: list[str]
    shared: frozenset[int] = frozenset()


def read_grid(content: bytes, *, filename: str = "", maximum_rows: int) -> list[GridRow]:
    """
    Return the rows of the first sheet as they stand, titles and totals among them; wholly empty rows are passed over.

    Raises:
        InvalidInput: as ``read_table``, or if there are more rows than ``maximum_rows``.
    """
    _require_readable(content)
    shared: dict[int, set[int]] = {}
    if content.startswith(EXCEL_SIGNATURES):
        sheet = open_first_sheet(content)
        require_few(sheet.height + (sheet.start[0] if sheet.start else 0), maximum_rows)
        grid = [[_clean(cell)[:MAXIMUM_CELL_CHARACTERS] for cell in row[:MAXIMUM_COLUMNS]] for row in sheet.iter_rows()]
        _fill_merged(grid, sheet, shared)
    else:
        grid = []
        for line, row in _text_rows(content, filename):
            require_few(line, maximum_rows)
            grid += [[] for _skipped in range(line - 1 - len(grid))]
            grid.append([_clean(cell)[:MAXIMUM_CELL_CHARACTERS] for cell in row[:MAXIMUM_COLUMNS]])
    return [
        GridRow(number + 1, cells, frozenset(shared.get(number, ()))) for number, cells in enumerate(grid) if any(cells)
    ]


def read_table(content: bytes, *, filename: str = "") -> Iterator[TableRow]:
    """
    Yield the rows under the header row; wholly empty rows are passed over.

    Raises:
        InvalidInput: if the file is empty, too large, or neither a spreadsheet nor text in UTF-8, UTF-16 or GB 18030.
    """
    _require_readable(content)
    rows = _excel_rows(content) if content.startswith(EXCEL_SIGNATURES) else _text_rows(content, filename)
    header: list[str] | None = None
    for line, row in rows:
        cells = _clean_row(row[:MAXIMUM_COLUMNS])
        if not any(cells):
            continue
        if header is None:
            header = cells
            continue
        oversized = max(map(len, cells)) > MAXIMUM_CELL_CHARACTERS
        if oversized:
            cells = [cell[:MAXIMUM_CELL_CHARACTERS] for cell in cells]
        named = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=False))
        named.pop("", None)
        yield TableRow(line=line, cells=named, has_oversized_cell=oversized)


def decode_text(content: bytes) -> str:
    """
    Return the text of a file saved by any common Chinese office program.

    Raises:
        InvalidInput: if it is binary.
    """
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput(
        "file_unreadable",
        _("This is neither an Excel file nor text. Save it as .xlsx or .csv and try again."),
        field="file",
    )


def safe_cell(value: object) -> str:
    """Return a cell for export that a spreadsheet will show and not execute."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _require_readable(content: bytes) -> None:
    if not content.strip():
        raise InvalidInput("file_empty", _("The file is empty. Choose the file you filled in."), field="file")
    if len(content) > MAXIMUM_FILE_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 200 MB. Split it by community."), field="file")


def require_few(rows: int, maximum_rows: int) -> None:
    """Refuse a file of more rows than allowed."""
    if rows > maximum_rows:
        raise InvalidInput(
            "rows_many", _("More than %(count)s rows. Split the file.") % {"count": f"{maximum_rows:,}"}, field="file"
        )


def _fill_merged(grid: list[list[str]], sheet: CalamineSheet, shared: dict[int, set[int]]) -> None:
    """Write what stands in a merged cell into all cells it covers, as far as anything is written beside it."""
    right = sheet.start[1] if sheet.start else 0  # rows count from the sheet's first, columns from the first in use
    filled = 0
    for (top, left), (bottom, end) in sheet.merged_cell_ranges or ():
        rows = range(top, min(bottom + 1, len(grid)))
        columns = range(max(left - right, 0), min(end - right + 1, MAXIMUM_COLUMNS))
        filled += len(rows) * len(columns)
        if not rows or not columns or filled > MAXIMUM_FILLED_CELLS:
            continue
        text = grid[rows[0]][columns[0]] if columns[0] < len(grid[rows[0]]) else ""
        for row in rows:
            for column in columns:
                if column < len(grid[row]):
                    grid[row][column] = text
            if len(rows) > 1:
                shared.setdefault(row, set()).update(columns)


def _excel_rows(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    # empty rows above the first filled one are among the reader's
    yield from enumerate(open_first_sheet(content).iter_rows(), start=1)


def _text_rows(content: bytes, filename: str) -> Iterator[tuple[int, Sequence[object]]]:
    text = decode_text(content)
    head = "\n".join(text.split("\n", LOOKED_AT_LINES)[:LOOKED_AT_LINES])
    delimiter = max((",", "\t", ";"), key=head.count) if not filename.endswith(".tsv") else "\t"
    csv.field_size_limit(MAXIMUM_FILE_BYTES)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, []


def _clean_row(row: Sequence[object]) -> list[str]:
    """Return the cells as text; nearly every row is text in which nothing has to go, and is looked at as one."""
    texts = [cell if isinstance(cell, str) else _clean(cell) for cell in row]
    return [text.strip() for text in texts] if "".join(texts).isprintable() else [_clean(text) for text in texts]


def _clean(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return "".join(ch for ch in str(cell if cell is not None else "").strip() if ch == "\n" or ch >= " ")
