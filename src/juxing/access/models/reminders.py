"""What an account is reminded of: told once, kept until it is settled."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from juxing.access.models.accounts import Account
from juxing.kernel.scope import AreaCodeField


class Reminder(models.Model):
    """
    Something that waits for an account, found by a source of a room above; ``area_code`` is where it waits.

    ``facts`` fill the words of its kind and name no resident. ``occasion`` tells one telling about the same thing from
    the next: a meeting that was moved is told again. ``settled_at`` is when it no longer waited, ``set_aside_at`` when
    its reader put it away.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reminders")
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    area_code = AreaCodeField(blank=True)
    subject_uuid = models.UUIDField()
    occasion = models.CharField(max_length=40, blank=True, default="")
    facts = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject_uuid", "occasion"], condition=models.Q(settled_at__isnull=True),
                name="access_reminded_once",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["account", "told_at"], name="reminder_own",
                condition=models.Q(settled_at__isnull=True, set_aside_at__isnull=True),
            ),
            models.Index(
                fields=["source", "area_code"], name="reminder_open", condition=models.Q(settled_at__isnull=True)
            ),
            models.Index(
                fields=["settled_at"], name="reminder_settled", condition=models.Q(settled_at__isnull=False)
            ),
        ]  # fmt: skip
