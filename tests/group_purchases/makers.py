"""Makers of group purchases for tests; call them inside ``acting``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from juxing.access.roles import Role
from juxing.group_purchases import commands
from juxing.group_purchases.enums import OrderChannel
from juxing.group_purchases.inputs import OrderInput, PackageInput, PurchaseInput
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, PickupSlot, PurchasePackage
from juxing.kernel.actors import Actor
from juxing.places.models import Household
from tests.factories import STREET, make_actor, make_areas, make_building, make_household

NOW = datetime(2026, 3, 10, tzinfo=UTC)
CUT_OFF = NOW + timedelta(days=1)
AFTER = CUT_OFF + timedelta(minutes=1)
SYSTEM = Actor.system("test")
RESIDENT = Actor.resident()
PHONES = [f"1280000{number:04}" for number in range(100)]


def worker(area_code: str = STREET) -> Actor:
    """Make somebody who organises in the street."""
    return make_actor(Role.COMMUNITY_WORKER, area_code)


def make_purchase(
    *, actor: Actor | None = None, doors: int = 3, packages: tuple[PackageInput, ...] = (), is_open: bool = True,
    **values: Any,
) -> tuple[GroupPurchase, list[Household]]:  # fmt: skip
    """Make a purchase for one building with so many doors, two packages unless others are given, opened."""
    make_areas()
    actor = actor or SYSTEM
    building = make_building()
    homes = [make_household(building=building, door=str(301 + number)) for number in range(doors)]
    given = PurchaseInput(
        **{
            "title": "周六蔬菜", "area_code": building.estate.area_code, "supplier_name": "云间菜场",
            "organiser_name": "李团长", "cut_off_at": CUT_OFF, **values,
        }
    )  # fmt: skip
    purchase = commands.prepare_purchase(actor=actor, now=NOW, given=given)
    commands.set_buildings(actor=actor, now=NOW, purchase=purchase, buildings=[building.pk])
    offered = packages or (
        PackageInput(name="蔬菜包", price_fen=5800, contents="青菜 2斤\n土豆 3斤"),
        PackageInput(name="鸡蛋30枚", price_fen=3250),
    )
    for one in offered:
        commands.add_package(actor=actor, now=NOW, purchase=purchase, given=one)
    if is_open:
        purchase = commands.open_purchase(actor=actor, now=NOW, purchase=purchase)
    return purchase, homes


def packages_of(purchase: GroupPurchase) -> list[PurchasePackage]:
    """Return the packages, A first."""
    return list(PurchasePackage.objects.filter(purchase=purchase).order_by("code"))


def order(
    purchase: GroupPurchase, home: Household, counts: dict[str, int], *, now: datetime = NOW, actor: Actor = SYSTEM,
    **values: Any,
) -> HouseholdOrder:  # fmt: skip
    """Let a household order so many of the packages under these letters."""
    by_code = {one.code: one.pk for one in packages_of(purchase)}
    given = OrderInput(
        **{
            "household_id": home.pk, "quantities": {by_code[code]: count for code, count in counts.items()},
            "channel": OrderChannel.STAFF, **values,
        }
    )  # fmt: skip
    return commands.place_order(actor=actor, now=now, purchase=purchase, given=given)[0]


def make_slot(purchase: GroupPurchase, *, doors: int = 2, hour: int = 9) -> PickupSlot:
    """Make a time for picking up on the day after the cut-off."""
    starts_at = CUT_OFF + timedelta(hours=hour)
    return commands.add_slot(
        actor=SYSTEM, now=NOW, purchase=purchase, place="3号楼下", period=(starts_at, starts_at + timedelta(hours=1)),
        doors=doors,
    )  # fmt: skip
