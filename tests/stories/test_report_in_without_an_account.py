"""双报到: somebody reports in on a phone without an account, keeps a link, and leaves when they like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, new_phone, see_success

pytestmark = pytest.mark.browser


def test_volunteer_reports_in_is_verified_and_leaves_again(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.responders.models import Responder

    phone, name = new_phone(), "陆小满"
    page = visit(f"/report-in/at/{FIRST_COMMUNITY}/", phone=True)
    judge(page)
    page.fill("#id_phone", phone)
    main_button(page).click()
    judge(page)
    page.fill("#id_code", page.locator(".kit-code__digits").inner_text())
    main_button(page).click()
    page.wait_for_url("**/report-in/form/")
    judge(page)
    assert page.locator("#id_area_code").input_value() == FIRST_COMMUNITY
    page.fill("#id_name", name)
    main_button(page).click()
    page.wait_for_url("**/received/")
    judge(page)
    link = page.url.removesuffix("received/")

    desk = visit("/responders/?status=submitted", role="community_worker")
    expect(desk.locator("tbody tr").first).to_be_visible()
    assert phone not in desk.locator("main").inner_text()
    with books():
        reported = Responder.objects.filter(name=name).order_by("-id")[0]
        assert (reported.area_code, reported.status, reported.account_id) == (FIRST_COMMUNITY, "submitted", None)
    desk.goto(f"/responders/{reported.uuid}/")
    desk.locator("form[action$='/verify/'] button").click()
    see_success(desk)
    desk.goto(f"/responders/{reported.uuid}/account/")
    judge(desk)

    page.goto(link)
    judge(page)
    page.goto(f"{link}change/")
    judge(page)
    page.goto(link)
    page.locator("[data-open-dialog=leave]").click()
    page.locator("dialog[open] form[action$='/leave/'] button[type=submit], dialog[open] .btn-danger").first.click()
    page.wait_for_url("**/report-in/left/")
    judge(page)
    with books():
        reported.refresh_from_db()
        assert reported.name != name
        assert reported.phone != phone
