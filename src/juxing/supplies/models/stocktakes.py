"""Counting what is there."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.enums import StocktakeStatus
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.ledger import StockLot
from juxing.supplies.models.places import Depot


class Stocktake(AreaScoped):
    """A count of some items of a depot (盘点): their lines stand still until it is posted or given up."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="stocktakes")
    status = models.CharField(max_length=10, choices=StocktakeStatus, default=StocktakeStatus.COUNTING)
    started_at = models.DateTimeField()
    started_by_name = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocktake_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=StocktakeStatus.values), name="supplies_stocktake_status"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="stocktake_here")]


class StocktakeLine(AreaScoped):
    """What the books said of a lot when the count began, and what was found."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="+")
    expected = QuantityField()
    counted = QuantityField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocktakeline_scope"),
            models.UniqueConstraint(fields=["stocktake", "lot"], name="supplies_stocktake_lot_once"),
            models.CheckConstraint(
                condition=models.Q(counted__isnull=True) | models.Q(counted__gte=0), name="supplies_count_not_negative"
            ),
        ]
