"""楼道里没有信号: a grid worker records at two doors without signal; when it returns both arrive, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.keeping import wait_until_kept
from tests.stories.conftest import SIGN_IN_NAMES, Open
from tests.stories.telling import Home, main_button, quiet_homes

pytestmark = pytest.mark.browser
GRID = SIGN_IN_NAMES["grid_worker"].partition("-")[2]


def record_at_door(page: Page, home: Home) -> None:
    page.locator("label:has(input[value=staple_food])").click()
    assert page.locator("#id_estate").input_value() == GRID
    page.fill("#id_building", home.building)
    page.fill("#id_unit", home.unit)
    page.fill("#id_door", home.door)
    page.fill("#id_other_things", "大米 1袋")
    main_button(page).click()


def test_needs_recorded_without_signal_arrive_once(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.needs.models import Need

    with books():
        homes = quiet_homes(GRID, 2)
    page = visit("/needs/record/phone/", role="grid_worker", phone=True)
    wait_until_kept(page)

    page.context.set_offline(True)
    for number, home in enumerate(homes, start=1):
        record_at_door(page, home)
        expect(page.locator("[data-offline-items] li")).to_have_count(number)
    page.reload()
    expect(page.locator("[data-offline-items] li")).to_have_count(2)
    page.context.set_offline(False)
    expect(page.locator("[data-offline-items] li")).to_have_count(0, timeout=30_000)
    page.reload()
    expect(page.locator("[data-offline-items] li")).to_have_count(0)

    with books():
        recorded = Need.objects.filter(household_id__in=[home.id for home in homes])
        assert sorted(recorded.values_list("household_id", "need_type", "channel")) == sorted(
            (home.id, "staple_food", "door_knock") for home in homes
        )
