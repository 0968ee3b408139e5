"""Finding orders: a page of a purchase's doors, one order, and a household's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q

from juxing.group_purchases.enums import COUNTING
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, MoneyEntry
from juxing.group_purchases.queries.purchases import DOOR_ORDER
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.people.links import link_digest
from juxing.people.phone_numbers import phone_index

LINK_LASTS_AFTER_END = timedelta(days=60)
LINK_ROOM = "group_purchases"


def orders_page(
    purchase: GroupPurchase,
    *,
    building_id: int | None = None,
    door: str = "",
    cursor: str | None = None,
    size: int = 50,
) -> Page[HouseholdOrder]:
    """Return the orders of a purchase door by door."""
    rows: ScopedQuerySet[HouseholdOrder] = with_doors(purchase)
    if building_id is not None:
        rows = rows.filter(household__building_id=building_id)
    if door:
        rows = rows.filter(household__door=door)
    return page_of(rows, order=DOOR_ORDER, cursor=cursor, size=size)


def with_doors(purchase: GroupPurchase) -> ScopedQuerySet[HouseholdOrder]:
    """Return the orders of a purchase with door, building and time."""
    rows: ScopedQuerySet[HouseholdOrder] = HouseholdOrder.objects.get_queryset().filter(purchase=purchase)
    return rows.select_related("household__building__estate", "household__unit", "slot")


def order_of(purchase: GroupPurchase, uuid: UUID) -> HouseholdOrder:
    """
    Return one order of the purchase.

    Raises:
        NotVisible: if it has none such.
    """
    found = with_doors(purchase).filter(uuid=uuid).select_related("purchase").first()
    if found is None:
        raise NotVisible
    return found


def order_by_link(token: str, *, now: datetime) -> HouseholdOrder | None:
    """Return the order whose link this is, until two months after the end; call inside the system's scope."""
    lasts = Q(purchase__ended_at=None) | Q(purchase__ended_at__gt=now - LINK_LASTS_AFTER_END)
    rows = HouseholdOrder.objects.filter(lasts, link_digest=link_digest(token, LINK_ROOM))
    return rows.select_related("purchase", "household__building__estate", "household__unit", "slot").first()


def orders_of_phone(phone: str) -> Sequence[HouseholdOrder]:
    """Return the orders placed with a telephone, newest first; call inside the system's scope."""
    rows = HouseholdOrder.objects.filter(contact_phone_index=phone_index(phone)).exclude(household=None)
    return list(rows.select_related("purchase", "household__building").order_by("-ordered_at", "-id")[:50])


def order_of_phone_at(purchase: GroupPurchase, phone: str, household_id: int) -> HouseholdOrder | None:
    """Return the order this telephone placed for a door in a purchase."""
    rows = HouseholdOrder.objects.filter(purchase=purchase, contact_phone_index=phone_index(phone))
    return rows.filter(household_id=household_id).first()


def to_hand_out(
    purchase: GroupPurchase,
    *,
    slot_id: int | None = None,
    building_id: int | None = None,
    is_brought: bool | None = None,
) -> list[HouseholdOrder]:
    """Return what is handed out at a time, in a building or to the doors, with its lines; two queries."""
    lines = Prefetch("lines", GroupPurchaseLine.objects.select_related("package").order_by("package__code"))
    rows = with_doors(purchase).filter(status__in=sorted(COUNTING)).prefetch_related(lines)
    if slot_id is not None:
        rows = rows.filter(slot_id=slot_id)
    if building_id is not None:
        rows = rows.filter(household__building_id=building_id)
    if is_brought is not None:
        rows = rows.filter(is_brought=is_brought)
    return list(rows.order_by(*DOOR_ORDER))


def money_page(purchase: GroupPurchase, *, cursor: str | None = None) -> Page[MoneyEntry]:
    """Return what changed hands, newest first, with the doors."""
    rows = MoneyEntry.objects.filter(purchase=purchase).select_related(
        "order__household__building", "order__household__unit", "recorded_by", "corrected_by", "corrects"
    )
    return page_of(rows, order=("-id",), cursor=cursor, size=30)


def money_of(order: HouseholdOrder) -> list[MoneyEntry]:
    """Return what one household paid and got back, newest first."""
    return list(MoneyEntry.objects.filter(order=order).select_related("corrected_by", "corrects").order_by("-id")[:100])


def entry_of(purchase: GroupPurchase, uuid: UUID) -> MoneyEntry:
    """
    Return one amount of the purchase.

    Raises:
        NotVisible: if it has none such.
    """
    found = MoneyEntry.objects.filter(purchase=purchase, uuid=uuid).select_related("purchase", "order").first()
    if found is None:
        raise NotVisible
    return found
