"""团购: opened, ordered by phone and by chain, too little comes, and the money comes out even to the fen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import SECOND_COMMUNITY, claimed, main_button, new_phone, picture, prove_phone, see_success

pytestmark = pytest.mark.browser
ESTATE = f"{SECOND_COMMUNITY}-E002"
ORGANISER = f"community_worker-{SECOND_COMMUNITY}"


def homes_of_one_building() -> list[Any]:
    """Return four households of one building that belong to no other story."""
    from juxing.places.models import Building, Household

    building = Building.objects.within(ESTATE).order_by("-area_code")[0]
    return claimed(Household.objects.filter(building=building).select_related("building", "unit").order_by("id"), 4)


def door_of(home: Any) -> str:
    return "-".join(filter(None, (home.building.number, home.unit.number if home.unit else "", home.door)))


def open_purchase(page: Page, building_id: int) -> str:
    """Prepare and open a purchase of two packages, as its organiser, and return its address."""
    page.goto("/group-purchases/new/")
    page.fill("#id_title", "周六蔬菜和鸡蛋")
    page.select_option("#id_area", ESTATE)
    page.fill("#id_supplier_name", "云间区中心菜场")
    page.fill("#id_organiser_name", "2号楼 李团长")
    page.fill("#id_cut_off", "2099-01-01T00:00")
    main_button(page).click()
    expect(page.locator("#id_cut_off_error, .kit-field--wrong").first).to_be_visible()
    page.evaluate(
        "document.querySelector('#id_cut_off').value = new Date(Date.now() + 864e5).toISOString().slice(0, 16)"
    )
    page.fill("#id_delivery_fee", "3")
    main_button(page).click()
    page.wait_for_url("**/buildings/")
    page.check(f"input[name=buildings][value='{building_id}']")
    main_button(page).click()
    see_success(page)
    address = page.url
    for name, price, contents in (("蔬菜包", "58", "青菜 2斤\n土豆 3斤"), ("鸡蛋30枚", "32.50", "鸡蛋 30枚")):
        page.goto(f"{address}packages/new/")
        page.fill("#id_name", name)
        page.fill("#id_price", price)
        page.fill("#id_contents", contents)
        main_button(page).click()
        see_success(page)
    page.goto(f"{address}times/new/")
    page.fill("#id_place", "东门岗亭")
    page.fill("#id_starts", "2027-03-01T09:00")
    page.fill("#id_ends", "2027-03-01T10:00")
    page.fill("#id_doors", "2")
    main_button(page).click()
    see_success(page)
    page.locator("form[action$='/step/open/'] button").click()
    see_success(page)
    return address


def order_by_phone(page: Page, sign: str, home: Any, *, a: str, b: str) -> str:
    """Order as a neighbour, from the sign on, and return the link of the own order."""
    page.goto(sign)
    page.locator("a[href$='/order/']").click()
    prove_phone(page, new_phone(), start=page.url, then="**/order/")
    page.fill("#id_package_A", a)
    page.fill("#id_package_B", b)
    page.select_option("#id_building", str(home.building_id))
    page.fill("#id_unit", home.unit.number if home.unit else "")
    page.fill("#id_door", home.door)
    page.select_option("#id_slot", index=1)
    main_button(page).click()
    page.wait_for_url("**/g/o/*/")
    return page.url


def write_down(page: Page, kind: str) -> None:
    """Write down on an order's page what is proposed there."""
    page.select_option(f"#id_{kind}-method", "wechat")
    page.locator(f"form[action$='/{kind}/'] .btn-primary").click()
    see_success(page)


def paste_chain(desk: Page, address: str, homes: list[Any]) -> None:
    """Paste what two other neighbours wrote in the group, and take over what is beyond doubt."""
    desk.goto(f"{address}chains/")
    third, fourth = door_of(homes[2]), door_of(homes[3])
    chain = f"#接龙 周六蔬菜\n1. {third} 王 A套餐2份 13812345678\n2. {fourth} 李 b×2\n3. 楼上那家 也要\n"
    desk.fill("#id_text", chain)
    main_button(desk).click()
    desk.wait_for_url("**/chains/*-*/")
    assert "13812345678" not in desk.locator("main").inner_text()
    judge(desk)
    desk.locator(".purchase-chain-bar .btn-primary").click()
    see_success(desk)


def cut_off(desk: Page, address: str) -> None:
    """Cut the purchase off before its time."""
    desk.goto(address)
    judge(desk)
    desk.locator("[data-open-dialog=cut-off]").click()
    desk.locator("#cut-off .btn-primary").click()
    see_success(desk)


def everybody_pays(desk: Page, address: str, homes: list[Any]) -> None:
    """Write down that all four households paid what they owe."""
    desk.goto(f"{address}orders/")
    desk.locator(".purchase-bar form .btn").click()
    expect(desk.locator("#list")).to_contain_text(homes[2].door)
    links = [link.get_attribute("href") for link in desk.locator("#list tbody th a").all()]
    assert len(links) == 4
    for link in filter(None, links):
        desk.goto(link)
        write_down(desk, "pay")


def settle_accounts(desk: Page, address: str) -> None:
    """Pay back what is due, enter the bill and pay it; what is left are two delivery fees."""
    for _household in range(2):
        desk.goto(f"{address}money/")
        desk.locator("table a").first.click()
        write_down(desk, "refund")
    judge(desk)
    desk.goto(f"{address}money/")
    desk.fill("#id_bill-bill", "213.50")
    desk.locator("form[action$='/money/bill/'] .btn-primary").click()
    see_success(desk)
    desk.locator("form[action$='/money/pay/'] .btn-primary").click()
    see_success(desk)
    expect(desk.locator("#in-hand")).to_have_text("¥6.00")
    judge(desk)
    picture(desk, "group-purchase-money")


def test_neighbours_buy_together_short_delivery_is_shared_and_money_comes_out_even(
    visit: Open, books: Callable[[], Any]
) -> None:
    with books():
        homes = homes_of_one_building()
    desk = visit(account=ORGANISER, expected=(422,))
    address = open_purchase(desk, homes[0].building_id)
    sign = address.replace("/group-purchases/", "/g/")

    first = visit(phone=True)
    own = order_by_phone(first, sign, homes[0], a="2", b="1")
    expect(first.locator("main")).to_contain_text("151.50")
    judge(first)
    second = visit(phone=True)
    second_own = order_by_phone(second, sign, homes[1], a="1", b="")
    second.goto(sign)
    assert homes[0].door not in second.locator("main").inner_text()
    judge(second)
    picture(second, "group-purchase")
    second.goto(f"{second_own}change/")
    judge(second)

    paste_chain(desk, address, homes)
    cut_off(desk, address)
    everybody_pays(desk, address, homes)
    desk.goto(f"{address}arrival/")
    desk.fill("#id_received_A", "2")
    main_button(desk).click()
    see_success(desk)
    second.goto(second_own)
    expect(second.locator(".purchase-balance")).to_contain_text("61.00")

    settle_accounts(desk, address)
    desk.goto(f"{address}packing/")
    judge(desk)
    phone = visit(f"{address}hand-out/", account=ORGANISER, phone=True)
    judge(phone)
    for done in (1, 2):
        phone.locator("form[action$='/done/'] button").first.click()
        expect(phone.locator(".is-done")).to_have_count(done)
    desk.goto(f"{address}money/")
    desk.fill("#left", "配送费付给司机")
    desk.locator("form[action$='/step/settle/'] button").click()
    see_success(desk)
    first.goto(own)
    expect(first.locator(".kit-badge").first).to_contain_text("已交付")
