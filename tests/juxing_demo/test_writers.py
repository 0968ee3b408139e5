"""Files for the import tests."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from juxing_demo import Day, District
from juxing_demo.writers import (
    FAULTS,
    area_rows,
    household_headings,
    household_rows,
    spoil_areas,
    write_household_csv,
    write_household_workbook,
    write_need_workbook,
)


def test_household_workbook_holds_every_household(small: District, tmp_path: Path) -> None:
    path = tmp_path / "households.xlsx"

    count = write_household_workbook(small, path)

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert count == 4_500
    assert rows[0] == list(household_headings().values())
    assert len(rows) == 4_501
    assert rows[1][0] == small.estates.community_code[0]
    assert sum(int(str(row[10]).removesuffix(".0")) for row in rows[1:]) == 10_440


def test_household_workbook_can_be_of_one_community(small: District, tmp_path: Path) -> None:
    community = small.estates.community_code[-1]

    count = write_household_workbook(small, tmp_path / "one.xlsx", under=community, headings={"door": "Door"})

    assert count == sum(code.startswith(community) for code in small.households.code)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_household_csv_reads_back_in_its_encoding(small: District, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "households.csv"
    community = small.estates.community_code[-1]

    count = write_household_csv(small, path, encoding=encoding, under=community)  # type: ignore[arg-type]

    with path.open(encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count == len(list(household_rows(small, under=community)))
    assert rows[0]["楼栋"] == next(household_rows(small, under=community))["building"]


def test_need_workbook_keeps_formulas_as_text(day: Day, tmp_path: Path) -> None:
    path = tmp_path / "needs.xlsx"

    count = write_need_workbook(day, path)

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    cells = [cell for row in rows for cell in row]
    assert len(rows) == count + 1 == len(day.spreadsheet_rows) + 1
    assert any(str(cell).startswith("=HYPERLINK(") for cell in cells)
    assert any("<script>" in str(cell) for cell in cells)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_spoilt_areas_tell_which_lines_are_bad(small: District, encoding: str) -> None:
    areas = area_rows(small)

    spoilt = spoil_areas(areas, encoding=encoding, faults_each=2)  # type: ignore[arg-type]

    lines = list(csv.reader(StringIO(spoilt.content.decode(encoding), newline="")))
    good = [tuple(line) for number, line in enumerate(lines, start=1) if number > 1 and number not in spoilt.bad_lines]
    assert lines[0] == ["code", "name", "level"]
    assert good == spoilt.good == areas
    assert sorted(spoilt.bad_lines.values()) == sorted(FAULTS * 2)
    for number, fault in spoilt.bad_lines.items():
        if fault == "duplicate":
            assert lines[number - 1] in lines[: number - 1]


def test_spoilt_areas_need_something_to_spoil() -> None:
    with pytest.raises(ValueError, match="at least one area"):
        spoil_areas([])
