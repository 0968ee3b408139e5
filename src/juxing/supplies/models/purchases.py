"""Purchases: what was ordered from a supplier, what was delivered of it, and what was sent back at the door."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import DeliveryFinding, PurchaseStatus
from juxing.supplies.models.agreements import AgreementLine, SupplyAgreement
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.places import Depot

PURCHASE_PREFIX = "P"


class PurchaseOrder(AreaScoped):
    """
    Goods ordered from one supplier for one depot (采购单), under an agreement or without one.

    ``supplier_name`` is what is printed: the supplier may belong to a place the depot's keepers do not see. An
    emergency purchase (应急采购) needs no second person before it is ordered, but a reason, and one afterwards.
    ``origin`` names the alarm or reserve plan it was proposed for; ``total_fen`` is the sum of its lines.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="purchases")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purchases")
    supplier_name = models.CharField(max_length=80)
    agreement = models.ForeignKey(SupplyAgreement, null=True, on_delete=models.PROTECT, related_name="purchases")
    status = models.CharField(max_length=10, choices=PurchaseStatus, default=PurchaseStatus.DRAFT)
    is_emergency = models.BooleanField(default=False)
    reason = models.CharField(max_length=400, blank=True)
    needed_by = models.DateField(null=True)
    origin = models.UUIDField(null=True)
    total_fen = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_by_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by_name = models.CharField(max_length=80, blank=True)
    ordered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_name = models.CharField(max_length=80, blank=True)
    review = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_purchaseorder_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=PurchaseStatus.values), name="supplies_purchase_status"
            ),
            models.CheckConstraint(
                condition=models.Q(is_emergency=False) | ~models.Q(reason=""), name="supplies_emergency_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="purchase_here"),
            models.Index(fields=["organisation", "-id"], name="purchase_of_supplier"),
        ]

    @property
    def number(self) -> str:
        """What stands on the order, and on the supplier's delivery note."""
        return paper_number(PURCHASE_PREFIX, self.pk)


class PurchaseLine(AreaScoped):
    """
    One kind of goods of a purchase, in the item's unit: ordered = received + outstanding + cancelled, always.

    ``over`` came beyond the order and was taken knowingly; ``refused`` was sent back at the door and never counted.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    agreement_line = models.ForeignKey(AgreementLine, null=True, on_delete=models.PROTECT, related_name="purchases")
    price_fen = models.PositiveBigIntegerField()
    ordered = QuantityField()
    received = QuantityField(default=0)
    cancelled = QuantityField(default=0)
    over = QuantityField(default=0)
    refused = QuantityField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_purchaseline_scope"),
            models.UniqueConstraint(fields=["order", "item"], name="supplies_purchase_item_once"),
            models.CheckConstraint(
                condition=models.Q(ordered__gt=0, received__gte=0, cancelled__gte=0, over__gte=0, refused__gte=0)
                & models.Q(ordered__gte=models.F("received") + models.F("cancelled")),
                name="supplies_received_of_ordered",
            ),
        ]

    @property
    def outstanding(self) -> Decimal:
        """What was ordered and neither came nor was given up."""
        return Decimal(self.ordered - self.received - self.cancelled)


class PurchaseDelivery(AreaScoped):
    """One delivery of a purchase, in part or whole; ``uuid`` is given by whoever sends it, so that it counts once."""

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="deliveries")
    paper = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=32)
    delivered_at = models.DateTimeField()
    received_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [RowSecurity(name="supplies_purchasedelivery_scope")]


class PurchaseDeliveryLine(AreaScoped):
    """So much of a line came, and what was found of it; ``words`` say why it was sent back, or taken all the same."""

    delivery = models.ForeignKey(PurchaseDelivery, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="deliveries")
    finding = models.CharField(max_length=12, choices=DeliveryFinding)
    quantity = QuantityField()
    lot_number = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    words = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_purchasedeliveryline_scope"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="supplies_delivered_positive"),
            models.CheckConstraint(
                condition=models.Q(finding__in=DeliveryFinding.values), name="supplies_delivery_finding"
            ),
        ]
