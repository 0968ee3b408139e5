"""From the cells of one row to a line that can be written: every check, and the words for what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.kernel.areas import Areas
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.supplies.imports.place_names import PlaceNames
from juxing.supplies.quantities import read_written

COLUMNS: dict[str, tuple[str, ...]] = {
    code: tuple(names)
    for code, names in tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8")).items()
}
NEEDED = ("organisation", "item")
LONGEST = {"organisation": 80, "item": 200, "specification": 400}
ODD_AFTER = timedelta(days=366)
PLAIN_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
ALL_UNKNOWN = Decimal(1)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """The cells of one row by column code, as text; "" where nothing stands."""

    line: int
    cells: Mapping[str, str]
    is_oversized: bool = False

    def cell(self, code: str) -> str:
        """Return what stands there."""
        return self.cells.get(code, "")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A checked row; ``quantity`` is None when the row does not say how much."""

    line: int
    organisation: str
    area_code: str
    item: str
    specification: str
    quantity: Decimal | None
    written_quantity: str
    unit: str | None
    written_on: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """
    How a list is to be read.

    ``areas`` bounds what may be written; ``home`` is the place of rows that name none; ``is_one_unknown`` says that
    whoever filled the list wrote 1 where they did not know; ``as_of`` is the moment from which dates look odd.
    """

    places: PlaceNames
    area_names: Mapping[str, str]
    areas: Areas
    home: str
    as_of: datetime
    is_one_unknown: bool = False


def read_line(row: SourceRow, reading: Reading, report: ImportReport) -> ReadLine | None:
    """Return the checked row, or None when it was rejected; problems go into the report."""
    report.read += 1
    try:
        if row.is_oversized:
            raise InvalidInput("cell_too_long", _("A cell of this row is far too long."), field="item")
        for code in NEEDED:
            if not row.cell(code):
                raise InvalidInput("cell_empty", _("This cell is needed."), field=code)
        for code, most in LONGEST.items():
            if len(row.cell(code)) > most:
                message = _("Longer than %(most)d characters. Shorten it.") % {"most": most}
                raise InvalidInput("cell_too_long", message, field=code)
        area_code = _area(row, reading, report)
        quantity, unit = _quantity(row, reading)
        return ReadLine(
            line=row.line, organisation=row.cell("organisation"), area_code=area_code, item=row.cell("item"),
            specification=row.cell("specification"), quantity=quantity,
            written_quantity=row.cell("quantity")[:40], unit=unit, written_on=_date(row, reading, report),
        )  # fmt: skip
    except InvalidInput as refusal:
        report.reject(
            row.line, column=column_name(str(refusal.field)), written=row.cell(str(refusal.field)),
            code=refusal.code, message=refusal.message,
        )  # fmt: skip
        return None


def column_name(code: str) -> str:
    """Return the column's name as the template prints it."""
    return COLUMNS[code][0] if code in COLUMNS else code


def _area(row: SourceRow, reading: Reading, report: ImportReport) -> str:
    code = _written_area(row, reading, report)
    if code not in reading.areas:
        raise InvalidInput("area_outside", _("This place is outside your area."), field=_place_column(row))
    return code


def _written_area(row: SourceRow, reading: Reading, report: ImportReport) -> str:
    written = row.cell("area")
    if written:
        code = reading.area_names.get(written, written if written in reading.area_names.values() else "")
        if not code:
            raise InvalidInput("area_unknown", _("No place of yours has this name or code."), field="area")
        return code
    if not row.cell("province"):
        return reading.home
    found = reading.places.find(row.cell("province"), row.cell("city"), row.cell("district"))
    if found is None:
        raise InvalidInput("province_unknown", _("There is no province of this name."), field="province")
    if found.not_found:
        message = (
            _("Not found below %(code)s; recorded there.")
            if reading.places.has_tree
            else _("The area tree is not loaded; recorded at the province %(code)s.")
        ) % {"code": found.code}
        report.warn(row.line, column=column_name(_place_column(row, found.not_found)), written=found.not_found,
                    code="place_not_found", message=message)  # fmt: skip
    return found.code


def _place_column(row: SourceRow, written: str = "") -> str:
    if written:
        return next((code for code in ("city", "district") if row.cell(code) == written), "city")
    return next((code for code in ("area", "district", "city", "province") if row.cell(code)), "area")


def _quantity(row: SourceRow, reading: Reading) -> tuple[Decimal | None, str | None]:
    from juxing_text.quantities import unit_code

    written = read_written(row.cell("quantity"))
    amount = None if reading.is_one_unknown and written.amount == ALL_UNKNOWN else written.amount
    unit = row.cell("unit")
    return amount, (unit_code(unit) or unit) if unit else written.unit


def _date(row: SourceRow, reading: Reading, report: ImportReport) -> date | None:
    written = row.cell("date")
    if not written:
        return None
    found = _as_date(written)
    if found is None:
        report.warn(row.line, column=column_name("date"), written=written, code="date_unreadable",
                    message=_("Not a date; left empty. Write it as 2026-03-01."))  # fmt: skip
        return None
    today = timezone.localdate(reading.as_of)
    if not today - ODD_AFTER <= found <= today + timedelta(days=1):
        report.warn(row.line, column=column_name("date"), written=written, code="date_odd",
                    message=_("An unlikely date; kept as written. Check it."))  # fmt: skip
    return found


def _as_date(written: str) -> date | None:
    """Return the day a text names; a moment in another zone is the day it was in ours."""
    day = PLAIN_DAY.fullmatch(written.strip())
    try:
        if day is not None:
            return date(*map(int, day.groups()))
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return timezone.localdate(moment) if moment.tzinfo is not None else moment.date()
