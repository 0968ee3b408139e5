"""The demo's neighbours: one purchase takes orders, another came a little short and is paid in part."""

from __future__ import annotations

import pytest

from juxing.group_purchases.enums import PurchaseStatus
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.group_purchases.queries.books import books_of
from juxing.organisations.enums import OrganisationType
from juxing.site.demo.group_purchases import load_group_purchases
from tests.factories import STREET, make_areas, make_building, make_household
from tests.group_purchases.makers import NOW
from tests.supplies.makers import make_organisation
from tests.supplies.test_demo_goods import demo_places


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_one_purchase_takes_orders_and_one_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juxing.site.demo.group_purchases.SHOWN", 0)
    make_areas()
    make_organisation(STREET, name="云间粮油行", organisation_type=OrganisationType.SUPPLIER)
    building = make_building()
    for number in range(8):
        make_household(building=building, door=f"40{number}")

    made = load_group_purchases(demo_places(), now=NOW)

    found = {one.status: one for one in GroupPurchase.objects.all()}
    assert made == 2
    assert set(found) == {PurchaseStatus.OPEN, PurchaseStatus.ARRIVED}
    assert {one.supplier_name for one in found.values()} == {"云间粮油行"}
    assert all(one.supplier_id for one in found.values())
    assert HouseholdOrder.objects.filter(purchase=found[PurchaseStatus.OPEN]).count() == 8
    books = books_of(found[PurchaseStatus.ARRIVED])
    assert books.collected > 0
    assert books.owed > 0
    assert books.in_hand == books.explained
