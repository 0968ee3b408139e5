"""Pages of suppliers, agreements, purchases and packs: through the browser's eyes, as those who buy, approve, watch."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django import Settings

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies.commands import (
    Agreed,
    Kept,
    Terms,
    look_over_stock,
    set_minimum,
    sign_agreement,
    write_agreement,
    write_reserve,
)
from juxing.supplies.enums import AlarmKind, AlarmSeverity, PurchaseStatus, ReservedFor
from juxing.supplies.models import (
    Depot,
    ItemPack,
    PurchaseOrder,
    ReservePlan,
    StockAlarm,
    StockLevel,
    SupplierContact,
    SupplyAgreement,
    SupplyItem,
)
from juxing.supplies.queries.reserves import plan_of, rows_of
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas, make_item, make_stock
from tests.supplies.makers import PROCESS, client_of, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HEAT = "natural.meteorological.heat"


@pytest.fixture
def water() -> SupplyItem:
    make_areas()
    return make_item("drinking_water", name_zh="饮用水", name_en="Drinking water", unit="barrel")


@pytest.fixture
def supplier(water: SupplyItem) -> Organisation:
    made = make_organisation(STREET, name="云间水站", organisation_type=OrganisationType.SUPPLIER)
    made.refresh_from_db()
    return made


@pytest.fixture
def depot(water: SupplyItem) -> Depot:
    made = Depot.objects.create(area_code=STREET, name="湖滨中转站", kind="transfer_station")
    made.refresh_from_db()
    return made


@pytest.fixture
def keeper() -> Client:
    return client_of(Role.STOREKEEPER, language="zh-hans")


@pytest.fixture
def operator() -> Client:
    return client_of(Role.STREET_OPERATOR, language="zh-hans")


def agree(supplier: Organisation, item: SupplyItem, *, kept: int = 500, hours: int = 12, days: int = 200) -> Any:
    now = clock.now()
    made = write_agreement(
        actor=PROCESS, now=now, area_code=STREET, supplier=supplier,
        terms=Terms(localdate(now), localdate(now) + timedelta(days=days), hours),
        goods=[Agreed(item, 1200, Decimal(kept))],
    )  # fmt: skip
    return sign_agreement(actor=PROCESS, now=now, agreement=made)


def step(client: Client, order: PurchaseOrder, what: str, **data: Any) -> int:
    return int(client.post(reverse("supplies:purchase_step", args=[order.uuid, what]), data).status_code)


def test_purchase_is_written_approved_ordered_printed_received_and_closed(
    supplier: Organisation, depot: Depot, keeper: Client, operator: Client, settings: Settings
) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 100
    form = {"depot": str(depot.uuid), "source": f"s:{supplier.uuid}", "item_1": "drinking_water",
            "quantity_1": "20", "price_1": "￥12.5 元"}  # fmt: skip

    written = keeper.post(reverse("supplies:new_purchase"), form)
    order = PurchaseOrder.objects.get()
    address = reverse("supplies:purchase", args=[order.uuid])
    change = reverse("supplies:change_purchase", args=[order.uuid])
    kept = keeper.get(change).content.decode()
    changed = keeper.post(change, {**form, "quantity_1": "20"}).status_code
    submitted, own = step(keeper, order, "submit"), step(keeper, order, "approve")
    no_paper = keeper.get(reverse("supplies:purchase_paper", args=[order.uuid])).status_code
    shown = operator.get(address).content.decode()
    steps = [step(operator, order, "approve"), step(keeper, order, "order")]
    paper = keeper.get(reverse("supplies:purchase_paper", args=[order.uuid]))
    line, receive = order.lines.get(), reverse("supplies:receive_purchase", args=[order.uuid])
    came = {"delivery": str(uuid4()), "paper": "送-7", f"good_{line.pk}": "23", f"lot_{line.pk}": "S1"}
    asked = keeper.post(receive, came)
    taken = keeper.post(receive, {**came, "is_over_meant": "on", f"words_{line.pk}": "多送三桶"})
    again = keeper.post(receive, {**came, "is_over_meant": "on", f"words_{line.pk}": "多送三桶"})
    closed = step(keeper, order, "close")

    assert (written.status_code, written["Location"], submitted, own, no_paper) == (303, address, 303, 422, 404)
    assert ('value="12.50"' in kept, changed, keeper.post(change, form).status_code) == (True, 303, 422)
    assert "批准这笔采购" in shown
    assert steps == [303, 303]
    assert paper.content.startswith(b"%PDF")
    assert (asked.status_code, "多送的也收下" in asked.content.decode()) == (422, True)
    assert 'type="checkbox" name="is_over_meant"' in asked.content.decode()
    assert (taken.status_code, again.status_code, closed) == (303, 303, 303)
    assert PurchaseOrder.objects.get().status == PurchaseStatus.CLOSED
    assert StockLevel.objects.get(depot=depot).on_hand == 23
    page = keeper.get(address).content.decode()
    assert "送-7" in page
    assert "多送三桶" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity_1": ""}, "必填|填写"), ({"price_1": ""}, "单价"), ({"price_1": "1.234"}, "小数"),
        ({"item_2": "drinking_water", "quantity_2": "1", "price_2": "1"}, "重复"),
        ({"item_2": "drinking_water"}, "重复"), ({"source": ""}, "必填|这个字段"),
        ({"is_emergency": "on"}, "原因|理由|为什么"), ({"source": f"a:{uuid4()}"}, "选择"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_said_and_stays(
    supplier: Organisation, depot: Depot, keeper: Client, change: dict[str, str], said: str
) -> None:
    form = {"depot": str(depot.uuid), "source": f"s:{supplier.uuid}", "item_1": "drinking_water",
            "quantity_1": "20", "price_1": "12.50", "needed_by": "2026-12-01", **change}  # fmt: skip

    answer = keeper.post(reverse("supplies:new_purchase"), form)

    assert answer.status_code == 422
    assert any(word in answer.content.decode() for word in said.split("|"))
    assert 'value="2026-12-01"' in answer.content.decode()
    assert not PurchaseOrder.objects.exists()


def test_agreement_is_written_changed_signed_used_and_ended(
    supplier: Organisation, depot: Depot, keeper: Client, operator: Client
) -> None:
    form = {"area_code": STREET, "supplier": str(supplier.uuid), "valid_from": "2026-01-01",
            "valid_until": "2046-01-01", "delivery_hours": "12", "item_1": "drinking_water", "quantity_1": "500",
            "price_1": "12"}  # fmt: skip
    too_long = keeper.post(reverse("supplies:new_agreement"), form)
    written = keeper.post(reverse("supplies:new_agreement"), {**form, "valid_until": "2035-01-01"})
    agreement = SupplyAgreement.objects.get()
    change = reverse("supplies:change_agreement", args=[agreement.uuid])
    changed = keeper.post(change, {**form, "valid_until": "2035-01-01", "quantity_1": "600"})
    steps = {name: reverse("supplies:agreement_step", args=[agreement.uuid, name]) for name in ("sign", "end", "x")}
    answers = [keeper.post(steps["sign"]).status_code, operator.post(steps["sign"]).status_code,
               keeper.post(change, {**form, "valid_until": "2035-01-01"}).status_code]  # fmt: skip
    page = keeper.get(f"{reverse('supplies:new_purchase')}?source=a:{agreement.uuid}").content.decode()
    bought = keeper.post(reverse("supplies:new_purchase"), {
        "depot": str(depot.uuid), "source": f"a:{agreement.uuid}", "item_1": "drinking_water", "quantity_1": "10",
    })  # fmt: skip

    assert (too_long.status_code, written.status_code, changed.status_code) == (422, 303, 303)
    assert answers == [403, 303, 422]
    assert f'value="a:{agreement.uuid}" selected' in page
    assert (bought.status_code, PurchaseOrder.objects.get().total_fen) == (303, 12_000)
    assert "600" in keeper.get(reverse("supplies:agreements")).content.decode()
    assert (operator.post(steps["end"], {"reason": " "}).status_code, operator.post(steps["x"]).status_code) == (
        422,
        404,
    )
    assert operator.post(steps["end"], {"reason": "价格过高"}).status_code == 303
    assert SupplyAgreement.objects.get().status == "ended"


def test_contacts_are_masked_opened_with_a_trace_and_forgotten(supplier: Organisation, keeper: Client) -> None:
    address = reverse("supplies:supplier", args=[supplier.uuid])
    write = {name: reverse("supplies:write_supplier", args=[supplier.uuid, name])
             for name in ("contact", "goods", "forget", "x")}  # fmt: skip

    bad = keeper.post(write["contact"], {"name": "周启明", "phone": "无"})
    keeper.post(write["contact"], {"name": "周启明", "phone": "139 0000 0021", "task": "调货"})
    keeper.post(write["contact"], {"name": "周启民", "phone": "13900000021", "task": "调货"})
    keeper.post(write["goods"], {"item": "drinking_water", "a_day": "300"})
    page = keeper.get(address).content.decode()
    opened = keeper.post(reverse("supplies:reveal_supplier", args=[supplier.uuid])).content.decode()
    watcher = client_of(Role.COMMUNITY_WORKER, STREET)
    contact = SupplierContact.objects.get()
    elsewhere = client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)

    assert bad.status_code == 422
    assert ("13900000021" in page, "周启民" in page, "300" in page) == (False, False, True)
    assert "13900000021" in opened
    assert JournalEntry.objects.filter(action="supplies.supplier.reveal").count() == 1
    assert watcher.post(reverse("supplies:reveal_supplier", args=[supplier.uuid])).status_code == 403
    assert (elsewhere.get(address).status_code, keeper.post(write["x"]).status_code) == (404, 404)
    assert keeper.post(write["forget"], {"contact": str(contact.uuid)}).status_code == 303
    assert keeper.post(write["goods"], {"item": "drinking_water", "is_over": "on"}).status_code == 303
    assert not SupplierContact.objects.exists()
    assert not supplier.supplier_goods.exists()


def reserve(water: SupplyItem, *, days: int = 4) -> ReservePlan:
    goods = [Kept(water, ReservedFor.COMMUNITY, Decimal(10), days)]
    made = write_reserve(actor=PROCESS, now=clock.now(), area_code=STREET, hazard=HEAT, goods=goods)
    return plan_of(actor=PROCESS, uuid=made.uuid)


def test_agreement_stock_counts_as_far_as_it_comes_in_time(supplier: Organisation, water: SupplyItem) -> None:
    make_stock(water, 25)
    plan = reserve(water)
    today = localdate(clock.now())
    counted = int(plan.basis["community"])

    [alone] = rows_of([plan], today=today)[plan.pk]
    agree(supplier, water, kept=10 * counted, hours=12)
    [in_time] = rows_of([plan], today=today)[plan.pk]
    agree(supplier, water, kept=1000, hours=240)
    [late] = rows_of([plan], today=today)[plan.pk]

    assert [alone.agreed, alone.too_late] == [0, 0]
    assert in_time.agreed == 10 * counted
    assert in_time.reach.days - alone.reach.days == 1  # type: ignore[operator]
    assert in_time.missing_in_depots == alone.missing
    assert [late.agreed, late.too_late] == [in_time.agreed, 1000]
    assert late.reach == in_time.reach


def test_alarm_proposes_what_to_buy_and_one_press_drafts_it(
    supplier: Organisation, depot: Depot, water: SupplyItem, keeper: Client
) -> None:
    level = make_stock(water, 7, community=COMMUNITY)
    plan = reserve(water, days=30)
    ItemPack.objects.create(item=water, unit="bundle", quantity=4)
    agree(supplier, water, kept=200, days=20)
    set_minimum(actor=PROCESS, level=StockLevel.objects.get(pk=level.pk), minimum=Decimal(10))
    look_over_stock(now=clock.now())
    alarms = reverse("supplies:alarms")

    page = keeper.get(alarms)
    rows = {row["proposal"]["fields"]["origin"]: row["proposal"]["fields"]
            for row in page.context["page"].rows if row["proposal"]}  # fmt: skip
    low = StockAlarm.objects.get(kind=AlarmKind.LOW)
    ends = StockAlarm.objects.get(kind=AlarmKind.AGREEMENT)
    done = keeper.post(reverse("supplies:propose_purchase"), rows[low.uuid])
    order = PurchaseOrder.objects.get()
    again = keeper.get(alarms)
    left = [row["proposal"]["fields"]["origin"] for row in again.context["page"].rows if row["proposal"]]

    assert ends.severity == AlarmSeverity.SOON
    assert (rows[low.uuid]["quantity"], rows[low.uuid]["depot"]) == ("4", low.depot.uuid)  # type: ignore[union-attr]
    assert done["Location"] == reverse("supplies:purchase", args=[order.uuid])
    assert [(line.item, line.ordered, line.price_fen) for line in order.lines.all()] == [(water, 4, 1200)]
    assert (order.origin, order.status, low.uuid in left) == (low.uuid, PurchaseStatus.DRAFT, False)
    shown = keeper.get(reverse("supplies:reserve", args=[plan.uuid])).content.decode()
    assert "生成采购草稿" in shown
    assert "不在库" in shown


@pytest.mark.parametrize(
    "sent", [{}, {"quantity": "-1"}, {"item": "x"}, {"agreement": str(uuid4())}, {"depot": str(uuid4())}]
)
def test_proposal_that_was_tampered_with_makes_nothing(
    supplier: Organisation, depot: Depot, water: SupplyItem, keeper: Client, sent: dict[str, str]
) -> None:
    fields = {"agreement": str(agree(supplier, water).uuid), "item": "drinking_water", "depot": str(depot.uuid),
              "quantity": "5", "origin": str(uuid4())}  # fmt: skip

    answer = keeper.post(reverse("supplies:propose_purchase"), {**fields, **sent} if sent else {})

    assert answer.status_code in {303, 404}
    assert not PurchaseOrder.objects.exists()


def test_purchases_leave_as_a_table_with_a_purpose(supplier: Organisation, depot: Depot, keeper: Client) -> None:
    keeper.post(reverse("supplies:new_purchase"), {
        "depot": str(depot.uuid), "source": f"s:{supplier.uuid}", "item_1": "drinking_water", "quantity_1": "20",
        "price_1": "12.50",
    })  # fmt: skip
    address = reverse("supplies:export_purchases")
    form = keeper.get(address)
    purpose = form.context["form"].fields["purpose"].choices[0][0]

    answer = keeper.post(address, {"purpose": purpose, "file_format": "csv", "area": STREET})

    text = answer.content.decode("utf-8-sig")
    assert "云间水站" in text
    assert "250" in text
    assert "导出人" in text or "导出" in text.splitlines()[0]


def test_lists_ask_the_same_number_of_questions_however_long_they_are(
    supplier: Organisation, depot: Depot, water: SupplyItem, keeper: Client,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    agree(supplier, water)

    def counts() -> list[int]:
        found = []
        for name in ("purchases", "agreements", "suppliers"):
            with django_assert_max_num_queries(60) as seen:
                assert keeper.get(reverse(f"supplies:{name}")).status_code == 200
            found.append(len(seen))
        return found

    def buy() -> None:
        keeper.post(reverse("supplies:new_purchase"), {
            "depot": str(depot.uuid), "source": f"s:{supplier.uuid}", "item_1": "drinking_water",
            "quantity_1": "20", "price_1": "12.50",
        })  # fmt: skip

    buy()
    counts()
    one = counts()
    buy()
    buy()
    agree(make_organisation(STREET, organisation_type=OrganisationType.SUPPLIER), water)
    assert counts() == one
