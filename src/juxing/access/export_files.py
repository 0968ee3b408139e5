"""
A table as a file, marked: who took it, when, and its number, beside every row.

The mark is a last column, so that it goes along when rows are copied, and a list sent in again is read as before:
headings nobody knows are passed over. It stands once more in the sheet's footer and in the file's properties.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from juxing.access.exporting import ExportKind, Table
from juxing.access.models import Export
from juxing.kernel.actors import Actor
from juxing.kernel.spreadsheets import safe_cell

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file says of itself."""

    number: str
    heading: str

    @classmethod
    def of(cls, export: Export, actor: Actor) -> Mark:
        """Return the mark of an export, in the taker's language."""
        from django.utils.timezone import localtime

        moment = localtime(export.taken_at or export.asked_at)
        words = _("Taken out by %(name)s, %(time)s, number %(number)s") % {
            "name": actor.name, "time": f"{moment:%Y-%m-%d %H:%M}", "number": export.number,
        }  # fmt: skip
        return cls(export.number, words)


def file_answer(kind: ExportKind, export: Export, table: Table, *, actor: Actor) -> HttpResponse:
    """Return the marked file as a download that nothing keeps."""
    mark = Mark.of(export, actor)
    known: dict[str, tuple[str, Callable[[Table, Mark], bytes]]] = {"xlsx": (EXCEL, as_workbook), "csv": (CSV, as_text)}
    known |= {one.code: (one.content_type, one.write) for one in kind.forms}
    content_type, write = known[export.file_format]
    name = f"{kind.file_name}-{export.number}.{export.file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(write(table, mark), content_type=content_type, headers=headers)


def as_workbook(table: Table, mark: Mark) -> bytes:
    """Return the table as a workbook; numbers stay numbers (a Decimal is money), the rest is text that runs nothing."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "constant_memory": True}) as book:
        book.set_properties({"title": mark.number, "comments": mark.heading})
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        as_text_cell = book.add_format({"num_format": "@"})
        as_money = book.add_format({"num_format": "#,##0.00"})
        grey = book.add_format({"font_color": "#6B7B80", "italic": True})
        last = len(table.headings)
        sheet.set_column(0, last - 1, 20)
        sheet.set_column(last, last, 16)
        sheet.freeze_panes(1, 1)
        sheet.set_footer(f"&C{mark.heading.replace('&', '&&')}")
        sheet.set_landscape()
        sheet.write_row(0, 0, [*map(str, table.headings), mark.heading], heading)
        for line, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    sheet.write_number(line, column, value, as_money if isinstance(value, Decimal) else None)
                else:
                    sheet.write_string(line, column, _cell(value), as_text_cell)
            sheet.write_string(line, last, mark.number, grey)
    return content.getvalue()


def as_text(table: Table, mark: Mark) -> bytes:
    """Return the table as CSV that office programs open as Chinese."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow([*table.headings, mark.heading])
    for row in table.rows:
        cells = [value if isinstance(value, int | float | Decimal) else _cell(value) for value in row]
        writer.writerow([*cells, mark.number])
    return content.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    return safe_cell(value) if value is not None else ""
