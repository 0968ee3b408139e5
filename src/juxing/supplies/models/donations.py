"""Donations of goods: who gives what, under which conditions, and what the public is told."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import DonationStatus, DonorKind
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.lines import SupplyOffer
from juxing.supplies.models.places import Depot

DONATION_PREFIX = "D"


class DonationDisclosure(AreaScoped):
    """
    One table of donations made public, as it was published; ``rows`` is what stood in it.

    Donors who did not agree to be named stand in it as such.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    published_at = models.DateTimeField()
    published_by_name = models.CharField(max_length=80, blank=True)
    rows = models.JSONField(default=list)

    class Meta:
        constraints = [RowSecurity(name="supplies_donationdisclosure_scope")]
        indexes = [models.Index(fields=["area_code", "-id"], name="disclosure_here")]


class Donation(AreaScoped):
    """
    Goods given for a purpose (捐赠), from the promise on; the donor's own words on use are kept as they stood.

    ``trace_code`` opens the public page of where the goods went. ``donor_name`` and ``donor_phone`` are sealed;
    ``is_name_public`` says whether the donor agreed to be named.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    trace_code = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=DonationStatus, default=DonationStatus.PLEDGED)
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="donations")
    donor_kind = models.CharField(max_length=12, choices=DonorKind)
    donor_name = EncryptedTextField(blank=True)
    donor_phone = EncryptedTextField(blank=True)
    is_name_public = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="donations")
    offer = models.OneToOneField(SupplyOffer, null=True, on_delete=models.PROTECT, related_name="donation")
    intended_use = models.CharField(max_length=200, blank=True)
    pledged_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    disclosure = models.ForeignKey(DonationDisclosure, null=True, on_delete=models.PROTECT, related_name="donations")

    class Meta:
        constraints = [
            RowSecurity(name="supplies_donation_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=DonationStatus.values), name="supplies_donation_status"
            ),
            models.CheckConstraint(condition=models.Q(donor_kind__in=DonorKind.values), name="supplies_donor_kind"),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="donation_here"),
            models.Index(
                fields=["received_at"], name="donation_unpublished",
                condition=models.Q(disclosure__isnull=True, received_at__isnull=False),
            ),
        ]  # fmt: skip

    @property
    def number(self) -> str:
        """What stands on the receipt."""
        return paper_number(DONATION_PREFIX, self.pk)


class DonationLine(AreaScoped):
    """
    One kind of goods of a donation: promised, received, accepted, refused, each in the item's unit.

    ``restricted_area`` is where it may be handed out, "" anywhere; ``finding`` what the inspection found.
    """

    donation = models.ForeignKey(Donation, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    pledged = QuantityField()
    received = QuantityField(default=0)
    accepted = QuantityField(default=0)
    refused = QuantityField(default=0)
    lot_number = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    certificate = models.CharField(max_length=80, blank=True)
    restricted_area = models.CharField(max_length=40, blank=True, db_collation="C")
    finding = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_donationline_scope"),
            models.CheckConstraint(condition=models.Q(pledged__gt=0), name="supplies_pledged_positive"),
            models.CheckConstraint(
                condition=models.Q(accepted__gte=0, refused__gte=0)
                & models.Q(received__gte=models.F("accepted") + models.F("refused")),
                name="supplies_accepted_of_received",
            ),
        ]
