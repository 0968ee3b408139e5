"""What goes over HTTP about group purchases: offers and totals; of a household nothing goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from juxing.group_purchases.enums import PurchaseStatus
from juxing.group_purchases.models import GroupPurchase
from juxing.group_purchases.queries.totals import PackageTotal, package_totals


class PackageOut(Schema):
    """A package and what is ordered of it; prices are in fen."""

    code: str
    name: str
    price_fen: int
    ordered: int
    households: int
    minimum_total: int | None
    maximum_total: int | None
    received: int | None
    is_dropped: bool


class PurchaseOut(Schema):
    """A group purchase as lists show it."""

    uuid: UUID
    number: str
    title: str
    area_code: str
    supplier_name: str
    organiser_name: str
    status: PurchaseStatus
    cut_off_at: datetime
    expected_at: datetime | None
    delivery_fee_fen: int
    minimum_fen: int | None


class PurchaseWithTotalsOut(PurchaseOut):
    """A group purchase with its packages."""

    packages: list[PackageOut]


def purchase_out(purchase: GroupPurchase) -> dict[str, Any]:
    """Return a purchase as it goes out."""
    return {name: getattr(purchase, name) for name in PurchaseOut.model_fields}


def with_totals_out(purchase: GroupPurchase) -> dict[str, Any]:
    """Return a purchase with totals of its packages."""
    return purchase_out(purchase) | {"packages": [_package_out(one) for one in package_totals(purchase)]}


def _package_out(total: PackageTotal) -> dict[str, Any]:
    package = total.package
    return {
        "code": package.code, "name": package.name, "price_fen": package.price_fen, "ordered": total.ordered,
        "households": total.households, "minimum_total": package.minimum_total,
        "maximum_total": package.maximum_total, "received": package.received,
        "is_dropped": package.dropped_at is not None,
    }  # fmt: skip
