"""Who reaches a function on foot (15分钟生活圈), where nobody does, and which places would help most."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.venues.enums import CoverageBasis, VenueFunction
from juxing.venues.models.ground import Venue


class LifeCircle(AreaScoped):
    """
    One analysis of a place and a function. ``uuid`` is its job's, so that a job taken up again finds its answer.

    ``wish`` says what was assumed, ``result`` holds totals and the proof. Counts of people only, never persons.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    function = models.CharField(max_length=24, choices=VenueFunction)
    basis = models.CharField(max_length=8, choices=CoverageBasis)
    limit_m = models.PositiveIntegerField()
    wish = models.JSONField()
    result = models.JSONField()
    computed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="venues_lifecircle_scope")]
        indexes = [models.Index(fields=["area_code", "-computed_at"], name="circle_recent")]


class CoverageGap(AreaScoped):
    """Buildings close together from which the function cannot be reached; ``area_code`` is where most of them are."""

    circle = models.ForeignKey(LifeCircle, on_delete=models.CASCADE, related_name="gaps")
    rank = models.PositiveIntegerField()
    residents = models.PositiveIntegerField()
    elders = models.PositiveIntegerField()
    buildings = models.PositiveIntegerField()
    nearest_m = models.PositiveIntegerField(null=True)
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        constraints = [
            RowSecurity(name="venues_coveragegap_scope"),
            models.UniqueConstraint(fields=["circle", "rank"], name="venues_gap_rank_once"),
        ]


class PlaceProposal(AreaScoped):
    """A place that should open next, in the order in which each adds most; ``area_code`` is the venue's."""

    circle = models.ForeignKey(LifeCircle, on_delete=models.CASCADE, related_name="proposals")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    residents_added = models.PositiveIntegerField()
    elders_added = models.PositiveIntegerField()
    lost_without = models.PositiveIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="venues_placeproposal_scope"),
            models.UniqueConstraint(fields=["circle", "position"], name="venues_proposal_once"),
        ]
