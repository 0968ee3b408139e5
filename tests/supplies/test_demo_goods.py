"""The demo's goods: every state is there, and the books are right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from juxing.organisations.enums import OrganisationType
from juxing.places.models import Area
from juxing.site.demo.supplies import load_supplies
from juxing.supplies.catalogue import load_seed
from juxing.supplies.enums import AlarmKind, ContainerStatus, DonationStatus, PurchaseStatus, TransferStatus
from juxing.supplies.models import (
    Container,
    Depot,
    Donation,
    PurchaseOrder,
    StockAlarm,
    StockLevel,
    Stocktake,
    SupplyItem,
    Transfer,
)
from juxing.supplies.queries.stock import LOW
from juxing.supplies.queries.verification import verify_ledger
from juxing_demo.data_files import data
from juxing_demo.district_tables import AreaTable
from tests.factories import COMMUNITY, make_areas, make_stock
from tests.supplies.makers import NOW, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
BETWEEN = {PurchaseStatus.APPROVED, PurchaseStatus.DELIVERED}
NEVER_IN_A_MORNING = {DonationStatus.REPORTED, DonationStatus.ALLOCATED}


def demo_places() -> Any:
    """Return the areas of the tests as the generator would give them."""
    rows: list[tuple[Any, ...]] = [
        (area.code, area.name, area.level, area.parent_code, 121.0, 31.0, [])
        for area in Area.objects.exclude(level__in=["estate", "grid"]).order_by("code")
    ]
    return cast("Any", SimpleNamespace(areas=AreaTable.from_rows(rows)))


def test_goods_of_the_demo_are_in_every_state_and_the_books_are_right() -> None:
    make_areas()
    load_seed()
    make_stock(SupplyItem.objects.get(code="milk"), 5, community=COMMUNITY)
    for name in ("云间粮油行", "绿源农场"):
        make_organisation(name=name, organisation_type=OrganisationType.SUPPLIER)
    before = Depot.objects.count()

    added = load_supplies(demo_places(), now=NOW)

    assert Depot.objects.count() == before + added
    assert set(Donation.objects.values_list("status", flat=True)) >= set(DonationStatus) - NEVER_IN_A_MORNING
    assert set(Transfer.objects.values_list("status", flat=True)) == set(TransferStatus) - {TransferStatus.CANCELLED}
    assert set(Container.objects.values_list("status", flat=True)) >= {
        ContainerStatus.PACKED, ContainerStatus.UNDER_WAY, ContainerStatus.DELIVERED,
    }  # fmt: skip
    assert StockLevel.objects.filter(LOW, min_quantity__gt=0).exists()
    assert set(StockAlarm.objects.values_list("kind", flat=True)) >= {
        AlarmKind.SHORT,
        AlarmKind.LOW,
        AlarmKind.EXPIRING,
        AlarmKind.AGREEMENT,
    }
    assert set(PurchaseOrder.objects.values_list("status", flat=True)) >= set(PurchaseStatus) - BETWEEN
    assert Stocktake.objects.get().lines.get().counted is not None
    assert verify_ledger().problems == []


def test_goods_of_the_demo_are_in_the_catalogue() -> None:
    from juxing_text.catalogue import load_catalogue

    known = {entry.code for entry in load_catalogue()}
    words = data("goods")

    named = {row["item"] for part in ("stock", "donation", "transfer", "reserve") for row in words[part]}
    assert named | {words["boxes"]["item"]} <= known
