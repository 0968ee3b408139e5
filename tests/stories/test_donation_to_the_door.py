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
BUILDINGS, BACK = 2, 2
VANS = ("湖西一号车", "湖西二号车")


def arrange() -> dict[str, Any]:
    """Found a street with twelve communities of two buildings, a supply point each, a transfer station and two vans."""
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
    build(codes)
    for name in VANS:
        Vehicle.objects.create(area_code=street, name=name, capacity_kg=800)
    for role in ("storekeeper", "street_operator"):
        account = Account(
            sign_in_name=f"{role}-{street}", display_name=f"{role} 湖西", created_at=clock.now(), is_demo=True
        )
        account.password = Account.objects.get(sign_in_name="street_operator-990117001").password
        account.save()
        RoleAssignment.objects.create(account=account, role=role, area_code=street, starts_at=clock.now())
    items = {code: SupplyItem.objects.get(code=code) for code in ("mask", "boxed_meal")}
    depots = {code: str(uuid) for code, uuid in Depot.objects.within(street).values_list("area_code", "uuid")}
    return {"codes": codes, "items": items, "station": depots.pop(street), "points": depots}


def build(codes: list[str]) -> None:
    """Build two houses in each community, one with twice as many homes as the other."""
    from juxing.places.models import Building, Estate, Household

    for number, code in enumerate(codes, start=1):
        estate = Estate.objects.create(area_code=f"{code}-e001", name=f"湖西{number}苑", estate_type="commercial")
        for house in range(1, BUILDINGS + 1):
            building = Building.objects.create(
                area_code=f"{code}-e001-g01-b{house:03}", estate=estate, label=f"{house}号楼", number=str(house),
                longitude=121.2 + number / 500, latitude=31.0 + house / 1000,
            )  # fmt: skip
            Household.objects.bulk_create([
                Household(area_code=f"{building.area_code}-r{door:04}", building=building, door=f"{door}01")
                for door in range(1, 10 * house + 1)
            ])  # fmt: skip


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
    """Send every planned transfer and receive it: the first in the browser, the others as its pages do."""
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.supplies.commands import receive_transfer, send_transfer
    from juxing.supplies.models import Transfer

    first, *others = Transfer.objects.within(STREET_OF_THIS_STORY).order_by("id")
    keeper.goto(f"/supplies/transfers/{first.uuid}/")
    keeper.get_by_role("button", name="确认发出").click()
    see_success(keeper)
    keeper.get_by_role("button", name="确认到货").click()
    see_success(keeper)
    for transfer in others:
        sent = send_transfer(actor=Actor.system("story"), now=clock.now(), transfer=transfer)
        receive_transfer(actor=Actor.system("story"), now=clock.now(), transfer=sent, quantities={})


def pack_by_building(keeper: Page, ground: dict[str, Any], code: str) -> list[str]:
    """Pack the community's masks at its own supply point, a box for each building, and read the labels."""
    keeper.goto("/supplies/containers/per-building/")
    keeper.select_option("#id_depot", ground["points"][code])
    keeper.select_option("#id_item", "mask")
    keeper.select_option("#id_community", code)
    main_button(keeper).click()
    keeper.wait_for_url("**/supplies/containers/labels/**")
    labels = keeper.locator(".supplies-label")
    expect(labels).to_have_count(BUILDINGS)
    expect(labels.first).to_contain_text("1号楼")
    return [label.inner_text() for label in labels.locator("strong").all()]


def pack_cartons(keeper: Page, ground: dict[str, Any]) -> tuple[str, list[str]]:
    """Box the good cartons one by one, put all but two onto a pallet; return its number and those of the two."""
    keeper.goto("/supplies/containers/pack/")
    keeper.select_option("#id_depot", ground["points"][ground["codes"][0]])
    keeper.select_option("#id_item", "boxed_meal")
    keeper.fill("#id_quantity", "1")
    keeper.fill("#id_count", str(CARTONS - 1))
    keeper.select_option("#id_bound_for", ground["codes"][0])
    main_button(keeper).click()
    keeper.wait_for_url("**/supplies/containers/labels/**")
    numbers = [label.inner_text() for label in keeper.locator(".supplies-label strong").all()]
    keeper.goto("/supplies/containers/pallet/")
    keeper.fill("#id_numbers", "\n".join(numbers[BACK:]))
    main_button(keeper).click()
    keeper.wait_for_url("**/supplies/containers/labels/**")
    label = keeper.locator(".supplies-label")
    expect(label).to_contain_text("托盘")
    return label.locator("strong").inner_text(), numbers[:BACK]


def plan_loading(keeper: Page, depot: str) -> dict[str, list[str]]:
    """Share what stands packed in a depot over both vans, and read from each van's sheet what it takes."""
    keeper.goto("/supplies/rounds/")
    keeper.select_option("#id_depot", depot)
    for van in VANS:
        keeper.get_by_label(van).check()
    main_button(keeper).click()
    see_success(keeper)
    sheets = {}
    for van in VANS:
        keeper.goto("/supplies/rounds/")
        keeper.locator("#vehicles").get_by_role("link", name=van).click()
        rows = keeper.locator("#stops tbody tr").filter(has_text="已装箱")
        sheets[van] = [row.locator("td").first.inner_text().strip() for row in rows.all()]
    return sheets


def scan(phone: Page, where: str, number: str) -> None:
    """Scan one label on the phone."""
    phone.goto("/supplies/scan/")
    phone.select_option("#id_where", label=where)
    phone.fill("#id_number", number)
    main_button(phone).click()
    expect(phone.locator(".kit-notice--success, .kit-notice--info").first).to_be_visible()


def drive(phone: Page, sheets: dict[str, list[str]], *, undelivered: list[str]) -> None:
    """Load what each sheet names and hand it over stop by stop; for some nobody opens."""
    for van, numbers in sheets.items():
        for number in numbers:
            scan(phone, f"装上 {van}", number)
            if number not in undelivered:
                scan(phone, "送到指定社区，当面交付", number)


def bring_back(keeper: Page, sheets: dict[str, list[str]], ground: dict[str, Any], undelivered: list[str]) -> None:
    """Take in at the supply point what is still on the vans, a van in one step."""
    for van, numbers in sheets.items():
        left = sum(number in undelivered for number in numbers)
        if not left:
            continue
        keeper.goto("/supplies/rounds/")
        keeper.locator("#vehicles").get_by_role("link", name=van).click()
        expect(keeper.locator("main")).to_contain_text(f"还有 {left} 箱没有交付")
        keeper.select_option("#id_depot", ground["points"][ground["codes"][0]])
        keeper.get_by_role("button", name="收回入库").click()
        see_success(keeper)


def the_other_communities(ground: dict[str, Any]) -> None:
    """Pack, plan, load and hand over in the communities whose pages look the same, by the commands of those pages."""
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.supplies.commands import pack_per_building, plan_loading, scan_container
    from juxing.supplies.commands.accounts import vehicle_place
    from juxing.supplies.models import Container, Depot, StockPlace, Vehicle

    actor, mask = Actor.system("story"), ground["items"]["mask"]
    vans = list(Vehicle.objects.filter(name__in=VANS).order_by("id"))
    for code in ground["codes"][2:]:
        depot = Depot.objects.get(area_code=code)
        boxes = pack_per_building(actor=actor, now=clock.now(), depot=depot, item=mask, community=code)
        plan_loading(actor=actor, now=clock.now(), depot=depot, vehicles=vans)
        for box in Container.objects.filter(pk__in=[box.pk for box in boxes]).select_related("vehicle"):
            on_board = StockPlace.objects.get(pk=vehicle_place(box.vehicle))  # type: ignore[arg-type]
            scan_container(actor=actor, now=clock.now(), number=box.number, target=on_board)
            scan_container(actor=actor, now=clock.now(), number=box.number, target=None)


def judge(visit: Open, books: Callable[..., Any], code: str) -> None:
    """Compare the donor's page with the auditor's books, community by community, to the piece."""
    donor = visit(f"/donations/trace/{code}/")
    masks, meals = donor.locator("section.kit-panel").all()
    entries = masks.locator("[data-communities] li").all()
    shown = {
        entry.locator("span").inner_text(): Decimal(entry.locator("strong").inner_text().replace(",", ""))
        for entry in entries
    }
    assert [entry.inner_text() for entry in meals.locator("[data-communities] strong").all()] == [
        str(CARTONS - 1 - BACK)
    ]
    expect(meals).to_contain_text("一箱受潮")
    with books():
        from juxing.places.models import Area
        from juxing.supplies.enums import PlaceKind
        from juxing.supplies.models import StockBalance
        from juxing.supplies.queries.donations import trace_of
        from juxing.supplies.queries.verification import verify_ledger

        names = dict(Area.objects.filter(parent_code=STREET_OF_THIS_STORY).values_list("code", "name"))
        reached = StockBalance.objects.within(STREET_OF_THIS_STORY).filter(
            place__kind=PlaceKind.RESIDENTS, item__code="mask"
        )
        assert shown == {names[one.area_code]: one.quantity for one in reached}
        assert (len(shown), sum(shown.values())) == (COMMUNITIES, MASKS)
        assert max(shown.values()) - min(shown.values()) <= 1
        first, second = trace_of(code).lines
        assert [first.received, first.handed_out, first.in_stock] == [MASKS, MASKS, 0]
        assert [second.handed_out, second.in_stock, second.refused] == [CARTONS - 1 - BACK, BACK, 1]
        assert first.adds_up
        assert second.adds_up
        assert verify_ledger().problems == []


def test_donor_and_auditor_agree_to_the_piece(visit: Open, books: Callable[..., Any]) -> None:
    with books():
        ground = arrange()
    keeper = visit(account=f"storekeeper-{STREET_OF_THIS_STORY}")
    code = give(keeper, ground)
    share(visit(account=f"street_operator-{STREET_OF_THIS_STORY}"), ground)
    with books():
        carry(keeper)
    phone = visit(account=f"storekeeper-{STREET_OF_THIS_STORY}", phone=True)
    for place in ground["codes"][:2]:
        boxes = pack_by_building(keeper, ground, place)
        undelivered: list[str] = []
        if place == ground["codes"][0]:
            pallet, undelivered = pack_cartons(keeper, ground)
            boxes += [pallet, *undelivered]
        sheets = plan_loading(keeper, ground["points"][place])
        assert sorted(number for numbers in sheets.values() for number in numbers) == sorted(boxes)
        assert all(sheets.values()), "both vans have something to take"
        drive(phone, sheets, undelivered=undelivered)
        bring_back(keeper, sheets, ground, undelivered)
    with books():
        the_other_communities(ground)

    judge(visit, books, code)
