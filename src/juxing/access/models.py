"""Accounts, the roles they hold, and the tokens other systems use."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from juxing.access.roles import Role
from juxing.kernel.scope import AreaCodeField


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


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Role assignments by time."""

    def in_force(self, now: object) -> Self:
        """Keep those that hold at this moment (start inclusive, end exclusive)."""
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now), starts_at__lte=now)


class RoleAssignment(models.Model):
    """
    A role over a place for a time (角色授予).

    An emergency grant carries the activation it was given for and ends with it; ordinary ones have none.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=Role)
    area_code = AreaCodeField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    activation_uuid = models.UUIDField(null=True, blank=True)

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
