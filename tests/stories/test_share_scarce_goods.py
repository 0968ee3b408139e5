"""物资申领与调配: two hospitals ask for more than is offered; a person shares it out fairly and signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, SECOND_COMMUNITY, STREET

pytestmark = pytest.mark.browser
HEAD = "单位,区域代码,物资,数量\n"
ASKED = f"望湖医院,{FIRST_COMMUNITY},N95口罩,800\n柳荫医院,{SECOND_COMMUNITY},N95口罩,400\n柳荫医院,,没有这种东西,\n"
OFFERED = f"听雨纺织厂,{FIRST_COMMUNITY},N95口罩,600\n"
WAIT_MS = 60_000


def send(page: Page, kind: str, name: str, rows: str) -> None:
    """Send a list and wait for what became of its rows."""
    page.goto("/supplies/lists/")
    page.select_option("#id_area_code", STREET)
    page.select_option("#id_kind", kind)
    page.fill("#id_name", name)
    content = (HEAD + rows).encode()
    page.set_input_files("input[type=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form .btn-primary").first.click()
    report, result = page.locator(".kit-report"), page.locator(".kit-progress a, .kit-job a.btn-primary")
    expect(report.or_(result.first)).to_be_visible(timeout=WAIT_MS)
    if not report.is_visible():
        result.first.click()
    expect(report).to_be_visible()


def test_scarce_goods_are_shared_evenly_and_signed_for(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.supplies.models import AllocationRun, SupplyRequest

    page = visit(role="street_operator")
    send(page, "request", "医院口罩需求", ASKED)
    judge(page)
    send(page, "offer", "工厂口罩供给", OFFERED)

    page.goto(f"/supplies/allocations/share/?area={STREET}")
    page.locator("main form[method=post] .btn-primary").click()
    sign, result = page.locator("[data-open-dialog=sign]"), page.locator(".kit-job a.btn-primary, .kit-progress a")
    expect(sign.or_(result.first)).to_be_visible(timeout=WAIT_MS)
    if not sign.is_visible():
        result.first.click()
    expect(page.locator(".supplies-items")).to_contain_text("600")
    judge(page)
    sign.click()
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator(".kit-notice--success").first).to_be_visible()

    with books():
        assert AllocationRun.objects.order_by("-id")[0].signed_at is not None
        shared = SupplyRequest.objects.filter(written_item="N95口罩").order_by("-quantity")
        assert [int(request.committed_quantity) for request in shared] == [400, 200]
        asked = f"/supplies/requests/{shared[0].uuid}/"
    page.goto(asked)
    judge(page)
    page.goto("/supplies/offers/")
    page.locator("tbody tr a[href*='/supplies/offers/']").first.click()
    judge(page)
