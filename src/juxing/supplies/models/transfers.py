"""Goods on their way from one depot to another."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaCodeField, AreaScoped
from juxing.supplies.enums import TransferStatus
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.places import Depot

TRANSFER_PREFIX = "T"


class BetweenPlaces(AreaScoped):
    """A row that two places share; ``area_code`` is the sender's."""

    also_area_field = "target_area_code"

    target_area_code = AreaCodeField()

    class Meta:
        abstract = True


class Transfer(BetweenPlaces):
    """
    Goods from depot to depot: planned (and promised at the source), sent, received; differences are explained.

    ``origin`` names what it was made from, such as a sharing; ``activation_id`` the activation it was made for.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    source = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="transfers_out")
    target = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="transfers_in")
    status = models.CharField(max_length=10, choices=TransferStatus, default=TransferStatus.PLANNED)
    planned_for = models.DateField(null=True)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    difference_explained = models.CharField(max_length=400, blank=True)
    origin = models.UUIDField(null=True)
    activation_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_transfer_scope", also="target_area_code"),
            models.CheckConstraint(
                condition=models.Q(status__in=TransferStatus.values), name="supplies_transfer_status"
            ),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="supplies_transfer_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["-id"], name="transfer_recent"),
            models.Index(fields=["origin"], name="transfer_of_origin"),
            models.Index(
                fields=["activation_id", "id"],
                condition=models.Q(activation_id__isnull=False),
                name="transfer_of_activation",
            ),
        ]

    @property
    def number(self) -> str:
        """What stands on the delivery note."""
        return paper_number(TRANSFER_PREFIX, self.pk)


class TransferLine(BetweenPlaces):
    """How much of an item: planned, sent, received. ``is_promised`` while the source holds it back."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    planned = QuantityField()
    sent = QuantityField(default=0)
    received = QuantityField(default=0)
    is_promised = models.BooleanField(default=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_transferline_scope", also="target_area_code"),
            models.UniqueConstraint(fields=["transfer", "item"], name="supplies_transfer_item_once"),
            models.CheckConstraint(condition=models.Q(planned__gt=0), name="supplies_transfer_positive"),
        ]
