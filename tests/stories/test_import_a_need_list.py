"""需求统计表: a hand-filled spreadsheet with its faults; good rows in, bad rows named, twice without effect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from juxing_demo import generate_day, generate_district
from juxing_demo.writers import write_need_workbook
from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import STREET

pytestmark = pytest.mark.browser


def bring_in(page: Page, file: Path) -> dict[str, int]:
    """Upload, look, bring in, wait for the report; return its counts."""
    page.goto("/needs/import/")
    area = page.locator("#id_area")
    values = area.locator("option").evaluate_all("options => options.map(option => option.value)")
    area.select_option(next(value for value in values if value.startswith(STREET) or value))
    page.set_input_files("input[type=file]", file)
    page.locator("main form .btn-primary").first.click()
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.locator("form[action$='/start/'] .btn-primary").click()
    report, result = page.locator(".kit-report"), page.locator(".kit-progress a, main a[href*='/needs/import/'].btn")
    expect(report.or_(result.first)).to_be_visible(timeout=60_000)
    if not report.is_visible():
        result.first.click()
    counts = page.locator(".kit-report__counts strong").all_inner_texts()
    return dict(zip(("read", "added", "changed", "unchanged", "rejected"), map(int, counts), strict=True))


def test_good_rows_come_in_bad_rows_are_named_and_twice_adds_nothing(
    visit: Open, books: Callable[[], Any], tmp_path: Path
) -> None:
    from juxing.needs.models import Need

    file = tmp_path / "需求统计表.xlsx"
    day = generate_day(generate_district("S"))
    written = write_need_workbook(day, file)
    page = visit(role="street_operator")

    first = bring_in(page, file)
    judge(page)
    rows = page.locator(".kit-report tbody tr")
    assert first["read"] == written
    assert first["added"] + first["unchanged"] + first["rejected"] == written
    assert first["added"] > 0
    assert first["rejected"] > 0
    assert rows.count() >= first["rejected"]
    for text in rows.locator("td:last-child").all_inner_texts():
        assert len(text) > 5
    with page.expect_download() as download:
        page.locator(".kit-report a[download]").click()
    assert download.value.path().stat().st_size > 1000
    with books():
        after_first = Need.objects.filter(channel="spreadsheet").count()

    second = bring_in(page, file)
    assert second["added"] == 0
    assert second["rejected"] == first["rejected"]
    with books():
        assert Need.objects.filter(channel="spreadsheet").count() == after_first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xlsx", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 300),
        ("zeros.csv", b"\0" * 4000),
        ("none.csv", "甲,乙,丙\n1,2,3\n".encode("gb18030")),
    ],
)
def test_file_that_is_no_list_is_refused_in_words(visit: Open, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page = visit("/needs/import/", role="street_operator", expected=(422,))
    page.locator("#id_area").select_option(index=1)
    page.set_input_files("input[type=file]", file)
    page.locator("main form .btn-primary").first.click()

    expect(page.locator("main .errorlist, main [data-form-errors]").first).to_be_visible()
