"""
Supplies: what there is to give, where it lies, and who of the organisations asks for or offers it.

Stock here is a level per depot and item with reservations; levels cannot go below zero nor below what is reserved.
Nothing is promised twice: the database keeps what is committed of an offer within the offer.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import get_language

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import AllocationReason, LineKind, SupplyCategory, SupplyRequestStatus
from juxing.supplies.units import unit_label


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

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def unit_label(self) -> str:
        """The unit in words of the reader's language; ``unit`` holds its code."""
        return unit_label(self.unit)


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
    min_quantity = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocklevel_scope"),
            models.UniqueConstraint(fields=["depot", "item"], name="supplies_level_once"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & models.Q(on_hand__gte=models.F("reserved")),
                name="supplies_level_never_short",
            ),
            models.CheckConstraint(condition=models.Q(min_quantity__gte=0), name="supplies_level_minimum"),
        ]

    @property
    def free(self) -> Decimal:
        """What is neither promised nor handed out."""
        return Decimal(self.on_hand - self.reserved)

    @property
    def is_low(self) -> bool:
        """Whether no more is free than the minimum kept here (最低储备)."""
        return bool(self.free <= self.min_quantity)


class SupplyLine(AreaScoped):
    """
    One line of what an organisation wrote: the words as they stood, what they mean, and how much.

    ``item`` is set when the words are surely an entry of the catalogue, or a person said so; confirmed without an item
    means that a person found nothing in the catalogue. ``quantity`` is null when nobody said how much;
    ``written_quantity`` keeps what stood there. ``source`` and ``source_line`` say which line of which list it was.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    written_item = models.CharField(max_length=200)
    specification = models.CharField(max_length=400, blank=True)
    mapping_confidence = models.FloatField(default=0)
    is_mapping_confirmed = models.BooleanField(default=False)
    quantity = QuantityField(null=True)
    written_quantity = models.CharField(max_length=40, blank=True)
    committed_quantity = QuantityField(default=0, db_default=0)
    source = models.CharField(max_length=40, blank=True)
    source_line = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def open_quantity(self) -> Decimal | None:
        """What is not committed yet; None when it is not known how much there is in all."""
        return None if self.quantity is None else self.quantity - self.committed_quantity

    @property
    def needs_meaning(self) -> bool:
        """Whether a person has still to say what the words mean."""
        return not self.is_mapping_confirmed and self.item_id is None  # type: ignore[attr-defined]


class SupplyRequest(SupplyLine):
    """What an organisation asks for (物资申领)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_requests")
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="requests")
    status = models.CharField(max_length=12, choices=SupplyRequestStatus, default=SupplyRequestStatus.REQUESTED)
    requested_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyrequest_scope"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="supplies_request_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(committed_quantity__gte=0)
                & (models.Q(quantity__isnull=True) | models.Q(committed_quantity__lte=models.F("quantity"))),
                name="supplies_request_not_over",
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
        indexes = [models.Index(fields=["area_code", "id"], name="supply_request_here")]


class SupplyOffer(SupplyLine):
    """What an organisation can give; ``committed_quantity`` is what signed allocations have given away of it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_offers")
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="offers")
    offered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyoffer_scope"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="supplies_offer_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(committed_quantity=0)
                | models.Q(
                    committed_quantity__gt=0, quantity__isnull=False, committed_quantity__lte=models.F("quantity")
                ),
                name="supplies_offer_not_over",
            ),
            models.UniqueConstraint(
                fields=["source", "source_line"],
                condition=~models.Q(source=""),
                name="supplies_offer_source_once",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="supply_offer_here")]


class SupplyList(AreaScoped):
    """
    A list of requests or offers as it was sent, between upload and import; ``content`` (base64) is emptied after.

    Lists of the same name at the same place are the same list, sent again: lines are not doubled.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=LineKind)
    name = models.CharField(max_length=80)
    is_one_unknown = models.BooleanField(default=False)
    content = EncryptedTextField(blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    job_uuid = models.UUIDField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplylist_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=LineKind.values), name="supplies_list_kind"),
        ]
        indexes = [models.Index(fields=["area_code", "-uploaded_at"], name="supply_list_recent")]


class AllocationRun(AreaScoped):
    """
    One computed sharing of scarce goods (动态调配): advice with a proof, until a person signs it.

    ``area_code`` is the place whose organisations share; ``settings`` what a person decided beforehand, ``result``
    what came out and how far it is proven.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    computed_at = models.DateTimeField()
    computed_by_name = models.CharField(max_length=80, blank=True)
    settings = models.JSONField(default=dict)
    signed_at = models.DateTimeField(null=True)
    signed_by_name = models.CharField(max_length=80, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [RowSecurity(name="supplies_allocationrun_scope")]


class AllocationLine(AreaScoped):
    """
    How much of an offer goes to a request, and why not more.

    A request fed by two offers has two lines; one that gets nothing has one line without an offer. ``asked`` is what
    the run shared by: the request's open quantity, or what was assumed where it is unknown.
    """

    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="lines")
    request = models.ForeignKey(SupplyRequest, on_delete=models.PROTECT, related_name="allocation_lines")
    offer = models.ForeignKey(SupplyOffer, null=True, on_delete=models.PROTECT, related_name="allocation_lines")
    quantity = QuantityField()
    asked = QuantityField(null=True)
    is_asked_assumed = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, choices=AllocationReason)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_allocationline_scope"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="supplies_allocation_not_negative"),
            models.CheckConstraint(
                condition=models.Q(reason__in=AllocationReason.values), name="supplies_allocation_reason"
            ),
        ]
        indexes = [models.Index(fields=["run", "request"], name="allocation_of_request")]
