"""What was taken out as a file, or waits for a second person's word."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from juxing.access.models.accounts import Account
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class Export(AreaScoped):
    """
    One file of data (导出), with who took it, why, and how many persons stand in it.

    One of many persons waits for somebody else's approval, is made once, and only until ``expires_at``. Rows stay
    for three years, the file itself is never kept. ``person_uuids`` lets each of them see that they were in it.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="exports")
    arguments = models.JSONField(default=dict)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=400, blank=True)
    file_format = models.CharField(
        max_length=4, choices=[(one, one) for one in ("xlsx", "csv", "docx")], default="xlsx"
    )
    persons = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    person_uuids = ArrayField(models.UUIDField(), default=list)
    asked_at = models.DateTimeField()
    needs_approval = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    decision_note = models.CharField(max_length=400, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="access_export_scope"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("account")),
                name="access_export_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(needs_approval=False)
                | models.Q(taken_at__isnull=True)
                | models.Q(is_approved__isnull=False, is_approved=True),
                name="access_mass_export_approved_before_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True, is_approved__isnull=True)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False),
                name="access_export_decision_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="export_at_place"),
            models.Index(fields=["account", "-id"], name="export_of_account"),
        ]

    @property
    def number(self) -> str:
        """The number that stands in the file."""
        return paper_number("X", self.pk)
