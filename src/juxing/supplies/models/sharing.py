"""Computed sharings of scarce goods, and who gets what in one of them."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.enums import AllocationReason
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.lines import SupplyOffer, SupplyRequest


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


class CommunitySharing(AreaScoped):
    """
    Stock of some depots shared over the communities of a place for some days: advice with a proof, until it is signed.

    ``settings`` holds what a person decided (days, goods with need per hundred residents, people to serve, claims
    that count double), ``result`` shares with reasons, shipments and proof.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    computed_at = models.DateTimeField()
    computed_by_name = models.CharField(max_length=80, blank=True)
    settings = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    signed_at = models.DateTimeField(null=True)
    signed_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [RowSecurity(name="supplies_communitysharing_scope")]
        indexes = [models.Index(fields=["area_code", "-id"], name="community_sharing_here")]
