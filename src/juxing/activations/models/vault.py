"""The data vault of a response: what it gathered about people, whether it may be kept, and proof that it is gone."""

from __future__ import annotations

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models

from juxing.activations.models.responses import Activation
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class EmergencyDataSet(AreaScoped):
    """
    One room's emergency data of one response, frozen when it ended.

    It is destroyed at ``destroy_by`` whether or not anybody looked, unless a privacy officer wrote down why it must be
    kept, and until when (article 85). ``statistics`` stay.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="data_sets")
    code = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    statistics = models.JSONField(default=dict)
    frozen_at = models.DateTimeField()
    destroy_by = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    keep_assessment = models.TextField(max_length=2000, blank=True)
    kept_until = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="activations_emergencydataset_scope"),
            models.UniqueConstraint(fields=["activation", "code"], name="activations_data_set_once"),
            models.CheckConstraint(
                condition=models.Q(kept_until__isnull=True)
                | (~models.Q(keep_assessment="") & models.Q(reviewed_by__isnull=False)),
                name="activations_data_kept_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | ~models.Q(digest=""),
                name="activations_destruction_has_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["destroy_by"], name="data_to_destroy", condition=models.Q(destroyed_at__isnull=True)
            )
        ]  # fmt: skip


class DestructionCertificate(AreaScoped):
    """Proof of one destruction: what, how much, the digest of the keys, by whom, and who had reviewed it. It stays."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="certificates")
    number = models.PositiveSmallIntegerField()
    lines = models.JSONField()
    digest = models.CharField(max_length=64)
    destroyed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="activations_destructioncertificate_scope"),
            models.UniqueConstraint(fields=["activation", "number"], name="activations_certificate_once"),
        ]
        triggers = [pgtrigger.Protect(name="certificates_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
