"""Removing who ordered once it has served its purpose; amounts and packages stay, of a community."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases.enums import ENDED
from juxing.group_purchases.models import (
    GroupPurchase,
    GroupPurchaseLine,
    HouseholdOrder,
    MoneyEntry,
    PurchaseChain,
)
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import ScopedQuerySet
from juxing.places.codes import COMMUNITY_CODE_LENGTH

FORGOTTEN = journal.declare_action("group_purchases.purchase.forget", _("Doors and names removed: the time is up"))
KEPT_FOR = timedelta(days=365)


@transaction.atomic
def forget_orders(*, actor: Actor, now: datetime, limit: int = 500) -> int:
    """
    Remove doors, names, telephones and chains of purchases that ended twelve months ago; return of how many.

    One that nobody settled counts as ended with its cut-off.
    """
    is_over = Q(ended_at__lt=now - KEPT_FOR) | Q(ended_at=None, cut_off_at__lt=now - KEPT_FOR)
    due = GroupPurchase.objects.filter(is_over, orders__household__isnull=False).distinct()
    purchases = list(GroupPurchase.objects.filter(pk__in=due.values("pk")[:limit]).select_for_update())
    _forget(purchases, actor=actor, now=now)
    return len(purchases)


@transaction.atomic
def forget_emergency(*, actor: Actor, now: datetime, areas: Areas, since: datetime, until: datetime) -> list[int]:
    """Remove the same from purchases of a response's time and places that have ended; return the orders' ids."""
    purchases = list(emergency_purchases(areas, since, until).filter(status__in=sorted(ENDED)).select_for_update())
    orders = HouseholdOrder.objects.filter(purchase__in=purchases, household__isnull=False)
    ids = list(orders.values_list("pk", flat=True))
    _forget(purchases, actor=actor, now=now)
    return ids


def emergency_purchases(areas: Areas, since: datetime, until: datetime) -> ScopedQuerySet[GroupPurchase]:
    """Return the purchases begun in these places in [since, until)."""
    return GroupPurchase.objects.inside(areas).filter(created_at__gte=since, created_at__lt=until)


def _forget(purchases: Sequence[GroupPurchase], *, actor: Actor, now: datetime) -> None:
    community = Left(F("area_code"), COMMUNITY_CODE_LENGTH)
    orders = HouseholdOrder.objects.filter(purchase__in=purchases)
    GroupPurchaseLine.objects.filter(order__in=orders).update(area_code=community)
    MoneyEntry.objects.filter(purchase__in=purchases).update(area_code=community, reference="")
    PurchaseChain.objects.filter(purchase__in=purchases).delete()
    orders.update(
        household=None, contact_name="", contact_phone="", contact_phone_index="", link_digest="", is_brought=False,
        area_code=community,
    )  # fmt: skip
    journal.record_many(
        journal.Fact(FORGOTTEN, GroupPurchase._meta.label_lower, one.uuid, one.area_code) for one in purchases
    ).by(actor, happened_at=now)
