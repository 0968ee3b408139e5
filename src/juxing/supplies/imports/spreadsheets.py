"""Spreadsheets of requests and offers, and the template for them: the same path as every other list."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import datetime

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.import_report import ImportReport
from juxing.kernel.scope import acting
from juxing.kernel.table_columns import rows_by_field
from juxing.organisations.enums import OrganisationType
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.enums import LineKind
from juxing.supplies.imports.lines import LineList, write_lines
from juxing.supplies.imports.place_names import PlaceNames
from juxing.supplies.imports.rows import COLUMNS, NEEDED, Reading, SourceRow
from juxing.supplies.models import SupplyList

TYPE_OF = {LineKind.REQUEST: OrganisationType.RESIDENT_UNIT, LineKind.OFFER: OrganisationType.SUPPLIER}
MAXIMUM_ROWS = 50_000
BATCH = 2000
NAMED_LEVELS = (AreaLevel.CITY, AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
Progress = Callable[[int, int], None]


def import_spreadsheet(
    sent: SupplyList, content: bytes, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """
    Take in a list, batch by batch, each in its own transaction, within the places where the actor may record.

    Raises:
        InvalidInput: if the file cannot be read at all or lacks a column.
    """
    report = ImportReport()
    rows = [
        SourceRow(row.line, row.cells, is_oversized=row.has_oversized_cell)
        for row in rows_by_field(content, filename=sent.name, columns=COLUMNS, needed=NEEDED, at_most=MAXIMUM_ROWS)
    ]
    kind = LineKind(sent.kind)
    listed = LineList(kind, source_of(sent), TYPE_OF[kind])
    areas = actor.areas_with(policy.RECORD)
    named = Areas([sent.area_code]) if areas.everywhere else areas
    reading = Reading(
        places=PlaceNames.load(), area_names=_area_names(named), areas=areas, home=sent.area_code, as_of=now,
        is_one_unknown=sent.is_one_unknown,
    )  # fmt: skip
    for start in range(0, len(rows), BATCH):
        with acting(actor):
            write_lines(rows[start : start + BATCH], listed, reading, actor=actor, now=now, report=report)
        if progress is not None:
            progress(min(start + BATCH, len(rows)), len(rows))
    return report


def source_of(sent: SupplyList) -> str:
    """Return the name under which this list's lines are known again: its place and its name, never its content."""
    digest = hashlib.blake2b(f"{sent.area_code}\n{sent.name.strip().casefold()}".encode(), digest_size=12)
    return f"list:{digest.hexdigest()}"


def template_file(kind: LineKind) -> bytes:
    """Return the empty template as .xlsx."""
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#e6f0f2"})
        sheet = book.add_worksheet(str(kind.label)[:31])
        for column, names in enumerate(COLUMNS.values()):
            sheet.write_string(0, column, names[0], bold)
            sheet.set_column(column, column, 16)
        sheet.freeze_panes(1, 0)
    return written.getvalue()


def _area_names(areas: Areas) -> dict[str, str]:
    """Return codes by name and by code of the places that rows may name; names that occur twice are left out."""
    rows = Area.objects.filter(areas.condition("code"), level__in=NAMED_LEVELS).values_list("code", "name")
    found: dict[str, str] = {}
    twice: set[str] = set()
    for code, name in rows:
        found[code] = code
        if name in found:
            twice.add(name)
        found[name] = code
    return {name: code for name, code in found.items() if name not in twice}
