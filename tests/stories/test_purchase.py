"""采购: what is short is proposed, a second person approves, it comes in parts, and the ledger holds what came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import STREET, main_button, see_success

pytestmark = pytest.mark.browser
ITEM, NAME = "water_pump", "抽水泵"


def a_lack_and_an_agreement() -> str:
    """Make the item run out at the station, agree with a supplier of the district on more, and return the alarm."""
    from django.utils.timezone import localdate

    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.organisations.enums import OrganisationType
    from juxing.organisations.models import Organisation
    from juxing.supplies import commands
    from juxing.supplies.models import Depot, StockAlarm, SupplyItem

    process, now = Actor.system("story"), clock.now()
    item = SupplyItem.objects.get(code=ITEM)
    station = Depot.objects.get(area_code=STREET, kind="transfer_station")
    supplier = Organisation.objects.filter(organisation_type=OrganisationType.SUPPLIER).order_by("id")[0]
    level = commands.receive_stock(actor=process, now=now, depot=station, item=item, quantity=Decimal(2), is_sure=True)
    commands.set_minimum(actor=process, level=level, minimum=Decimal(10))
    agreed = commands.write_agreement(
        actor=process, now=now, area_code=STREET[:6], supplier=supplier,
        terms=commands.Terms(localdate(now), localdate(now) + timedelta(days=300), 24, "区协 2026-1"),
        goods=[commands.Agreed(item, 98_000, Decimal(20))],
    )  # fmt: skip
    commands.sign_agreement(actor=process, now=now, agreement=agreed)
    commands.look_over_stock(now=now)
    return str(StockAlarm.objects.get(item=item, kind="low", closed_at__isnull=True).uuid)


def receive(keeper: Page, address: str, quantity: str, paper: str) -> None:
    keeper.goto(f"{address}receive/")
    keeper.fill("#id_paper", paper)
    keeper.locator("input[name^=good_]").first.fill(quantity)
    main_button(keeper).click()
    see_success(keeper)


def test_what_is_short_is_bought_by_two_persons_and_comes_in_parts(visit: Open, books: Callable[..., Any]) -> None:
    from juxing.supplies.models import AgreementLine, StockEntry, StockLevel

    with books():
        a_lack_and_an_agreement()
    keeper = visit("/supplies/alarms/?kind=low", account=f"storekeeper-{STREET}")
    short = keeper.locator("tbody tr", has_text=NAME)
    expect(short).to_contain_text("8")
    short.locator(".supplies-proposal button").click()
    see_success(keeper)
    address = keeper.url
    judge(keeper)
    keeper.locator("form[action$='/submit/'] .btn-primary").click()
    see_success(keeper)
    expect(keeper.locator("form[action$='/approve/']")).to_have_count(0)

    commander = visit(address, role="street_commander", account=f"street_commander-{STREET}")
    commander.locator("form[action$='/approve/'] .btn-primary").click()
    see_success(commander)

    keeper.goto(address)
    keeper.locator("form[action$='/order/'] .btn-primary").click()
    see_success(keeper)
    receive(keeper, address, "5", "送货单1")
    receive(keeper, address, "3", "送货单2")
    judge(keeper)
    keeper.goto(f"/supplies/stock/?item={ITEM}")
    keeper.locator("tbody tr", has_text="中转站").get_by_role("link", name=NAME).click()
    keeper.wait_for_url("**/stock/*/" + ITEM + "/")
    moved = keeper.locator("#movements tbody tr", has_text="送货单")
    expect(moved).to_have_count(2)

    with books():
        level = StockLevel.objects.get(item__code=ITEM, depot__area_code=STREET, depot__kind="transfer_station")
        came = StockEntry.objects.filter(
            lot__item__code=ITEM, place__depot=level.depot, move__reason__contains="送货单"
        )
        assert level.on_hand == 10
        assert sorted(came.values_list("quantity", flat=True)) == [3, 5]
        assert AgreementLine.objects.get(item__code=ITEM).called_off == 8
