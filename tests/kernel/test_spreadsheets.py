"""Tables as people send them: every common program's file, and none that can do harm."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.spreadsheets import MAXIMUM_CELL_CHARACTERS, decode_text, read_grid, read_table, safe_cell

CSV = "姓名,房号\n王秀英,301\n\n李明,302\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_in_every_common_encoding_is_read_with_its_lines(encoding: str) -> None:
    rows = list(read_table(CSV.encode(encoding)))

    assert [(row.line, row.cells) for row in rows] == [
        (2, {"姓名": "王秀英", "房号": "301"}), (4, {"姓名": "李明", "房号": "302"}),
    ]  # fmt: skip


def workbook(*rows: Sequence[object]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.close()
    return content.getvalue()


def test_excel_is_read_with_numbers_as_people_see_them() -> None:
    rows = list(read_table(workbook(["姓名", "房号"], ["王秀英", 301], ["李明", 2.5])))

    assert [row.cells["房号"] for row in rows] == ["301", "2.5"]


def test_lines_are_the_authors_where_the_first_rows_are_empty() -> None:
    content = workbook([], [], [None, "姓名"], [None, "李明"])

    assert [(row.line, row.cells) for row in read_table(content)] == [(4, {"姓名": "李明"})]
    assert [row.line for row in read_grid(content, maximum_rows=10)] == [3, 4]


def test_merged_cells_stand_in_every_cell_they_cover() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("C2:D2", "title")
        sheet.merge_range("C3:C4", "class")
        sheet.write_column("D3", ["one", "two"])

    rows = read_grid(content.getvalue(), maximum_rows=10)

    assert [row.cells for row in rows] == [["title", "title"], ["class", "one"], ["class", "two"]]
    assert [row.shared for row in rows] == [frozenset(), {0}, {0}]


def test_grid_of_too_many_rows_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_grid(workbook(*[["x"]] * 11), maximum_rows=10)
    with pytest.raises(InvalidInput):
        read_grid(b"x\n" * 11, maximum_rows=10)


def test_formula_arrives_as_its_last_value_and_is_never_run() -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "n")
    sheet.write_formula(1, 0, '=HYPERLINK("http://example.invalid")', value="shown")
    book.close()

    assert [row.cells for row in read_table(content.getvalue())] == [{"n": "shown"}]


def test_huge_cell_is_shortened_and_marked() -> None:
    rows = list(read_table(f"a\n{'x' * 10_000_000}\nok\n".encode()))

    assert rows[0].has_oversized_cell
    assert len(rows[0].cells["a"]) == MAXIMUM_CELL_CHARACTERS
    assert rows[1].cells == {"a": "ok"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"), (b"  \n", "file_empty"), (b"PK\x03\x04broken", "file_broken"),
        (b"\x00\x01\x02\xff\x00", "file_unreadable"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_code(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        list(read_table(content))


@given(st.binary(max_size=400))
def test_no_file_whatever_it_holds_breaks_the_reader(content: bytes) -> None:
    with suppress(InvalidInput):
        assert all(row.line > 0 for row in read_table(content))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_export_cells_cannot_become_formulas(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert safe_cell("王秀英") == "王秀英"


def test_text_keeps_its_characters() -> None:
    assert decode_text("〇一二".encode("gb18030")) == "〇一二"
