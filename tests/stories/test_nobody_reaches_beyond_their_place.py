"""Forged addresses, other communities, double clicks, going back: refused or harmless, and nothing is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.telling import (
    FIRST_COMMUNITY,
    SECOND_COMMUNITY,
    fill_request,
    main_button,
    new_phone,
    number_on,
    prove_phone,
    quiet_home,
)

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def test_another_communitys_addresses_look_like_nothing(visit: Open, books: Books) -> None:
    from juxing.dispatch.models import Task
    from juxing.needs.models import Need
    from juxing.people.models import Resident
    from juxing.places.models import Building

    with books():
        need = Need.objects.within(FIRST_COMMUNITY).exclude(household=None).select_related("resident")[0]
        task = Task.objects.within(FIRST_COMMUNITY).order_by("id")[0]
        addresses = [
            f"/needs/{need.uuid}/", f"/dispatch/tasks/{task.uuid}/", f"/my/tasks/{task.uuid}/",
            f"/residents/{Resident.objects.within(FIRST_COMMUNITY)[0].uuid}/",
            f"/places/buildings/{Building.objects.within(FIRST_COMMUNITY)[0].uuid}/",
            f"/picture/{FIRST_COMMUNITY}/",
        ]  # fmt: skip
        invented = f"/needs/{uuid4()}/"
    # Not the other community's worker: while a response runs there, workers also answer the whole street's hotline.
    page = visit(role="other_community_secretary", expected=(404,))

    def answer(address: str) -> tuple[int, str]:
        response = page.goto(address)
        assert response is not None
        return response.status, page.locator("main").inner_text()

    nothing = answer(invented)
    assert nothing[0] == 404
    assert {answer(address) for address in addresses} == {nothing}


def test_forged_acts_change_nothing(visit: Open, books: Books) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need
    from juxing.needs.models import Need

    with books():
        given = NeedInput(need_type="pet_care", channel="phone", household_id=quiet_home(FIRST_COMMUNITY).id)
        need = record_need(actor=Actor.system("story"), now=clock.now(), given=given).need
    page = visit("/needs/", role="other_community_secretary", expected=(403, 404))
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    forms: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "reason": "x", "original": str(need.uuid)}
    headers = {"Referer": page.url}
    for what in ("withdraw", "unmet", "reveal", "merge", "link", "nonsense"):
        answer = page.request.post(f"/needs/{need.uuid}/{what}/", form=forms, headers=headers)
        assert answer.status == 404, what
    assert page.request.post(f"/needs/{need.uuid}/withdraw/", form={"reason": "x"}).status == 403

    with books():
        assert Need.objects.get(pk=need.pk).status in {"triaged", "matched", "assigned"}


def test_double_click_and_going_back_make_one_need(visit: Open, books: Books) -> None:
    from juxing.needs.models import Need

    with books():
        home = quiet_home(SECOND_COMMUNITY)
    page = visit(phone=True)
    prove_phone(page, new_phone())
    fill_request(page, home, kind="water", things="饮用水 2箱")
    main_button(page).dblclick()
    page.wait_for_url("**/received/")
    number = number_on(page)
    page.go_back()
    page.wait_for_url("**/ask/need/**")
    if not page.locator("#id_building").input_value():
        fill_request(page, home, kind="water", things="饮用水 2箱")
    main_button(page).click()
    page.wait_for_url("**/received/")

    with books():
        asked = Need.objects.filter(household_id=home.id)
        assert asked.filter(duplicate_of=None).count() == 1
        assert number in {need.number for need in asked}


def test_signed_out_page_sends_to_sign_in_and_back(visit: Open) -> None:
    page = visit(role="community_worker")
    page.goto("/needs/")
    page.context.clear_cookies()
    page.goto("/needs/record/")

    expect(page.locator("#id_password")).to_be_visible()
    assert "next=/needs/record/" in page.url
