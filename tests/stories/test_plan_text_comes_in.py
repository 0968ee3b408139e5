"""预案文本导入: an existing plan comes in as a Word file, is read, and is confirmed section by section on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.juxing_text.plan_files import PERSONAL, TYPED, word
from tests.stories.judging import judge
from tests.stories.telling import main_button, picture, see_success

pytestmark = pytest.mark.browser
VILLAGE_COMMUNITY = "990117001201"
WRITER = "district_operator-990117"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_plan_text_is_confirmed_section_by_section(visit: Callable[..., Page]) -> None:
    desk = visit("/plans/", account=WRITER, expected=(422,))
    desk.locator("a[href='/plans/import/']").first.click()
    judge(desk)
    desk.set_input_files("#id_file", {"name": "预案.doc", "mimeType": "application/msword", "buffer": OLD_WORD})
    desk.fill("#id_title", "沿江村社区防汛预案")
    desk.select_option("#id_hazard", "natural.meteorological.typhoon")
    desk.fill("#id_area_code", VILLAGE_COMMUNITY)
    main_button(desk).click()
    expect(desk.locator("main")).to_contain_text(".docx")
    judge(desk)

    desk.set_input_files("#id_file", {"name": "防汛预案.docx", "mimeType": WORD, "buffer": word(TYPED)})
    main_button(desk).click()
    expect(desk.locator("#progress")).to_contain_text("9")
    expect(desk.locator(".import-section")).to_have_count(9)
    judge(desk)
    picture(desk, "plan-text")
    address = desk.url
    plan = str(desk.get_by_role("link", name="去看预案").get_attribute("href")).strip("/").rsplit("/", 1)[-1]

    desk.locator(".import-section", has_text="应急响应").get_by_role("link").first.click()
    expect(desk.locator(".import-row")).to_have_count(7)
    assert [detail for detail in PERSONAL if detail in desk.content()] == []
    judge(desk)
    picture(desk, "plan-text-section")
    main_button(desk).click()
    see_success(desk)

    phone = visit(address, account=WRITER, phone=True)
    phone.locator(".import-section", has_text="组织指挥体系").get_by_role("link").first.click()
    expect(phone.locator(".import-keep input")).to_have_count(10)
    judge(phone)
    picture(phone, "plan-text-phone")
    main_button(phone).click()
    see_success(phone)
    phone.goto(f"/plans/{plan}/import/")
    judge(phone)
    phone.goto(address)
    expect(phone.locator("#progress")).to_contain_text("2")
    phone.locator("[data-open-dialog='finish']").click()
    phone.locator("#finish .btn-primary").click()
    see_success(phone)
    expect(phone.locator("#triggers ~ ul")).to_contain_text("市防汛指挥部发布暴雨红色预警")
    expect(phone.locator("#playbook ~ *").first).to_contain_text("2小时内转移危房和底楼居民")


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
