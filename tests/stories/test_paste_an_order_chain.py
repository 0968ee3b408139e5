"""群内接龙: a chat group's chain is pasted, doubted, corrected, confirmed; grown, only what is new comes in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, Home, quiet_home, quiet_homes, see_success

pytestmark = pytest.mark.browser
ESTATE = f"{FIRST_COMMUNITY}-E001"
NOWHERE = 100 + secrets.randbelow(900)
"""A building the estate does not have, another one each time: a chain read before would be known."""


def door_of(home: Home) -> str:
    """Return the door as people write it in a chain."""
    return "-".join(part for part in (home.building, home.unit, home.door) if part)


def chain_of(homes: list[Home]) -> str:
    """Return a chain as people write it: an example line, several things, a phone, medicine, a door nobody has."""
    sure, second, sick, third = (door_of(home) for home in homes[:4])
    return (
        "#接龙 周六团购\n例 5-301 王 鸡蛋30枚\n"
        f"1. {sure} 王阿姨 鸡蛋30枚 大米1袋\n"
        f"2. {second} 李 13812345678 牛奶两箱\n"
        f"3. {sick} 张 胰岛素2支\n"
        f"4. {NOWHERE}号楼301 赵 鸡蛋20枚\n"
        f"5. {third} 就要那个上次的东西\n"
    )


def paste(page: Page, text: str) -> None:
    page.goto("/needs/order-chains/")
    page.select_option("#id_area", ESTATE)
    page.fill("#id_text", text)
    page.locator("main form .btn-primary").first.click()
    page.wait_for_url("**/order-chains/*-*/")


def test_chain_is_read_doubted_corrected_confirmed_and_grows(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.needs.models import Need, OrderChain

    with books():
        homes = quiet_homes(ESTATE, 6)
    page = visit(role="community_worker")
    text = chain_of(homes)

    paste(page, text)
    expect(page.locator(".needs-chain__line")).to_have_count(5)
    expect(page.locator(".needs-chain__line.is-unsure").first).to_be_visible()
    main = page.locator("main").inner_text()
    assert "13812345678" not in main
    assert "胰岛素" not in main
    judge(page)
    page.locator(".needs-chain-bar .btn-primary").click()
    see_success(page)
    unknown_door = page.locator(".needs-chain__line", has_text=f"{NOWHERE}-301")
    unknown_door.locator("summary").click()
    corrected = homes[4]
    unknown_door.locator("input[name=building]").fill(corrected.building)
    unknown_door.locator("input[name=unit]").fill(corrected.unit)
    unknown_door.locator("input[name=door]").fill(corrected.door)
    unknown_door.locator("details .btn-primary").click()
    corrected_line = page.locator("#line-4")
    expect(corrected_line).to_contain_text(corrected.door)
    corrected_line.locator("form[action$='/confirm/'] button").click()
    expect(corrected_line.locator("a[href*='/needs/']").first).to_be_visible()

    with books():
        after_first = Need.objects.filter(channel="order_chain", household_id__in=[home.id for home in homes])
        first = set(after_first.values_list("household_id", "need_type"))
        kept = OrderChain.objects.order_by("-id")[0]
        assert "13812345678" not in kept.text
        assert "胰岛素" not in kept.text
    assert first == {
        (homes[0].id, "fresh_food"), (homes[0].id, "staple_food"), (homes[1].id, "fresh_food"),
        (corrected.id, "fresh_food"),
    }  # fmt: skip

    new = homes[5]
    paste(page, f"{text}6. {door_of(new)} 孙 牛奶2箱\n")
    page.locator(".needs-chain-bar .btn-primary").click()
    see_success(page)
    with books():
        grown = set(after_first.all().values_list("household_id", "need_type"))
        assert grown - first == {(new.id, "fresh_food")}
        assert after_first.all().count() == len(grown)


def test_medicine_in_a_chain_is_asked_for_in_private(visit: Open, books: Callable[[], Any]) -> None:
    with books():
        home = quiet_home(ESTATE)
    page = visit(role="community_worker")

    paste(page, f"#接龙 买药\n1. {door_of(home)} 周 降压药一盒\n")

    line = page.locator("#line-1")
    expect(line.locator("a[href*='/needs/record/']")).to_be_visible()
    assert "降压药" not in page.locator("main").inner_text()


def test_text_that_is_no_chain_is_refused_and_kept_in_the_form(visit: Open) -> None:
    page = visit("/needs/order-chains/", role="community_worker", expected=(422,))
    page.select_option("#id_area", ESTATE)
    page.fill("#id_text", "大家好 今天天气不错")
    page.locator("main form .btn-primary").first.click()

    expect(page.locator("main .errorlist, main [data-form-errors]").first).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("大家好 今天天气不错")
