"""The catalogue's entries, depots and vehicles as people write them down."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import (
    DepotWords,
    NewItem,
    VehicleWords,
    Weighed,
    add_item,
    describe_item,
    pack_containers,
    receive_stock,
    scan_container,
    write_depot,
    write_pack,
    write_vehicle,
)
from juxing.supplies.commands.accounts import vehicle_place
from juxing.supplies.enums import DepotKind
from juxing.supplies.models import Depot, StockPlace, SupplyItem, Vehicle
from juxing.supplies.queries.catalogue import stand_ins
from juxing.supplies.weights import Weight, kilograms, total, weight_of
from tests.factories import COMMUNITY, STREET, make_actor, make_areas, make_item, make_stock
from tests.supplies.makers import NOW, PROCESS, client_of, make_mask, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_weights_add_up_and_say_what_nobody_knows() -> None:
    known = weight_of([(Decimal("4.5"), Decimal(2000)), (Decimal(500), Decimal(3))])
    partly = weight_of([(Decimal(500), Decimal(2)), (None, Decimal(7))])

    assert known == Weight(Decimal(10_500), 0)
    assert total([known, partly, weight_of([])]) == Weight(Decimal(11_500), 1)
    assert [kilograms(Decimal(grams)) for grams in (0, 3, 10_500, 1_234_560)] == ["0", "0.1", "10.5", "1,234.6"]


def test_a_weight_is_said_by_the_unit_or_by_a_pack_and_survives_the_seed() -> None:
    load_seed()
    item = SupplyItem.objects.get(code="mask_n95")
    carton = write_pack(actor=PROCESS, now=NOW, item=item, unit="case", quantity=Decimal(2000))

    described = describe_item(
        actor=PROCESS, now=NOW, item=item, weighed=Weighed(Decimal(9), carton), shelf_life_days=1095,
        substitutes=[SupplyItem.objects.get(code="mask_surgical")],
    )  # fmt: skip
    SupplyItem.objects.filter(pk=item.pk).update(name_en="changed by hand")
    load_seed()

    again = SupplyItem.objects.get(pk=item.pk)
    assert described.unit_grams == Decimal("4.5")
    assert (again.unit_grams, again.shelf_life_days, again.substitutes) == (Decimal("4.5"), 1095, ["mask_surgical"])
    assert again.name_en != "changed by hand"


def test_nonsense_about_an_item_is_refused() -> None:
    mask, other = make_mask(), make_item("rice", unit="bag")
    pack = write_pack(actor=PROCESS, now=NOW, item=other, unit="case", quantity=Decimal(10))
    for weighed, days, substitutes in (
        (Weighed(Decimal(0)), None, []), (Weighed(Decimal(30_000)), None, []), (Weighed(Decimal(1), pack), None, []),
        (None, 0, []), (None, 9999, []), (None, None, [mask]),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            describe_item(actor=PROCESS, now=NOW, item=mask, weighed=weighed, shelf_life_days=days,
                          substitutes=substitutes)  # fmt: skip
    with pytest.raises(NotPermitted):
        describe_item(actor=make_actor(Role.GRID_WORKER, COMMUNITY), now=NOW, item=mask, weighed=None,
                      shelf_life_days=None)  # fmt: skip
    given = NewItem("折叠桌", "Folding table", "piece", "equipment")
    add_item(actor=PROCESS, now=NOW, given=given)
    for bad in (given, NewItem("", "x", "piece", "other"), NewItem("甲", "a", "nothing", "other"),
                NewItem("乙", "b", "piece", "nothing")):  # fmt: skip
        with pytest.raises(InvalidInput):
            add_item(actor=PROCESS, now=NOW, given=bad)


def test_a_use_by_date_beyond_the_shelf_life_is_asked_about() -> None:
    make_areas()
    level = make_stock(make_mask(), 10)
    item = describe_item(actor=PROCESS, now=NOW, item=level.item, weighed=None, shelf_life_days=30)
    far = localdate(NOW) + timedelta(days=31)

    with pytest.raises(InvalidInput) as asked:
        receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=item, quantity=Decimal(10), expires_on=far)
    receive_stock(actor=PROCESS, now=NOW, depot=level.depot, item=item, quantity=Decimal(10), expires_on=far,
                  is_sure=True)  # fmt: skip

    assert (asked.value.code, asked.value.field) == ("keeps_too_long", "expires_on")


def test_what_may_stand_in_is_said_with_what_is_free_of_it() -> None:
    make_areas()
    other = make_stock(make_item("mask_surgical", unit="single"), 40)
    mask = describe_item(
        actor=PROCESS, now=NOW, item=make_mask(), weighed=None, shelf_life_days=None, substitutes=[other.item]
    )

    [found] = stand_ins(actor=PROCESS, item=mask)

    assert found.item.code == "mask_surgical"
    assert found.free == 40


def test_depots_and_vehicles_are_written_down_and_corrected() -> None:
    make_areas()
    keeper, unit = make_actor(Role.STOREKEEPER, STREET), make_organisation(STREET)
    depot = write_depot(actor=keeper, now=NOW, area_code=STREET,
                        words=DepotWords("仓库", DepotKind.WAREHOUSE, point=(121.2, 31.0)))  # fmt: skip
    write_depot(actor=keeper, now=NOW, area_code="", depot=depot,
                words=DepotWords("协议点", DepotKind.AGREEMENT_STOCK, organisation=unit))  # fmt: skip
    van = write_vehicle(actor=keeper, now=NOW, area_code=STREET, words=VehicleWords("面包车", 800))

    depot.refresh_from_db()
    assert (depot.name, depot.kind, depot.organisation_id) == ("协议点", "agreement_stock", unit.pk)
    for words in (DepotWords(" ", "warehouse"), DepotWords("甲", "nothing"), DepotWords("乙", "agreement_stock"),
                  DepotWords("协议点", "warehouse"), DepotWords("丙", "mobile", point=(500.0, 0.0))):  # fmt: skip
        with pytest.raises(InvalidInput):
            write_depot(actor=keeper, now=NOW, area_code=STREET, words=words)
    for vehicle in (VehicleWords("面包车"), VehicleWords(""), VehicleWords("卡车", 70_000)):
        with pytest.raises(InvalidInput):
            write_vehicle(actor=keeper, now=NOW, area_code=STREET, words=vehicle)
    with pytest.raises(NotPermitted):
        write_depot(actor=keeper, now=NOW, area_code="990117002", words=DepotWords("别处", "mobile"))
    level = make_stock(make_mask(), 10)
    [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(5))
    scan_container(actor=PROCESS, now=NOW, number=box.number, target=StockPlace.objects.get(pk=vehicle_place(van)))
    with pytest.raises(Refusal):
        write_vehicle(actor=keeper, now=NOW, area_code="", vehicle=van,
                      words=VehicleWords("面包车", 800, is_in_service=False))  # fmt: skip


def test_pages_describe_items_and_write_places() -> None:
    make_areas()
    mask = make_mask()
    keeper, desk = client_of(Role.STOREKEEPER), client_of(Role.COMMUNITY_WORKER, COMMUNITY)
    entry = reverse("supplies:catalogue_entry", args=[mask.code])

    answers = [
        keeper.get(reverse("supplies:catalogue")), keeper.get(entry), desk.get(entry),
        keeper.post(entry, {"weight": "9"}), keeper.post(entry, {"weight": "a lot"}), desk.post(entry, {"weight": "9"}),
        keeper.post(reverse("supplies:add_item"), {"name_zh": "折叠桌", "name_en": "table", "unit": "piece",
                                                   "category": "equipment", "standards": "GB 1，GB 2"}),
        keeper.post(reverse("supplies:new_depot"), {"name": "新仓", "kind": "warehouse", "area_code": STREET}),
        keeper.post(reverse("supplies:new_depot"), {"name": "新仓", "kind": "warehouse", "area_code": STREET,
                                                    "longitude": "121", "organisation": "没有这家"}),
        keeper.post(reverse("supplies:new_vehicle"), {"name": "车", "area_code": STREET, "capacity_kg": "800",
                                                      "is_in_service": "on"}),
        keeper.get(reverse("supplies:depots")), desk.get(reverse("supplies:depots")),
        desk.get(reverse("supplies:new_depot")),
    ]  # fmt: skip

    assert [one.status_code for one in answers] == [200, 200, 200, 303, 422, 403, 303, 303, 422, 303, 200, 200, 403]
    mask.refresh_from_db()
    assert mask.unit_grams == 9000
    assert SupplyItem.objects.get(name_en="table").standards == ["GB 1", "GB 2"]
    assert Depot.objects.filter(name="新仓").count() == 1
    assert Vehicle.objects.get(name="车").capacity_kg == 800
    assert "新仓" in answers[10].content.decode()
