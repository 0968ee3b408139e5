"""The table of venues: its columns, the words for kinds and functions, and reading it."""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import xlsxwriter

from juxing.kernel.table_columns import rows_by_field
from juxing.venues.enums import VenueFunction, VenueKind
from juxing_text.folding import fold

NEEDED = ("name", "kind", "area")
MAXIMUM_ROWS = 20_000
MAXIMUM_CHARACTERS = 200
SEPARATORS = re.compile(r"[,;/|\u3001\uff0c\uff1b]+")


class VenueRow(NamedTuple):
    """One row as written, shortened to what a column could hold."""

    line: int
    name: str
    kind: str
    area: str
    address: str = ""
    longitude: str = ""
    latitude: str = ""
    coordinate_system: str = ""
    opening_hours: str = ""
    steady: str = ""
    emergency: str = ""
    capacity: str = ""
    area_m2: str = ""
    step_free: str = ""
    idle: str = ""
    contact: str = ""
    phone: str = ""


FIELDS = tuple(VenueRow.__annotations__)[1:]


def template() -> bytes:
    """Return the table to fill in: headings with notes, an example row, and a list of kinds to choose from."""
    content = io.BytesIO()
    columns = [next(row for row in _data() if row["field"] == field) for field in FIELDS]
    kinds = [row["word"] for row in _data() if row["field"] == "kind_word" and row["is_first"]]
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        heading = workbook.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        as_text = workbook.add_format({"num_format": "@"})
        for column, row in enumerate(columns):
            sheet.write_string(0, column, row["word"], heading)
            sheet.write_comment(0, column, row["value"])
            sheet.write_string(1, column, row["example"], as_text)
        kind = FIELDS.index("kind")
        sheet.data_validation(1, kind, 5000, kind, {"validate": "list", "source": kinds, "error_type": "warning"})
        sheet.set_column(0, len(columns) - 1, 20, as_text)
        sheet.freeze_panes(1, 1)
    return content.getvalue()


def headings() -> list[str]:
    """Return the headings of the table in order."""
    return [names[0] for names in _columns().values()]


def read_rows(content: bytes, filename: str) -> list[VenueRow]:
    """
    Return every row that is not empty; columns that are not of the table are passed over.

    Raises:
        InvalidInput: if the file is no table, lacks a needed column, or has more than 20,000 rows.
    """
    rows = rows_by_field(content, filename=filename, columns=_columns(), needed=NEEDED, at_most=MAXIMUM_ROWS)
    return [VenueRow(row.line, **{field: row.cells[field][:MAXIMUM_CHARACTERS] for field in FIELDS}) for row in rows]


def kind_of(written: str) -> str | None:
    """Return the code of a kind as people write it, None for an unknown word."""
    return (_words("kind_word") | {value: value for value in VenueKind.values}).get(fold(written))


def functions_of(written: str) -> list[str] | None:
    """Return the codes of functions as people list them, None if one is unknown."""
    known = _words("function_word") | {value: value for value in VenueFunction.values}
    found = [known.get(fold(part.strip())) for part in SEPARATORS.split(written) if part.strip()]
    return None if None in found else list(dict.fromkeys(code for code in found if code))


def yes_or_no(written: str) -> bool | None:
    """Return what was said, None for nothing or what cannot be read."""
    word = fold(written)
    return True if word in _words("yes_word") else False if word in _words("no_word") else None


def word_for(field: str, value: str) -> str:
    """Return the first word for a value, as the table writes it."""
    rows = (row["word"] for row in _data() if row["field"] == field and row["value"] == value and row["is_first"])
    return next(rows, value)


def room_name() -> str:
    """Return what the first room of an imported venue is called."""
    return next(row["word"] for row in _data() if row["field"] == "room_word")


@lru_cache(maxsize=1)
def _columns() -> dict[str, list[str]]:
    """Return the names of each column, the one of the template first."""
    return {field: [row["word"] for row in _data() if row["field"] in {field, f"{field}_heading"}] for field in FIELDS}


@lru_cache(maxsize=8)
def _words(field: str) -> dict[str, str]:
    return {fold(row["word"]): row["value"] for row in _data() if row["field"] == field}


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, str], ...]:
    text = files("juxing.venues").joinpath("data/venue_table.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))
