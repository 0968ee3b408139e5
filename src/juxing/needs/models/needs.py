"""Needs (需求): what households lack, what becomes of it, and the order chains they are read from."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.functional import cached_property

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.needs.enums import (
    OPEN,
    WAITING,
    IntakeChannel,
    NeedStatus,
    NeedType,
    OrderChainLineStatus,
    OrderChainStatus,
    Priority,
)
from juxing.people.models import Resident
from juxing.places.models import Household
from juxing.supplies.models import QuantityField, SupplyItem

NUMBER_PREFIX = "N"


class Need(AreaScoped):
    """
    One thing a household lacks. ``area_code`` is the household's, or the community's while the door is unknown.

    What people wrote is sealed, because it may speak of illness; lists show type and items. ``fresh_until`` is when
    the household is asked whether it still needs this. ``priority_score`` orders within a priority: higher is
    served first; ``triage`` holds the open formula's terms. ``longitude`` and ``latitude`` are the building's.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="needs")
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="needs")
    need_type = models.CharField(max_length=30, choices=NeedType)
    status = models.CharField(max_length=12, choices=NeedStatus, default=NeedStatus.SUBMITTED)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    priority_score = models.IntegerField(default=0)
    triage = models.JSONField(default=dict)
    details = EncryptedTextField(blank=True)
    place_text = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=16, choices=IntakeChannel)
    is_proxy = models.BooleanField(default=False)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = EncryptedTextField(blank=True)
    contact_phone_index = models.CharField(max_length=32, blank=True, db_collation="C")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    required_skills = ArrayField(models.CharField(max_length=30), default=list)
    languages = ArrayField(models.CharField(max_length=20), default=list)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    fresh_until = models.DateTimeField()
    asked_fresh_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField()
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    reopened_count = models.PositiveSmallIntegerField(default=0)
    unmet_reason = models.CharField(max_length=200, blank=True)
    link_digest = models.CharField(max_length=64, blank=True, db_collation="C")
    link_expires_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="needs_need_scope"),
            models.CheckConstraint(condition=models.Q(status__in=NeedStatus.values), name="needs_status_known"),
            models.CheckConstraint(condition=models.Q(need_type__in=NeedType.values), name="needs_type_known"),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="needs_priority_known"),
            models.CheckConstraint(condition=models.Q(channel__in=IntakeChannel.values), name="needs_channel_known"),
            models.CheckConstraint(
                condition=models.Q(duplicate_of__isnull=True) | ~models.Q(duplicate_of=models.F("id")),
                name="needs_not_its_own_duplicate",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-recorded_at", "-id"], name="need_area_recent"),
            models.Index(fields=["-recorded_at", "-id"], name="need_recent"),
            models.Index(
                fields=["area_code", "status", "priority"],
                condition=models.Q(status__in=sorted(OPEN)),
                name="need_open",
            ),
            models.Index(
                fields=["-priority_score", "id"],
                condition=models.Q(status__in=sorted(WAITING)),
                name="need_waiting",
            ),
            models.Index(fields=["household", "need_type"], name="need_of_household"),
            models.Index(fields=["contact_phone_index"], name="need_phone"),
            models.Index(fields=["fresh_until"], condition=models.Q(status__in=sorted(WAITING)), name="need_stale"),
            models.Index(fields=["link_digest"], condition=~models.Q(link_digest=""), name="need_link"),
        ]

    @cached_property
    def number(self) -> str:
        """The number people read out."""
        return paper_number(NUMBER_PREFIX, self.pk)


class NeedLine(AreaScoped):
    """One thing asked for within a need; ``item`` is null while what was written is not in the catalogue."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(SupplyItem, null=True, on_delete=models.PROTECT, related_name="+")
    written = models.CharField(max_length=120)
    quantity = QuantityField(null=True)
    unit = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="needs_needline_scope"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0, quantity__lte=1_000_000),
                name="needs_line_quantity",
            ),
        ]


class Feedback(AreaScoped):
    """What the resident said about a service, never about a person (满意度)."""

    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField()
    comment = EncryptedTextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="needs_feedback_scope"),
            models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="needs_feedback_score"),
        ]


class OrderChain(AreaScoped):
    """A pasted order chain (群接龙). The pasted text is redacted before it is kept."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    title = models.CharField(max_length=200, blank=True)
    text = EncryptedTextField()
    status = models.CharField(max_length=12, choices=OrderChainStatus, default=OrderChainStatus.DRAFT)
    pasted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pasted_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="needs_orderchain_scope"),
            models.CheckConstraint(condition=models.Q(status__in=OrderChainStatus.values), name="needs_chain_status"),
        ]
        indexes = [models.Index(fields=["area_code", "-pasted_at"], name="chain_recent")]


class OrderChainLine(AreaScoped):
    """One line as written (redacted) beside what was understood of it, and what a person decided."""

    chain = models.ForeignKey(OrderChain, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    written = EncryptedTextField()
    understood = models.JSONField(default=dict)
    uncertainties = models.JSONField(default=list)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=OrderChainLineStatus, default=OrderChainLineStatus.DRAFT)
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="order_chain_lines")

    class Meta:
        constraints = [
            RowSecurity(name="needs_orderchainline_scope"),
            models.UniqueConstraint(fields=["chain", "position"], name="needs_chain_position"),
            models.CheckConstraint(
                condition=models.Q(status__in=OrderChainLineStatus.values), name="needs_chain_line_status"
            ),
        ]


class NeedImport(AreaScoped):
    """
    An uploaded table of needs between upload and import. ``content`` (base64) is sealed, and emptied once it is in.

    ``report`` is the import's outcome, row by row.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    file_name = models.CharField(max_length=120)
    content = EncryptedTextField(blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    job_uuid = models.UUIDField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [RowSecurity(name="needs_needimport_scope")]
        indexes = [models.Index(fields=["area_code", "-uploaded_at"], name="need_import_recent")]
