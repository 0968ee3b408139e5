"""Drills of a version of a plan, and what they measured of it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from juxing.activations.models import Activation
from juxing.drills.enums import DrillKind, DrillStatus
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.plans.enums import ResponseLevel
from juxing.plans.models import PlanVersion


class Drill(AreaScoped):
    """
    A drill (应急演练) of one version of a plan. What it measures is the plan's readiness, never a person.

    ``injects`` are [{after_min, title, text, post_codes}] on the exercise clock, which runs ``speed`` times as fast as
    the real one. ``measures`` and ``score`` (0-100) are written at its end and stay.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="drills")
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=DrillKind, default=DrillKind.TABLETOP)
    status = models.CharField(max_length=10, choices=DrillStatus, default=DrillStatus.PLANNED)
    level = models.CharField(max_length=8, choices=ResponseLevel)
    areas = models.JSONField(default=list)
    injects = models.JSONField(default=list)
    injects_given = models.PositiveSmallIntegerField(default=0)
    speed = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveIntegerField(default=1)
    planned_at = models.DateTimeField()
    activation = models.OneToOneField(Activation, null=True, on_delete=models.PROTECT, related_name="drill")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    measures = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="drills_drill_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=DrillKind.values), name="drills_kind_known"),
            models.CheckConstraint(condition=models.Q(status__in=DrillStatus.values), name="drills_status_known"),
            models.CheckConstraint(condition=models.Q(speed__gte=1, speed__lte=120), name="drills_speed"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__lte=100), name="drills_score"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=DrillStatus.ENDED) | models.Q(score__isnull=False, ended_at__isnull=False),
                name="drills_ended_with_score",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-planned_at", "-id"], name="drill_recent"),
            models.Index(fields=["version", "-ended_at"], name="drills_of_version"),
        ]

    def __str__(self) -> str:
        return self.title
