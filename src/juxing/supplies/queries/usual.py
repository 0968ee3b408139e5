"""What usually comes in, so that a slip of three zeros is noticed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from statistics import median_low

from django.db import connection

from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import MoveKind
from juxing.supplies.models import StockEntry, SupplyItem

LOOKED_AT = 30
COMING_IN = (MoveKind.OPEN, MoveKind.RECEIVE, MoveKind.ACCEPT)


def usual_quantities(item_ids: Collection[int]) -> dict[int, Decimal]:
    """Return the middle of what last came in by item; items of which nothing ever came are left out. One query."""
    seen: defaultdict[int, list[Decimal]] = defaultdict(list)
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.item, came.quantity FROM unnest(%s::bigint[]) AS wanted (item) CROSS JOIN LATERAL ("
            "SELECT entry.quantity FROM supplies_stocklot AS lot JOIN supplies_stockentry AS entry "
            "ON entry.lot_id = lot.id WHERE lot.item_id = wanted.item AND entry.quantity > 0 AND entry.kind = ANY(%s) "
            "ORDER BY entry.id DESC LIMIT %s) AS came",
            [sorted(item_ids), [kind.value for kind in COMING_IN], LOOKED_AT],
        )
        for item, quantity in cursor.fetchall():
            seen[item].append(quantity)
    return {item: median_low(quantities) for item, quantities in seen.items()}


def usual_quantity(item: SupplyItem) -> Decimal | None:
    """Return the middle of what last came in of an item anywhere; None when nothing ever did."""
    with acting(LEDGER):
        came = StockEntry.objects.filter(lot__item=item, quantity__gt=0, kind__in=COMING_IN)
        seen = list(came.order_by("-id").values_list("quantity", flat=True)[:LOOKED_AT])
    return median_low(seen) if seen else None
