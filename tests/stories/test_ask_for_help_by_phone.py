"""点对点对接, the resident's side: asking on a phone without an account, following by link, answering by link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import (
    FIRST_COMMUNITY,
    SECOND_COMMUNITY,
    ask_for_help,
    deliver,
    fill_request,
    main_button,
    need_of,
    new_phone,
    number_on,
    prove_phone,
    quiet_home,
    see_success,
)

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def test_resident_asks_follows_gets_help_and_confirms_with_stars(visit: Open, books: Books) -> None:
    with books():
        home = quiet_home(FIRST_COMMUNITY)
    page = visit(phone=True)
    number, link = ask_for_help(page, home, things="鸡蛋 2板\n青菜 1份", details="家里没菜了，老人行动不便")
    expect(page.locator("main svg, main img").first).to_be_visible()
    judge(page)

    with books():
        need = need_of(number)
        assert (need.household_id, need.channel, need.status) == (home.id, "mobile", "triaged")
        deliver(need)
    page.goto(link)
    expect(page.locator(".needs-state")).to_contain_text("已经送达")
    judge(page)
    page.locator("label:has(input[name=score][value='5'])").click()
    page.fill("#id_comment", "谢谢小哥")
    main_button(page).click()
    see_success(page)
    expect(page.locator("input[name=score]")).to_have_count(0)

    with books():
        need = need_of(number)
        assert need.status == "confirmed"
        assert need.feedback.score == 5


def test_resident_says_what_was_wrong_and_the_need_comes_before_others(visit: Open, books: Books) -> None:
    with books():
        home = quiet_home(FIRST_COMMUNITY)
    page = visit(phone=True, expected=(422,))
    number, link = ask_for_help(page, home, things="大米 1袋")
    with books():
        deliver(need_of(number))
        before = need_of(number).priority_score

    page.goto(link)
    page.locator("details:has(#id_what_was_wrong) summary").click()
    page.locator("details .btn-primary").click()
    expect(page.locator("details[open] .kit-field--wrong, details[open] [aria-invalid=true]").first).to_be_visible()
    page.fill("#id_what_was_wrong", "少了一袋，只有半袋")
    page.locator("details .btn-primary").click()
    see_success(page)

    with books():
        need = need_of(number)
        assert need.status in {"reopened", "matched"}
        assert need.priority_score > before


def test_resident_withdraws_and_can_ask_again(visit: Open, books: Books) -> None:
    with books():
        home = quiet_home(SECOND_COMMUNITY)
    page = visit(phone=True)
    number, link = ask_for_help(page, home, kind="repair", details="水管漏水")

    page.goto(f"{link}correct/")
    judge(page)
    page.goto(link)
    page.locator("form[action$='/withdraw/'] button").click()
    see_success(page)
    page.goto("/ask/")
    page.wait_for_url("**/ask/need/")

    with books():
        assert need_of(number).status == "withdrawn"


def test_wrong_old_and_foreign_links_look_the_same_and_say_where_to_go(visit: Open, books: Books) -> None:
    from juxing.kernel import clock
    from juxing.needs.models import Need

    with books():
        home = quiet_home(SECOND_COMMUNITY)
    page = visit(phone=True, expected=(404,))
    number, link = ask_for_help(page, home, kind="water")
    with books():
        Need.objects.filter(pk=need_of(number).pk).update(link_expires_at=clock.now() - timedelta(minutes=1))

    words = set()
    for address in (link, "/n/not-a-link/", "/n/%E6%B5%8B%E8%AF%95/"):
        page.goto(address)
        words.add(page.locator("main").inner_text())
    assert len(words) == 1
    page.locator("main a.btn-primary").click()
    page.locator(".needs-mine button").first.click()
    assert number_on(page) == number

    stranger = visit(phone=True, expected=(422,))
    prove_phone(stranger, new_phone())
    stranger.goto("/n/")
    judge(stranger)
    stranger.fill("#id_number", number)
    main_button(stranger).click()
    expect(stranger.locator("#id_number_error, .kit-field--wrong, [data-form-errors]").first).to_be_visible()


def test_wrong_codes_end_after_five_and_a_missing_door_keeps_what_was_typed(visit: Open, books: Books) -> None:
    with books():
        home = quiet_home(FIRST_COMMUNITY)
    page = visit("/ask/", phone=True, expected=(422, 429))
    page.fill("#id_phone", "not a phone")
    main_button(page).click()
    expect(page.locator("[data-form-errors], .errorlist, [id$=_error]").first).to_be_visible()
    page.fill("#id_phone", new_phone())
    main_button(page).click()
    right = page.locator(".kit-code__digits").inner_text()
    judge(page)
    for _attempt in range(5):
        page.fill("#id_code", f"{(int(right) + 1) % 1_000_000:06}")
        main_button(page).click()
    page.fill("#id_code", right)
    main_button(page).click()
    expect(page.locator("#id_code")).to_be_visible()

    prove_phone(page, new_phone())
    fill_request(page, home, kind="medicine", details="高血压药没有了 <b>急</b> '; DROP TABLE needs_need; --")
    page.fill("#id_building", "")
    page.fill("#id_door", "")
    main_button(page).click()
    expect(page.locator("#id_details")).to_have_value("高血压药没有了 <b>急</b> '; DROP TABLE needs_need; --")
    assert page.locator("input[value=medicine]").is_checked()
    judge(page)
