"""The states of a group purchase and of one household's order, and who moves them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.group_purchases import policy
from juxing.group_purchases.enums import OrderStatus as Order
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.kernel.lifecycle import Lifecycle, Transition

PURCHASE = Lifecycle(
    model=GroupPurchase,
    subject="group_purchases.purchase",
    states=tuple(State),
    transitions=(
        Transition("open", _("Opened for orders"), frozenset({State.DRAFT}), State.OPEN, policy.can_run),
        Transition("close", _("Cut off"), frozenset({State.OPEN}), State.CLOSED, policy.can_close),
        Transition("reopen", _("Opened again"), frozenset({State.CLOSED}), State.OPEN, policy.can_run),
        Transition(
            "arrive", pgettext_lazy("group purchase", "Goods arrived"), frozenset({State.CLOSED}), State.ARRIVED,
            policy.can_run,
        ),
        Transition("settle", _("Settled"), frozenset({State.ARRIVED}), State.SETTLED, policy.can_run),
        Transition("take_up", _("Taken up again"), frozenset({State.SETTLED}), State.ARRIVED, policy.can_run),
        Transition(
            "cancel", _("Cancelled"), frozenset({State.DRAFT, State.OPEN, State.CLOSED}), State.CANCELLED,
            policy.can_close,
        ),
    ),
)  # fmt: skip

ORDER = Lifecycle(
    model=HouseholdOrder,
    subject="group_purchases.order",
    states=tuple(Order),
    transitions=(
        Transition(
            "withdraw", pgettext_lazy("group purchase", "Order withdrawn"), frozenset({Order.PLACED}), Order.WITHDRAWN,
            policy.can_answer,
        ),
        Transition("place_again", _("Ordered again"), frozenset({Order.WITHDRAWN}), Order.PLACED, policy.can_answer),
        Transition(
            "hand_over", _("Order handed over"), frozenset({Order.PLACED}), Order.HANDED_OVER, policy.can_hand_over
        ),
        Transition(
            "take_back", _("Handing over undone"), frozenset({Order.HANDED_OVER}), Order.PLACED, policy.can_hand_over
        ),
    ),
)  # fmt: skip
