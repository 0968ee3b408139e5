"""The states of orders, as a whole and at each post."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.command import policy
from juxing.command.enums import DeliveryStatus as At
from juxing.command.enums import OrderStatus
from juxing.command.models import CommandOrder, OrderDelivery
from juxing.kernel.lifecycle import Lifecycle, Transition

ORDER: Lifecycle[CommandOrder] = Lifecycle(
    model=CommandOrder,
    subject="command.order",
    states=tuple(OrderStatus),
    transitions=(
        Transition(
            "withdraw", _("Order withdrawn"), frozenset({OrderStatus.ISSUED}), OrderStatus.WITHDRAWN,
            policy.can_withdraw,
        ),
    ),
)  # fmt: skip

DELIVERY: Lifecycle[OrderDelivery] = Lifecycle(
    model=OrderDelivery,
    subject="command.delivery",
    states=tuple(At),
    transitions=(
        Transition(
            "acknowledge", _("Order acknowledged"), frozenset({At.WAITING}), At.ACKNOWLEDGED, policy.was_sent_to
        ),
        Transition(
            "complete", _("Order carried out"), frozenset({At.WAITING, At.ACKNOWLEDGED}), At.COMPLETED,
            policy.was_sent_to,
        ),
        Transition(
            "refuse", _("Order cannot be carried out"), frozenset({At.WAITING, At.ACKNOWLEDGED}), At.CANNOT,
            policy.was_sent_to,
        ),
        Transition(
            "withdraw", _("Order taken back from a post"), frozenset({At.WAITING, At.ACKNOWLEDGED}), At.WITHDRAWN,
            policy.withdraws,
        ),
    ),
)  # fmt: skip
