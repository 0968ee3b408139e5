"""What households ordered while a response held: who they were is removed after it, once the purchase has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from juxing.group_purchases.commands.forgetting import emergency_purchases, forget_emergency
from juxing.group_purchases.models import HouseholdOrder
from juxing.kernel.actors import Actor
from juxing.kernel.emergency_data import Destroyed, EmergencyData, EndedResponse, declare_emergency_data, destroyed
from juxing.kernel.scope import ScopedQuerySet


def _orders(ended: EndedResponse) -> ScopedQuerySet[HouseholdOrder]:
    purchases = emergency_purchases(ended.areas, ended.since, ended.until)
    return HouseholdOrder.objects.get_queryset().filter(purchase__in=purchases)


def count(ended: EndedResponse) -> int:
    """Return how many orders still name a door; of a drill none: it opens no purchase."""
    return 0 if ended.is_exercise else _orders(ended).exclude(household=None).count()


def statistics(ended: EndedResponse) -> Mapping[str, int]:
    """Return what stays: how many purchases and orders there were."""
    if ended.is_exercise:
        return {}
    purchases = emergency_purchases(ended.areas, ended.since, ended.until).count()
    return {"group_purchases": purchases, "orders": _orders(ended).count()}


def destroy(ended: EndedResponse, actor: Actor, now: datetime) -> Destroyed:
    """Take doors, names and telephones off the orders of purchases that have ended."""
    if ended.is_exercise:
        return destroyed([])
    ids = forget_emergency(actor=actor, now=now, areas=ended.areas, since=ended.since, until=ended.until)
    return destroyed(f"{HouseholdOrder._meta.label_lower}:{pk}" for pk in ids)


declare_emergency_data(
    EmergencyData(
        "group_purchases.orders", _("Orders in group purchases while the response held"),
        _("To bring people what they bought together in the emergency"), count, statistics, destroy,
    )
)  # fmt: skip
