"""What a place wants to hold ready for which emergency, and what is short of it or about to expire."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.enums import AlarmKind, AlarmSeverity, ReservedFor
from juxing.supplies.models.agreements import SupplyAgreement
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.places import Depot
from juxing.supplies.models.purchases import PurchaseOrder
from juxing.supplies.models.transfers import Transfer


class ReservePlan(AreaScoped):
    """
    The goods a place holds ready for one scenario (储备计划); ``hazard`` is a slug of the kinds of incidents.

    ``basis`` counts by kind whom the goods are for, as it was at ``basis_at``.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    hazard = models.CharField(max_length=60)
    basis = models.JSONField(default=dict)
    basis_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_reserveplan_scope"),
            models.UniqueConstraint(fields=["area_code", "hazard"], name="supplies_reserve_once_here"),
        ]


class ReserveLine(AreaScoped):
    """``quantity`` of an item a day for each of ``for_each``, for ``days`` days."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(ReservePlan, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    for_each = models.CharField(max_length=12, choices=ReservedFor)
    quantity = QuantityField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="supplies_reserveline_scope"),
            models.UniqueConstraint(fields=["plan", "item"], name="supplies_reserve_item_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, days__gte=1, days__lte=90), name="supplies_reserve_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(for_each__in=ReservedFor.values), name="supplies_reserve_for_known"
            ),
        ]


class StockAlarm(AreaScoped):
    """
    Something about the stock that somebody has to see to; closed by the stock itself, never by hand.

    ``depot`` is named by what lies in one (expiring, expired, low), ``plan`` by a reserve that is short, ``agreement``
    by one that ends soon, ``purchase`` or ``transfer`` by goods that are late; the last three name no item. ``facts``
    are figures as of ``looked_at``. Whoever takes it on says so in ``taken_by_name``.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=AlarmKind)
    severity = models.CharField(max_length=8, choices=AlarmSeverity)
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="+")
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="alarms")
    plan = models.ForeignKey(ReservePlan, null=True, on_delete=models.CASCADE, related_name="alarms")
    agreement = models.ForeignKey(SupplyAgreement, null=True, on_delete=models.PROTECT, related_name="alarms")
    purchase = models.ForeignKey(PurchaseOrder, null=True, on_delete=models.PROTECT, related_name="alarms")
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.PROTECT, related_name="alarms")
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stockalarm_scope"),
            models.UniqueConstraint(
                fields=["kind", "item", "depot", "plan", "agreement", "purchase", "transfer"],
                condition=models.Q(closed_at__isnull=True), nulls_distinct=False, name="supplies_alarm_open_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=AlarmKind.values), name="supplies_alarm_kind"),
            models.CheckConstraint(
                condition=models.Q(severity__in=AlarmSeverity.values), name="supplies_alarm_severity"
            ),
            models.CheckConstraint(
                condition=models.Q(item__isnull=False) | models.Q(agreement__isnull=False)
                | models.Q(purchase__isnull=False) | models.Q(transfer__isnull=False),
                name="supplies_alarm_of_what",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["severity", "-opened_at", "id"], condition=models.Q(closed_at__isnull=True), name="alarm_open"
            )
        ]
