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

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.workbooks import EXCEL_SIGNATURES, open_first_sheet

MAXIMUM_FILE_BYTES = 200 * 2**20
MAXIMUM_CELL_CHARACTERS = 4000
MAXIMUM_COLUMNS = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a file: its line as the author sees it, and its cells by the header's names."""

    line: int
    cells: dict[str, str]
    has_oversized_cell: bool = False


def read_table(content: bytes, *, filename: str = "") -> Iterator[TableRow]:
    """
    Yield the rows under the header row; wholly empty rows are passed over.

    Raises:
        InvalidInput: if the file is empty, too large, or neither a spreadsheet nor text in UTF-8, UTF-16 or GB 18030.
    """
    if not content.strip():
        raise InvalidInput("file_empty", _("The file is empty. Choose the file you filled in."), field="file")
    if len(content) > MAXIMUM_FILE_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 200 MB. Split it by community."), field="file")
    rows = _excel_rows(content) if content.startswith(EXCEL_SIGNATURES) else _text_rows(content, filename)
    header: list[str] | None = None
    for line, row in rows:
        # nearly every cell is text in which nothing has to go
        cells = [
            cell.strip() if isinstance(cell, str) and cell.isprintable() else _clean(cell)
            for cell in row[:MAXIMUM_COLUMNS]
        ]
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


def _excel_rows(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    sheet = open_first_sheet(content)
    yield from enumerate(sheet.iter_rows(), start=1 + (sheet.start[0] if sheet.start else 0))


def _text_rows(content: bytes, filename: str) -> Iterator[tuple[int, Sequence[object]]]:
    text = decode_text(content)
    first = text.partition("\n")[0]
    delimiter = max((",", "\t", ";"), key=first.count) if not filename.endswith(".tsv") else "\t"
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


def _clean(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return "".join(ch for ch in str(cell if cell is not None else "").strip() if ch == "\n" or ch >= " ")
