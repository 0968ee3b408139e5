"""Organisations, their standing teams and action branches, bodies set up for a time, and who belongs to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaCodeField, AreaScoped
from juxing.organisations.enums import (
    BranchType,
    FunctionalGroupType,
    Office,
    OrganisationType,
    TeamType,
    TemporaryBodyKind,
)


class Organisation(AreaScoped):
    """An organisation at work in a place; ``area_code`` is where it belongs, not where it may help."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    organisation_type = models.CharField(max_length=30, choices=OrganisationType)
    supervising_department = models.CharField(max_length=80, blank=True, db_default="")
    capabilities = ArrayField(models.CharField(max_length=30), default=list, db_default=[])
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
    """A standing team of an organisation: what it does in ordinary days, and what when called."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)
    team_type = models.CharField(max_length=30, choices=TeamType)
    steady_duties = models.CharField(max_length=400, blank=True, db_default="")
    emergency_duties = models.CharField(max_length=400, blank=True, db_default="")
    muster_minutes = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_team_scope"),
            models.CheckConstraint(condition=models.Q(team_type__in=TeamType.values), name="organisations_team_type"),
        ]


class ActionBranch(AreaScoped):
    """
    An action branch (行动支部): people of many organisations who serve one speciality across communities.

    Lever (抓手), vehicle (载体) and target group (对象) are the papers' parts of what a branch is for.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(max_length=80)
    branch_type = models.CharField(max_length=30, choices=BranchType)
    objective = models.CharField(max_length=400, blank=True)
    lever = models.CharField(max_length=200, blank=True, db_default="")
    vehicle = models.CharField(max_length=200, blank=True, db_default="")
    target_group = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="organisations_actionbranch_scope"),
            models.CheckConstraint(
                condition=models.Q(branch_type__in=BranchType.values), name="organisations_branch_type"
            ),
        ]


class TemporaryBody(AreaScoped):
    """
    A temporary branch, functional group or task force: set up for a time in one place, and dissolved.

    ``activation_id`` names the activation of a room above that set it up, and with which it ends; None for a body
    set up by hand.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=TemporaryBodyKind)
    group_type = models.CharField(max_length=20, choices=FunctionalGroupType, blank=True, db_default="")
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=400, blank=True, db_default="")
    activation_id = models.BigIntegerField(null=True)
    formed_at = models.DateTimeField()
    dissolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_temporarybody_scope"),
            models.UniqueConstraint(
                fields=["area_code", "kind", "name"], condition=models.Q(dissolved_at__isnull=True),
                name="organisations_body_once_here",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TemporaryBodyKind.values), name="organisations_body_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=TemporaryBodyKind.FUNCTIONAL_GROUP, group_type__in=FunctionalGroupType.values)
                | (~models.Q(kind=TemporaryBodyKind.FUNCTIONAL_GROUP) & models.Q(group_type="")),
                name="organisations_group_type",
            ),
            models.CheckConstraint(
                condition=models.Q(dissolved_at__isnull=True) | models.Q(dissolved_at__gte=models.F("formed_at")),
                name="organisations_body_ends_after",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_code", "id"], name="body_place"),
            models.Index(
                fields=["activation_id"], name="body_activation", condition=models.Q(activation_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(AreaScoped):
    """
    Who belongs to a team, action branch or temporary body, out of which organisation, and in what office.

    Members may come from another territory than the group's: ``home_area_code`` is where they come from.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="memberships")
    branch = models.ForeignKey(ActionBranch, null=True, on_delete=models.PROTECT, related_name="memberships")
    body = models.ForeignKey(TemporaryBody, null=True, on_delete=models.PROTECT, related_name="memberships")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="memberships")
    organisation_name = models.CharField(max_length=80, blank=True, db_default="")
    home_area_code = AreaCodeField(blank=True)
    office = models.CharField(max_length=20, choices=Office)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_membership_scope"),
            models.CheckConstraint(
                condition=(
                    models.Q(team__isnull=False, branch__isnull=True, body__isnull=True)
                    | models.Q(team__isnull=True, branch__isnull=False, body__isnull=True)
                    | models.Q(team__isnull=True, branch__isnull=True, body__isnull=False)
                ),
                name="organisations_member_of_one",
            ),
            models.CheckConstraint(condition=models.Q(office__in=Office.values), name="organisations_office_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                name="organisations_member_ends_after",
            ),
            *(
                models.UniqueConstraint(
                    fields=[group, "account"], condition=models.Q(ends_at__isnull=True),
                    name=f"organisations_member_once_{group}",
                )
                for group in ("team", "branch", "body")
            ),
            *(
                models.UniqueConstraint(
                    fields=[group], condition=models.Q(ends_at__isnull=True, office=Office.SECRETARY),
                    name=f"organisations_one_secretary_{group}",
                )
                for group in ("team", "branch", "body")
            ),
        ]  # fmt: skip
