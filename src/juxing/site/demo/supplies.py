"""
The demo's warehouse, transfer stations and vans, with goods in every state: pledged, refused, under way, expiring.

Everything is written with the room's own commands after the morning was played, so that the morning stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from juxing.kernel.actors import Actor
from juxing.site.demo.purchases import load_purchases
from juxing.supplies import commands
from juxing.supplies.commands import Arrived, Donor, Finding, Given, Kept, Weighed
from juxing.supplies.commands.accounts import vehicle_place
from juxing.supplies.enums import ContainerKind, DepotKind, DonationStatus, DonorKind, ReservedFor
from juxing.supplies.models import Depot, StockPlace, SupplyItem, Vehicle
from juxing_demo import District
from juxing_demo.data_files import data

LOADING = Actor.system("demo")
WAY = (DonationStatus.RECEIVED, DonationStatus.INSPECTED, DonationStatus.ACCEPTED)
VAN_KG = (800, 1500)


def load_supplies(district: District, *, now: datetime) -> int:
    """Fill warehouse and stations, take in donations, move and pack goods; return how many depots were added."""
    words = data("goods")
    streets = [row for row in district.areas.rows("code", "name", "level", "lon", "lat") if row[2] == "street"]
    root = next(row for row in district.areas.rows("code", "level", "lon", "lat") if row[1] == "district")
    warehouse = Depot.objects.create(
        area_code=root[0], name=words["warehouse"], kind=DepotKind.WAREHOUSE, longitude=root[2], latitude=root[3]
    )
    stations = [
        Depot.objects.create(
            area_code=code, name=words["station"].format(street=name), kind=DepotKind.TRANSFER_STATION,
            longitude=lon, latitude=lat,
        )
        for code, name, _level, lon, lat in streets
    ]  # fmt: skip
    for depot in (warehouse, *stations):
        depot.refresh_from_db()
    vans = [
        Vehicle.objects.create(area_code=streets[0][0], name=label.format(street=streets[0][1]), capacity_kg=carries)
        for label, carries in zip(words["vans"], VAN_KG, strict=True)
    ]
    items = {item.code: item for item in SupplyItem.objects.all()}
    for code, pack, quantity in words["pack"]:
        commands.write_pack(actor=LOADING, now=now, item=items[code], unit=pack, quantity=Decimal(quantity))
    _describe(words, items, now=now)
    _stock(words, {"district": [warehouse], "street": stations, "shown": stations[:1]}, items, now=now)
    for given in words["donation"]:
        _donate(given, words, stations[0], items, now=now)
    commands.advance_donations(now=now)
    _transfer(words, warehouse, stations[0], items, now=now)
    communities = [row[0] for row in district.areas.rows("code", "level") if row[1] == "community"]
    _pack(words["boxes"], stations[0], vans[0], items, communities[:2], now=now)
    count = commands.start_stocktake(actor=LOADING, now=now, depot=stations[0], items=[items["rice"]])
    commands.write_counts(
        actor=LOADING, stocktake=count, counts={line.pk: line.expected - 2 for line in count.lines.all()}
    )
    _reserve(words, {"street": stations[0], "district": warehouse}, items, now=now)
    load_purchases(words, stations[0], items, now=now)
    commands.look_over_stock(now=now)
    return 1 + len(stations)


def _describe(words: Mapping[str, Any], items: Mapping[str, SupplyItem], *, now: datetime) -> None:
    for code, kilograms, days, others in words["described"]:
        commands.describe_item(
            actor=LOADING, now=now, item=items[code], weighed=Weighed(Decimal(str(kilograms))),
            shelf_life_days=days or None, substitutes=[items[other] for other in others],
        )  # fmt: skip
        items[code].refresh_from_db()


def _reserve(
    words: Mapping[str, Any], depots: Mapping[str, Depot], items: Mapping[str, SupplyItem], *, now: datetime
) -> None:
    for row in words["reserve"]:
        kept = Kept(items[row["item"]], ReservedFor(row["for_each"]), Decimal(str(row["quantity"])), row["days"])
        commands.write_reserve(
            actor=LOADING, now=now, area_code=depots[row["at"]].area_code, hazard=row["hazard"], goods=[kept]
        )


def _stock(
    words: Mapping[str, Any], depots: Mapping[str, Sequence[Depot]], items: Mapping[str, SupplyItem], *, now: datetime
) -> None:
    for row in words["stock"]:
        expires = (now + timedelta(days=row["days"])).date() if row["days"] >= 0 else None
        for depot in depots[row["at"]]:
            level = commands.receive_stock(
                actor=LOADING, now=now - timedelta(days=3), depot=depot, item=items[row["item"]],
                quantity=Decimal(row["quantity"]), reason=words["receipt"], lot_number=row.get("lot", ""),
                expires_on=expires, is_sure=True,
            )  # fmt: skip
            commands.set_minimum(actor=LOADING, level=level, minimum=Decimal(row["least"]))


def _donate(
    row: Mapping[str, Any], words: Mapping[str, Any], depot: Depot, items: Mapping[str, SupplyItem], *, now: datetime
) -> None:
    until, item = DonationStatus(row["until"]), items[row["item"]]
    donor = Donor(DonorKind(row["kind"]), row["donor"], is_name_public=row["public"])
    donation = commands.pledge_donation(
        actor=LOADING, now=now - timedelta(days=2), depot=depot, donor=donor, intended_use=words["use"],
        goods=[Given(item, Decimal(row["quantity"]))],
    )  # fmt: skip
    if until == DonationStatus.WITHDRAWN:
        commands.withdraw_donation(actor=LOADING, now=now, donation=donation, reason=words["withdrawn"])
    if until in {DonationStatus.PLEDGED, DonationStatus.WITHDRAWN}:
        return
    line = donation.lines.get()
    expires = (now + timedelta(days=row["days"])).date() if row["days"] >= 0 else None
    came = Arrived(Decimal(row["quantity"]), row.get("lot", ""), expires, row.get("certificate", ""))
    at = now - timedelta(days=1)
    donation = commands.receive_donation(
        actor=LOADING, now=at, donation=donation, arrived={line.pk: came}, is_sure=True
    )
    if until == DonationStatus.RECEIVED:
        return
    good = Decimal(0) if until == DonationStatus.REFUSED else came.quantity - came.quantity // 50
    found = Finding(good, words["forged"] if until == DonationStatus.REFUSED else words["wet"])
    donation = commands.inspect_donation(actor=LOADING, now=at, donation=donation, findings={line.pk: found})
    if until != DonationStatus.INSPECTED:
        donation = commands.settle_donation(actor=LOADING, now=at, donation=donation)
    _give_out(until, depot, item, good, now=now)


def _give_out(until: DonationStatus, depot: Depot, item: SupplyItem, good: Decimal, *, now: datetime) -> None:
    """Hand all of it out in the street's first community, or send a quarter to that community's depot."""
    bound_for = f"{depot.area_code}001"
    if until == DonationStatus.ALLOCATED:
        other = Depot.objects.within(bound_for).order_by("id")[0]
        goods = [(item, good // 4)]
        transfer = commands.plan_transfer(actor=LOADING, now=now, source=depot, target=other, goods=goods)
        commands.send_transfer(actor=LOADING, now=now, transfer=transfer)
    if until == DonationStatus.DELIVERED:
        [box] = commands.pack_containers(
            actor=LOADING, now=now, depot=depot, item=item, quantity=good, bound_for=bound_for
        )
        commands.scan_container(actor=LOADING, now=now, number=box.number, target=None)


def _transfer(
    words: Mapping[str, Any], source: Depot, target: Depot, items: Mapping[str, SupplyItem], *, now: datetime
) -> None:
    for row in words["transfer"]:
        transfer = commands.plan_transfer(
            actor=LOADING, now=now - timedelta(hours=6), source=source, target=target, planned_for=now.date(),
            goods=[(items[row["item"]], Decimal(row["quantity"]))],
        )  # fmt: skip
        if row["until"] == "planned":
            continue
        transfer = commands.send_transfer(actor=LOADING, now=now - timedelta(hours=4), transfer=transfer)
        if row["until"] == "received":
            commands.receive_transfer(actor=LOADING, now=now - timedelta(hours=1), transfer=transfer, quantities={})


def _pack(
    row: Mapping[str, Any], depot: Depot, van: Vehicle, items: Mapping[str, SupplyItem], places: Sequence[str], *,
    now: datetime,
) -> None:  # fmt: skip
    numbers: list[str] = []
    for place in places:
        numbers += [
            box.number
            for box in commands.pack_containers(
                actor=LOADING, now=now, depot=depot, item=items[row["item"]], quantity=Decimal(row["each"]),
                count=row["count"] // len(places), bound_for=place,
            )
        ]  # fmt: skip
    on_board = StockPlace.objects.get(pk=vehicle_place(van))
    for number in numbers[: row["loaded"]]:
        commands.scan_container(actor=LOADING, now=now, number=number, target=on_board)
    for number in numbers[: row["handed"]]:
        commands.scan_container(actor=LOADING, now=now, number=number, target=None)
    commands.put_into(actor=LOADING, now=now, numbers=numbers[row["loaded"] :], kind=ContainerKind.PALLET)
