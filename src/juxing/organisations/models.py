"""Organisations, their teams and action branches, and the posts people hold in them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import AssignmentSlot, BranchType, OrganisationType, TeamType


class Organisation(AreaScoped):
    """An organisation at work in a place; ``area_code`` is where it belongs, not where it may help."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    organisation_type = models.CharField(max_length=30, choices=OrganisationType)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_organisation_scope"),
            models.UniqueConstraint(fields=["area_code", "name"], name="organisations_name_once_here"),
            models.CheckConstraint(
                condition=models.Q(organisation_type__in=OrganisationType.values),
                name="organisations_type_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(AreaScoped):
    """A standing team of an organisation."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)
    team_type = models.CharField(max_length=20, choices=TeamType)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_team_scope"),
            models.CheckConstraint(condition=models.Q(team_type__in=TeamType.values), name="organisations_team_type"),
        ]


class ActionBranch(AreaScoped):
    """An action branch (行动支部): people of many organisations who serve one speciality across communities."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(max_length=80)
    branch_type = models.CharField(max_length=30, choices=BranchType)
    objective = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_actionbranch_scope"),
            models.CheckConstraint(
                condition=models.Q(branch_type__in=BranchType.values), name="organisations_branch_type"
            ),
        ]


class Post(AreaScoped):
    """A post (岗位) in an organisation, for a place."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60)

    class Meta:
        constraints = [RowSecurity(name="organisations_post_scope")]


class PostHolding(AreaScoped):
    """Who holds a post, as A or as B, in which order and for which time."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="post_holdings")
    slot = models.CharField(max_length=10, choices=AssignmentSlot)
    rank = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_postholding_scope"),
            models.UniqueConstraint(
                fields=["post", "slot", "rank"], condition=models.Q(ends_at__isnull=True),
                name="organisations_slot_once",
            ),
            models.CheckConstraint(condition=models.Q(slot__in=AssignmentSlot.values), name="organisations_slot_known"),
        ]  # fmt: skip
