"""The kernel's own tables."""

from __future__ import annotations

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.actors import ActorKind
from juxing.kernel.journal_order import PRESENT_SQL
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class JournalEntry(AreaScoped):
    """
    One thing that happened. Never changed, never deleted by the application.

    ``happened_at`` is when it happened in the world, ``recorded_at`` when it was written down: a paper list typed in
    at night tells the truth about the morning. No table refers to this one, so it can be partitioned by month.
    """

    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=20)
    actor_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_uuid = models.UUIDField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    reason = models.CharField(max_length=400, blank=True)
    changes = models.JSONField(default=dict)
    correlation_uuid = models.UUIDField(null=True)
    transaction_number = models.BigIntegerField(
        db_default=RawSQL(PRESENT_SQL, ()),  # noqa: S611 - a constant
        editable=False,
    )

    class Meta:
        constraints = [RowSecurity(name="kernel_journalentry_scope")]
        indexes = [
            models.Index(fields=["subject_uuid", "id"], name="journal_subject"),
            models.Index(fields=["transaction_number", "id"], name="journal_order"),
            models.Index(fields=["area_code", "-id"], name="journal_area"),
            BrinIndex(fields=["recorded_at"], name="journal_recorded"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def by_whom(self) -> str:
        """Who acted, as people read it: by name, as a resident without an account, or Juxing by itself."""
        if self.actor_kind == ActorKind.SYSTEM:
            return _("Juxing itself")
        if self.actor_kind == ActorKind.RESIDENT:
            return _("Resident")
        return self.actor_name

    @property
    def acting_for(self) -> str:
        """For whom the actor stood in, and in which post; "" for an act in one's own post."""
        stands = self.changes.get("acting_for", ())
        return "; ".join(" · ".join(filter(None, (stand["holder"], stand["post"]))) for stand in stands)


class JournalCursor(models.Model):
    """How far one subscriber has read."""

    reader = models.CharField(max_length=80, primary_key=True)
    transaction_number = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)


class JournalSeal(models.Model):
    """
    One link of the chain that shows whether the journal was tampered with; see ``seal``.

    It holds the digest of every entry of its batch, so that a broken seal says which entry it was.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    algorithm = models.CharField(max_length=20)
    columns = models.JSONField()
    previous_head = models.CharField(max_length=128, blank=True)
    head = models.CharField(max_length=128)
    sealed_at = models.DateTimeField()
    last_transaction_number = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    entry_count = models.PositiveIntegerField()
    entry_ids = models.BinaryField()
    digests = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="seal_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class IdempotencyKey(models.Model):
    """
    What was answered to a write that may be sent twice.

    The row is inserted in the write's own transaction: a second sender waits for the first and gets its answer; if
    the first failed, nothing is left and the second does the work.
    """

    key = models.CharField(max_length=80)
    sender = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "key"], name="idempotency_key_once")]
        indexes = [BrinIndex(fields=["created_at"], name="idempotency_created")]


class JobStatus(models.TextChoices):
    """States of a long computation or import."""

    WAITING = "waiting", pgettext_lazy("job status", "Waiting")
    RUNNING = "running", pgettext_lazy("job status", "Running")
    DONE = "done", pgettext_lazy("job status", "Done")
    FAILED = "failed", pgettext_lazy("job status", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job status", "Cancelled")


class Job(AreaScoped):
    """Long work with visible progress; ``kind`` names the registered entry point."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    status = models.CharField(max_length=20, choices=JobStatus, default=JobStatus.WAITING)
    arguments = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=80, blank=True)
    done_steps = models.PositiveBigIntegerField(default=0)
    total_steps = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(default=dict)
    failure = models.CharField(max_length=400, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="kernel_job_scope"),
            models.CheckConstraint(condition=models.Q(status__in=JobStatus.values), name="kernel_job_status_known"),
        ]
        indexes = [models.Index(fields=["area_code", "-created_at"], name="job_recent")]

    @property
    def percent(self) -> int:
        """Share of the steps done, 0-100; 0 while the total is unknown."""
        return min(100, 100 * self.done_steps // self.total_steps) if self.total_steps else 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}
