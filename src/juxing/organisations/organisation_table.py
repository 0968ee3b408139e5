"""The table of organisations: its columns, the words for kinds, and reading it."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import xlsxwriter

from juxing.kernel.table_columns import rows_by_field
from juxing.organisations.enums import OrganisationType
from juxing_text.folding import fold

FIELDS = ("name", "kind", "area")
MAXIMUM_ROWS = 20_000
MAXIMUM_CHARACTERS = 200


class OrganisationRow(NamedTuple):
    """One row as written, shortened to what a column could hold."""

    line: int
    name: str
    kind: str
    area: str


def template() -> bytes:
    """Return the table to fill in: Chinese headings with English notes, an example row per kind, a list of kinds."""
    content = io.BytesIO()
    columns = [row for row in _data() if row["field"] in FIELDS]
    kinds = [row["word"] for row in _data() if row["field"] == "kind_word" and row["is_first"]]
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        heading = workbook.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        as_text = workbook.add_format({"num_format": "@"})
        for column, row in enumerate(columns):
            sheet.write_string(0, column, row["word"], heading)
            sheet.write_comment(0, column, row["value"])
            sheet.write_string(1, column, row["example"], as_text)
        sheet.data_validation(1, FIELDS.index("kind"), 5000, FIELDS.index("kind"),
                              {"validate": "list", "source": kinds, "error_type": "warning"})  # fmt: skip
        sheet.set_column(0, len(columns) - 1, 24, as_text)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def read_rows(content: bytes, filename: str) -> list[OrganisationRow]:
    """
    Return every row that is not empty; only the three columns are kept, whatever else the file holds.

    Raises:
        InvalidInput: if the file is no table, lacks a column, or has more than 20,000 rows.
    """
    rows = rows_by_field(content, filename=filename, columns=_columns(), needed=FIELDS, at_most=MAXIMUM_ROWS)
    return [
        OrganisationRow(row.line, **{field: row.cells[field][:MAXIMUM_CHARACTERS] for field in FIELDS}) for row in rows
    ]


def kind_of(written: str) -> str | None:
    """Return the code of a kind as people write it, None for an unknown word."""
    return _kinds().get(fold(written))


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    words = {fold(row["word"]): row["value"] for row in _data() if row["field"] == "kind_word"}
    return words | {value: value for value in OrganisationType.values}


@lru_cache(maxsize=1)
def _columns() -> dict[str, list[str]]:
    """Return the names of each column, the one of the template first."""
    return {field: [row["word"] for row in _data() if row["field"] in {field, f"{field}_heading"}] for field in FIELDS}


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, str], ...]:
    text = files("juxing.organisations").joinpath("data/organisation_table.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))
