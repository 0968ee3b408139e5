"""Accounts, the roles they hold, and the tokens other systems use."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import pgettext_lazy

from juxing.access.roles import Role
from juxing.kernel.scope import AreaCodeField

BREAK_GLASS_TIME = timedelta(minutes=60)
REVIEW_WORKING_DAYS = 3
SATURDAY = 5


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for signing in; accounts carry no area, their roles do."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account of this sign-in name, whatever case it was typed in."""
        return self.get(sign_in_name=(username or "").casefold())


class Account(AbstractBaseUser):
    """
    Someone who can sign in. Holds no personal data beyond a display name; who they are is in the other rooms.

    Accounts are never deleted, because the journal names them; a person who leaves is made inactive.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sign_in_name = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "sign_in_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.display_name


class ReviewVerdict(models.TextChoices):
    """What the privacy officer found about an access taken in an emergency."""

    JUSTIFIED = "justified", pgettext_lazy("review of an access", "Justified")
    NOT_JUSTIFIED = "not_justified", pgettext_lazy("review of an access", "Not justified")


class BreakGlassAccess(models.Model):
    """
    A look beyond one's own area that somebody took in an emergency (破窗访问): an hour at most, with a reason.

    It opens one place to the roles the account holds anyway, and is reviewed by a privacy officer afterwards.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="break_glass_accesses")
    area_code = AreaCodeField()
    reason = models.CharField(max_length=400)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, choices=ReviewVerdict, blank=True)
    review_note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + BREAK_GLASS_TIME),
                name="access_break_glass_is_short",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True, reviewed_at__isnull=True, verdict="")
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False, verdict__in=ReviewVerdict.values),
                name="access_break_glass_review_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True) | ~models.Q(reviewed_by=models.F("account")),
                name="access_break_glass_reviewed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-starts_at"], name="break_glass_of_account"),
            models.Index(
                fields=["area_code", "-starts_at"], name="break_glass_unreviewed",
                condition=models.Q(reviewed_at__isnull=True),
            ),
        ]  # fmt: skip

    @property
    def review_due_at(self) -> datetime:
        """Until when it must be reviewed: three working days on, Saturdays and Sundays not counted."""
        due, left = self.ends_at, REVIEW_WORKING_DAYS
        while left:
            due += timedelta(days=1)
            left -= due.weekday() < SATURDAY
        return due


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Role assignments by time."""

    def in_force(self, now: object) -> Self:
        """Keep those that hold at this moment (start inclusive, end exclusive)."""
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now), starts_at__lte=now)


class RoleAssignment(models.Model):
    """
    A role over a place for a time (角色授予).

    An emergency grant carries the activation it was given for and ends with it, one taken by breaking the glass
    carries that; ordinary ones have neither.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=Role)
    area_code = AreaCodeField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    activation_uuid = models.UUIDField(null=True, blank=True)
    break_glass = models.ForeignKey(BreakGlassAccess, null=True, on_delete=models.PROTECT, related_name="grants")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="access_role_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(activation_uuid__isnull=True) | models.Q(ends_at__isnull=False),
                name="access_emergency_grant_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(break_glass__isnull=True) | models.Q(ends_at__isnull=False),
                name="access_break_glass_grant_ends",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="access_role_known"),
        ]
        indexes = [
            models.Index(fields=["account", "starts_at"], name="role_of_account"),
            models.Index(fields=["role", "area_code"], name="role_at_place"),
            models.Index(
                fields=["activation_uuid", "area_code"], name="role_of_activation",
                condition=models.Q(activation_uuid__isnull=False),
            ),
        ]  # fmt: skip


class ApiToken(models.Model):
    """A key another system sends; only its digest is kept, so it is shown once."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
