"""One writer at a time for one purchase: whoever comes second finds what the first left."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from juxing.group_purchases.models import GroupPurchase
from juxing.kernel.lifecycle import WrongState


def locked(purchase: GroupPurchase) -> GroupPurchase:
    """Return the purchase as it stands, held until the transaction ends; its orders and places are safe to count."""
    return GroupPurchase._base_manager.select_for_update(of=("self",)).get(pk=purchase.pk)


def require_state(purchase: GroupPurchase, states: Iterable[str]) -> None:
    """
    Do nothing in one of these states.

    Raises:
        WrongState: otherwise.
    """
    if purchase.status not in set(states):
        raise WrongState(
            "wrong_state",
            _("This purchase is now “%(state)s”. Look at it again.") % {"state": purchase.get_status_display()},
        )
