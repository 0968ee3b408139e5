"""公告、需求收集轮次、暂停受理: what a converted street tells its people, asks at its doors, and lets wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from juxing.kernel import clock
from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.responding import COMMANDER, NO_GAS, OPERATOR, in_force
from tests.stories.telling import (
    SECOND_COMMUNITY,
    fill_request,
    main_button,
    new_phone,
    number_on,
    prove_phone,
    quiet_home,
    see_success,
)

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
PLACE = SECOND_COMMUNITY
BEIJING = timedelta(hours=8)


def told(operator: Page, uuid: str, reader: Page) -> None:
    """Fill the drafted notice in, publish it, and read it as anybody."""
    operator.goto(f"/command/{uuid}/notices/")
    judge(operator)
    operator.locator("#list tbody a").first.click()
    expect(operator.locator("main")).to_contain_text("待填写")
    judge(operator)
    for blank in operator.locator("form[action$='/fill/'] input[type=text]").all():
        blank.fill("社区热线 0000-12345")
    operator.locator("form[action$='/fill/'] .btn-primary").click()
    see_success(operator)
    operator.locator("form[action$='/publish/'] button").click()
    see_success(operator)
    reader.goto("/notices/")
    expect(reader.locator("main")).to_contain_text("0000-12345")
    judge(reader)


def gone_through(worker: Page, building: str) -> None:
    """Report a building of the round on the phone."""
    worker.goto("/needs/rounds/")
    judge(worker)
    worker.locator("#list tbody a").first.click()
    worker.wait_for_url("**/needs/rounds/**-**")
    first = worker.locator("main section").first
    first.locator("input[name=doors_reached]").fill("1")
    first.locator("input[name=unanswered]").fill(building)
    first.locator(".btn-primary").click()
    see_success(worker)
    expect(worker.locator("main")).to_contain_text("没人应门")
    judge(worker)


def paused(operator: Page) -> None:
    """Pause what residents send in."""
    operator.goto("/needs/pauses/")
    operator.select_option("#id_area_code", PLACE)
    operator.fill("#id_reason", "暴雨橙色预警，配送员全部撤回")
    operator.fill("#id_instead", "请拨打社区热线 0000-12345")
    end = datetime.now(tz=UTC) + BEIJING + timedelta(hours=5)
    operator.fill("#id_ends_at", end.strftime("%Y-%m-%dT%H:%M"))
    main_button(operator).click()
    see_success(operator)
    judge(operator)


def test_street_is_told_asked_at_every_door_and_pauses_what_can_wait(visit: Open, books: Books) -> None:
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.activations import commands, execution
    from juxing.activations.models import Activation, ModeConversion
    from juxing.command.models import Notice
    from juxing.needs.models import CollectionRound, IntakePause, Need

    with books():
        uuid, home = in_force(NO_GAS), quiet_home(PLACE)
    operator, resident = visit(account=OPERATOR), visit(phone=True, expected=(422,))
    told(operator, uuid, resident)
    worker = visit(account=f"community_worker-{PLACE}", phone=True)
    gone_through(worker, "502")
    paused(operator)

    prove_phone(resident, new_phone())
    expect(resident.locator("#id_place")).to_be_visible()
    judge(resident)
    fill_request(resident, home, kind="water", things="饮用水 2箱")
    expect(resident.locator(".kit-notice--warning").first).to_contain_text("配送员全部撤回")
    expect(resident.locator("#id_details")).to_have_count(0)
    judge(resident)
    main_button(resident).click()
    expect(resident.locator("form .kit-notice--error")).to_contain_text("现在请")
    expect(resident.locator("#id_other_things")).to_have_value("饮用水 2箱")
    resident.check("#id_is_danger_to_life")
    main_button(resident).click()
    resident.wait_for_url("**/received/")
    assert number_on(resident)

    operator.goto("/needs/pauses/")
    operator.locator("form[action$='/resume/'] button").click()
    see_success(operator)
    with books():
        assert Need.objects.filter(household_id=home.id, priority="life_critical").exists()
        assert not IntakePause.objects.filter(ends_at__gt=clock.now()).exists()
        found = Activation.objects.get(uuid=uuid)
        now = clock.now()
        actor = actor_of(Account.objects.get(sign_in_name=COMMANDER), now=now)
        commands.stand_down(actor=actor, now=now, activation=found, reason="恢复供气", left_open_reason="转日常")
        back = ModeConversion.objects.filter(activation=found).order_by("-number")[0]
        execution.carry_out(back.uuid, clock=clock.now)
        assert not CollectionRound.objects.filter(activation=found, closed_at=None).exists()
        assert not Notice.objects.filter(activation=found, status="published").exists()
    resident.goto("/notices/")
    expect(resident.locator("main")).not_to_contain_text("社区热线 0000-12345。")
