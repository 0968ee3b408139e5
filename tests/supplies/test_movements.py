"""Boxes, transfers, counts: what may be done with goods, and what the books say afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies.commands import (
    OutOfStock,
    StockMovement,
    cancel_transfer,
    pack_containers,
    plan_transfer,
    post_stocktake,
    put_into,
    receive_stock,
    receive_transfer,
    remove_stock,
    reserve_stock,
    scan_container,
    send_transfer,
    set_aside_expired,
    start_stocktake,
    unpack_container,
    write_counts,
)
from juxing.supplies.commands.accounts import depot_place, vehicle_place
from juxing.supplies.enums import ContainerKind, ContainerStatus, PlaceKind, StocktakeStatus
from juxing.supplies.models import (
    Container,
    Depot,
    StockBalance,
    StockLevel,
    StockLot,
    StockPlace,
    SupplyItem,
    Transfer,
    Vehicle,
)
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas, make_item, make_stock
from tests.supplies.makers import NOW, PROCESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SOON, LATER, GONE = date(2026, 4, 1), date(2026, 9, 1), date(2026, 1, 1)


def stocked(quantity: int = 100, *, community: str = COMMUNITY, item: SupplyItem | None = None) -> StockLevel:
    return make_stock(item or make_item("mask", unit="single"), quantity, community=community)


def level_of(level: StockLevel) -> tuple[int, int]:
    kept = StockLevel.objects.get(pk=level.pk)
    return int(kept.on_hand), int(kept.reserved)


def van() -> StockPlace:
    return StockPlace.objects.get(pk=vehicle_place(Vehicle.objects.create(area_code=STREET, name="货车一号")))


def at(kind: PlaceKind, area_code: str = COMMUNITY) -> int:
    held = StockBalance.objects.filter(place__kind=kind, place__area_code=area_code)
    return int(sum(balance.quantity for balance in held))


def test_first_expired_goes_first_and_expired_stays() -> None:
    level = stocked(0)
    for expires_on, quantity in ((LATER, 5), (SOON, 3)):
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(quantity),
                      expires_on=expires_on, is_sure=True)  # fmt: skip
    receive_stock(actor=PROCESS, now=NOW - timedelta(days=200), depot=level.depot, item=level.item,
                  quantity=Decimal(9), expires_on=GONE, is_sure=True)  # fmt: skip

    [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(4))

    assert {content.lot.expires_on: int(content.quantity) for content in box.contents.select_related("lot")} == {
        SOON: 3, LATER: 1,
    }  # fmt: skip
    with pytest.raises(OutOfStock) as refused:
        pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5))
    assert refused.value.code == "only_expired_or_restricted"


def test_expired_goods_do_not_come_in_and_a_thousandfold_is_asked_about() -> None:
    level = stocked(100)

    with pytest.raises(InvalidInput) as expired:
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5), expires_on=GONE)
    with pytest.raises(InvalidInput) as unusual:
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(100_000))
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(100_000), is_sure=True)

    assert (expired.value.code, unusual.value.code) == ("lot_expired", "quantity_unusual")
    assert level_of(level) == (100_100, 0)


def test_same_goods_a_moment_later_are_asked_about_because_an_answer_may_have_been_lost() -> None:
    level = stocked(100)
    goods: dict[str, Any] = {"actor": PROCESS, "depot": level.depot, "item": level.item, "quantity": Decimal(7),
                             "lot_number": "7"}  # fmt: skip

    receive_stock(now=NOW, **goods)
    with pytest.raises(InvalidInput) as asked:
        receive_stock(now=NOW + timedelta(minutes=2), **goods)
    receive_stock(now=NOW + timedelta(minutes=2), is_sure=True, **goods)
    receive_stock(now=NOW + timedelta(minutes=2), **{**goods, "lot_number": "8"})
    receive_stock(now=NOW + timedelta(hours=1), **goods)

    assert asked.value.code == "booked_just_now"
    assert level_of(level) == (128, 0)


def test_boxes_are_promised_then_loaded_delivered_and_two_come_back() -> None:
    level, vehicle = stocked(100), van()
    boxes = pack_containers(
        actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10), count=4, bound_for=COMMUNITY
    )
    assert level_of(level) == (100, 40)

    for box in boxes:
        assert scan_container(actor=PROCESS, now=NOW, number=box.number, target=vehicle).is_new
    for box in boxes[:2]:
        scan_container(actor=PROCESS, now=NOW, number=box.number, target=None)
    shelf = StockPlace.objects.get(pk=depot_place(level.depot))
    for box in boxes[2:]:
        scan_container(actor=PROCESS, now=NOW, number=box.number, target=shelf)

    assert (level_of(level), at(PlaceKind.RESIDENTS)) == ((80, 20), 20)
    assert verify_ledger().problems == []


def test_scanning_twice_moves_once_and_a_box_that_left_is_told_of() -> None:
    level, vehicle = stocked(), van()
    [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(7),
                            bound_for=COMMUNITY)  # fmt: skip

    first = scan_container(actor=PROCESS, now=NOW, number=box.number, target=vehicle, key="a")
    again = scan_container(actor=PROCESS, now=NOW, number=box.number, target=vehicle, key="a")
    scan_container(actor=PROCESS, now=NOW, number=box.number, target=None)
    with pytest.raises(Refusal) as left:
        scan_container(actor=PROCESS, now=NOW + timedelta(days=1), number=box.number, target=vehicle)
    with pytest.raises(InvalidInput) as unknown:
        scan_container(actor=PROCESS, now=NOW, number="B-0000-0000-0", target=vehicle)

    assert (first.is_new, again.is_new) == (True, False)
    assert (left.value.code, unknown.value.code) == ("left_before", "label_unknown")
    assert "03-10" in str(left.value.message)


def test_box_leaves_a_depot_only_by_hands_that_keep_it_or_wait_for_it() -> None:
    make_areas()
    level, here = stocked(100), make_actor(Role.STOREKEEPER, COMMUNITY)
    other, street = make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY), make_actor(Role.STOREKEEPER, STREET)
    elsewhere = StockPlace.objects.get(
        pk=vehicle_place(Vehicle.objects.create(area_code=OTHER_STREET_COMMUNITY, name="三轮车"))
    )
    far_depot = Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="外街道仓")
    far_shelf = StockPlace.objects.get(pk=depot_place(far_depot))
    [mine, theirs] = [
        pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5),
                        bound_for=code)[0]
        for code in (COMMUNITY, OTHER_STREET_COMMUNITY)
    ]  # fmt: skip

    with pytest.raises(NotPermitted):  # a number read off a label takes nothing out of another's depot
        scan_container(actor=other, now=NOW, number=mine.number, target=elsewhere)
    scan_container(actor=other, now=NOW, number=theirs.number, target=elsewhere)
    scan_container(actor=here, now=NOW, number=mine.number, target=None)
    with pytest.raises(NotPermitted):  # nor back from another's doors
        scan_container(actor=other, now=NOW, number=mine.number, target=far_shelf)
    back = scan_container(actor=street, now=NOW, number=mine.number, target=StockPlace.objects.get(
        pk=depot_place(level.depot)
    ))  # fmt: skip

    assert (back.is_new, level_of(level)) == (True, (95, 5))


def test_expired_box_is_not_handed_over() -> None:
    level, vehicle = stocked(0), van()
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5), expires_on=SOON)
    [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5),
                            bound_for=COMMUNITY)  # fmt: skip
    scan_container(actor=PROCESS, now=NOW, number=box.number, target=vehicle)

    with pytest.raises(Refusal) as refused:
        scan_container(actor=PROCESS, now=NOW + timedelta(days=60), number=box.number, target=None)

    assert refused.value.code == "lot_expired_inside"


def test_pallet_carries_its_boxes_and_opening_one_frees_it() -> None:
    level, vehicle = stocked(), van()
    boxes = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10), count=3)
    pallet = put_into(actor=PROCESS, now=NOW, numbers=[box.number for box in boxes], kind=ContainerKind.PALLET)

    scan_container(actor=PROCESS, now=NOW, number=pallet.number, target=vehicle)

    assert set(Container.objects.values_list("place", flat=True)) == {vehicle.pk}
    assert level_of(level) == (70, 0)
    scan_container(actor=PROCESS, now=NOW, number=boxes[0].number,
                   target=StockPlace.objects.get(pk=depot_place(level.depot)))  # fmt: skip
    opened = unpack_container(actor=PROCESS, now=NOW, container=boxes[0])
    assert (level_of(level), opened.status) == ((80, 0), ContainerStatus.UNPACKED)
    with pytest.raises(Refusal):
        scan_container(actor=PROCESS, now=NOW, number=boxes[0].number, target=vehicle)


def test_packed_goods_are_not_handed_out_loose() -> None:
    level = stocked(10)
    pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(8))

    with pytest.raises(OutOfStock):
        reserve_stock([StockMovement(level.depot_id, level.item_id, Decimal(3))])
    lot = StockLot.objects.get(item=level.item)
    with pytest.raises(OutOfStock):
        remove_stock(actor=PROCESS, now=NOW, depot=level.depot, lot=lot, quantity=Decimal(3), to=PlaceKind.LOSS,
                     reason="破损")  # fmt: skip


def transfer_of(level: StockLevel, quantity: int) -> tuple[Depot, Transfer]:
    target = Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="桂苑供应点")
    return target, plan_transfer(
        actor=PROCESS, now=NOW, source=level.depot, target=target, goods=[(level.item, Decimal(quantity))]
    )


def test_transfer_is_promised_sent_and_received() -> None:
    level = stocked()
    target, transfer = transfer_of(level, 30)
    assert level_of(level) == (100, 30)

    send_transfer(actor=PROCESS, now=NOW, transfer=transfer)
    assert (level_of(level), at(PlaceKind.TRANSIT, OTHER_STREET_COMMUNITY)) == ((70, 0), 30)
    receive_transfer(actor=PROCESS, now=NOW, transfer=transfer, quantities={})

    assert StockLevel.objects.get(depot=target).on_hand == 30
    assert verify_ledger().problems == []


@pytest.mark.parametrize(("arrived", "place", "counted"), [(28, PlaceKind.LOSS, 2), (33, PlaceKind.DIFFERENCE, -3)])
def test_difference_of_a_transfer_is_asked_about_and_posted_as_what_it_is(
    arrived: int, place: PlaceKind, counted: int
) -> None:
    level = stocked()
    target, transfer = transfer_of(level, 30)
    send_transfer(actor=PROCESS, now=NOW, transfer=transfer)

    with pytest.raises(InvalidInput) as asked:
        receive_transfer(actor=PROCESS, now=NOW, transfer=transfer, quantities={"mask": Decimal(arrived)})
    receive_transfer(
        actor=PROCESS, now=NOW, transfer=transfer, quantities={"mask": Decimal(arrived)}, explanation="点了两遍"
    )

    assert asked.value.code == "difference_unexplained"
    assert StockLevel.objects.get(depot=target).on_hand == arrived
    assert at(place, OTHER_STREET_COMMUNITY) == counted
    assert verify_ledger().problems == []


def test_transfer_needs_goods_and_the_right_people() -> None:
    level = stocked()
    target, transfer = transfer_of(level, 30)
    there, here = make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY), make_actor(Role.STOREKEEPER, COMMUNITY)

    with pytest.raises(OutOfStock):
        plan_transfer(actor=PROCESS, now=NOW, source=level.depot, target=target, goods=[(level.item, Decimal(71))])
    with pytest.raises(NotPermitted):
        send_transfer(actor=there, now=NOW, transfer=transfer)
    send_transfer(actor=here, now=NOW, transfer=transfer, quantities={"mask": Decimal(20)})
    with pytest.raises(NotPermitted):
        receive_transfer(actor=here, now=NOW, transfer=transfer, quantities={})
    receive_transfer(actor=there, now=NOW, transfer=transfer, quantities={})

    assert (level_of(level), StockLevel.objects.get(depot=target).on_hand) == ((80, 0), 20)


def test_transfer_given_up_frees_its_goods() -> None:
    level = stocked()
    _target, transfer = transfer_of(level, 30)

    cancel_transfer(actor=PROCESS, now=NOW, transfer=transfer, reason="不需要了")

    assert level_of(level) == (100, 0)


def test_stocktake_freezes_lines_and_posts_differences() -> None:
    level, other = stocked(100), stocked(50, item=make_item("rice", unit="bag"))
    stocktake = start_stocktake(actor=PROCESS, now=NOW, depot=level.depot)

    with pytest.raises(Refusal) as frozen:
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5))
    receive_stock(actor=PROCESS, now=NOW, depot=other.depot, item=other.item, quantity=Decimal(5))
    with pytest.raises(InvalidInput):
        post_stocktake(actor=PROCESS, now=NOW, stocktake=stocktake)
    write_counts(actor=PROCESS, stocktake=stocktake, counts={stocktake.lines.get().pk: Decimal(97)})
    assert post_stocktake(actor=PROCESS, now=NOW, stocktake=stocktake) == 1

    assert frozen.value.code == "being_counted"
    assert (level_of(level), at(PlaceKind.DIFFERENCE)) == ((97, 0), 3)
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5))
    stocktake.refresh_from_db()
    assert stocktake.status == StocktakeStatus.POSTED
    with pytest.raises(Refusal):
        post_stocktake(actor=PROCESS, now=NOW, stocktake=stocktake)


def test_count_below_what_is_promised_says_so() -> None:
    level = stocked(10)
    reserve_stock([StockMovement(level.depot_id, level.item_id, Decimal(8))])
    stocktake = start_stocktake(actor=PROCESS, now=NOW, depot=level.depot)
    write_counts(actor=PROCESS, stocktake=stocktake, counts={stocktake.lines.get().pk: Decimal(5)})

    with pytest.raises(Refusal) as refused:
        post_stocktake(actor=PROCESS, now=NOW, stocktake=stocktake)

    assert (refused.value.code, level_of(level)) == ("below_promised", (10, 8))


def test_what_expired_is_set_aside_and_what_is_promised_is_not() -> None:
    level = stocked(0)
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(9), expires_on=SOON,
                  is_sure=True)  # fmt: skip
    reserve_stock([StockMovement(level.depot_id, level.item_id, Decimal(4))])

    assert set_aside_expired(now=NOW) == 0
    assert set_aside_expired(now=NOW + timedelta(days=60)) == 1

    assert (level_of(level), at(PlaceKind.SET_ASIDE)) == ((4, 4), 5)
    lot = StockLot.objects.get(item=level.item, expires_on=SOON)
    remove_stock(actor=PROCESS, now=NOW, depot=level.depot, lot=lot, quantity=Decimal(5), to=PlaceKind.WRITE_OFF,
                 reason="过期")  # fmt: skip
    assert at(PlaceKind.WRITE_OFF) == 5
