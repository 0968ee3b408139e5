"""
Files as people send them: the household spreadsheet filled in, the need spreadsheet, and spoilt area
files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from juxing_demo.data_files import data
from juxing_demo.day_tables import Day
from juxing_demo.district_tables import District
from juxing_demo.draws import DEMO_SEED, Draws
from juxing_demo.staff import contacts_of_households

Encoding = Literal["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]
AreaRow = tuple[str, str, str]
"""Code, name, level."""


def household_headings() -> dict[str, str]:
    """Column identifiers of the household spreadsheet and their headings, in order."""
    return dict(data("household_sheet")["heading"])


def household_rows(district: District, *, under: str = "") -> Iterator[dict[str, Any]]:
    """
    One row per household, keyed by the identifiers of `household_headings`.

    Parameters
    ----------
    under
        Only households whose code starts with it.
    """
    words = data("household_sheet")["word"]
    contacts = contacts_of_households(district.residents).tolist()
    estates = list(district.estates.rows("community_code", "name", "estate_type"))
    buildings = list(district.buildings.rows("estate_row", "grid_row", "label", "floors", "has_lift", "lon", "lat"))
    columns = district.households.rows("code", "door", "floor", "unit_row", "building_row", "size")
    for (code, door, floor, unit, building, people), contact in zip(columns, contacts, strict=True):
        if not code.startswith(under):
            continue
        estate, grid, label, floors, has_lift, lon, lat = buildings[building]
        community, estate_name, estate_type = estates[estate]
        yield {
            "community_code": community,
            "estate": estate_name,
            "estate_type": estate_type,
            "grid": district.grids.code[grid][-3:],
            "building": label,
            "floors": floors,
            "has_lift": words["yes" if has_lift else "no"],
            "unit": district.units.label[unit],
            "door": door,
            "floor": floor,
            "people": people,
            "contact_name": district.residents.name[contact],
            "contact_phone": district.residents.phone[contact],
            "lon": lon,
            "lat": lat,
        }


def write_household_workbook(
    district: District, path: Path, *, under: str = "", headings: Mapping[str, str] | None = None
) -> int:
    """
    Fill the household spreadsheet (xlsx) and return the number of rows below the header.

    Parameters
    ----------
    headings
        Heading by column identifier, in the order wanted; columns left out are not written.
    """
    chosen = headings or household_headings()
    rows = ([row[name] for name in chosen] for row in household_rows(district, under=under))
    return _write_workbook(path, data("household_sheet")["word"]["sheet"], list(chosen.values()), rows)


def write_household_csv(
    district: District,
    path: Path,
    *,
    encoding: Encoding = "utf-8",
    under: str = "",
    headings: Mapping[str, str] | None = None,
) -> int:
    """The same rows as CSV in the given encoding; returns their number."""
    chosen = headings or household_headings()
    count = 0
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(chosen.values())
        for count, row in enumerate(household_rows(district, under=under), start=1):  # noqa: B007
            writer.writerow([row[name] for name in chosen])
    return count


def write_need_workbook(day: Day, path: Path, *, headings: Mapping[str, str] | None = None) -> int:
    """The hand-filled need spreadsheet of a day, faults included; returns the number of rows."""
    chosen = headings or data("spreadsheet")["heading"]
    rows = day.spreadsheet_rows.rows(*chosen)
    return _write_workbook(path, data("spreadsheet")["sheet"], list(chosen.values()), rows)


def _write_workbook(path: Path, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Text stays text: codes keep their zeros, a formula is written as the characters of one."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, header)
        for row in rows:
            count += 1
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(count, column, value)
                else:
                    page.write(count, column, value)
    return count


@dataclass(frozen=True)
class SpoiltAreas:
    """
    An area file and the truth about it.

    `bad_lines` maps line numbers (the header is line 1) to the fault there: duplicate, orphan,
    wrong_length, not_a_number, empty_name, unknown_level, too_few_columns. `good` holds the rows that
    must come in.
    """

    content: bytes
    bad_lines: dict[int, str]
    good: list[AreaRow]


FAULTS = ("duplicate", "orphan", "wrong_length", "not_a_number", "empty_name", "unknown_level", "too_few_columns")


def spoil_areas(
    areas: Sequence[AreaRow], *, encoding: Encoding = "utf-8", faults_each: int = 3, seed: int = DEMO_SEED
) -> SpoiltAreas:
    """
    Put faulty lines among the rows of an area file (header ``code,name,level``) and encode it.

    Every given row stays good and stands before any duplicate of it. ``utf-8-sig`` gives a byte order mark.

    Raises
    ------
    ValueError
        If there is no row to spoil.
    """
    if not areas:
        raise ValueError("Expected at least one area.")
    draws = Draws(seed, "spoilt areas", len(areas), faults_each)
    inserted: dict[int, list[tuple[tuple[str, ...], str]]] = {}
    for fault in FAULTS:
        for number, at in enumerate(draws.below(faults_each, len(areas)).tolist()):
            inserted.setdefault(at, []).append((_faulty(areas[at], fault, number), fault))
    lines: list[tuple[str, ...]] = [("code", "name", "level")]
    bad: dict[int, str] = {}
    for at, area in enumerate(areas):
        lines.append(area)
        for line, fault in inserted.get(at, []):
            lines.append(line)
            bad[len(lines)] = fault
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return SpoiltAreas(text.getvalue().encode(encoding), bad, list(areas))


def _faulty(area: AreaRow, fault: str, number: int) -> tuple[str, ...]:
    code, name, level = area
    lines: dict[str, tuple[str, ...]] = {
        "duplicate": (code, name, level),
        "orphan": (f"9988770{number:02d}001", name, "community"),
        "wrong_length": (code + "7", name, level),
        "not_a_number": (f"99O{number}17", name, "district"),
        "empty_name": (f"9902{number:02d}", "", "district"),
        "unknown_level": (f"9903{number:02d}", name, "galaxy"),
        "too_few_columns": (f"9904{number:02d}",),
    }
    return lines[fault]


def area_rows(district: District) -> list[AreaRow]:
    """The district's official areas in the form of an area file."""
    return list(district.areas.rows("code", "name", "level"))
