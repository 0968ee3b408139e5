"""Excel files that would take the server down are refused with the cell to look for; every other one is opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineSheet

from juxing.kernel import workbooks
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.workbooks import MAXIMUM_RECTANGLE, open_first_sheet

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
SHEET = "xl/worksheets/sheet1.xml"
Fill = Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]


def saved(*fills: Fill) -> bytes:
    """Return a workbook with a small table in its first sheet, and what is filled in beside it, a sheet for each."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    for number, fill in enumerate(fills or (lambda _book, _sheet: None,)):
        sheet = book.add_worksheet()
        if number == 0:
            sheet.write_row(0, 0, ["姓名", "房号"])
            sheet.write_row(1, 0, ["王秀英", "301"])
        fill(book, sheet)
    book.close()
    return content.getvalue()


def changed(content: bytes, old: str, new: str) -> bytes:
    """Return the package with the text of its first sheet changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(written, "w") as copy:
        for part in package.infolist():
            text = package.read(part)
            if part.filename == SHEET:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            copy.writestr(part.filename, text)
    return written.getvalue()


def refusal_of(content: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        open_first_sheet(content)
    return caught.value


def far_cell(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write(LAST_ROW, LAST_COLUMN, "x")


def test_a_forgotten_cell_far_away_is_named_instead_of_ending_the_process() -> None:
    refusal = refusal_of(saved(far_cell))

    assert refusal.code == "cell_far_away"
    assert "XFD" in str(refusal.message)
    assert "1048576" in str(refusal.message)


def test_one_cell_far_down_and_another_far_right_are_as_bad() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write(LAST_ROW, 0, "x")
        sheet.write(2, 700, "y")

    assert refusal_of(saved(fill)).code == "cell_far_away"


def test_frames_around_empty_cells_and_other_sheets_do_no_harm() -> None:
    def frame(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_blank(LAST_ROW, LAST_COLUMN, None, book.add_format({"border": 1}))

    sheet = open_first_sheet(saved(frame, far_cell))

    assert list(sheet.iter_rows()) == [["姓名", "房号"], ["王秀英", "301"]]


def test_a_last_cell_in_a_long_sheet_is_found_wherever_the_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(far_cell)
    for size in range(1, 80, 7):
        monkeypatch.setattr(workbooks, "PART_BYTES", size)
        assert refusal_of(content).code == "cell_far_away"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('<c r="B2"', '<c n=">" r="XFD1048576"', "file_broken"),
        ('<c r="B2"', "<c", "file_broken"),
        ('<c r="B2"', "<c r='XFD1048576'", "cell_far_away"),
        ('<c r="B2"', '<c\n s="0"   r="XFD1048576"', "cell_far_away"),
    ],
)
def test_other_ways_of_writing_a_cell_do_not_get_past(old: str, new: str, code: str) -> None:
    assert refusal_of(changed(saved(), old, new)).code == code


def test_what_unpacks_to_more_than_can_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAXIMUM_UNPACKED_BYTES", 1000)

    assert refusal_of(saved()).code == "file_too_large"


def test_packages_that_are_no_workbook_are_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("content.xml", "<office/>")

    assert refusal_of(written.getvalue()).code == "file_broken"


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 300), st.integers(0, 800)), min_size=1, max_size=12))
def test_the_corner_is_where_the_reader_finds_it(cells: set[tuple[int, int]]) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for row, column in cells:
            sheet.write(row, column, "x")

    content = saved(fill)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        columns, rows = workbooks._extent(workbooks._parts(package, workbooks._first_sheet(package)))
    sheet: CalamineSheet = open_first_sheet(content)

    assert columns * rows <= MAXIMUM_RECTANGLE
    assert sheet.end == (rows - 1, columns - 1)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_file_damaged_anywhere_is_read_or_refused(damage: list[tuple[float, int]]) -> None:
    content = bytearray(saved())
    for where, value in damage:
        content[int(where * len(content))] = value
    with suppress(InvalidInput):
        open_first_sheet(bytes(content))
