"""What can be taken out: totals for the supplier, and orders by door for the organiser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from juxing.access.exporting import Table, declare_export
from juxing.group_purchases import policy
from juxing.group_purchases.enums import COUNTING
from juxing.group_purchases.models import GroupPurchase
from juxing.group_purchases.queries.books import all_accounts
from juxing.group_purchases.queries.totals import package_totals
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.money import exact_yuan
from juxing.kernel.refusals import NotVisible
from juxing.people.models import Resident


def gather_totals(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return what the supplier is to deliver, without a door."""
    purchase = _purchase(actor, areas, arguments)
    rows = [
        (one.package.code, one.package.name, "; ".join(thing.written for thing in one.package.contents.all()),
         0 if one.package.dropped_at else one.ordered, exact_yuan(one.package.price_fen), exact_yuan(one.value_fen))
        for one in package_totals(purchase)
    ]  # fmt: skip
    headings = (pgettext("group purchase", "Letter"), _("Package"), _("Contents"), pgettext("group purchase", "Number"),
                _("Price in yuan"), _("Sum in yuan"))  # fmt: skip
    return Table(headings, rows)


def gather_orders(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return one row a door, as it can be filled in and sent back."""
    purchase = _purchase(actor, areas, arguments)
    packages = list(purchase.packages.order_by("code"))
    accounts = [one for one in all_accounts(purchase) if one.order.status in COUNTING]
    rows = []
    for one in accounts:
        home = one.order.household
        if home is None:
            continue
        counts = {line.package_id: line.quantity for line in one.lines}
        rows.append((
            home.building.number, home.unit.number if home.unit else "", home.door, one.order.contact_name,
            *(counts.get(package.pk, "") for package in packages),
            *map(exact_yuan, (one.balance.due, one.balance.paid, one.balance.open_fen)),
        ))  # fmt: skip
    headings = (
        _("Building"), pgettext("door", "Unit"), _("Door"), pgettext("group purchase", "Name"),
        *(f"{one.code} {one.name}" for one in packages), _("Due in yuan"), _("Paid in yuan"), _("Open in yuan"),
    )  # fmt: skip
    homes = [one.order.household_id for one in accounts if one.order.household_id]
    persons = (
        Resident.objects.filter(household_id__in=homes, left_on=None).order_by("id").values_list("uuid", flat=True)
    )
    return Table(headings, rows, person_uuids=list(persons))


def _purchase(actor: Actor, areas: Areas, arguments: Mapping[str, Any]) -> GroupPurchase:
    try:
        uuid = UUID(str(arguments.get("purchase", "")))
    except ValueError:
        raise NotVisible from None
    found = policy.visible_purchases(actor).inside(areas).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


TOTALS = declare_export(
    "group_purchases.totals", gettext_lazy("Order of a group purchase for the supplier"), right=policy.ORGANISE,
    gather=gather_totals, file_name="supplier-order",
)  # fmt: skip
ORDERS = declare_export(
    "group_purchases.orders", gettext_lazy("Orders of a group purchase by door"), right=policy.EXPORT,
    gather=gather_orders, file_name="orders-by-door",
)  # fmt: skip
