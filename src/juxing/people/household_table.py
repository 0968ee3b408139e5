"""The table of households and residents: its columns, the words it may hold, and the checking of its rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import xlsxwriter
from django.utils.translation import gettext as _

from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.spreadsheets import FORMULA_STARTS, TableRow
from juxing.kernel.table_columns import rows_by_field
from juxing.people.enums import Mobility
from juxing.people.phone_numbers import normal_phone
from juxing.places.coordinates import CoordinateSystem, to_wgs84
from juxing.places.door_text import building_number, door_number, unit_number
from juxing.places.enums import EstateType
from juxing.places.imports.households import PlaceRow
from juxing_text.folding import fold

NEEDED = ("community", "estate", "building", "door")
MAXIMUM_ROWS = 3_000_000
LENGTHS = {"estate": 80, "grid": 80, "building": 30, "unit": 12, "door": 12, "name": 60}
WRITTEN_OF_BUILDINGS = (
    "estate", "estate_type", "building", "floors", "lift", "longitude", "latitude", "system",
)  # fmt: skip
LETTER_OR_DIGIT = re.compile(r"[0-9A-Za-z]")
BIRTH_YEARS = range(1890, 2201)
FLOORS = range(1, 201)


class ResidentRow(NamedTuple):
    """A resident as a checked row gives it; name "" means that the row is about the door only."""

    name: str
    phone: str
    birth_year: int | None
    mobility: str


class HouseholdRow(NamedTuple):
    """One checked row."""

    community: str
    place: PlaceRow
    resident: ResidentRow


def template() -> bytes:
    """Return the table to fill in: Chinese headings, English in brackets, two example rows."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        heading = workbook.add_format({"bold": True, "bg_color": "#DCEBEE", "border": 1})
        as_text = workbook.add_format({"num_format": "@"})
        for column, row in enumerate(_columns()):
            sheet.write_string(0, column, row["zh"], heading)
            sheet.write_comment(0, column, row["en"])
            sheet.write_string(1, column, row["example"], as_text)
            sheet.write_string(2, column, row["example2"], as_text)
        sheet.set_column(0, len(_columns()) - 1, 12, as_text)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def read_rows(content: bytes, filename: str, report: ImportReport) -> Iterator[HouseholdRow]:
    """
    Yield the good rows and report the others.

    Raises:
        InvalidInput: if the file is no table, has no or too many rows, or a column that is needed is missing.
    """
    met: Met = {}
    names = {row["field"]: (row["zh"], row["en"], *row["aliases"].split("|")) for row in _columns()}
    for row in rows_by_field(content, filename=filename, columns=names, needed=NEEDED, at_most=MAXIMUM_ROWS):
        report.read += 1
        checked = _checked(row, row.cells, report, met)
        if checked is not None:
            yield checked


@lru_cache(maxsize=1)
def _columns() -> tuple[dict[str, str], ...]:
    return tuple(_data("household_columns.csv"))


@lru_cache(maxsize=1)
def _words() -> dict[tuple[str, str], str]:
    words = {(row["field"], fold(row["word"])): row["value"] for row in _data("household_words.csv")}
    for field, values in (("estate_type", EstateType.values), ("mobility", Mobility.values),
                          ("system", list(CoordinateSystem))):  # fmt: skip
        words |= {(field, fold(str(value))): str(value) for value in values}
    return words


def _data(name: str) -> list[dict[str, str]]:
    text = files("juxing.places").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


class _Building(NamedTuple):
    """What every line of a building says again."""

    estate: str
    estate_type: str
    number: str
    floors: int | None
    has_lift: bool | None
    longitude: float | None
    latitude: float | None


Met = dict[tuple[str | None, ...], _Building]
"""Buildings without a fault in this file, by what is written of them: a hundred lines of one are read once."""


def _checked(row: TableRow, cells: dict[str, str], report: ImportReport, met: Met) -> HouseholdRow | None:
    problem = _problem(row, cells)
    if problem is not None:
        column, code, message = problem
        report.reject(row.line, column=column, written=cells.get(column, ""), code=code, message=message)
        return None
    building = _building(row.line, cells, report, met)
    place = PlaceRow(
        line=row.line, estate=building.estate, estate_type=building.estate_type, grid=cells.get("grid", ""),
        building=building.number, building_label=cells["building"], unit=unit_number(cells.get("unit", ""))[:12],
        door=door_number(cells["door"]), floors=building.floors, has_lift=building.has_lift,
        longitude=building.longitude, latitude=building.latitude,
    )  # fmt: skip
    resident = ResidentRow(
        name=" ".join(cells.get("name", "").split()), phone=_phone(row.line, cells, report),
        birth_year=_number(row.line, cells, "birth_year", BIRTH_YEARS, report),
        mobility=_word(row.line, cells, "mobility", report) or "",
    )  # fmt: skip
    return HouseholdRow(cells["community"], place, resident)


def _building(line: int, cells: dict[str, str], report: ImportReport, met: Met) -> _Building:
    written = tuple(map(cells.get, WRITTEN_OF_BUILDINGS))
    known = met.get(written)
    if known is not None:
        return known
    faults = report.problem_count
    longitude, latitude = _position(line, cells, report)
    building = _Building(
        estate=" ".join(cells["estate"].split()), estate_type=_word(line, cells, "estate_type", report) or "",
        number=building_number(cells["building"])[:12], floors=_number(line, cells, "floors", FLOORS, report),
        has_lift={"yes": True, "no": False}.get(_word(line, cells, "lift", report) or ""),
        longitude=longitude, latitude=latitude,
    )  # fmt: skip
    if report.problem_count == faults:
        met[written] = building
    return building


def _problem(row: TableRow, cells: dict[str, str]) -> tuple[str, str, str] | None:
    if row.has_oversized_cell:
        return "", "cell_too_long", _("A cell is longer than 4,000 characters. Something else was pasted there.")
    for field in NEEDED:
        if not cells[field]:
            return field, "cell_empty", _("This cell is needed. Fill it in.")
    for field, length in LENGTHS.items():
        written = cells.get(field)
        if not written:
            continue
        if len(written) > length:
            return (
                field,
                "cell_too_long",
                _("This is longer than %(length)d characters. Shorten it.") % {"length": length},
            )
        if written[0] in FORMULA_STARTS:
            return field, "cell_is_formula", _("This looks like a formula. Write plain text.")
    if not LETTER_OR_DIGIT.search(door_number(cells["door"])):
        return "door", "door_unreadable", _("The door has no number. Write it as 301.")
    return None


def _word(line: int, cells: dict[str, str], field: str, report: ImportReport) -> str | None:
    written = cells.get(field, "")
    if not written:
        return None
    value = _words().get((field, fold(written)))
    if value is None:
        report.warn(line, column=field, written=written, code="word_unknown",
                    message=_("This word is not known here and was passed over. See the template."))  # fmt: skip
    return value


def _number(line: int, cells: dict[str, str], field: str, valid: range, report: ImportReport) -> int | None:
    if not cells.get(field):
        return None
    written = fold(cells[field]).strip()
    digits = written[:4] if field == "birth_year" else written
    if digits.isdecimal() and int(digits) in valid:
        return int(digits)
    report.warn(line, column=field, written=written, code="number_unreadable",
                message=_("This is no number that can be right, and was passed over."))  # fmt: skip
    return None


def _phone(line: int, cells: dict[str, str], report: ImportReport) -> str:
    written = cells.get("phone")
    try:
        return normal_phone(written) if written else ""
    except InvalidInput as refusal:
        report.warn(line, column="phone", written="", code=refusal.code, message=refusal.message)
        return ""


def _position(line: int, cells: dict[str, str], report: ImportReport) -> tuple[float | None, float | None]:
    if not cells.get("longitude") or not cells.get("latitude"):
        return None, None
    system = CoordinateSystem(_word(line, cells, "system", report) or CoordinateSystem.WGS84)
    try:
        longitude, latitude = float(cells["longitude"]), float(cells["latitude"])
    except ValueError:
        longitude = latitude = float("nan")
    if not (73 <= longitude <= 136 and 3 <= latitude <= 54):
        report.warn(
            line, column="longitude", written=f"{cells['longitude']}, {cells['latitude']}", code="position_unreadable",
            message=_("This position is not in China (longitude 73-136, latitude 3-54); passed over."),
        )  # fmt: skip
        return None, None
    found = to_wgs84(longitude, latitude, system)
    return round(found[0], 7), round(found[1], 7)
