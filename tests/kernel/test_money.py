"""Money as people write it and as it stands in spreadsheets."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from python_calamine import CalamineWorkbook

from juxing.access.export_files import Mark, as_text, as_workbook
from juxing.access.exporting import Table
from juxing.kernel.money import YuanField, exact_yuan, with_sign


@pytest.mark.parametrize(
    ("written", "fen"),
    [("58", 5800), ("￥1,200.00", 120000), ("32.5 元", 3250), ("\uff13\uff12\uff0e\uff15", 3250), ("", None), ("0", 0)],
)
def test_amounts_are_read_as_people_write_them(written: str, fen: int | None) -> None:
    assert YuanField(required=False).clean(written) == fen


@pytest.mark.parametrize("written", ["-1", "1.234", "1e5", "12 箱", "1.2.3", "99999999999", "0.001"])
def test_what_is_no_amount_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValidationError) as refused:
        YuanField(required=False).clean(written)

    assert refused.value.messages


def test_nothing_is_no_amount_where_something_is_to_be_paid() -> None:
    with pytest.raises(ValidationError):
        YuanField(least=1).clean("0.00")


def test_money_in_a_file_is_a_number_to_the_fen_also_below_zero() -> None:
    table, mark = Table(["sum"], [[exact_yuan(-30005)], [exact_yuan(1)], ["=1+1"]]), Mark("1", "taken")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(as_workbook(table, mark))).get_sheet_by_index(0).to_python()
    text = as_text(table, mark).decode("utf-8-sig").split("\r\n")

    assert [row[0] for row in sheet[1:]] == [-300.05, 0.01, "'=1+1"]
    assert text[1:4] == ["-300.05,1", "0.01,1", "'=1+1,1"]
    assert (exact_yuan(10**12), with_sign(-300)) == (Decimal("10000000000.00"), "-\u00a53.00")
