"""Order chains pasted into a group purchase, and what was understood of each line."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.group_purchases.enums import ChainLineStatus
from juxing.group_purchases.models.orders import HouseholdOrder
from juxing.group_purchases.models.purchases import GroupPurchase
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.places.models import Household


class PurchaseChain(AreaScoped):
    """A chain as it was pasted, without phones, illness and medicine."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    purchase = models.ForeignKey(GroupPurchase, on_delete=models.CASCADE, related_name="chains")
    text = models.TextField()
    pasted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pasted_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="group_purchases_purchasechain_scope")]


class PurchaseChainLine(AreaScoped):
    """
    One line of a chain. ``understood`` holds door, name and wanted packages; ``doubts`` are codes of what to look at.

    ``is_cancelled``: the line takes back what is named, or everything where nothing is.
    """

    chain = models.ForeignKey(PurchaseChain, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    written = models.TextField()
    understood = models.JSONField(default=dict)
    doubts = models.JSONField(default=list)
    is_cancelled = models.BooleanField(default=False)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(HouseholdOrder, null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=8, choices=ChainLineStatus, default=ChainLineStatus.DRAFT)

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_purchasechainline_scope"),
            models.UniqueConstraint(fields=["chain", "position"], name="group_purchase_chain_line_once"),
        ]
