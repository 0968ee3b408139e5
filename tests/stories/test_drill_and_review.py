"""预案不再停留在纸上: a plan is drilled, looked back on, mended, and its next version is drilled before it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from juxing.kernel import clock
from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import SECOND_COMMUNITY, main_button, see_success

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
COMMANDER = "district_commander-990117"
COMMUNITY = SECOND_COMMUNITY
PATIENCE_MS = 60_000


def a_draft() -> str:
    """Begin a community's plan, and return the identifier of its draft."""
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.plans import commands as plans

    now = clock.now()
    actor = actor_of(Account.objects.get(sign_in_name=COMMANDER), now=now)
    version = plans.begin_plan(
        actor=actor, now=now, area_code=COMMUNITY, hazard="natural.meteorological.heat", title="社区高温应急预案"
    )
    return str(version.uuid)


def drilled(page: Page, version: str, title: str) -> str:
    """Prepare a drill of the version and let it play by itself; return its address."""
    page.goto(f"/drills/?version={version}")
    judge(page)
    page.select_option("#id_version", version)
    page.fill("#id_title", title)
    page.fill("#id_injects", "30 | 全村停电 | 三位居民使用制氧机，核对备用电源")
    main_button(page).click()
    see_success(page)
    judge(page)
    page.locator("form[action$='/act/play/'] button").click()
    expect(page.locator("#shares")).to_be_visible(timeout=PATIENCE_MS)
    judge(page)
    return page.url


def begun_with_people(page: Page, version: str) -> str:
    """Prepare a drill with people and begin it; return its address."""
    page.goto("/drills/")
    page.locator("main summary").first.click()
    page.select_option("#id_version", version)
    page.fill("#id_title", "高温日独居老人无人接听")
    page.fill("#id_speed", "60")
    main_button(page).click()
    see_success(page)
    page.locator("form[action$='/act/start/'] button").click()
    expect(page.locator("#running")).to_be_visible(timeout=PATIENCE_MS)
    judge(page)
    return page.url


def looked_back(page: Page, activation: str) -> None:
    """Keep a note, begin the review, find a gap, agree what is changed, write it into the plan, close."""
    page.goto(f"/reviews/of/{activation}/")
    page.fill("#id_text", "电话无人接听后，没有人上门")
    main_button(page).click()
    see_success(page)
    judge(page)
    page.locator("form:has(input[value=open]) button.btn-primary").click()
    see_success(page)
    page.fill("#id_text", "无人接听后没有规定谁上门")
    page.locator("#find ~ form button.btn-primary").click()
    see_success(page)
    page.locator("a[href$='/action/']").first.click()
    judge(page)
    page.fill("#id_text", "两次无人接听即上门")
    page.fill("#id_owner_post", "网格长")
    page.select_option("#id_part", "playbook")
    main_button(page).click()
    see_success(page)
    review = page.url
    page.locator("a[href$='/drop/']").first.click()
    judge(page)
    page.goto(review)
    page.locator("form[action$='/apply/'] button").click()
    see_success(page)
    page.fill("#id_summary", "高温日电话巡访须与上门衔接")
    page.locator("#close ~ form button.btn-primary").click()
    see_success(page)
    judge(page)
    page.goto(f"{review}timeline/")
    judge(page)


def test_plan_is_drilled_looked_back_on_and_mended(visit: Open, books: Books) -> None:
    from juxing.activations import execution
    from juxing.activations.models import Activation, ModeConversion
    from juxing.drills.models import Drill
    from juxing.plans.models import PlanVersion

    with books():
        version = a_draft()
    page = visit(account=COMMANDER)
    drilled(page, version, "凌晨高温叠加停电")
    address = begun_with_people(page, version)
    with books():
        drill = Drill.objects.select_related("activation").get(uuid=address.rstrip("/").rpartition("/")[2])
        assert drill.activation is not None
        conversion = ModeConversion.objects.get(activation=drill.activation)
        execution.carry_out(conversion.uuid, clock=clock.now)
        activation = str(drill.activation.uuid)
    looked_back(page, activation)
    page.goto(address)
    page.locator("form[action$='/act/end/'] button").click()
    expect(page.locator("#shares")).to_be_visible(timeout=PATIENCE_MS)
    page.goto("/reviews/")
    judge(page)
    with books():
        drilled_version = PlanVersion.objects.get(uuid=version)
        assert drilled_version.drilled_at is not None
        assert drilled_version.drilled_at > clock.now() - timedelta(hours=1)
        assert Activation.objects.get(uuid=activation).is_exercise
