"""Collecting needs while a response holds: rounds from door to door, and intake that is paused for a time."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.activations.models import Activation
from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class CollectionRound(AreaScoped):
    """
    A round in which needs are collected at every door of a place (需求收集轮次), passed again every so many hours.

    It lasts as long as the response's part there. ``has_short_form`` says that forms here ask only what a helper
    cannot do without.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="collection_rounds")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    every_hours = models.PositiveSmallIntegerField()
    has_short_form = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="needs_collectionround_scope"),
            models.UniqueConstraint(
                fields=["activation", "area_code", "code"], condition=models.Q(closed_at__isnull=True),
                name="needs_round_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(every_hours__gte=1, every_hours__lte=24 * 14), name="needs_round_hours"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["area_code", "code"], condition=models.Q(closed_at__isnull=True), name="needs_round_open"
            )
        ]


class RoundReport(AreaScoped):
    """
    What one pass found at one building: how many doors were reached, and which nobody opened.

    Said again, it takes the place of what was said before. Nothing is kept of who opened or why not.
    """

    round = models.ForeignKey(CollectionRound, on_delete=models.CASCADE, related_name="reports")
    pass_number = models.PositiveSmallIntegerField()
    doors_reached = models.PositiveIntegerField()
    unanswered = EncryptedTextField(blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="needs_roundreport_scope"),
            models.UniqueConstraint(fields=["round", "pass_number", "area_code"], name="needs_round_report_once"),
        ]


class IntakePause(AreaScoped):
    """
    For a time a place takes in only what is life-critical from residents themselves, for a reason told to them.

    There is none without an end; ``instead`` is what residents do meanwhile. Staff record as ever.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    reason = models.CharField(max_length=200)
    instead = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="needs_intakepause_scope"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="needs_pause_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(instead=""), name="needs_pause_tells_why_and_what_instead"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "ends_at"], name="needs_pause_place")]
