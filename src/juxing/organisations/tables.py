"""
Tables of posts, pledges and coverage: their columns, the file to fill in, and reading what comes back.

``data/tables.toml`` holds columns with the headings people use; a table taken out can be sent in again as it is.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import xlsxwriter

from juxing.kernel.spreadsheets import safe_cell
from juxing.kernel.table_columns import rows_by_field
from juxing_text.folding import fold

MAXIMUM_ROWS = 70_000
MAXIMUM_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field, headings (the first stands in the file), whether it is needed, an example, and words."""

    field: str
    headings: tuple[str, ...]
    is_needed: bool
    example: str
    note: str
    words: dict[str, str]

    def value_of(self, written: str) -> str | None:
        """Return the code of a word as people write it; None for an unknown one. Columns without words pass it on."""
        if not self.words:
            return written
        return self.words.get(fold(written))

    def word_of(self, value: str) -> str:
        """Return the first word for a code."""
        return next((word for word, code in self.words.items() if code == value), value)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written, by field."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")


@lru_cache(maxsize=8)
def columns_of(name: str) -> tuple[Column, ...]:
    """Return the columns of a table, in their order."""
    data = tomllib.loads(files("juxing.organisations").joinpath("data/tables.toml").read_text(encoding="utf-8"))
    return tuple(
        Column(
            field=row["field"], headings=tuple(row["headings"]), is_needed=row.get("needed", False),
            example=row.get("example", ""), note=row.get("note", ""),
            words={fold(word): code for code, words in row.get("words", {}).items() for word in [*words, code]},
        )
        for row in data[name]
    )  # fmt: skip


def names() -> tuple[str, ...]:
    """Return the names of the tables."""
    return ("posts", "pledges", "coverage")


def workbook(name: str, rows: Iterable[Sequence[str]] = ()) -> bytes:
    """Return the table as a workbook; without rows an example stands in it."""
    content = io.BytesIO()
    columns = columns_of(name)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        as_text = book.add_format({"num_format": "@"})
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column.headings[0], heading)
            if column.note:
                sheet.write_comment(0, number, column.note)
        lines = list(rows) or [[column.example for column in columns]]
        for line, cells in enumerate(lines, start=1):
            for number, cell in enumerate(cells):
                sheet.write_string(line, number, safe_cell(cell), as_text)
        sheet.set_column(0, len(columns) - 1, 22, as_text)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def read_rows(name: str, content: bytes, filename: str) -> list[Row]:
    """
    Return every row that is not empty; only the table's own columns are kept.

    Raises:
        InvalidInput: if the file is no table, lacks a needed column, or is too long.
    """
    columns = columns_of(name)
    rows = rows_by_field(
        content, filename=filename, columns={column.field: column.headings for column in columns},
        needed=[column.field for column in columns if column.is_needed], at_most=MAXIMUM_ROWS,
    )  # fmt: skip
    return [Row(row.line, {field: cell[:MAXIMUM_CHARACTERS] for field, cell in row.cells.items()}) for row in rows]
