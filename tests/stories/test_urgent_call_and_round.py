"""A life depends on it: somebody is asked at once; a round is walked in order, and planned again when it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.telling import (
    PATIENCE_S,
    SECOND_COMMUNITY,
    helper_near,
    picture,
    quiet_home,
    quiet_homes,
    see_success,
    until,
)

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def record_danger(visit: Open, home: Any) -> str:
    """Record a need in which a life is in danger, as the hotline does, and return its uuid."""
    page = visit("/needs/record/?channel=phone", role="hotline_agent")
    page.locator("label:has(input[value=care_visit])").click()
    page.select_option("#id_estate", home.estate)
    page.fill("#id_building", home.building)
    page.fill("#id_unit", home.unit)
    page.fill("#id_door", home.door)
    page.check("#id_is_danger_to_life")
    page.locator("main .kit-form__actions .btn-primary").click()
    page.wait_for_url(lambda url: "/needs/record/" not in url)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_danger_to_life_is_placed_at_once_and_the_page_says_how(visit: Open, books: Books) -> None:
    from juxing.dispatch.models import LivePlacement

    with books():
        home = quiet_home(SECOND_COMMUNITY)
    uuid = record_danger(visit, home)

    def look() -> LivePlacement | None:
        with books():
            return LivePlacement.objects.filter(need__uuid=uuid).select_related("run").first()

    placement = until(look, otherwise="Nobody was placed.")
    page = visit(f"/dispatch/runs/{placement.run.uuid}/", role="street_operator")

    expect(page.locator("#proof")).to_be_visible()
    expect(page.locator("main")).to_contain_text(placement.run.proof["digest"])
    if placement.status == "open":
        page.locator("form[action$='/take/'] .btn-primary").first.click()
        page.wait_for_load_state()
        with books():
            assert LivePlacement.objects.get(pk=placement.pk).status in {"taken", "outdated"}


def test_round_is_walked_in_order_and_planned_again_when_a_stop_is_given_back(visit: Open, books: Books) -> None:
    from juxing.dispatch.commands import accept_task
    from juxing.dispatch.models import DeliveryRound, Task
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_needs
    from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType
    from juxing.needs.models import Need
    from juxing.responders.models import Responder

    system, now = Actor.system("story"), clock.now()
    with books():
        homes = quiet_homes(SECOND_COMMUNITY, 3)
        helper = helper_near(homes[0])
        Responder.objects.filter(pk=helper.pk).update(capacity=20)
        made = record_needs(actor=system, now=now, inputs=[
            NeedInput(need_type=NeedType.FRESH_FOOD, channel=IntakeChannel.PHONE, household_id=home.id)
            for home in homes
        ])  # fmt: skip
        for need in Need.objects.filter(id__in=made.need_ids.values()):
            Need.objects.filter(pk=need.pk).update(status=NeedStatus.MATCHED.value)
            task = Task.objects.create(
                area_code=need.area_code, need=need, responder=helper, offered_at=now,
                expires_at=now.replace(year=now.year + 1),
            )  # fmt: skip
            accept_task(actor=system, now=now, task=task)

    desk = visit("/dispatch/rounds/", role="street_operator")
    desk.select_option("#id_area_code", SECOND_COMMUNITY)
    desk.locator("main form .btn-primary").first.click()
    desk.wait_for_url("**/dispatch/rounds/plans/**")
    expect(desk.locator(".kit-figure, .kit-job a.btn-primary").first).to_be_visible(timeout=PATIENCE_S * 1000)
    with books():
        walked = DeliveryRound.objects.filter(responder=helper).exclude(status="finished").get()
        order = list(Task.objects.filter(round=walked).order_by("position").values_list("uuid", flat=True))
        name = helper.account.sign_in_name
    assert len(order) >= 3

    phone = visit(f"/my/rounds/{walked.uuid}/", account=name, phone=True)
    expect(phone.locator(".round-sketch svg")).to_be_visible()
    links = phone.locator(".round-stops h2 a")
    assert [href.rstrip("/").rsplit("/", 1)[-1] for href in links.evaluate_all("all => all.map(a => a.href)")] == [
        str(uuid) for uuid in order
    ]
    expect(phone.locator(".round-stops a[href^='tel:']")).to_have_count(0)
    picture(phone, "round")
    phone.locator(".round-stops form[action$='/check_in/'] button").first.click()
    see_success(phone)

    second = visit(f"/my/tasks/{order[1]}/", account=name, phone=True)
    second.locator("details:has(form[action$='/decline/']) summary").click()
    second.locator("form[action$='/decline/'] button").click()
    second.wait_for_url("**/my/tasks/")
    phone.goto(f"/my/rounds/{walked.uuid}/")
    expect(phone.locator(".round-stops > li")).to_have_count(len(order) - 1)
    assert str(order[0]) in (phone.locator(".round-stops h2 a").first.get_attribute("href") or "")

    desk.goto(f"/dispatch/rounds/{walked.uuid}/")
    expect(desk.locator(".round-sketch svg")).to_be_visible()
    desk.locator("form[action$='/replan/'] .btn-primary").click()
    see_success(desk)
    desk.goto(f"/dispatch/rounds/{walked.uuid}/print/")
    expect(desk.locator(".print-table tbody tr")).to_have_count(len(order) - 1)
