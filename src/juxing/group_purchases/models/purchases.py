"""Group purchases (团购): what is on offer for which buildings, until when, and where it is picked up."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.functional import cached_property

from juxing.group_purchases.enums import CancelCause, PurchaseStatus, ShareMethod
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.places.models import Building
from juxing.supplies.models import QuantityField, SupplyItem

NUMBER_PREFIX = "G"
MOST_FEN = 10**10


class GroupPurchase(AreaScoped):
    """
    One purchase that neighbours make together (团购). All money is in fen.

    ``area_code`` is the smallest place that holds its buildings. ``supplier`` is set where the supplier stands in the
    register; ``supplier_name`` is what the neighbours see all the same. ``organiser`` is the account of a neighbour
    who runs it beside the community's staff; ``organiser_name`` is what the neighbours see.
    ``counted_fen`` is what was counted in hand, for comparison with what must be there.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    title = models.CharField(max_length=80)
    supplier = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    supplier_name = models.CharField(max_length=80)
    organiser_name = models.CharField(max_length=60)
    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=PurchaseStatus, default=PurchaseStatus.DRAFT)
    cut_off_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True)
    delivery_fee_fen = models.PositiveIntegerField(default=0)
    minimum_fen = models.PositiveBigIntegerField(null=True)
    pickup_place = models.CharField(max_length=120, blank=True)
    cancel_cause = models.CharField(max_length=10, choices=CancelCause, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    share_method = models.CharField(max_length=10, choices=ShareMethod, default=ShareMethod.BY_ORDER)
    bill_fen = models.PositiveBigIntegerField(null=True)
    bill_reference = models.CharField(max_length=80, blank=True)
    counted_fen = models.BigIntegerField(null=True)
    left_over_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_grouppurchase_scope"),
            models.CheckConstraint(condition=models.Q(status__in=PurchaseStatus.values), name="group_purchase_status"),
            models.CheckConstraint(
                condition=models.Q(delivery_fee_fen__lte=1_000_000), name="group_purchase_delivery_fee"
            ),
            models.CheckConstraint(
                condition=models.Q(status="cancelled", cancel_cause__in=CancelCause.values)
                | ~models.Q(status="cancelled") & models.Q(cancel_cause=""),
                name="group_purchase_cancelled_for_a_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="group_purchase_recent"),
            models.Index(fields=["area_code", "status"], name="group_purchase_place"),
            models.Index(fields=["cut_off_at"], condition=models.Q(status="open"), name="group_purchase_due"),
            models.Index(fields=["ended_at"], name="group_purchase_ended"),
        ]

    @cached_property
    def number(self) -> str:
        """The number people read out."""
        return paper_number(NUMBER_PREFIX, self.pk)


class PurchaseBuilding(AreaScoped):
    """A building whose doors may order."""

    purchase = models.ForeignKey(GroupPurchase, on_delete=models.CASCADE, related_name="buildings")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_purchasebuilding_scope"),
            models.UniqueConstraint(fields=["purchase", "building"], name="group_purchase_building_once"),
        ]


class PurchasePackage(AreaScoped):
    """
    One thing on offer (套餐), under a letter as chains use it.

    ``dropped_at``: its minimum was not reached at the cut-off. ``received`` is what arrived; ``charged_fen`` is less
    than the price where something else was delivered instead (``substitution`` says what).
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    purchase = models.ForeignKey(GroupPurchase, on_delete=models.CASCADE, related_name="packages")
    code = models.CharField(max_length=1)
    name = models.CharField(max_length=60)
    price_fen = models.PositiveIntegerField()
    limit_per_household = models.PositiveSmallIntegerField(null=True)
    minimum_total = models.PositiveIntegerField(null=True)
    maximum_total = models.PositiveIntegerField(null=True)
    dropped_at = models.DateTimeField(null=True)
    received = models.PositiveIntegerField(null=True)
    charged_fen = models.PositiveIntegerField(null=True)
    substitution = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_purchasepackage_scope"),
            models.UniqueConstraint(fields=["purchase", "code"], name="group_purchase_package_code"),
            models.CheckConstraint(
                condition=models.Q(price_fen__gte=1, price_fen__lte=10_000_000), name="group_purchase_price"
            ),
            models.CheckConstraint(
                condition=models.Q(charged_fen__isnull=True) | models.Q(charged_fen__lte=models.F("price_fen")),
                name="group_purchase_never_dearer",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_total__isnull=True)
                | models.Q(maximum_total__isnull=True)
                | models.Q(minimum_total__lte=models.F("maximum_total")),
                name="group_purchase_minimum_within_maximum",
            ),
        ]

    @property
    def unit_fen(self) -> int:
        """What one of it costs in the end."""
        return self.price_fen if self.charged_fen is None else self.charged_fen


class PackageContent(AreaScoped):
    """One thing inside a package; ``item`` is null while what was written is not in the catalogue."""

    package = models.ForeignKey(PurchasePackage, on_delete=models.CASCADE, related_name="contents")
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="+")
    written = models.CharField(max_length=120)
    quantity = QuantityField(null=True)
    unit = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [RowSecurity(name="group_purchases_packagecontent_scope")]


class PickupSlot(AreaScoped):
    """A time in which a limited number of doors come down, so that nobody meets (错峰无接触领取)."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    purchase = models.ForeignKey(GroupPurchase, on_delete=models.CASCADE, related_name="slots")
    place = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    doors = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_pickupslot_scope"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="group_purchase_slot_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(doors__gte=1, doors__lte=500), name="group_purchase_slot_doors"),
        ]


class PurchaseBearer(AreaScoped):
    """Somebody who hands out, and brings to the doors of those who do not come down."""

    purchase = models.ForeignKey(GroupPurchase, on_delete=models.CASCADE, related_name="bearers")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_purchasebearer_scope"),
            models.UniqueConstraint(fields=["purchase", "account"], name="group_purchase_bearer_once"),
        ]
