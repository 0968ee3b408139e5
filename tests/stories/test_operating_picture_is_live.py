"""一图: the operating picture shows a need that comes in by itself, at a desk and on a wall."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import FIRST_COMMUNITY, STREET, quiet_home

pytestmark = pytest.mark.browser
SOON_MS = 40_000
RECORDED_TODAY = (
    "() => Number((document.querySelector('#picture-figures').innerText.match(/今日登记 *([0-9]+)/) || [0, -1])[1])"
)


@pytest.mark.parametrize("address", [f"/picture/{STREET}/", f"/picture/{STREET}/?wall=1"])
def test_picture_shows_a_new_need_without_being_touched(visit: Open, books: Callable[[], Any], address: str) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need

    page: Page = visit(address, role="street_operator")
    expect(page.locator("[data-live-status='on']").first).to_be_attached(timeout=SOON_MS)
    page.evaluate("window.untouched = true")
    before = recorded_today(page)
    with books():
        home = quiet_home(FIRST_COMMUNITY)
        record_need(
            actor=Actor.system("story"), now=clock.now(),
            given=NeedInput(need_type="pet_care", channel="phone", household_id=home.id),
        )  # fmt: skip

    deadline = time.monotonic() + SOON_MS / 1000
    while recorded_today(page) <= before and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    assert recorded_today(page) > before
    assert page.evaluate("window.untouched")


def recorded_today(page: Page) -> int:
    return int(page.evaluate(RECORDED_TODAY))


def test_list_of_needs_offers_what_is_new(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need

    page = visit("/needs/?show=open", role="street_operator")
    expect(page.locator("[data-live-status='on']").first).to_be_attached(timeout=SOON_MS)
    page.evaluate("window.untouched = true")
    with books():
        home = quiet_home(FIRST_COMMUNITY)
        need = record_need(
            actor=Actor.system("story"), now=clock.now(),
            given=NeedInput(need_type="study_support", channel="phone", household_id=home.id),
        ).need  # fmt: skip

    expect(page.locator("#rows", has_text=need.number)).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("window.untouched")
