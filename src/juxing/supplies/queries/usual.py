"""What usually comes in, so that a slip of three zeros is noticed."""

from __future__ import annotations

from decimal import Decimal
from statistics import median_low

from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import MoveKind
from juxing.supplies.models import StockEntry, SupplyItem

LOOKED_AT = 30
COMING_IN = (MoveKind.OPEN, MoveKind.RECEIVE, MoveKind.ACCEPT)


def usual_quantity(item: SupplyItem) -> Decimal | None:
    """Return the middle of what last came in of an item anywhere; None when nothing ever did."""
    with acting(LEDGER):
        came = StockEntry.objects.filter(lot__item=item, quantity__gt=0, kind__in=COMING_IN)
        seen = list(came.order_by("-id").values_list("quantity", flat=True)[:LOOKED_AT])
    return median_low(seen) if seen else None
