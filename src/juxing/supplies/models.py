"""
Supplies: what there is to give, where it lies, and who of the organisations asks for or offers it.

Stock here is a level per depot and item with reservations; levels cannot go below zero nor below what is reserved.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import SupplyCategory, SupplyRequestStatus


class QuantityField(models.DecimalField):  # type: ignore[type-arg]
    """An exact quantity of supplies, in the unit written beside it: thousandths at most."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_digits", 14)
        options.setdefault("decimal_places", 3)
        super().__init__(*args, **options)


class SupplyItem(models.Model):
    """An entry of the catalogue; the same for everyone."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    unit = models.CharField(max_length=12)
    category = models.CharField(max_length=12, choices=SupplyCategory)
    aliases = ArrayField(models.CharField(max_length=60), default=list)
    standards = ArrayField(models.CharField(max_length=30), default=list)
    is_ppe = models.BooleanField(default=False)
    is_medicine = models.BooleanField(default=False)
    is_offered_to_residents = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(category__in=SupplyCategory.values), name="supplies_category")
        ]

    def __str__(self) -> str:
        return self.name_zh


class Depot(AreaScoped):
    """A place where supplies lie (库点), such as a community's supply point."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        constraints = [RowSecurity(name="supplies_depot_scope")]


class StockLevel(AreaScoped):
    """How much of an item a depot holds, and how much of that is promised."""

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="stock_levels")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    on_hand = QuantityField()
    reserved = QuantityField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocklevel_scope"),
            models.UniqueConstraint(fields=["depot", "item"], name="supplies_level_once"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & models.Q(on_hand__gte=models.F("reserved")),
                name="supplies_level_never_short",
            ),
        ]


class SupplyRequest(AreaScoped):
    """
    What an organisation asks for (物资申领). ``quantity`` is null when it did not say how much.

    ``item`` is null until a person has confirmed what the written words mean.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_requests")
    written_item = models.CharField(max_length=200)
    specification = models.CharField(max_length=400, blank=True)
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="requests")
    mapping_confidence = models.FloatField(default=0)
    is_mapping_confirmed = models.BooleanField(default=False)
    quantity = QuantityField(null=True)
    committed_quantity = QuantityField(default=0)
    status = models.CharField(max_length=12, choices=SupplyRequestStatus, default=SupplyRequestStatus.REQUESTED)
    requested_on = models.DateField(null=True)
    source = models.CharField(max_length=40, blank=True)
    source_line = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyrequest_scope"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="supplies_request_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SupplyRequestStatus.values), name="supplies_request_status"
            ),
            models.UniqueConstraint(
                fields=["source", "source_line"],
                condition=~models.Q(source=""),
                name="supplies_request_source_once",
            ),
        ]


class SupplyOffer(AreaScoped):
    """What an organisation can give; ``quantity`` is null when it did not say how much."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_offers")
    written_item = models.CharField(max_length=200)
    specification = models.CharField(max_length=400, blank=True)
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="offers")
    mapping_confidence = models.FloatField(default=0)
    is_mapping_confirmed = models.BooleanField(default=False)
    quantity = QuantityField(null=True)
    offered_on = models.DateField(null=True)
    source = models.CharField(max_length=40, blank=True)
    source_line = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyoffer_scope"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="supplies_offer_positive",
            ),
            models.UniqueConstraint(
                fields=["source", "source_line"],
                condition=~models.Q(source=""),
                name="supplies_offer_source_once",
            ),
        ]


class AllocationRun(AreaScoped):
    """One computed sharing of scarce goods (动态调配): advice with a proof, until a person signs it."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    computed_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by_name = models.CharField(max_length=80, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [RowSecurity(name="supplies_allocationrun_scope")]


class AllocationLine(AreaScoped):
    """How much of an offer goes to a request, and why not more."""

    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="lines")
    request = models.ForeignKey(SupplyRequest, on_delete=models.PROTECT, related_name="allocation_lines")
    offer = models.ForeignKey(SupplyOffer, null=True, on_delete=models.PROTECT, related_name="allocation_lines")
    quantity = QuantityField()
    reason = models.CharField(max_length=40)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_allocationline_scope"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="supplies_allocation_not_negative"),
        ]
        indexes = [models.Index(fields=["run", "request"], name="allocation_of_request")]
