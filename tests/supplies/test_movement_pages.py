"""Pages of goods that move: each through the browser's eyes, as storekeeper, operator, somebody elsewhere, anybody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import pack_containers, plan_transfer
from juxing.supplies.enums import ContainerStatus, DonationStatus, TransferStatus
from juxing.supplies.models import (
    Container,
    Depot,
    Donation,
    StockLevel,
    StockMove,
    StockSheet,
    Stocktake,
    Transfer,
    Vehicle,
)
from tests.factories import (
    COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_item,
    make_stock,
)
from tests.supplies.makers import NOW, PROCESS, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def level() -> StockLevel:
    make_areas()
    return make_stock(make_item("mask", name_zh="口罩", unit="single"), 100)


@pytest.fixture
def keeper() -> Client:
    return client_of(Role.STOREKEEPER)


def test_stock_card_shows_lots_and_movements_and_writes_off(level: StockLevel, keeper: Client) -> None:
    address = reverse("supplies:item_card", args=[level.depot.uuid, "mask"])
    lot = level.depot.places.get(kind="depot").balances.get().lot_id

    page = keeper.get(address).content.decode()
    done = keeper.post(
        reverse("supplies:remove", args=[level.depot.uuid, "mask"]),
        {"lot": lot, "quantity": "7", "to": "write_off", "reason": "受潮"},
    )
    too_much = keeper.post(
        reverse("supplies:remove", args=[level.depot.uuid, "mask"]),
        {"lot": lot, "quantity": "700", "to": "loss", "reason": "找不到"},
    )

    assert "+100" in page
    assert (done.status_code, too_much.status_code) == (303, 422)
    assert "-7" in keeper.get(address).content.decode()
    assert StockLevel.objects.get(pk=level.pk).on_hand == 93


def test_card_of_another_place_does_not_exist(level: StockLevel) -> None:
    stranger = client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)

    answer = stranger.get(reverse("supplies:item_card", args=[level.depot.uuid, "mask"]))

    assert answer.status_code == 404


def test_thousandfold_is_asked_about_once_and_then_taken(level: StockLevel, keeper: Client) -> None:
    form = {"depot": str(level.depot.uuid), "item": "mask", "quantity": "100000"}

    asked = keeper.post(reverse("supplies:receive"), form)
    sure = keeper.post(reverse("supplies:receive"), {**form, "is_sure": "on"})

    assert asked.status_code == 422
    assert 'type="checkbox" name="is_sure"' in asked.content.decode()
    assert (sure.status_code, StockLevel.objects.get(pk=level.pk).on_hand) == (303, 100_100)


def test_boxes_are_packed_labelled_scanned_and_scanned_again(level: StockLevel, keeper: Client) -> None:
    van = Vehicle.objects.create(area_code=STREET, name="货车一号")
    Vehicle.objects.filter(pk=van.pk).update(capacity_kg=800)
    van.refresh_from_db()

    packed = keeper.post(
        reverse("supplies:pack"),
        {"depot": str(level.depot.uuid), "item": "mask", "quantity": "10", "count": "2", "bound_for": COMMUNITY},
    )
    boxes = list(Container.objects.order_by("id"))
    labels = keeper.get(packed["Location"]).content.decode()
    scan = {"where": f"vehicle:{van.uuid}", "number": boxes[0].number}
    answers = [keeper.post(reverse("supplies:scan"), {**scan, "idempotency_key": key}) for key in ("a", "a", "b")]
    handed = keeper.post(reverse("supplies:scan"), {"where": "door", "number": boxes[0].number})
    gone = keeper.post(reverse("supplies:scan"), {**scan, "idempotency_key": "c"})

    assert labels.count('supplies-label"') == 2
    assert all(box.number in labels for box in boxes)
    assert [answer.status_code for answer in (*answers, handed, gone)] == [303, 303, 303, 303, 422]
    assert StockMove.objects.filter(kind__in=["load", "deliver"]).count() == 2
    assert boxes[0].number in keeper.get(reverse("supplies:containers")).content.decode()
    assert keeper.get(reverse("supplies:container", args=[boxes[0].number])).status_code == 200
    opened = keeper.post(reverse("supplies:unpack", args=[boxes[1].number]))
    assert opened.status_code == 303
    assert Container.objects.get(pk=boxes[1].pk).status == ContainerStatus.UNPACKED


def test_pallet_is_put_together_on_a_page(level: StockLevel, keeper: Client) -> None:
    boxes = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5), count=2)

    answer = keeper.post(
        reverse("supplies:pallet"), {"numbers": "\n".join(box.number for box in boxes), "kind": "pallet"}
    )
    again = keeper.post(reverse("supplies:pallet"), {"numbers": boxes[0].number, "kind": "pallet"})

    assert (answer.status_code, again.status_code) == (303, 422)
    assert Container.objects.filter(parent__isnull=False).count() == 2


def test_count_freezes_posts_and_tells(level: StockLevel, keeper: Client) -> None:
    begun = keeper.post(reverse("supplies:start_stocktake"), {"depot": str(level.depot.uuid), "item": ""})
    one = Stocktake.objects.get()
    line = one.lines.get().pk
    open_now = keeper.get(reverse("supplies:start_stocktake")).content.decode()

    frozen = keeper.post(
        reverse("supplies:receive"), {"depot": str(level.depot.uuid), "item": "mask", "quantity": "50"}
    )
    early = keeper.post(begun["Location"], {"post": "1"})
    posted = keeper.post(begun["Location"], {f"line_{line}": "98", "post": "1"})

    assert level.depot.name in open_now
    assert (frozen.status_code, early.status_code, posted.status_code) == (422, 422, 303)
    assert StockLevel.objects.get(pk=level.pk).on_hand == 98
    assert "-2" in keeper.get(begun["Location"]).content.decode()
    second = keeper.post(f"{reverse('supplies:start_stocktake')}?new=1", {"depot": str(level.depot.uuid), "item": ""})
    assert second.status_code == 303
    assert keeper.post(f"{second['Location']}give-up/").status_code == 303


def test_transfer_goes_from_page_to_page_and_differences_are_asked_about(level: StockLevel, keeper: Client) -> None:
    target = Depot.objects.create(area_code=COMMUNITY, name="湖滨供应点")
    target.refresh_from_db()
    plan = {"depot": str(level.depot.uuid), "target": str(target.uuid), "item": "mask", "quantity": "30"}

    planned = keeper.post(reverse("supplies:plan_transfer"), plan)
    too_much = keeper.post(reverse("supplies:plan_transfer"), {**plan, "quantity": "71"})
    sent = keeper.post(f"{planned['Location']}send/", {"quantity_mask": "30"})
    asked = keeper.post(f"{planned['Location']}receive/", {"quantity_mask": "31"})
    received = keeper.post(f"{planned['Location']}receive/", {"quantity_mask": "31", "explanation": "多装一只"})

    assert [answer.status_code for answer in (planned, too_much, sent, asked, received)] == [303, 422, 303, 422, 303]
    assert Transfer.objects.get().status == TransferStatus.RECEIVED
    assert "多装一只" in keeper.get(planned["Location"]).content.decode()
    assert "湖滨供应点" in keeper.get(reverse("supplies:transfers")).content.decode()


def test_transfer_is_seen_at_both_ends_and_nowhere_else(level: StockLevel) -> None:
    target = Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="桂苑供应点")
    transfer = plan_transfer(
        actor=PROCESS, now=NOW, source=level.depot, target=target, goods=[(level.item, Decimal(3))]
    )
    address = reverse("supplies:transfer", args=[transfer.uuid])

    here, there = client_of(Role.STOREKEEPER, COMMUNITY), client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)
    elsewhere = client_of(Role.STOREKEEPER, "990117001002")

    assert [client.get(address).status_code for client in (here, there, elsewhere)] == [200, 200, 404]
    assert there.post(f"{address}cancel/", {"reason": "不要"}).status_code == 422
    assert here.post(f"{address}cancel/", {"reason": "不发了"}).status_code == 303


def test_donation_from_pledge_to_published_table(level: StockLevel, keeper: Client) -> None:
    pledged = keeper.post(
        reverse("supplies:pledge"),
        {"depot": str(level.depot.uuid), "donor_kind": "organisation", "donor_name": "云间口罩厂", "donor_phone": "",
         "is_name_public": "on", "item_1": "mask", "quantity_1": "500", "intended_use": "给一线"},
    )  # fmt: skip
    one = Donation.objects.get()
    line = one.lines.get().pk
    address = pledged["Location"]

    came = keeper.post(f"{address}receive/", {f"received_{line}": "500", f"certificate_{line}": "YY 0469"})
    silent = keeper.post(f"{address}inspect/", {f"accepted_{line}": "480"})
    found = keeper.post(f"{address}inspect/", {f"accepted_{line}": "480", f"finding_{line}": "二十只受潮"})
    settled = keeper.post(f"{address}settle/", {})
    receipt = keeper.get(f"{address}receipt/")
    trace = Client().get(reverse("supplies:trace", args=[one.trace_code]))

    assert [answer.status_code for answer in (pledged, came, silent, found, settled)] == [303, 303, 422, 303, 303]
    assert receipt.content.startswith(b"%PDF")
    assert "云间口罩厂" in trace.content.decode()
    assert "二十只受潮" in trace.content.decode()
    assert Donation.objects.get().status == DonationStatus.ACCEPTED
    operator = client_of(Role.STREET_OPERATOR)
    assert "云间口罩厂" in operator.get(reverse("supplies:to_publish")).content.decode()
    assert operator.post(reverse("supplies:publish")).status_code == 303
    tables = Client().get(reverse("supplies:published", args=[STREET])).content.decode()
    table = tables.partition("/donations/tables/")[2].partition("/")[0]
    assert Client().get(reverse("supplies:published_table", args=[table])).content.startswith(b"PK")
    assert keeper.get(reverse("supplies:donations")).status_code == 200


def test_trace_asks_for_a_code_and_knows_no_others() -> None:
    visitor = Client()

    asked = visitor.get(reverse("supplies:find_trace"))
    wrong = visitor.get(reverse("supplies:find_trace"), {"code": "NONSENSE"})
    none = visitor.get(reverse("supplies:published_table", args=[uuid4()]))

    assert (asked.status_code, wrong.status_code, none.status_code) == (200, 404, 404)


def test_what_expires_is_listed_soonest_first(level: StockLevel, keeper: Client) -> None:
    form = {"depot": str(level.depot.uuid), "item": "mask", "quantity": "5", "lot_number": "L-77"}
    taken = keeper.post(reverse("supplies:receive"), {**form, "expires_on": _days_ahead(10)})

    page = keeper.get(reverse("supplies:expiring")).content.decode()

    assert taken.status_code == 303
    assert "L-77" in page
    assert "L-77" not in keeper.get(reverse("supplies:expiring"), {"show": "expired"}).content.decode()


def _days_ahead(days: int) -> str:
    from datetime import timedelta

    from juxing.kernel import clock

    return (clock.now() + timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize("make", [lambda: "/supplies/donations/", lambda: "/supplies/containers/",
                                  lambda: "/supplies/transfers/", lambda: "/supplies/stock/expiring/"])  # fmt: skip
def test_empty_lists_say_so(make: Callable[[], str], keeper: Client) -> None:
    assert keeper.get(make()).status_code == 200


def test_stock_list_is_sent_answered_and_taken_over_by_its_keeper_only(level: StockLevel, keeper: Client) -> None:
    load_seed()
    depot = level.depot
    content = "物资,数量,单位\n口罩,80,只\n测体温设备,3,台\n护目镜,9,箱\n手套,约5,双\n".encode("gb18030")

    def send(client: Client) -> Any:
        file = SimpleUploadedFile("库存.csv", content)
        return client.post(reverse("supplies:stock_sheets"), {"depot": str(depot.uuid), "file": file})

    sent, elsewhere = send(keeper), send(client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY))
    sheet = StockSheet.objects.get()
    address = reverse("supplies:stock_sheet", args=[sheet.uuid])
    page = keeper.get(address).content.decode()
    answers = reverse("supplies:answer_sheet", args=[sheet.uuid])
    refused = keeper.post(answers, {"packs_0": "x", "meanings_0": "?"})
    answered = keeper.post(answers, {"meanings_0": "-", "packs_0": "20"})
    taken = keeper.post(reverse("supplies:take_over_sheet", args=[sheet.uuid]))
    again = send(keeper)

    assert (sent.status_code, elsewhere.status_code) == (303, 422)
    assert "packs_0" in page
    assert "约5" in page
    assert (refused.status_code, answered.status_code, taken.status_code) == (422, 303, 303)
    assert again.headers["Location"] == address
    assert dict(StockLevel.objects.filter(depot=depot).values_list("item__code", "on_hand")) == {
        "mask": 80, "goggles": 180,
    }  # fmt: skip
    assert client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY).get(address).status_code == 404
    assert client_of(Role.GRID_WORKER).get(address).status_code == 403
