"""Who answers for every estate, building, household cluster and site (包保责任, 四包)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import CoverageKind, SiteType
from juxing.organisations.models.posts import ends_after_start
from juxing.organisations.models.register import Organisation


class HouseholdCluster(AreaScoped):
    """
    Neighbouring households of a building under one joint-household head (联户): the floors from … to ….

    ``area_code`` is the cluster's own code: the building's or unit's, then ``-C01``.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=60)
    floor_from = models.SmallIntegerField(null=True)
    floor_to = models.SmallIntegerField(null=True)
    households = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_householdcluster_scope"),
            models.UniqueConstraint(fields=["area_code"], name="organisations_cluster_code"),
        ]


class KeySite(AreaScoped):
    """A site somebody must answer for; ``area_code`` is its own code: the community's, then ``-S001``."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    site_type = models.CharField(max_length=20, choices=SiteType)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_keysite_scope"),
            models.UniqueConstraint(fields=["area_code"], name="organisations_site_code"),
            models.CheckConstraint(condition=models.Q(site_type__in=SiteType.values), name="organisations_site_type"),
        ]


class ResponsibilityCoverage(AreaScoped):
    """
    One place and who answers for it; ``area_code`` is the code of the estate, building, cluster or site.

    People answer for the first three, organisations for sites. ``households`` is the load at the time of writing,
    counted anew every night. ``batch`` names the proposal it came with, ``ended_by_batch`` the one that replaced it:
    so a proposal can be undone.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=CoverageKind)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="coverages")
    alternate = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="coverages")
    households = models.PositiveIntegerField(default=0, db_default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True)
    ended_by_batch = models.UUIDField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_responsibilitycoverage_scope"),
            ends_after_start("organisations_coverage_ends_after"),
            models.UniqueConstraint(
                fields=["kind", "area_code"], condition=models.Q(ends_at__isnull=True),
                name="organisations_place_covered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=CoverageKind.SITE, organisation__isnull=False, account__isnull=True)
                | (
                    models.Q(kind__in=[each for each in CoverageKind.values if each != CoverageKind.SITE])
                    & models.Q(account__isnull=False, organisation__isnull=True)
                ),
                name="organisations_coverage_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(alternate__isnull=True) | ~models.Q(alternate=models.F("account")),
                name="organisations_coverage_b_is_another",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["batch"], name="coverage_batch", condition=models.Q(batch__isnull=False))]


class CoverageStandard(AreaScoped):
    """How many households one person should answer for at most in this community, where it is not the usual 240."""

    households_per_holder = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="organisations_coveragestandard_scope"),
            models.UniqueConstraint(fields=["area_code"], name="organisations_standard_once"),
            models.CheckConstraint(
                condition=models.Q(households_per_holder__gte=1, households_per_holder__lte=5000),
                name="organisations_standard_range",
            ),
        ]
