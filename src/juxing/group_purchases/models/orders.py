"""What each household orders in a group purchase."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.functional import cached_property

from juxing.group_purchases.enums import OrderChannel, OrderStatus
from juxing.group_purchases.models.purchases import GroupPurchase, PickupSlot, PurchasePackage
from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.places.models import Household

NUMBER_PREFIX = "H"


class HouseholdOrder(AreaScoped):
    """
    One household's order within a purchase; there is one for a door, changed until the cut-off.

    ``is_brought``: it is brought to the door. Why is kept nowhere. ``household`` goes when the person's time is up.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    purchase = models.ForeignKey(GroupPurchase, on_delete=models.PROTECT, related_name="orders")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=OrderStatus, default=OrderStatus.PLACED)
    channel = models.CharField(max_length=8, choices=OrderChannel)
    contact_name = EncryptedTextField(blank=True)
    contact_phone = EncryptedTextField(blank=True)
    contact_phone_index = models.CharField(max_length=32, blank=True, db_collation="C")
    is_brought = models.BooleanField(default=False)
    slot = models.ForeignKey(PickupSlot, null=True, on_delete=models.PROTECT, related_name="orders")
    ordered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link_digest = models.CharField(max_length=64, blank=True, db_collation="C")

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_householdorder_scope"),
            models.UniqueConstraint(fields=["purchase", "household"], name="household_order_once"),
            models.CheckConstraint(condition=models.Q(status__in=OrderStatus.values), name="household_order_status"),
            models.CheckConstraint(
                condition=models.Q(is_brought=False) | models.Q(slot__isnull=True),
                name="household_order_brought_or_fetched",
            ),
        ]
        indexes = [
            models.Index(fields=["purchase", "area_code", "id"], name="household_order_doors"),
            models.Index(fields=["household"], name="household_order_household"),
            models.Index(fields=["contact_phone_index"], name="household_order_phone"),
            models.Index(fields=["link_digest"], condition=~models.Q(link_digest=""), name="household_order_link"),
            models.Index(fields=["slot"], name="household_order_slot"),
        ]

    @cached_property
    def number(self) -> str:
        """The number people read out."""
        return paper_number(NUMBER_PREFIX, self.pk)


class GroupPurchaseLine(AreaScoped):
    """How many of a package a household ordered, and, once goods are there, how many it gets."""

    order = models.ForeignKey(HouseholdOrder, on_delete=models.CASCADE, related_name="lines")
    package = models.ForeignKey(PurchasePackage, on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveIntegerField()
    granted = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_grouppurchaseline_scope"),
            models.UniqueConstraint(fields=["order", "package"], name="group_purchase_line_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=10_000), name="group_purchase_line_quantity"
            ),
            models.CheckConstraint(
                condition=models.Q(granted__isnull=True) | models.Q(granted__lte=models.F("quantity")),
                name="group_purchase_never_more_than_ordered",
            ),
        ]
        indexes = [models.Index(fields=["package"], name="group_purchase_line_package")]
