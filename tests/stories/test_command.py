"""扁平化指挥: an order goes from the district straight to the A of a post in a village, and comes back carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from juxing.kernel import clock
from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.responding import COMMANDER, NO_GAS, in_force
from tests.stories.telling import main_button, see_success

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def a_holder(uuid: str) -> tuple[str, str]:
    """Return the sign-in name of an A who was called, and the title of the post."""
    from juxing.command.models import MusterHolder

    called = MusterHolder.objects.filter(muster_post__activation__uuid=uuid, slot="primary")
    first = called.select_related("account", "muster_post").order_by("id")[0]
    return first.account.sign_in_name, first.muster_post.title


def lead_and_log(commander: Page, base: str) -> None:
    """Take the lead in writing, write into the log."""
    commander.goto(f"{base}shifts/")
    judge(commander)
    commander.fill("#id_aims", "今晚 8 时前全部岗位到岗，热食送到独居老人门口")
    main_button(commander).click()
    see_success(commander)
    judge(commander)
    commander.locator("a[href$='/hand-over/']").click()
    judge(commander)
    commander.goto(f"{base}log/")
    commander.fill("#id_text", "燃气公司预计 6 小时内恢复")
    main_button(commander).click()
    expect(commander.locator("#lines ~ ol")).to_contain_text("6 小时内恢复")
    judge(commander)


def given(commander: Page, base: str) -> str:
    """Give an order, and return its address."""
    commander.goto(base)
    judge(commander)
    commander.goto(f"{base}orders/new/")
    judge(commander)
    commander.fill("#id_title", "清点独居老人热食需求")
    commander.fill("#id_text", "逐户电话询问，2 小时内报数")
    commander.select_option("#id_urgency", "urgent")
    main_button(commander).click()
    see_success(commander)
    judge(commander)
    return commander.url


def carried_out(phone: Page, title: str) -> None:
    """Stand at the post, acknowledge, report, all on the phone."""
    judge(phone)
    phone.locator("form[action$='/here/'] button").first.click()
    see_success(phone)
    phone.locator("a.response-card").first.click()
    expect(phone.locator("h1")).to_contain_text("清点独居老人")
    expect(phone.locator("main")).to_contain_text(title)
    judge(phone)
    phone.locator("button", has_text="收到").click()
    see_success(phone)
    phone.fill("#id_report", "共 14 户需要，已报食堂")
    phone.locator("button[value=complete]").click()
    see_success(phone)
    expect(phone.locator("main")).to_contain_text("14 户")


def report_made(commander: Page, base: str) -> None:
    """Make a situation report, follow a figure to its rows, take the paper."""
    commander.goto(f"{base}reports/")
    judge(commander)
    main_button(commander).click()
    see_success(commander)
    judge(commander)
    with commander.expect_download() as paper:
        commander.locator("a[href$='report.pdf']").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    commander.locator("#figures ~ table a").first.click()
    expect(commander.locator("#rows ~ ol li").first).to_be_visible()
    judge(commander)


def test_order_goes_straight_to_a_post_and_comes_back_carried_out(visit: Open, books: Books) -> None:
    with books():
        uuid = in_force(NO_GAS)
        name, title = a_holder(uuid)
    commander = visit(account=COMMANDER)
    base = f"/command/{uuid}/"
    lead_and_log(commander, base)
    address = given(commander, base)
    carried_out(visit("/my/orders/", account=name, phone=True), title)
    commander.goto(f"{address}?only=completed")
    expect(commander.locator("#list")).to_contain_text("14 户")
    judge(commander)
    commander.goto(f"{base}muster/")
    expect(commander.locator("#list")).to_contain_text("已到岗")
    judge(commander)
    report_made(commander, base)
    with books():
        ended(uuid)


def ended(uuid: str) -> None:
    """Stand the response down, carry that out, list its data."""
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.activations import commands, execution
    from juxing.activations.models import Activation, ModeConversion

    now = clock.now()
    commander = actor_of(Account.objects.get(sign_in_name=COMMANDER), now=now)
    activation = Activation.objects.get(uuid=uuid)
    conversion = commands.stand_down(
        actor=commander, now=now, activation=activation, reason="已恢复供气", left_open_reason="转入日常"
    )
    execution.carry_out(ModeConversion.objects.get(pk=conversion.pk).uuid, clock=clock.now)
    commands.freeze_ended(now=clock.now())


def test_data_of_a_response_is_destroyed_with_a_certificate(visit: Open, books: Books) -> None:
    from juxing.command.models import MusterHolder

    with books():
        uuid = in_force(NO_GAS)
        assert MusterHolder.objects.filter(muster_post__activation__uuid=uuid).exists()
        ended(uuid)
    page = f"/activations/{uuid}/data/"
    officer, commander = visit(account="privacy_officer-990117"), visit(account=COMMANDER)
    officer.goto(page)
    judge(officer)
    for address in [link.get_attribute("href") or "" for link in officer.locator("main a[href$='/review/']").all()]:
        officer.goto(address)
        judge(officer)
        main_button(officer).click()
        see_success(officer)
    commander.goto(page)
    commander.locator("form[action$='/destroy/'] button").click()
    see_success(commander)
    judge(commander)
    with commander.expect_download() as paper:
        commander.locator("#certificates ~ ul a").first.click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    with books():
        assert not MusterHolder.objects.filter(muster_post__activation__uuid=uuid).exists()
