"""What this room keeps about a resident, for the resident's own eyes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.group_purchases.commands.handing_out import LOOKED, REVEALED
from juxing.group_purchases.models import HouseholdOrder
from juxing.people.models import Resident
from juxing.people.own_data import OwnPart, OwnRow, declare_look, own_parts


def _orders(resident: Resident) -> Iterable[OwnRow]:
    mine = Q(household_id=resident.household_id)
    if resident.phone_index:
        mine |= Q(contact_phone_index=resident.phone_index)
    rows = HouseholdOrder.objects.filter(mine).select_related("purchase").prefetch_related("lines__package")
    for order in rows.order_by("-id")[:200]:
        things = ", ".join(f"{line.package.name} x{line.quantity}" for line in order.lines.all())
        yield OwnRow(order.uuid, {
            str(pgettext_lazy("group purchase", "Purchase")): order.purchase.title,
            str(pgettext_lazy("group purchase", "Ordered")): things,
            str(pgettext_lazy("group purchase", "Where it stands")): str(order.get_status_display()),
            str(pgettext_lazy("group purchase", "Name")): order.contact_name,
        })  # fmt: skip


own_parts.add("group_purchases", OwnPart(_("What your household ordered in group purchases"), _orders))
declare_look(LOOKED)
declare_look(REVEALED)
