"""捐赠到门口: masks and restricted cartons arrive, are inspected, shared, packed, driven out and traced."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import main_button, see_success

WAIT_MS = 60_000
pytestmark = pytest.mark.browser
STREET_OF_THIS_STORY = "990117091"
COMMUNITIES = 12
MASKS, CARTONS = 5000, 40


def arrange() -> dict[str, Any]:
    """Found a street with twelve communities, each with a supply point, a transfer station, two vans and its people."""
    from juxing.access.models import Account, RoleAssignment
    from juxing.kernel import clock
    from juxing.places.models import Area
    from juxing.supplies.models import Depot, SupplyItem, Vehicle

    street = STREET_OF_THIS_STORY
    codes = [f"{street}{number:03}" for number in range(1, COMMUNITIES + 1)]
    Area.objects.bulk_create(
        [Area(code=street, name="湖西街道", level="street", parent_code="990117", source="local", is_demo=True)]
        + [Area(code=code, name=f"湖西{number}社区", level="community", parent_code=street, source="local",
                is_demo=True)
           for number, code in enumerate(codes, start=1)],
        ignore_conflicts=True,
    )  # fmt: skip
    Depot.objects.bulk_create(
        [Depot(area_code=street, name="湖西物资中转站", kind="transfer_station", longitude=121.2, latitude=31.0)]
        + [Depot(area_code=code, name=f"湖西{number}社区供应点", longitude=121.2 + number / 500, latitude=31.0)
           for number, code in enumerate(codes, start=1)]
    )  # fmt: skip
    for name in ("湖西一号车", "湖西二号车"):
        Vehicle.objects.create(area_code=street, name=name, capacity_kg=800)
    for role in ("storekeeper", "street_operator"):
        account = Account(
            sign_in_name=f"{role}-{street}", display_name=f"{role} 湖西", created_at=clock.now(), is_demo=True
        )
        account.password = Account.objects.get(sign_in_name="street_operator-990117001").password
        account.save()
        RoleAssignment.objects.create(account=account, role=role, area_code=street, starts_at=clock.now())
    items = {code: SupplyItem.objects.get(code=code) for code in ("mask", "boxed_meal")}
    return {"codes": codes, "items": items, "station": str(Depot.objects.get(name="湖西物资中转站").uuid)}


def give(keeper: Page, ground: dict[str, Any]) -> str:
    """Write the donation down, receive and inspect it (one carton is wet), take it in; return its trace code."""
    keeper.goto("/supplies/donations/pledge/")
    keeper.select_option("#id_depot", ground["station"])
    keeper.select_option("#id_donor_kind", "organisation")
    keeper.fill("#id_donor_name", "云间口罩厂")
    keeper.check("#id_is_name_public")
    for number, code, quantity in ((1, "mask", MASKS), (2, "boxed_meal", CARTONS)):
        keeper.select_option(f"#id_item_{number}", code)
        keeper.fill(f"#id_quantity_{number}", str(quantity))
    keeper.select_option("#id_restricted_2", ground["codes"][0])
    main_button(keeper).click()
    see_success(keeper)
    code = keeper.locator("dt:has-text('去向查询码') + dd").inner_text()
    keeper.get_by_role("button", name="确认到货，待验收").click()
    see_success(keeper)
    keeper.locator("input[id^=id_accepted_]").last.fill("39")
    keeper.locator("input[id^=id_finding_]").last.fill("一箱受潮")
    keeper.get_by_role("button", name="记录验收意见").click()
    see_success(keeper)
    keeper.get_by_role("button", name="合格的入库，其余退回").click()
    see_success(keeper)
    return code


def share(operator: Page, ground: dict[str, Any]) -> None:
    """Share masks and cartons over the twelve communities, read why, and sign."""
    operator.goto("/supplies/communities/share/")
    operator.locator(f"input[name=sources][value='{ground['station']}']").check()
    operator.fill("#id_need_mask", "50")
    operator.fill("#id_need_boxed_meal", "3.9")
    for field in operator.locator("input[id^=id_people_]").all():
        field.fill("1000")
    main_button(operator).click()
    operator.wait_for_url("**/supplies/communities/*-*/")
    shares, result = operator.locator("#shares"), operator.locator(".kit-job a.btn-primary")
    expect(shares.or_(result)).to_be_visible(timeout=WAIT_MS)
    if not shares.is_visible():
        result.click()
    expect(shares).to_contain_text("12 个社区分享")
    expect(operator.locator(".kit-definitions")).to_contain_text("已证明")
    operator.get_by_role("button", name="签批并生成调拨单").click()
    see_success(operator)


def carry(keeper: Page) -> None:
    """Send every planned transfer and receive it, as the two storekeepers would."""
    from juxing.supplies.models import Transfer

    for uuid in list(Transfer.objects.within(STREET_OF_THIS_STORY).order_by("id").values_list("uuid", flat=True)):
        keeper.goto(f"/supplies/transfers/{uuid}/")
        keeper.get_by_role("button", name="确认发出").click()
        see_success(keeper)
        keeper.get_by_role("button", name="确认到货").click()
        see_success(keeper)


def pack(keeper: Page, code: str, item: str, each: int, count: int) -> list[str]:
    """Pack boxes for the community at its own supply point, and read the numbers from the labels."""
    from juxing.supplies.models import Depot

    keeper.goto("/supplies/containers/pack/")
    keeper.select_option("#id_depot", str(Depot.objects.get(area_code=code).uuid))
    keeper.select_option("#id_item", item)
    keeper.fill("#id_quantity", str(each))
    keeper.fill("#id_count", str(count))
    keeper.select_option("#id_bound_for", code)
    main_button(keeper).click()
    keeper.wait_for_url("**/supplies/containers/labels/**")
    return [label.inner_text() for label in keeper.locator(".supplies-label strong").all()]


def scan(phone: Page, where: str, number: str) -> None:
    """Scan one label on the phone."""
    phone.goto("/supplies/scan/")
    phone.select_option("#id_where", label=where)
    phone.fill("#id_number", number)
    main_button(phone).click()
    expect(phone.locator(".kit-notice--success, .kit-notice--info").first).to_be_visible()


def test_donor_and_auditor_agree_to_the_piece(visit: Open, books: Callable[..., Any]) -> None:
    with books():
        ground = arrange()
    keeper = visit(account=f"storekeeper-{STREET_OF_THIS_STORY}")
    code = give(keeper, ground)
    share(visit(account=f"street_operator-{STREET_OF_THIS_STORY}"), ground)
    with books():
        carry(keeper)
        boxes = {place: pack(keeper, place, "mask", 100, 4) for place in ground["codes"][:2]}
        cartons = pack(keeper, ground["codes"][0], "boxed_meal", 1, 39)
    phone = visit(account=f"storekeeper-{STREET_OF_THIS_STORY}", phone=True)
    vans = ("湖西一号车", "湖西二号车")
    for van, place in zip(vans, ground["codes"], strict=False):
        for number in boxes[place]:
            scan(phone, f"装上 {van}", number)
            scan(phone, "送到指定社区，当面交付", number)
    for number in cartons[:4]:
        scan(phone, f"装上 {vans[0]}", number)
    for number in cartons[:2]:
        scan(phone, "送到指定社区，当面交付", number)
    for number in cartons[2:4]:
        scan(phone, "入库：湖西1社区供应点", number)

    donor = visit(f"/donations/trace/{code}/")
    masks, meals = donor.locator("section.kit-panel").all()
    expect(masks.locator("[data-communities]")).to_contain_text("湖西1社区")
    assert [entry.inner_text() for entry in masks.locator("[data-communities] strong").all()] == ["400", "400"]
    assert [entry.inner_text() for entry in meals.locator("[data-communities] strong").all()] == ["2"]
    expect(meals).to_contain_text("一箱受潮")
    with books():
        from juxing.supplies.queries.donations import trace_of
        from juxing.supplies.queries.verification import verify_ledger

        first, second = trace_of(code).lines
        assert (first.received, first.handed_out, first.in_stock) == (Decimal(MASKS), Decimal(800), Decimal(4200))
        assert (second.handed_out, second.in_stock, second.refused) == (Decimal(2), Decimal(37), Decimal(1))
        assert first.adds_up
        assert second.adds_up
        assert verify_ledger().problems == []
