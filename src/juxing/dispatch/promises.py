"""What tasks hold of the stock, for whoever checks the books."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from juxing.dispatch.models import StockReservation


def promised_to_tasks() -> dict[tuple[int, int], Decimal]:
    """Return what open promises hold, by depot and item."""
    rows = StockReservation.objects.filter(is_open=True).values_list("depot_id", "item_id").annotate(Sum("quantity"))
    return {(depot, item): quantity for depot, item, quantity in rows}
