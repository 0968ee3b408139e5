"""代报: the hotline records for an elder without a mouse, sees what was asked before; every look is journalled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import FIRST_COMMUNITY, claimed, need_of, number_on, see_success

pytestmark = pytest.mark.browser
MOST_TABS = 150


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus, and see that the focus shows."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")
    shown = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement);"
        " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; }"
    )
    assert shown or page.evaluate("document.activeElement.type === 'radio'"), f"{selector} has the focus unseen"


def elder() -> Any:
    """Return an elder whose household has asked for nothing."""
    from juxing.needs.models import Need
    from juxing.people.models import Resident

    asked = Need.objects.exclude(household=None).values("household_id")
    living = Resident.objects.within(FIRST_COMMUNITY).filter(birth_year__lt=1950).exclude(phone="")
    return claimed(living.exclude(household_id__in=asked).select_related("household").order_by("id"))[0]


def record_by_keyboard(page: Page, name: str, phone: str) -> None:
    page.goto("/needs/record/?channel=phone")
    expect(page.locator("#find-person")).to_be_focused()
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    tab_to(page, ".needs-people a")
    page.keyboard.press("Enter")
    page.wait_for_url("**resident=*")
    tab_to(page, "input[name=need_type]")
    page.keyboard.press("Space")
    tab_to(page, "#id_other_things")
    page.keyboard.type("鸡蛋 1板")
    tab_to(page, "#id_details")
    page.keyboard.type("王阿姨一个人住，腿脚不便")
    tab_to(page, "#id_contact_name")
    page.keyboard.type("女儿")
    tab_to(page, "main .kit-form__actions .btn-primary")
    page.keyboard.press("Enter")


def test_hotline_records_by_keyboard_and_sees_the_repetition_before_sending(
    visit: Open, books: Callable[[], Any]
) -> None:
    with books():
        resident = elder()
        name, phone = resident.name, resident.phone
    page = visit(role="hotline_agent", expected=(422,))

    record_by_keyboard(page, name, phone)
    page.wait_for_url(lambda url: "/needs/record/" not in url)
    see_success(page)
    first = number_on(page)
    record_by_keyboard(page, name, phone)
    expect(page.locator(".needs-similar")).to_contain_text(first)
    expect(page.locator("#id_details")).to_have_value("王阿姨一个人住，腿脚不便")
    page.locator(".needs-similar a.btn").click()
    assert number_on(page) == first

    with books():
        need = need_of(first)
        assert (need.channel, need.resident_id) == ("phone", resident.pk)
        assert type(need).objects.filter(household=resident.household).count() == 1


def test_opening_sealed_words_needs_a_reason_and_the_auditor_reads_it(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need

    reason = "回电核对门牌"
    with books():
        resident = elder()
        given = NeedInput(
            need_type="care_visit", channel="phone", household_id=resident.household_id, resident_id=resident.pk,
            details="请来看看我", is_distinct=True,
        )  # fmt: skip
        uuid = record_need(actor=Actor.system("story"), now=clock.now(), given=given).need.uuid
        name, phone = resident.name, resident.phone
    desk = visit(f"/needs/{uuid}/", role="community_worker")
    expect(desk.locator("main")).not_to_contain_text(phone)
    expect(desk.locator("main")).not_to_contain_text("请来看看我")
    desk.fill("#reveal-reason", reason)
    desk.locator(".needs-reveal button").click()
    expect(desk.locator("main")).to_contain_text(phone)
    expect(desk.locator("main")).to_contain_text("请来看看我")
    desk.reload()

    audit = visit("/journal/?action=needs.need.reveal", role="security_auditor")
    row = audit.locator("tbody tr", has_text=reason).first
    expect(row).to_be_visible()
    expect(audit.locator("main")).not_to_contain_text(phone)
    assert name not in audit.locator("main").inner_text()
