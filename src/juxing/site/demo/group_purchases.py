"""The demo's neighbours buy together: a purchase that takes orders, and one that came, a little short, and is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from juxing.group_purchases import commands
from juxing.group_purchases.enums import MoneyKind, MoneyMethod, OrderChannel
from juxing.group_purchases.inputs import Arrival, OrderInput, PackageInput, PurchaseInput
from juxing.group_purchases.models import GroupPurchase, PurchasePackage
from juxing.group_purchases.queries.books import all_accounts
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.places.models import Building, Household
from juxing.supplies.queries.agreements import suppliers_near
from juxing_demo import District
from juxing_demo.data_files import data

LOADING = Actor.system("demo")
SHOWN = 2
"""The shown street's third community: no story buys there."""


def load_group_purchases(district: District, *, now: datetime) -> int:
    """Open one purchase with orders, and let another one arrive; return how many. Without households, none."""
    communities = sorted(code for code, level in district.areas.rows("code", "level") if level == "community")
    building = Building.objects.within(communities[min(SHOWN, len(communities) - 1)]).order_by("area_code").first()
    if building is None:
        return 0
    homes = list(Household.objects.filter(building=building).order_by("id")[:8])
    words = data("group_purchases")
    _ordered(words, words["open"], building, homes, now=now)
    came = _ordered(words, words["arrived"], building, homes, now=now - timedelta(days=2))
    _arrive(words["arrived"], came, now=now)
    return 2


def _ordered(
    words: Mapping[str, Any], row: Mapping[str, Any], building: Building, homes: Sequence[Household], *, now: datetime
) -> GroupPurchase:
    place = building.area_code[:12]
    supplier = next(iter(suppliers_near(Areas([place]))), None)
    given = PurchaseInput(
        title=row["title"], area_code=place, supplier_name=supplier.name if supplier else words["organiser"],
        supplier_id=supplier.pk if supplier else None, organiser_name=words["organiser"],
        cut_off_at=now + timedelta(days=1), expected_at=now + timedelta(days=2), delivery_fee_fen=row["fee"],
        pickup_place=words["pickup"],
    )  # fmt: skip
    purchase = commands.prepare_purchase(actor=LOADING, now=now, given=given)
    commands.set_buildings(actor=LOADING, now=now, purchase=purchase, buildings=[building.pk])
    for name, price, contents in row["packages"]:
        package = PackageInput(name=name, price_fen=price, contents=contents)
        commands.add_package(actor=LOADING, now=now, purchase=purchase, given=package)
    starts_at = now + timedelta(days=2)
    commands.add_slot(actor=LOADING, now=now, purchase=purchase, place=words["pickup"],
                      period=(starts_at, starts_at + timedelta(hours=1)), doors=20)  # fmt: skip
    purchase = commands.open_purchase(actor=LOADING, now=now, purchase=purchase)
    packages = PurchasePackage.objects.filter(purchase=purchase).order_by("code").values_list("pk", flat=True)
    inputs = [
        OrderInput(household_id=home.pk, channel=OrderChannel.STAFF,
                   quantities=dict(zip(packages, counts, strict=True)))
        for home, counts in zip(homes, row["orders"], strict=False)
    ]  # fmt: skip
    commands.record_orders(actor=LOADING, now=now, purchase=purchase, inputs=inputs)
    return purchase


def _arrive(row: Mapping[str, Any], purchase: GroupPurchase, *, now: datetime) -> None:
    closed = commands.close_purchase(actor=LOADING, now=now - timedelta(hours=20), purchase=purchase)
    packages = PurchasePackage.objects.filter(purchase=closed).order_by("code")
    arrived = {one.pk: Arrival(received=count) for one, count in zip(packages, row["came"], strict=True)}
    commands.record_arrival(actor=LOADING, now=now - timedelta(hours=2), purchase=closed, arrived=arrived)
    for account in all_accounts(closed)[: row["paid"]]:
        if account.balance.owed:
            commands.record_money(
                actor=LOADING, now=now - timedelta(hours=1), purchase=closed, kind=MoneyKind.PAID,
                amount_fen=account.balance.owed, method=MoneyMethod.WECHAT, order=account.order,
            )  # fmt: skip
