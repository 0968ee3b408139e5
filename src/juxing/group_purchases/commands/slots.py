"""Times for picking up: never more doors than a time has room for, whoever chooses or is given one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.enums import COUNTING, OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, PickupSlot
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import NotVisible, Refusal

ASSIGNED = journal.declare_action("group_purchases.purchase.assign", _("Pickup times given out"))
CHOSEN = journal.declare_action("group_purchases.order.slot", _("Pickup of an order settled"))
WITH_PICKUP = (State.OPEN, State.CLOSED, State.ARRIVED)


def free_doors(purchase: GroupPurchase) -> dict[int | None, int]:
    """Return how many doors each time of the purchase still has room for."""
    taken = Count("orders", filter=Q(orders__status__in=sorted(COUNTING)))
    return {slot.pk: slot.doors - slot.taken for slot in purchase.slots.annotate(taken=taken)}


def require_room(slot: PickupSlot | None, free: Mapping[int | None, int]) -> PickupSlot:
    """
    Return the time, if one more door fits in.

    Raises:
        NotVisible: if the purchase has no such time.
        Refusal: if it is full.
    """
    if slot is None:
        raise NotVisible
    if free.get(slot.pk, 0) < 1:
        raise Refusal("slot_full", _("This time has just become full. Choose another one."), field="slot")
    return slot


@transaction.atomic
def choose_slot(*, actor: Actor, now: datetime, order: HouseholdOrder, slot: PickupSlot) -> HouseholdOrder:
    """Give an order a time; choosing the same again changes nothing."""
    held, mine = _waiting(actor, order)
    if mine.slot_id == slot.pk:
        return mine
    mine.slot = require_room(held.slots.filter(pk=slot.pk).first(), free_doors(held))
    mine.is_brought = False
    return _written(mine, actor=actor, now=now)


@transaction.atomic
def set_brought(*, actor: Actor, now: datetime, order: HouseholdOrder, is_brought: bool) -> HouseholdOrder:
    """Note that an order is brought to the door, or fetched after all; nobody is asked why."""
    _held, mine = _waiting(actor, order)
    if mine.is_brought == is_brought:
        return mine
    mine.is_brought, mine.slot = is_brought, None
    return _written(mine, actor=actor, now=now)


@transaction.atomic
def assign_slots(*, actor: Actor, now: datetime, purchase: GroupPurchase) -> tuple[int, int]:
    """
    Give every order that is fetched and has no time one, door by door, the earliest time first.

    Return how many got one and for how many there was no room.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, WITH_PICKUP)
    free = free_doors(held)
    places = [slot for slot in held.slots.order_by("starts_at", "id") for _door in range(max(0, free[slot.pk]))]
    waiting = list(
        held.orders.select_for_update(of=("self",))
        .filter(status=OrderStatus.PLACED, is_brought=False, slot=None)
        .order_by("area_code", "id")
    )
    given = [order for order, _slot in zip(waiting, places, strict=False)]
    for order, slot in zip(waiting, places, strict=False):
        order.slot = slot
    HouseholdOrder.objects.bulk_update(given, ["slot"])
    counts = {"given": len(given), "without": len(waiting) - len(given)}
    journal.record(ASSIGNED, actor=actor, subject=held, happened_at=now, changes=counts)
    return counts["given"], counts["without"]


def _waiting(actor: Actor, order: HouseholdOrder) -> tuple[GroupPurchase, HouseholdOrder]:
    held = locked(order.purchase)
    mine = HouseholdOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    policy.require(policy.can_answer(actor, mine))
    require_state(held, WITH_PICKUP)
    if mine.status != OrderStatus.PLACED:
        raise WrongState("order_over", _("This order is withdrawn or handed over."))
    return held, mine


def _written(order: HouseholdOrder, *, actor: Actor, now: datetime) -> HouseholdOrder:
    order.save(update_fields=["slot", "is_brought"])
    journal.record(CHOSEN, actor=actor, subject=order, happened_at=now)
    return order
