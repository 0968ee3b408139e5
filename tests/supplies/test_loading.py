"""Load plans: even, in the order of stops, told by scans, and what was not handed over comes back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel import journal
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.places.models import Area
from juxing.supplies.commands import (
    Weighed,
    bring_back_boxes,
    describe_item,
    pack_containers,
    plan_loading,
    scan_container,
)
from juxing.supplies.commands.accounts import depot_place, vehicle_place
from juxing.supplies.enums import ContainerStatus
from juxing.supplies.load_cutting import Piece, nearest_first, share_over
from juxing.supplies.models import Container, Depot, StockLevel, StockPlace, Vehicle
from juxing.supplies.queries.loading import loads, still_on_board, stops_of
from juxing.supplies.queries.verification import verify_ledger
from juxing.supplies.weights import Weight
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_actor,
    make_areas,
    make_item,
    make_stock,
)
from tests.supplies.makers import NOW, PROCESS


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=6),
    st.lists(st.one_of(st.none(), st.integers(0, 25)), min_size=1, max_size=3),
)
def test_a_row_is_cut_as_evenly_as_payloads_allow(row: list[tuple[int, int]], payloads: list[int | None]) -> None:
    pieces = [Piece(boxes, grams) for boxes, grams in row]

    ranges = share_over(pieces, payloads)

    every_cut = [
        list(zip([0, *cuts], [*cuts, len(pieces)], strict=True))
        for cuts in combinations_with_replacement(range(len(pieces) + 1), len(payloads) - 1)
    ]
    fitting = [
        max((sum(piece.boxes for piece in pieces[start:end]) for start, end in cut), default=0)
        for cut in every_cut
        if all(payload is None or sum(piece.grams for piece in pieces[start:end]) <= payload
               for (start, end), payload in zip(cut, payloads, strict=True))
    ]  # fmt: skip
    assert (ranges is None) == (not fitting)
    if ranges is not None:
        assert [at for start, end in ranges for at in range(start, end)] == list(range(len(pieces)))
        assert max(sum(piece.boxes for piece in pieces[start:end]) for start, end in ranges) == min(fitting)


def test_stops_follow_the_nearest_and_unknown_places_come_last() -> None:
    points = {"far": (90.0, 0.0), "near": (10.0, 0.0), "middle": (50.0, 0.0)}

    assert nearest_first(["b", "far", "near", "a", "middle"], points) == ["near", "middle", "far", "a", "b"]


@pytest.fixture
def level(everywhere: None) -> StockLevel:
    make_areas()
    made = make_stock(make_item("mask", unit="single"), 1000, community=STREET)
    Depot.objects.filter(pk=made.depot_id).update(longitude=121.22, latitude=31.03)
    for code, longitude in ((COMMUNITY, 121.23), (OTHER_COMMUNITY, 121.21), (OTHER_STREET_COMMUNITY, 121.24)):
        Area.objects.filter(code=code).update(longitude=longitude)
    return StockLevel.objects.select_related("depot", "item").get(pk=made.pk)


@pytest.fixture
def vans(level: StockLevel) -> list[Vehicle]:
    return [Vehicle.objects.create(area_code=STREET, name=name) for name in ("一号车", "二号车")]


def packed(level: StockLevel, code: str, count: int) -> list[Container]:
    return pack_containers(
        actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10), count=count, bound_for=code
    )


def scan(box: Container, to: Vehicle | Depot | None) -> None:
    place = None if to is None else vehicle_place(to) if isinstance(to, Vehicle) else depot_place(to)
    target = None if place is None else StockPlace.objects.get(pk=place)
    scan_container(actor=PROCESS, now=NOW, number=box.number, target=target)


@pytest.mark.django_db
def test_boxes_are_shared_over_the_vehicles_place_by_place(level: StockLevel, vans: list[Vehicle]) -> None:
    for code, count in ((COMMUNITY, 3), (OTHER_COMMUNITY, 5), (OTHER_STREET_COMMUNITY, 2)):
        packed(level, code, count)
    packed(level, "", 4)

    planned = plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans)
    again = plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans)

    assert (planned.planned, again.planned) == (10, 10)
    assert (planned.left, planned.weight.unknown) == (0, 10)
    rows = Container.objects.exclude(vehicle=None).values_list("bound_for", "vehicle_id", "stop")
    assert Counter(vehicle for _code, vehicle, _stop in rows) == {vans[0].pk: 5, vans[1].pk: 5}
    assert len(set(rows)) == 3
    stops = {code: stop for code, _vehicle, stop in rows}
    assert (stops[COMMUNITY], stops[OTHER_STREET_COMMUNITY]) == (1, 2)


@pytest.mark.django_db
def test_no_vehicle_is_planned_above_its_payload_and_the_rest_waits_if_somebody_says_so(
    level: StockLevel, vans: list[Vehicle]
) -> None:
    describe_item(
        actor=PROCESS, now=NOW, item=level.item, weighed=Weighed(Decimal(2)), shelf_life_days=None, substitutes=[]
    )
    for van, carries in zip(vans, (100, 50), strict=True):
        Vehicle.objects.filter(pk=van.pk).update(capacity_kg=carries)
        van.refresh_from_db()
    for code, count in ((COMMUNITY, 3), (OTHER_COMMUNITY, 4), (OTHER_STREET_COMMUNITY, 2)):
        packed(level, code, count)

    with pytest.raises(InvalidInput) as short:
        plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans)
    plan = plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans, leaves_rest=True)
    found = {one.vehicle.name: one for one in loads(actor=PROCESS, now=NOW)}

    assert (short.value.code, short.value.field) == ("payload_short", "leaves_rest")
    assert "180" in str(short.value.message)
    assert (plan.planned, plan.left) == (7, 2)
    assert plan.weight == Weight(Decimal(140_000))
    assert not any(one.is_over for one in found.values())
    assert Container.objects.filter(status=ContainerStatus.PACKED, vehicle=None).count() == 2


@pytest.mark.django_db
def test_scan_beyond_the_payload_is_asked_about_and_a_yes_is_kept(level: StockLevel, vans: list[Vehicle]) -> None:
    describe_item(actor=PROCESS, now=NOW, item=level.item, weighed=Weighed(Decimal("0.5")), shelf_life_days=None)
    Vehicle.objects.filter(pk=vans[0].pk).update(capacity_kg=8)
    boxes = packed(level, COMMUNITY, 2)
    scan(boxes[0], vans[0])

    with pytest.raises(Refusal) as asked:
        scan(boxes[1], vans[0])
    target = StockPlace.objects.get(pk=vehicle_place(vans[0]))
    scan_container(actor=PROCESS, now=NOW, number=boxes[1].number, target=target, is_sure=True)

    assert asked.value.code == "over_payload"
    moved = [entry.changes for entry in journal.entries_about("supplies.container", boxes[1].uuid)]
    assert any(Decimal(changes.get("grams_over_payload", 0)) == 2000 for changes in moved)
    assert loads(actor=PROCESS, now=NOW)[0].is_over


@pytest.mark.django_db
def test_round_is_loaded_handed_over_and_the_rest_comes_back(level: StockLevel, vans: list[Vehicle]) -> None:
    boxes = packed(level, COMMUNITY, 4)
    plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans[:1])
    for box in boxes[:3]:
        scan(box, vans[0])
    scan(boxes[3], vans[1])
    scan(boxes[0], None)
    stops = stops_of(vans[0], actor=PROCESS, now=NOW)
    counts = [(one.waiting, one.on_board, one.delivered) for one in loads(actor=PROCESS, now=NOW)]

    back = bring_back_boxes(actor=PROCESS, now=NOW, vehicle=vans[0], depot=level.depot)
    twice = bring_back_boxes(actor=PROCESS, now=NOW, vehicle=vans[0], depot=level.depot)

    assert counts == [(0, 2, 1), (0, 1, 0)]
    assert [(stop.number, len(stop.boxes)) for stop in stops] == [(1, 3)]
    assert still_on_board(stops) == 2
    assert (back, twice) == (2, 0)
    assert Counter(Container.objects.values_list("status", "vehicle__name")) == {
        (ContainerStatus.DELIVERED, "一号车"): 1, (ContainerStatus.UNDER_WAY, "二号车"): 1,
        (ContainerStatus.PACKED, None): 2,
    }  # fmt: skip
    assert StockLevel.objects.get(pk=level.pk).on_hand == 980
    assert verify_ledger().is_right


@pytest.mark.django_db
def test_plan_wants_right_vehicles_and_boxes(level: StockLevel, vans: list[Vehicle]) -> None:
    with pytest.raises(Refusal):
        plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=vans)
    packed(level, COMMUNITY, 1)
    with pytest.raises(InvalidInput):
        plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=[])
    foreign = Vehicle.objects.create(area_code=OTHER_STREET_COMMUNITY, name="别处的车")
    keeper = make_actor(Role.STOREKEEPER, STREET)
    for actor, vehicles in ((keeper, [foreign]), (make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY), vans)):
        with pytest.raises(NotPermitted):
            plan_loading(actor=actor, now=NOW, depot=level.depot, vehicles=vehicles)


@pytest.mark.django_db
def test_pages_plan_show_and_bring_back(level: StockLevel, vans: list[Vehicle]) -> None:
    [box, other] = packed(level, COMMUNITY, 2)
    keeper, stranger = Client(), Client()
    for client, place in ((keeper, STREET), (stranger, OTHER_STREET_COMMUNITY)):
        client.force_login(make_account(Role.STOREKEEPER, place), backend="django.contrib.auth.backends.ModelBackend")
    rounds, one = reverse("supplies:rounds"), reverse("supplies:round", args=[vans[0].uuid])
    back = reverse("supplies:bring_back", args=[vans[0].uuid])

    planned = keeper.post(rounds, {"depot": str(level.depot.uuid), "vehicles": [str(vans[0].uuid)]})
    nothing = keeper.post(rounds, {"depot": str(level.depot.uuid)})
    scan(box, vans[0])
    scan(other, vans[0])
    with CaptureQueriesContext(connection) as queries:
        page = keeper.get(one).content.decode()
    sheet_of, empty = (reverse("supplies:load_sheet", args=[van.uuid]) for van in vans)
    sheet = keeper.get(sheet_of)
    brought = keeper.post(back, {"depot": str(level.depot.uuid)})
    wrong = keeper.post(back, {"depot": "nowhere"})

    assert [answer.status_code for answer in (planned, nothing, brought, wrong)] == [303, 422, 303, 422]
    assert box.number in page
    assert "1. 湖滨社区" in page
    assert len(queries) < 40
    assert keeper.get(rounds).status_code == 200
    assert (sheet.status_code, stranger.get(sheet_of).status_code, keeper.get(empty).status_code) == (200, 404, 404)
    assert sheet.content.startswith(b"%PDF")
    assert (stranger.get(one).status_code, stranger.post(back).status_code) == (404, 404)
    assert set(Container.objects.values_list("status", flat=True)) == {ContainerStatus.PACKED}
