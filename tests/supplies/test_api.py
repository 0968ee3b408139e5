"""Stock as another system reads it, and the scan it sends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from juxing.access.roles import Role
from juxing.kernel.scope import acting
from juxing.supplies.commands import pack_containers
from juxing.supplies.enums import AlarmKind, AlarmSeverity
from juxing.supplies.models import Container, StockAlarm, StockLevel, StockMove, Vehicle
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
from tests.supplies.makers import NOW, PROCESS

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
