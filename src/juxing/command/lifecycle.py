"""The states of orders, as a whole and at each post."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.command import policy
from juxing.command.enums import DeliveryStatus as At
from juxing.command.enums import NoticeStatus, OrderStatus
from juxing.command.models import CommandOrder, Notice, OrderDelivery
from juxing.command.notice_drafting import blanks_of
from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.kernel.refusals import Refusal


def nothing_left_blank(notice: Notice) -> None:
    """
    Do nothing when every bracket of the plan's words was filled in.

    Raises:
        Refusal: otherwise, naming what is left.
    """
    left = blanks_of(notice.text)
    if left:
        raise Refusal("blanks_left", _("Fill in first: %(blanks)s") % {"blanks": ", ".join(left)})


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

NOTICE: Lifecycle[Notice] = Lifecycle(
    model=Notice,
    subject="command.notice",
    states=tuple(NoticeStatus),
    transitions=(
        Transition(
            "publish", _("Notice published"), frozenset({NoticeStatus.DRAFT}), NoticeStatus.PUBLISHED,
            policy.can_publish, nothing_left_blank,
        ),
        Transition(
            "put_aside", _("Draft of a notice put aside"), frozenset({NoticeStatus.DRAFT}), NoticeStatus.DISCARDED,
            policy.can_publish,
        ),
        Transition(
            "withdraw", _("Notice withdrawn"), frozenset({NoticeStatus.PUBLISHED}), NoticeStatus.WITHDRAWN,
            policy.can_publish,
        ),
    ),
)  # fmt: skip
