"""Stock as another system reads it, and the scan it sends."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from juxing.access.roles import Role
from juxing.kernel.scope import acting
from juxing.supplies.commands import pack_containers
from juxing.supplies.enums import AlarmKind, AlarmSeverity
from juxing.supplies.models import Container, StockAlarm, StockLevel, StockMove, SupplyRequest, Vehicle
from tests.factories import (
    COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_areas,
    make_item,
    make_stock,
)
from tests.site.test_api import Caller
from tests.supplies.makers import NOW, PROCESS, make_mask, make_organisation
from tests.supplies.test_purchases import Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def level() -> StockLevel:
    with acting(PROCESS):
        make_areas()
        make_stock(make_item("rice", unit="bag"), 3, community=OTHER_STREET_COMMUNITY)
        return make_stock(make_item("mask", unit="single"), 100)


@pytest.fixture
def keeper(level: StockLevel) -> Caller:
    with acting(PROCESS):
        return Caller(make_account(Role.STOREKEEPER, STREET))


def test_stock_is_read_page_by_page_and_only_ones_own(keeper: Caller, level: StockLevel) -> None:
    depots, stock = keeper.get("/supplies/depots"), keeper.get("/supplies/stock", size=1)
    filtered = keeper.get("/supplies/stock", depot=str(level.depot.uuid), item="mask", is_low="true")
    wrong = keeper.get("/supplies/stock", depot="nowhere")

    assert [one["uuid"] for one in depots.json()] == [str(level.depot.uuid)]
    [row] = stock.json()["rows"]
    assert row["item"] == "mask"
    assert Decimal(row["on_hand"]) == Decimal(row["free"]) == 100
    assert filtered.status_code == 200
    assert wrong.status_code == 422


def test_scan_moves_a_box_once_and_says_why_not(keeper: Caller, level: StockLevel) -> None:
    with acting(PROCESS):
        van = Vehicle.objects.create(area_code=STREET, name="一号车")
        foreign = Vehicle.objects.create(area_code=OTHER_STREET_COMMUNITY, name="别处的车")
        [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10),
                                bound_for=COMMUNITY)  # fmt: skip
    scan = f"/supplies/containers/{box.number}/scan"

    shown = keeper.get(f"/supplies/containers/{box.number}").json()
    loaded = keeper.post(scan, {"vehicle": str(van.uuid)}, key="one")
    again = keeper.post(scan, {"vehicle": str(van.uuid)}, key="one")
    other = keeper.post(scan, {"vehicle": str(van.uuid)}, key="two")
    refused = [keeper.post(scan, body) for body in (
        {"vehicle": str(foreign.uuid)}, {"vehicle": str(van.uuid), "depot": str(level.depot.uuid)}, {"depot": "x"},
    )]  # fmt: skip
    handed = keeper.post(scan, {})

    assert shown["status"] == "packed"
    assert Decimal(shown["contents"][0]["quantity"]) == 10
    assert [answer.json()["is_new"] for answer in (loaded, again, other)] == [True, True, False]
    assert [answer.status_code for answer in refused] == [404, 422, 422]
    assert handed.json()["status"] == "delivered"
    with acting(PROCESS):
        assert StockMove.objects.filter(subject_uuid=box.uuid).count() == 2
        assert Container.objects.get(pk=box.pk).vehicle_id == van.pk


def test_who_may_not_see_stock_gets_none(level: StockLevel) -> None:
    with acting(PROCESS):
        nobody = Caller(make_account(Role.HOTLINE_AGENT, STREET))

    for path in ("/supplies/depots", "/supplies/stock"):
        assert nobody.get(path).status_code == 403
    assert nobody.post("/supplies/containers/B-1/scan").status_code == 403
    assert Caller(None).get("/supplies/stock").status_code == 401


def test_alarms_are_said_to_the_keeper_on_every_page_until_taken(level: StockLevel) -> None:
    with acting(PROCESS):
        alarm = StockAlarm.objects.create(
            area_code=COMMUNITY, kind=AlarmKind.LOW, severity=AlarmSeverity.URGENT, item=level.item,
            depot=level.depot, opened_at=NOW, looked_at=NOW,
        )  # fmt: skip
        accounts = [make_account(role, STREET) for role in (Role.STOREKEEPER, Role.STREET_OPERATOR)]
    callers = [Caller(None).client for _account in accounts]
    for client, account in zip(callers, accounts, strict=True):
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    told = ["/supplies/alarms/" in client.get("/me/").content.decode() for client in callers]
    with acting(PROCESS):
        StockAlarm.objects.filter(pk=alarm.pk).update(taken_at=NOW)
    after = "/supplies/alarms/" in callers[0].get("/me/").content.decode()

    assert (told, after) == ([True, False], False)


class Papers:
    """What another system sends: a depot, a supplier, an agreement, and a keeper who calls."""

    def __init__(self) -> None:
        with acting(PROCESS):
            self.ground = Ground()
            self.mask = make_mask()
            self.agreed = self.ground.agreement(kept=100)
            self.unit = make_organisation(COMMUNITY)
            make_stock(self.mask, 50)
            self.keeper = Caller(make_account(Role.STOREKEEPER, STREET))
            self.commander = Caller(make_account(Role.STREET_COMMANDER, STREET))
            self.stranger = Caller(make_account(Role.STOREKEEPER, OTHER_STREET_COMMUNITY))
            self.depot = str(self.ground.depot.uuid)


@pytest.fixture
def papers(everywhere: None) -> Papers:
    return Papers()


def test_goods_are_received_once_and_odd_figures_are_asked_about(papers: Papers) -> None:
    sent = {"depot": papers.depot, "item": "mask_n95", "quantity": "40.5", "lot_number": "A1", "reason": "送货单 7"}

    answers = [papers.keeper.post("/supplies/receipts", sent, key="in") for _again in range(2)]
    odd = papers.keeper.post("/supplies/receipts", {**sent, "quantity": "4000000"})
    sure = papers.keeper.post("/supplies/receipts", {**sent, "quantity": "4000000", "is_sure": True})
    refused = [
        papers.keeper.post("/supplies/receipts", {**sent, **bad}).status_code
        for bad in ({"item": "nothing"}, {"quantity": "-1"}, {"expires_on": "2001-01-01"}, {"depot": str(uuid4())})
    ]

    assert [Decimal(one.json()["on_hand"]) for one in answers] == [Decimal("40.5")] * 2
    assert (odd.status_code, odd.json()["code"], sure.status_code) == (422, "quantity_unusual", 201)
    assert refused == [422, 422, 422, 404]
    assert papers.stranger.post("/supplies/receipts", sent).status_code == 404


def test_a_request_is_recorded_served_in_part_and_its_rest_is_listed(papers: Papers) -> None:
    sent = {"organisation": str(papers.unit.uuid), "item": "mask_n95", "quantity": "100"}

    made = papers.keeper.post("/supplies/requests", sent, key="ask").json()
    again = papers.keeper.post("/supplies/requests", sent, key="ask").json()
    twice = papers.keeper.post("/supplies/requests", sent)
    words = papers.keeper.post("/supplies/requests", {**sent, "item": "", "written": "一种没人听说过的东西"}).json()
    with acting(PROCESS):
        SupplyRequest.objects.filter(uuid=made["uuid"]).update(status="committed", committed_quantity=60)
    step = f"/supplies/requests/{made['uuid']}"
    moved = papers.keeper.post(f"{step}/dispatch", {})
    arrived = papers.keeper.post(f"{step}/arrived", {"arrived": "50", "reason": "破损"})
    rests = papers.keeper.get("/supplies/requests", is_rest="true").json()["rows"]
    refused = [papers.keeper.post(f"{step}/{what}", {}).status_code for what in ("fly", "accept", "receive")]

    assert made["uuid"] == again["uuid"]
    assert (twice.status_code, twice.json()["code"]) == (422, "asked_already")
    assert (words["item"], words["quantity"]) == (None, None)
    assert moved.json()["status"] == "dispatched"
    assert Decimal(arrived.json()["arrived"]) == 50
    assert sorted(Decimal(one["quantity"]) for one in rests) == [10, 40]
    assert {one["rest_of"] for one in rests} == {made["uuid"]}
    assert refused == [404, 409, 409]
    assert papers.stranger.get(step).status_code == 404


def test_a_purchase_is_drafted_approved_ordered_and_delivered_once(papers: Papers) -> None:
    sent = {"depot": papers.depot, "agreement": str(papers.agreed.uuid), "goods": [{"item": "rice", "quantity": "40"}]}
    made = papers.keeper.post("/supplies/purchases", sent, key="buy").json()
    step = f"/supplies/purchases/{made['uuid']}"
    steps = [papers.keeper.post(f"{step}/{what}", {}).json()["status"] for what in ("submit", "order")]
    delivery = {"uuid": str(uuid4()), "paper": "S-1", "came": [{"item": "rice", "quantity": "30"}]}

    once = papers.keeper.post(f"{step}/deliveries", delivery).json()
    again = papers.keeper.post(f"{step}/deliveries", delivery).json()
    other = papers.keeper.post(f"{step}/deliveries", {**delivery, "paper": "S-2"}).status_code
    wrong: list[dict[str, object]] = [
        {"supplier": str(uuid4())}, {"goods": []}, {"agreement": str(uuid4())}, {"depot": "x"},
    ]  # fmt: skip
    refused = [papers.keeper.post("/supplies/purchases", {**sent, **bad}).status_code for bad in wrong] + [
        papers.keeper.post(f"{step}/{what}", {}).status_code for what in ("approve", "cancel", "fly")
    ]

    assert steps == ["approved", "ordered"]
    assert [Decimal(one["lines"][0]["outstanding"]) for one in (once, again)] == [10, 10]
    assert (once["status"], other) == ("partly", 409)
    assert refused == [422, 422, 404, 422, 409, 422, 404]
    assert [one["number"] for one in papers.commander.get("/supplies/purchases").json()["rows"]] == [made["number"]]


def test_a_donation_is_pledged_received_inspected_and_taken_in(papers: Papers) -> None:
    sent = {"depot": papers.depot, "donor_kind": "organisation", "donor_name": "听雨纺织",
            "goods": [{"item": "mask_n95", "quantity": "50"}]}  # fmt: skip
    made = papers.keeper.post("/supplies/donations", sent, key="give").json()
    [line] = made["lines"]
    at = f"/supplies/donations/{made['uuid']}"

    came = papers.keeper.post(f"{at}/arrival", {"lines": [{"line": line["line"], "quantity": "50"}]}).json()
    found = papers.keeper.post(f"{at}/inspection", {
        "lines": [{"line": line["line"], "accepted": "45", "words": "五只受潮"}], "settles": True,
    }).json()  # fmt: skip
    again = papers.keeper.post(f"{at}/inspection", {"lines": []}).status_code

    assert (came["status"], found["status"], again) == ("received", "accepted", 409)
    assert Decimal(found["lines"][0]["accepted"]) == 45
    assert "听雨纺织" not in str(made)
    assert papers.stranger.get(at).status_code == 404
    with acting(PROCESS):
        assert StockLevel.objects.get(depot=papers.ground.depot, item=papers.mask).on_hand == 45
