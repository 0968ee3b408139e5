"""Handing out: who looked at the doors is written down; ticking off twice is the same as once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.enums import OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.lifecycle import ORDER
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.group_purchases.queries.books import accounts_of
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal

LOOKED = journal.declare_action("group_purchases.order.look", _("Door and packages of an order looked at"))
REVEALED = journal.declare_action("group_purchases.order.reveal", _("Name and telephone of an order opened"))


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call about an order."""

    name: str
    phone: str


@transaction.atomic
def look_at_doors(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, orders: Sequence[HouseholdOrder], reason: str
) -> None:
    """
    Note that the actor sees these orders with their doors, each in the journal of its household.

    Raises:
        NotPermitted: if the actor does not hand this purchase out.
    """
    policy.require(policy.can_hand_out(actor, purchase))
    journal.record_many(
        journal.Fact(LOOKED, HouseholdOrder._meta.label_lower, order.uuid, order.area_code, reason=reason)
        for order in orders
    ).by(actor, happened_at=now)


@transaction.atomic
def reveal_order(*, actor: Actor, now: datetime, order: HouseholdOrder, reason: str) -> Contact:
    """
    Return name and telephone, for a reason that the household can read.

    Raises:
        InvalidInput: without a reason.
    """
    policy.require(policy.can_run(actor, order.purchase))
    if len(reason.strip()) < 2:
        raise InvalidInput("reason_missing", _("Say what you need it for."), field="reason")
    journal.record(REVEALED, actor=actor, subject=order, happened_at=now, reason=reason.strip()[:200])
    return Contact(order.contact_name, order.contact_phone)


@transaction.atomic
def hand_over(*, actor: Actor, now: datetime, order: HouseholdOrder) -> HouseholdOrder:
    """
    Tick an order off. Sent again by a phone on a bad network it changes nothing.

    Raises:
        Refusal: if the household gets nothing, or withdrew.
    """
    held = locked(order.purchase)
    mine = HouseholdOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    policy.require(policy.can_hand_over(actor, mine))
    if mine.status == OrderStatus.HANDED_OVER:
        return mine
    require_state(held, (State.ARRIVED, State.SETTLED))
    [account] = accounts_of(held, [mine])
    if not account.portions:
        raise Refusal("gets_nothing", _("This household gets nothing; there is nothing to hand over."))
    changes = {"handed_over_at": now, "handed_over_by_id": actor.account_id}
    return ORDER.move(mine, "hand_over", actor=actor, now=now, changes=changes)


@transaction.atomic
def take_back(*, actor: Actor, now: datetime, order: HouseholdOrder) -> HouseholdOrder:
    """Undo a tick that was a slip; undone already, it changes nothing."""
    locked(order.purchase)
    mine = HouseholdOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    policy.require(policy.can_hand_over(actor, mine))
    if mine.status == OrderStatus.PLACED:
        return mine
    changes = {"handed_over_at": None, "handed_over_by_id": None}
    return ORDER.move(mine, "take_back", actor=actor, now=now, changes=changes)
