"""The pages: a purchase from its preparation to being settled, by those who run it, neighbours and strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.commands import issue_token
from juxing.access.roles import Role
from juxing.group_purchases import commands
from juxing.group_purchases.enums import MoneyKind, MoneyMethod, OrderStatus, PurchaseStatus
from juxing.group_purchases.inputs import Arrival, OrderInput
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, MoneyEntry
from juxing.group_purchases.pages import public
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.places.models import Household
from tests.factories import OTHER_COMMUNITY, STREET, make_account, make_areas, make_building, make_household
from tests.group_purchases.makers import NOW, PHONES, SYSTEM, make_purchase, make_slot, order, packages_of

pytestmark = pytest.mark.django_db
GOOD = {"title": "周六蔬菜", "supplier_name": "云间菜场", "organiser_name": "李团长", "delivery_fee": "3"}


@pytest.fixture
def at_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages think it is the morning of the tests."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def desk(at_eight: None) -> Client:
    """Somebody of a community at the desk."""
    with acting(SYSTEM):
        make_areas()
        account = make_account(Role.COMMUNITY_WORKER, STREET)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def neighbour(monkeypatch: pytest.MonkeyPatch, at_eight: None) -> Client:
    """Somebody on a phone who has proved its number."""
    monkeypatch.setattr(public, "proved_phone", lambda _request: PHONES[1])
    return Client()


def at(name: str, *arguments: Any) -> str:
    return reverse(f"group_purchases:{name}", args=list(arguments))


def test_purchase_is_prepared_opened_ordered_and_settled_through_its_pages(desk: Client, neighbour: Client) -> None:
    with acting(SYSTEM):
        building = make_building()
        homes = [make_household(building=building, door=door) for door in ("301", "302")]
    prepared = desk.post(at("prepare"), {**GOOD, "area": building.estate.area_code, "cut_off": "2026-03-11T08:00"})
    with acting(SYSTEM):
        purchase = GroupPurchase.objects.get()
    assert prepared["Location"] == at("buildings", purchase.uuid)
    assert desk.post(at("step", purchase.uuid, "open"), follow=True).status_code == 200
    desk.post(at("buildings", purchase.uuid), {"buildings": [building.pk]})
    wrong = desk.post(at("add_package", purchase.uuid), {"name": "蔬菜包", "price": "0"})
    assert wrong.status_code == 422
    desk.post(at("add_package", purchase.uuid), {"name": "蔬菜包", "price": "58.00", "contents": "青菜 2斤"})
    assert neighbour.get(at("sign", purchase.uuid)).status_code == 404
    desk.post(at("step", purchase.uuid, "open"))
    assert "云间菜场" in neighbour.get(at("sign", purchase.uuid)).content.decode()

    mine = neighbour.post(
        at("order_here", purchase.uuid),
        {"building": building.pk, "door": "301", "package_A": "2", "contact_name": "王"},
    )
    assert mine.status_code == 303
    link = mine["Location"]
    assert "119.00" in neighbour.get(link).content.decode()
    neighbour.post(f"{link}change/", {"package_A": "1"})
    taken = neighbour.post(at("order_here", purchase.uuid), {"building": building.pk, "door": "999", "package_A": "1"})
    assert taken.status_code == 422
    desk.post(
        at("enter", purchase.uuid), {"building": building.pk, "door": "302", "package_A": "3", "is_brought": "on"}
    )

    desk.post(at("step", purchase.uuid, "close"))
    desk.post(at("arrival", purchase.uuid), {"received_A": "3", "method": "by_order"})
    with acting(SYSTEM):
        orders = {one.household_id: one for one in HouseholdOrder.objects.all()}
    first, second = orders[homes[0].pk], orders[homes[1].pk]
    assert "61.00" in neighbour.get(link).content.decode()
    for one, paid in ((first, "61"), (second, "177")):
        asked = desk.post(at("order_act", purchase.uuid, one.uuid, "pay"), {"pay-amount": paid, "pay-method": "wechat"})
        if asked.status_code == 422:
            sure = {"pay-amount": paid, "pay-method": "wechat", "pay-is_sure": "on"}
            assert desk.post(at("order_act", purchase.uuid, one.uuid, "pay"), sure).status_code == 303
    assert "58.00" in desk.get(at("order", purchase.uuid, second.uuid)).content.decode()
    desk.post(at("order_act", purchase.uuid, second.uuid, "refund"), {"refund-amount": "58", "refund-method": "wechat"})
    desk.post(at("money_act", purchase.uuid, "bill"), {"bill-bill": "174"})
    desk.post(at("money_act", purchase.uuid, "pay"), {"pay-amount": "174", "pay-method": "bank"})
    desk.post(at("money_act", purchase.uuid, "counted"), {"counted-counted": "6"})
    for one in (first, second):
        desk.post(at("tick", purchase.uuid, one.uuid, "done"))
        desk.post(at("tick", purchase.uuid, one.uuid, "done"))
    assert "6.00" in desk.get(at("money", purchase.uuid)).content.decode()
    desk.post(at("step", purchase.uuid, "settle"), {"reason": "配送费付给司机"})

    with acting(SYSTEM):
        settled = GroupPurchase.objects.get()
        assert settled.status == PurchaseStatus.SETTLED
        assert sum(MoneyEntry.objects.filter(kind=MoneyKind.PAID).values_list("amount_fen", flat=True)) == 23_800
        assert set(HouseholdOrder.objects.values_list("status", flat=True)) == {OrderStatus.HANDED_OVER}


def prepared(count: int = 3) -> tuple[GroupPurchase, list[Household], list[HouseholdOrder]]:
    with acting(SYSTEM):
        purchase, homes = make_purchase(doors=count)
        make_slot(purchase)
        return purchase, homes, [order(purchase, home, {"A": 1}, contact_phone=PHONES[2]) for home in homes]


PAGES = (
    "purchase", "supplier_sheet", "change", "buildings", "bearers", "add_slot", "cancel", "orders", "enter", "import",
    "chains", "money", "packing", "packing_print", "hand_out", "export_orders", "export_totals",
)  # fmt: skip


def test_doors_are_masked_until_asked_for_and_each_look_is_kept(desk: Client) -> None:
    purchase, _homes, orders = prepared()

    shut = [desk.get(at(name, purchase.uuid)) for name in PAGES if name not in {"packing_print", "hand_out"}]
    assert {one.status_code for one in shut} == {200}
    assert not [one for one in shut if "5号楼-301" in one.content.decode()]
    with acting(SYSTEM):
        looked = JournalEntry.objects.filter(action="group_purchases.order.look")
        assert not looked.exists()
    for answer in (desk.post(at("orders", purchase.uuid)), desk.get(at("packing_print", purchase.uuid)),
                   desk.get(at("hand_out", purchase.uuid))):  # fmt: skip
        assert "5号楼-301" in answer.content.decode()
    with acting(SYSTEM):
        assert looked.count() == 3 * len(orders)
    without = desk.post(at("order_act", purchase.uuid, orders[0].uuid, "reveal"), {"reason": ""})
    assert PHONES[2] not in without.content.decode()
    opened = desk.post(at("order_act", purchase.uuid, orders[0].uuid, "reveal"), {"reason": "通知领取"})
    assert PHONES[2] in opened.content.decode()


def test_neighbour_sees_totals_and_the_own_order_and_nobody_elses(neighbour: Client) -> None:
    purchase, homes, orders = prepared()
    sign = neighbour.get(at("sign", purchase.uuid)).content.decode()
    assert PHONES[2] not in sign
    assert "301" not in sign

    building = homes[0].building_id
    other = neighbour.post(at("order_here", purchase.uuid), {"building": building, "door": "301", "package_A": "1"})
    stranger = neighbour.post(at("open_mine", orders[0].uuid))
    wrong = neighbour.get(at("own", "no-such-link"))

    assert other.status_code == 422
    assert stranger["Location"] == at("mine")
    assert wrong.status_code == 404
    with acting(SYSTEM):
        late = commands.place_order(
            actor=SYSTEM, now=NOW, purchase=purchase,
            given=OrderInput(household_id=homes[0].pk, quantities={packages_of(purchase)[0].pk: 2}, channel="staff"),
        )[1]  # fmt: skip
        GroupPurchase.objects.filter(pk=purchase.pk).update(cut_off_at=NOW)
    changed = neighbour.post(at("change_own", late), {"package_A": "5"})
    assert changed.status_code == 422
    withdrawn = neighbour.post(at("answer_own", late, "withdraw"), follow=True)
    assert withdrawn.status_code == 200
    with acting(SYSTEM):
        assert HouseholdOrder.objects.get(pk=orders[0].pk).status == OrderStatus.PLACED


def test_other_community_and_other_roles_find_nothing(at_eight: None) -> None:
    purchase, _homes, orders = prepared()
    with acting(SYSTEM):
        accounts = [make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), make_account(Role.RESPONDER, STREET)]
    for account in accounts:
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        assert [client.get(at(name, purchase.uuid)).status_code for name in ("purchase", "orders", "money")] == [
            404
        ] * 3
        assert client.post(at("tick", purchase.uuid, orders[0].uuid, "done")).status_code == 404
    bearer = client
    with acting(SYSTEM):
        commands.set_bearers(actor=SYSTEM, now=NOW, purchase=purchase, sign_in_names=[accounts[1].sign_in_name])
        closed = commands.close_purchase(actor=SYSTEM, now=NOW, purchase=purchase)
        arrived = {one.pk: Arrival(received=9) for one in packages_of(purchase)}
        commands.record_arrival(actor=SYSTEM, now=NOW, purchase=closed, arrived=arrived)

    with acting(SYSTEM):
        run, _homes = make_purchase(organiser_sign_in=accounts[1].sign_in_name)
    assert bearer.get(at("money", run.uuid)).status_code == 200
    assert bearer.get(at("hand_out", purchase.uuid)).status_code == 200
    assert bearer.get(at("money", purchase.uuid)).status_code == 403
    bearer.post(at("tick", purchase.uuid, orders[0].uuid, "done"))
    with acting(SYSTEM):
        assert HouseholdOrder.objects.get(pk=orders[0].pk).status == OrderStatus.HANDED_OVER


def test_lists_cost_the_same_whatever_stands_in_them(desk: Client, django_assert_max_num_queries: Any) -> None:
    counts = []
    for doors in (2, 12):
        purchase, _homes, _orders = prepared(doors)
        for name in ("orders", "money", "packing", "purchase", "list"):
            arguments = [] if name == "list" else [purchase.uuid]
            desk.get(at(name, *arguments))
            with django_assert_max_num_queries(60) as counted:
                desk.get(at(name, *arguments))
            counts.append((name, len(counted)))
    assert counts[:5] == counts[5:]


def test_forgotten_after_a_year_amounts_stay(at_eight: None) -> None:
    purchase, _homes, orders = prepared()
    with acting(SYSTEM):
        never_settled, _homes = make_purchase()
        order(never_settled, _homes[0], {"A": 1})
        commands.record_money(
            actor=SYSTEM, now=NOW, purchase=purchase, kind=MoneyKind.PAID, amount_fen=5800, method=MoneyMethod.CASH,
            order=orders[0], reference="6688",
        )  # fmt: skip
        commands.cancel_purchase(actor=SYSTEM, now=NOW, purchase=purchase, reason="菜场停业")
        assert commands.forget_orders(actor=SYSTEM, now=NOW + timedelta(days=364)) == 0
        assert commands.forget_orders(actor=SYSTEM, now=NOW + timedelta(days=366)) == 1
        assert commands.forget_orders(actor=SYSTEM, now=NOW + timedelta(days=366)) == 0
        assert commands.forget_orders(actor=SYSTEM, now=NOW + timedelta(days=367)) == 1
        kept = HouseholdOrder.objects.get(pk=orders[0].pk)
        assert (kept.household_id, kept.contact_phone, kept.area_code) == (None, "", purchase.area_code[:12])
        entry = MoneyEntry.objects.get()
        assert (entry.amount_fen, entry.reference) == (5800, "")


BAD = ("<script>alert(1)</script>'; DROP--", "-1", "9" * 400, "a\x00b", "1.005")


def test_forms_of_a_purchase_answer_anything_in_words(desk: Client) -> None:
    purchase, _homes, orders = prepared()
    fields = ["title", "cut_off", "price", "name", "starts", "ends", "doors", "place", "bearers", "building", "door",
              "contact_phone", "slot", "text", "reason", "amount", "pay-amount", "refund-amount", "bill-bill",
              "position", "counted-counted", "buildings", "is_brought", "method", "received_A", "charged_A",
              "package_A"]  # fmt: skip
    only_shown = {"supplier_sheet", "packing", "packing_print", "hand_out"}
    targets = [at(name, purchase.uuid) for name in PAGES if name not in only_shown]
    acts = ("pay", "refund", "slot", "brought", "reveal", "grant")
    targets += [at("order_act", purchase.uuid, orders[0].uuid, what) for what in acts]
    targets += [at("money_act", purchase.uuid, what) for what in ("bill", "pay", "returned", "counted")]
    for target in targets:
        for value in BAD:
            answer = desk.post(target, dict.fromkeys(fields, value))
            assert answer.status_code < 500, (target, value[:20])
            assert "<script>alert" not in answer.content.decode()


def test_api_gives_offers_and_totals_and_no_household(at_eight: None) -> None:
    purchase, _homes, _orders = prepared()
    with acting(SYSTEM):
        account = make_account(Role.COMMUNITY_WORKER, STREET)
        token = issue_token(actor=SYSTEM, now=clock.now(), account=account, label="test")
    client = Client(headers={"Authorization": f"Bearer {token}"})

    listed = client.get("/api/v1/group-purchases/").json()
    one = client.get(f"/api/v1/group-purchases/{purchase.uuid}").json()

    assert [row["uuid"] for row in listed["rows"]] == [str(purchase.uuid)]
    assert [(row["code"], row["price_fen"], row["ordered"]) for row in one["packages"]] == [
        ("A", 5800, 3),
        ("B", 3250, 0),
    ]
    assert PHONES[2] not in str(one)
    assert Client().get("/api/v1/group-purchases/").status_code == 401
