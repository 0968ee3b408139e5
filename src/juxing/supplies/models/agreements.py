"""Suppliers, and what they keep ready for a place by agreement (协议储备): goods that are not in our depots."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import AgreementStatus
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField

AGREEMENT_PREFIX = "A"
MOST_HOURS = 720


class SupplierContact(AreaScoped):
    """Whom to call at a supplier; ``area_code`` is the supplier's. Names and numbers are sealed, masked in lists."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supplier_contacts")
    name = EncryptedTextField()
    phone = EncryptedTextField()
    task = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [RowSecurity(name="supplies_suppliercontact_scope")]


class SupplierGoods(AreaScoped):
    """What a supplier can deliver, and how much a day; None where nobody said."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supplier_goods")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    a_day = QuantityField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_suppliergoods_scope"),
            models.UniqueConstraint(fields=["organisation", "item"], name="supplies_supplier_item_once"),
            models.CheckConstraint(
                condition=models.Q(a_day__isnull=True) | models.Q(a_day__gt=0), name="supplies_a_day_positive"
            ),
        ]


class SupplyAgreement(AreaScoped):
    """
    A framework agreement: what a supplier keeps for a place, at which price, and how fast it comes.

    ``area_code`` is the place that may call it off. ``supplier_name`` is the name it was signed under; ``reference``
    the number on the paper.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_agreements")
    supplier_name = models.CharField(max_length=80)
    reference = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=AgreementStatus, default=AgreementStatus.DRAFT)
    valid_from = models.DateField()
    valid_until = models.DateField()
    delivery_hours = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by_name = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyagreement_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=AgreementStatus.values), name="supplies_agreement_status"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="supplies_agreement_ends_after"
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_hours__gte=1, delivery_hours__lte=MOST_HOURS),
                name="supplies_agreement_hours",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="agreement_here"),
            models.Index(
                fields=["valid_until", "id"], name="agreement_in_force",
                condition=models.Q(status=AgreementStatus.IN_FORCE),
            ),
        ]  # fmt: skip

    @property
    def number(self) -> str:
        """What the agreement is called on other papers."""
        return paper_number(AGREEMENT_PREFIX, self.pk)


class AgreementLine(AreaScoped):
    """
    One kind of goods of an agreement: the price in fen for one unit, how much is kept for us, how much was called off.

    What was called off never passes what is kept, by the database's own rule.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    agreement = models.ForeignKey(SupplyAgreement, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    price_fen = models.PositiveBigIntegerField()
    kept = QuantityField()
    called_off = QuantityField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_agreementline_scope"),
            models.UniqueConstraint(fields=["agreement", "item"], name="supplies_agreement_item_once"),
            models.CheckConstraint(
                condition=models.Q(kept__gt=0, called_off__gte=0) & models.Q(called_off__lte=models.F("kept")),
                name="supplies_called_off_of_kept",
            ),
        ]

    @property
    def left(self) -> Decimal:
        """What may still be called off."""
        return Decimal(self.kept - self.called_off)
