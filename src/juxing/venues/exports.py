"""Tables to take away: venues in the form in which they come in, and gaps of coverage."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from juxing.kernel.spreadsheets import safe_cell
from juxing.venues.models import CoverageGap, Venue
from juxing.venues.opening_hours import hours_text
from juxing.venues.venue_table import headings, word_for


def venue_table(venues: Iterable[Venue]) -> bytes:
    """
    Return venues as the table that the import reads; contacts are left out, they are not needed to change the rest.

    Each venue was read with ``room_list`` and ``layout_list``.
    """
    return _workbook(headings()[:-2], (_venue_cells(venue) for venue in venues))


def gap_table(gaps: Iterable[CoverageGap], *, is_csv: bool) -> bytes:
    """Return gaps of coverage, elders first."""
    heads = [_("Rank"), _("Area code"), _("Elders"), _("Residents"), _("Buildings"), _("Nearest, metres"),
             _("Longitude"), _("Latitude")]  # fmt: skip
    rows = (
        [gap.rank, gap.area_code, gap.elders, gap.residents, gap.buildings, gap.nearest_m or "", gap.longitude,
         gap.latitude]
        for gap in gaps
    )  # fmt: skip
    return _text(heads, rows) if is_csv else _workbook(heads, rows)


def _venue_cells(venue: Venue) -> Sequence[object]:
    layouts = venue.layout_list  # type: ignore[attr-defined]
    rooms = venue.room_list  # type: ignore[attr-defined]
    largest = max(rooms, key=lambda room: room.capacity, default=None)
    steady, emergency = (
        ", ".join(word_for("function_word", layout.function) for layout in layouts if layout.is_steady is wanted)
        for wanted in (True, False)
    )
    words = {True: word_for("yes_word", "yes"), False: word_for("no_word", "no"), None: ""}
    return [
        venue.name, word_for("kind_word", venue.kind), venue.area_code, venue.address, venue.longitude,
        venue.latitude, "WGS84" if venue.longitude is not None else "", hours_text(venue.opening_hours), steady,
        emergency, largest.capacity if largest else "", largest.area_m2 if largest else "", words[venue.is_step_free],
        words[venue.is_idle],
    ]  # fmt: skip


def _workbook(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        heading = workbook.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        sheet.set_column(0, len(heads) - 1, 18)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, heads, heading)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(line, column, value)
                else:
                    sheet.write_string(line, column, safe_cell(value if value is not None else ""))
    return content.getvalue()


def _text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(heads)
    writer.writerows([value if isinstance(value, int | float) else safe_cell(value) for value in row] for row in rows)
    return content.getvalue().encode("utf-8-sig")
