"""What a paper says, as a short mark: whoever approves or signs sends the mark of what they saw."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal
from juxing.supplies.models import PurchaseOrder, SupplyAgreement


def purchase_mark(order: PurchaseOrder) -> str:
    """Return the mark of what is to be bought, for which depot, from whom and why."""
    goods = sorted((line.item_id, f"{line.ordered:f}", line.price_fen) for line in order.lines.all())
    return _mark(order.depot_id, order.organisation_id, order.is_emergency, order.reason, goods)


def agreement_mark(agreement: SupplyAgreement) -> str:
    """Return the mark of what was agreed."""
    goods = sorted((line.item_id, f"{line.kept:f}", line.price_fen) for line in agreement.lines.all())
    days = (agreement.valid_from.isoformat(), agreement.valid_until.isoformat(), agreement.delivery_hours)
    return _mark(days, agreement.reference, agreement.note, goods)


def require_seen(seen: str, mark: str) -> None:
    """
    Do nothing if this is what was seen; "" comes from where nothing is shown first.

    Raises:
        Refusal: if it was written anew meanwhile.
    """
    if seen and seen != mark:
        raise Refusal(
            "changed_meanwhile",
            _("This was written anew while you looked at it. Read it as it stands now, then decide."),
        )


def _mark(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
