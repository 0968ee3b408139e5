"""储备与预警: a commander plans what the street holds ready, the stock raises an alarm, goods come in, it is over."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import STREET, main_button, see_success

pytestmark = pytest.mark.browser
SCENARIO, ITEM = "natural.meteorological.heat", "tent"


def test_reserve_too_small_is_told_until_goods_come_in(visit: Open, books: Callable[..., Any]) -> None:
    from juxing.kernel import clock
    from juxing.supplies.commands import look_over_stock
    from juxing.supplies.models import Depot, StockAlarm

    commander = visit("/supplies/reserves/new/", role="street_commander", account=f"street_commander-{STREET}")
    commander.select_option("#id_area_code", STREET)
    commander.select_option("#id_hazard", SCENARIO)
    main_button(commander).click()
    see_success(commander)
    commander.select_option("#id_item", ITEM)
    commander.select_option("#id_for_each", "community")
    commander.fill("#id_quantity", "2")
    commander.fill("#id_days", "3")
    commander.locator("form:has(#id_item) .btn-primary").click()
    see_success(commander)
    line = commander.locator("#goods tbody tr", has_text="帐篷")
    expect(line).to_contain_text("严重不足")
    judge(commander)

    with books():
        look_over_stock(now=clock.now())
        alarm = StockAlarm.objects.get(item__code=ITEM, kind="short", closed_at__isnull=True)
        missing = Decimal(alarm.facts["missing"])
        station = str(Depot.objects.get(area_code=STREET, kind="transfer_station").uuid)
    keeper = visit("/supplies/alarms/?kind=short", account=f"storekeeper-{STREET}")
    told = keeper.locator("tbody tr", has_text="帐篷")
    told.get_by_role("button").click()
    see_success(keeper)
    judge(keeper)
    keeper.goto(f"/supplies/stock/receive/?depot={station}")
    keeper.select_option("#id_item", ITEM)
    keeper.fill("#id_quantity", f"{missing:f}")
    main_button(keeper).click()
    if keeper.locator("#id_is_sure").is_visible():
        keeper.check("#id_is_sure")
        main_button(keeper).click()
    see_success(keeper)

    with books():
        look_over_stock(now=clock.now())
        alarm.refresh_from_db()
        assert alarm.closed_at is not None
        assert alarm.taken_by_name
    commander.reload()
    expect(line).to_contain_text("充足")
    keeper.goto("/supplies/alarms/?kind=short")
    expect(told).to_have_count(0)
