"""招募令: a street calls for people with its risks stated; they answer by phone, on paper, by list; they are placed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, STREET, main_button, new_phone, prove_phone, see_success, until

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
BEIJING = timedelta(hours=8)


def test_street_calls_for_people_they_answer_three_ways_and_are_placed(visit: Open, books: Books) -> None:
    from juxing.responders.models import RecruitmentAnswer

    desk = visit("/recruitment/", role="street_operator")
    judge(desk)
    title = f"夜间巡查{new_phone()[-4:]}"
    base = _published(desk, title)
    address = _address_of(books, title)

    phone = visit(address, phone=True)
    expect(phone.locator("main")).to_contain_text("夜间行走有跌倒风险")
    judge(phone)
    link = _answered_by_phone(phone)
    paper = _answered_on_paper(desk, base)
    listed = _answered_by_list(desk, base)

    def all_in() -> bool:
        with books():
            return bool(RecruitmentAnswer.objects.filter(call__title=title).count() == 3)

    until(all_in, otherwise="The list did not come in.")
    desk.goto(f"{base}?only=submitted")
    judge(desk)
    for box in desk.locator("input[name=responder]").all():
        box.check()
    desk.locator("#verify-answers button").click()
    see_success(desk)

    desk.goto(f"{base}placement/")
    expect(desk.locator("main")).to_contain_text("拟安置2人")
    expect(desk.locator("main")).to_contain_text("已证明")
    judge(desk)
    desk.locator("main form button.btn-primary").first.click()
    see_success(desk)
    desk.goto(base)
    expect(desk.locator("main")).to_contain_text("可以点名的人中最近")
    judge(desk)
    with books():
        placed = RecruitmentAnswer.objects.filter(call__title=title, need__isnull=False)
        assert placed.count() == 2
        assert {paper, listed} & set(placed.values_list("responder__name", flat=True))
    phone.goto(link)
    expect(phone.locator("#recruitment")).to_be_visible()
    judge(phone)
    phone.locator("section:has(#recruitment) li", has_text=title).get_by_role("button").click()
    see_success(phone)

    desk.fill("#id_note", "人员已满，谢谢大家")
    desk.locator("form[action$='/close/'] button").click()
    see_success(desk)
    phone.goto(address)
    expect(phone.locator("main")).to_contain_text("人员已满，谢谢大家")
    judge(phone)


def _published(desk: Page, title: str) -> str:
    """Write the call, read it once more, publish it; return its address at the desk."""
    desk.goto("/recruitment/new/")
    judge(desk)
    now = datetime.now(tz=UTC) + BEIJING
    words = {"title": title, "work": "夜间在小区巡查，每晚三小时", "risks": "夜间行走有跌倒风险", "place": "居委会门口",
             "provided": "意外保险、反光背心、夜宵", "enquiries": "小李 021-0000000"}  # fmt: skip
    for name, text in words.items():
        desk.fill(f"#id_{name}", text)
    desk.select_option("#id_area_code", STREET)
    for name, days in {"starts_at": 1, "ends_at": 5, "answer_by": 2}.items():
        desk.fill(f"#id_{name}", (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M"))
    desk.fill("#id_need_0", "巡查")
    desk.fill("#id_count_0", "2")
    desk.select_option("#id_where_0", FIRST_COMMUNITY)
    main_button(desk).click()
    see_success(desk)
    base = desk.url
    judge(desk)
    desk.goto(f"{base}change/")
    judge(desk)
    desk.goto(base)
    desk.locator("form[action$='/publish/'] button").click()
    see_success(desk)
    desk.goto(f"{base}poster/")
    expect(desk.locator("main")).to_contain_text("夜间行走有跌倒风险")
    judge(desk)
    desk.goto(base)
    return base


def _address_of(books: Books, title: str) -> str:
    from juxing.responders.models import RecruitmentCall

    with books():
        return f"/calls/{RecruitmentCall.objects.get(title=title).code}/"


def _answered_by_phone(phone: Page) -> str:
    """Answer as somebody without an account; return the link to the own service."""
    phone.get_by_role("link", name="我愿意做这个").first.click()
    phone.wait_for_url("**/report-in/")
    prove_phone(phone, new_phone(), start=phone.url, then="**/report-in/form/")
    phone.fill("#id_name", "应招人甲")
    phone.select_option("#id_area_code", FIRST_COMMUNITY)
    main_button(phone).click()
    phone.wait_for_url("**/received/")
    see_success(phone)
    judge(phone)
    return phone.url.removesuffix("received/")


def _answered_on_paper(desk: Page, base: str) -> str:
    """Enter what came on paper; return the name."""
    name = f"应招人乙{new_phone()[-4:]}"
    desk.goto(f"{base}enter/")
    judge(desk)
    desk.fill("#id_name", name)
    desk.fill("#id_phone", new_phone())
    desk.select_option("#id_area_code", FIRST_COMMUNITY)
    main_button(desk).click()
    see_success(desk)
    return name


def _answered_by_list(desk: Page, base: str) -> str:
    """Take in a unit's list for the call; return the name in it."""
    name = f"应招人丙{new_phone()[-4:]}"
    written = f"姓名,手机号,社区\n{name},{new_phone()},{FIRST_COMMUNITY}\n"
    desk.goto(base)
    desk.locator("a[href*='/responders/lists/?call=']").first.click()
    desk.set_input_files("#id_file", {"name": "名单.csv", "mimeType": "text/csv", "buffer": written.encode()})
    desk.select_option("#id_area_code", STREET)
    main_button(desk).click()
    desk.wait_for_url("**/responders/lists/*/")
    return name
