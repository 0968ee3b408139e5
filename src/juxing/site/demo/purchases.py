"""The demo's suppliers: what they keep by agreement for the shown street, and purchases in every state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies import commands
from juxing.supplies.commands import Agreed, Bought, Came, Circumstances, Terms
from juxing.supplies.enums import DeliveryFinding
from juxing.supplies.models import Depot, PurchaseLine, PurchaseOrder, SupplyAgreement, SupplyItem

LOADING = Actor.system("demo")
SECOND = Actor.system("demo, second person")
DELIVERIES = UUID("5b6f2c1e-0000-4000-8000-000000000000").int


def load_purchases(words: Mapping[str, Any], depot: Depot, items: Mapping[str, SupplyItem], *, now: datetime) -> int:
    """Write agreements and purchases of the shown station; return how many purchases. Without suppliers, none."""
    suppliers = list(
        Organisation.objects.within(depot.area_code).filter(organisation_type=OrganisationType.SUPPLIER).order_by("id")
    )
    if not suppliers:
        return 0
    for row, supplier in zip(words["supplier"], suppliers, strict=False):
        commands.write_contact(actor=LOADING, now=now, supplier=supplier, name=row["contact"], phone=row["phone"],
                               task=row["task"])  # fmt: skip
        for code, a_day in row["goods"].items():
            commands.write_supplier_goods(actor=LOADING, now=now, supplier=supplier, item=items[code],
                                          a_day=Decimal(a_day))  # fmt: skip
    agreements = [
        _agree(row, depot, suppliers[number % len(suppliers)], items, now=now)
        for number, row in enumerate(words["agreement"])
    ]
    for number, row in enumerate(words["purchase"]):
        agreement = agreements[row["agreement"]] if row["agreement"] >= 0 else None
        supplier = agreement.organisation if agreement else suppliers[number % min(2, len(suppliers))]
        order = _draft(row, depot, supplier, agreement, items, now=now)
        _take_on(row, order, number, now=now)
    return len(words["purchase"])


def _agree(
    row: Mapping[str, Any], depot: Depot, supplier: Organisation, items: Mapping[str, SupplyItem], *, now: datetime
) -> SupplyAgreement:
    today = now.date()
    terms = Terms(today - timedelta(days=60), today + timedelta(days=row["days"]), row["hours"], row["reference"])
    goods = [Agreed(items[code], price, Decimal(kept)) for code, price, kept in row["goods"]]
    made = commands.write_agreement(
        actor=LOADING, now=now - timedelta(days=61), area_code=depot.area_code, supplier=supplier, terms=terms,
        goods=goods,
    )  # fmt: skip
    if row["is_signed"]:
        made = commands.sign_agreement(actor=SECOND, now=now - timedelta(days=60), agreement=made)
    return made


def _draft(
    row: Mapping[str, Any], depot: Depot, supplier: Organisation, agreement: SupplyAgreement | None,
    items: Mapping[str, SupplyItem], *, now: datetime,
) -> PurchaseOrder:  # fmt: skip
    goods = [Bought(items[code], Decimal(quantity), price) for code, quantity, price in row["goods"]]
    why = Circumstances(is_emergency=bool(row.get("emergency")), reason=row.get("emergency", ""))
    return commands.draft_purchase(
        actor=LOADING, now=now - timedelta(hours=30), depot=depot, supplier=supplier, goods=goods,
        agreement=agreement, circumstances=why,
    )  # fmt: skip


def _take_on(row: Mapping[str, Any], order: PurchaseOrder, number: int, *, now: datetime) -> None:
    """Take a purchase as far as the data says."""
    at, until = now - timedelta(hours=26), row["until"]
    if until == "draft":
        return
    if until == "cancelled":
        commands.cancel_purchase(actor=LOADING, now=at, order=order, reason=row["why"])
        return
    order = commands.submit_purchase(actor=LOADING, now=at, order=order)
    if until == "submitted" or (order.status == "submitted" and until == "approved"):
        return
    if order.status == "submitted":
        order = commands.approve_purchase(actor=SECOND, now=at, order=order)
    if until == "approved":
        return
    order = commands.place_purchase(actor=LOADING, now=at, order=order)
    for part, share in enumerate(row.get("parts", [])):
        lines = PurchaseLine.objects.filter(order=order).order_by("id")
        came = [Came(line.pk, Decimal(int(line.ordered * share // 100)), lot_number=f"{row['lot']}-{part + 1}")
                for line in lines]  # fmt: skip
        if part == 0 and row.get("back"):
            came.append(Came(lines[0].pk, Decimal(row["back"]), DeliveryFinding.DAMAGED, words=row["why"]))
        uuid = UUID(int=DELIVERIES + 10 * number + part)
        commands.receive_purchase(actor=LOADING, now=now - timedelta(hours=8 - part), order=order, uuid=uuid,
                                  came=came, paper=f"{row['lot']}-{part + 1}")  # fmt: skip
    if until == "closed":
        commands.close_purchase(actor=LOADING, now=now, order=order)
