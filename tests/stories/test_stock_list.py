"""库存表: a storekeeper sends the list as it is kept, says what is unclear, and the goods stand in the books once."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import main_button, see_success

pytestmark = pytest.mark.browser
COMMUNITY = "990117001203"


def messy_list() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("库存")
        sheet.merge_range("A1:F1", "社区应急物资盘点表（3月）")
        sheet.write_row("A2", ["类别", "物资名称", "规格", "数量", "有效期", "保管人"])
        sheet.merge_range("A3:A6", "防护类")
        sheet.write_row("B3", ["雨鞋", "", "26双", "", "张三"])
        sheet.write_row("B4", ["救生衣", "", "3箱", "", ""])
        sheet.write_row("B5", ["测体温设备", "", 4, "", ""])
        sheet.write_row("B6", ["手电", "", "约20", "", ""])
        sheet.write("A7", "合计")
        sheet.write_formula("D7", "=SUM(D3:D6)", value=4)
        sheet.write("A8", "制表人：张三")
    return written.getvalue()


def test_storekeeper_takes_a_messy_list_over_once(visit: Open, books: Callable[..., Any], tmp_path: Path) -> None:
    from juxing.supplies.models import Depot, StockLevel

    with books():
        depot = Depot.objects.filter(area_code=COMMUNITY).first() or Depot.objects.create(
            area_code=COMMUNITY, name="应急物资点"
        )
        uuid, number = str(depot.uuid), depot.pk
    file = tmp_path / "库存.xlsx"
    file.write_bytes(messy_list())
    keeper = visit(f"/supplies/sheets/?depot={uuid}", account="storekeeper-990117001")
    keeper.select_option("#id_depot", uuid)
    keeper.set_input_files("#id_file", file)
    main_button(keeper).click()
    rows = keeper.locator("#rows tbody tr")
    expect(rows).to_have_count(3)
    expect(keeper.locator("#problems")).to_contain_text("约20")
    expect(keeper.locator("body")).not_to_contain_text("张三")
    judge(keeper)

    keeper.select_option("#id_meanings_0", "-")
    keeper.fill("#id_packs_0", "12")
    keeper.locator("form:has(#id_packs_0) .btn-primary").click()
    see_success(keeper)
    expect(rows.filter(has_text="救生衣")).to_contain_text("36")
    keeper.locator("form[action$='/take-over/'] .btn-primary").click()
    see_success(keeper)
    judge(keeper)

    keeper.goto("/supplies/sheets/")
    keeper.select_option("#id_depot", uuid)
    keeper.set_input_files("#id_file", file)
    main_button(keeper).click()
    expect(keeper.locator("form[action$='/take-over/']")).to_have_count(0)
    with books():
        held = dict(StockLevel.objects.filter(depot=number).values_list("item__code", "on_hand"))
    assert {code: int(held[code]) for code in ("rubber_boots", "life_jacket")} == {
        "rubber_boots": 26,
        "life_jacket": 36,
    }
