"""Finding purchases: at the desk, and by their sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from juxing.group_purchases import policy
from juxing.group_purchases.enums import COUNTING
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, PickupSlot, PurchasePackage
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import DEFAULT_PAGE_ROWS, Page, page_of
from juxing.kernel.refusals import NotPermitted, NotVisible
from juxing.places.models import Building, Household

RECENT = ("-created_at", "-id")
DOOR_ORDER = ("area_code", "id")


def purchases_page(
    *, actor: Actor, area_code: str = "", status: str = "", cursor: str | None = None, size: int = DEFAULT_PAGE_ROWS
) -> Page[GroupPurchase]:
    """Return the purchases the actor may see, newest first, each with ``household_count``; two queries."""
    rows = policy.visible_purchases(actor).within(area_code)
    if status:
        rows = rows.filter(status=status)
    page = page_of(rows, order=RECENT, cursor=cursor, size=size)
    orders = HouseholdOrder.objects.filter(purchase__in=list(page.rows), status__in=sorted(COUNTING)).order_by()
    counts = dict(orders.values_list("purchase_id").annotate(total=Count("id")))
    for one in page.rows:
        one.household_count = counts.get(one.pk, 0)  # type: ignore[attr-defined]
    return page


def purchase_for(actor: Actor, uuid: UUID) -> GroupPurchase:
    """
    Return one purchase.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_purchases(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def purchase_to_run(actor: Actor, uuid: UUID) -> GroupPurchase:
    """
    Return one purchase the actor runs.

    Raises:
        NotVisible: if there is none for the actor.
        NotPermitted: if the actor only sees it.
    """
    found = purchase_for(actor, uuid)
    if not policy.can_run(actor, found):
        raise NotPermitted
    return found


def purchase_to_hand_out(actor: Actor, uuid: UUID) -> GroupPurchase:
    """Return one purchase the actor hands out; raises as ``purchase_to_run``."""
    found = purchase_for(actor, uuid)
    if not policy.can_hand_out(actor, found):
        raise NotPermitted
    return found


def public_purchase(uuid: UUID) -> GroupPurchase | None:
    """Return the purchase of a sign, if it was ever opened; call inside the system's scope."""
    return GroupPurchase.objects.filter(uuid=uuid).exclude(status=State.DRAFT).first()


def package_of(purchase: GroupPurchase, uuid: UUID) -> PurchasePackage:
    """
    Return one package of the purchase.

    Raises:
        NotVisible: if it has none such.
    """
    found = PurchasePackage.objects.filter(purchase=purchase, uuid=uuid).select_related("purchase").first()
    if found is None:
        raise NotVisible
    return found


def slots_of(purchase: GroupPurchase) -> list[PickupSlot]:
    """Return the times for picking up, the first first, each with ``taken`` and ``free``."""
    taken = Count("orders", filter=Q(orders__status__in=sorted(COUNTING)))
    rows = PickupSlot.objects.filter(purchase=purchase).annotate(taken=taken)
    slots: list[Any] = list(rows.order_by("starts_at", "id"))
    for slot in slots:
        slot.free = max(0, slot.doors - slot.taken)
    return slots


def slot_of(purchase: GroupPurchase, uuid: UUID) -> PickupSlot:
    """
    Return one time of the purchase.

    Raises:
        NotVisible: if it has none such.
    """
    found = PickupSlot.objects.filter(purchase=purchase, uuid=uuid).select_related("purchase").first()
    if found is None:
        raise NotVisible
    return found


def buildings_of(purchase: GroupPurchase) -> list[Building]:
    """Return the buildings whose doors may order, with their estates."""
    rows = Building.objects.filter(pk__in=purchase.buildings.values("building_id")).select_related("estate")
    return list(rows.order_by("area_code"))


def buildings_to_choose(purchase: GroupPurchase) -> Sequence[Building]:
    """Return every building of the purchase's place."""
    return list(Building.objects.within(purchase.area_code).select_related("estate").order_by("area_code")[:2000])


def household_at(building: Building, *, unit: str, door: str) -> Household | None:
    """Return the household behind a door, if exactly one fits."""
    rows = Household.objects.filter(building=building, door=door).select_related("unit")[:20]
    fitting = [one for one in rows if not unit or one.unit is None or one.unit.number == unit]
    return fitting[0] if len(fitting) == 1 else None
