"""Who of the organisations asks for or offers what, and the lists they sent."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import LineKind, RemainderKind, SupplyRequestStatus
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField


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
    """
    What an organisation asks for (物资申领).

    Where only a part was sent or arrived, the rest is a request of its own that names the first in ``remainder_of``;
    the first keeps what it was served, in ``quantity`` (sent) and ``received_quantity``.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supply_requests")
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="requests")
    status = models.CharField(max_length=12, choices=SupplyRequestStatus, default=SupplyRequestStatus.REQUESTED)
    requested_on = models.DateField(null=True)
    received_quantity = QuantityField(null=True)
    remainder_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="remainders")
    remainder_kind = models.CharField(max_length=12, choices=RemainderKind, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="supplies_supplyrequest_scope"),
            models.UniqueConstraint(fields=["remainder_of", "remainder_kind"], name="supplies_remainder_once"),
            models.CheckConstraint(
                condition=models.Q(remainder_of__isnull=True, remainder_kind="")
                | models.Q(remainder_of__isnull=False, remainder_kind__in=RemainderKind.values),
                name="supplies_remainder_of_what",
            ),
            models.CheckConstraint(
                condition=models.Q(received_quantity__isnull=True)
                | models.Q(received_quantity__gte=0, received_quantity__lte=models.F("committed_quantity")),
                name="supplies_received_of_committed",
            ),
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
