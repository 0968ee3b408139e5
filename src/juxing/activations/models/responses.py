"""Incidents, the activations that answer them, what they did street by street, and measures over areas."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.activations.enums import (
    RESTRICTIVE,
    ActivationStatus,
    ConversionKind,
    IncidentCategory,
    IncidentStatus,
    MeasureKind,
    MeasureStatus,
    StepStatus,
)
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaCodeField, AreaScoped
from juxing.plans.enums import IncidentGrade, ResponseLevel
from juxing.plans.models import PlanVersion

BEFORE_DECISION = [ActivationStatus.DRAFT, ActivationStatus.PENDING_APPROVAL, ActivationStatus.CANCELLED]


class Incident(AreaScoped):
    """What happened (突发事件). Its grade (1 highest) is set by whoever may grade it, and may be unknown."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    title = models.CharField(max_length=80)
    category = models.CharField(max_length=20, choices=IncidentCategory)
    hazard = models.CharField(max_length=60)
    grade = models.PositiveSmallIntegerField(choices=IncidentGrade, null=True)
    status = models.CharField(max_length=12, choices=IncidentStatus, default=IncidentStatus.REPORTED)
    description = models.TextField(max_length=2000, blank=True)
    happened_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="activations_incident_scope"),
            models.CheckConstraint(
                condition=models.Q(category__in=IncidentCategory.values), name="activations_category_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=IncidentStatus.values), name="activations_incident_status"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__isnull=True) | models.Q(grade__in=IncidentGrade.values),
                name="activations_grade_known",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "-happened_at", "-id"], name="incident_recent")]

    def __str__(self) -> str:
        return self.title


class DecisionDocument(AreaScoped):
    """The paper behind a power: who decided, under which number and law, and the file's SHA-256."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    issuer = models.CharField(max_length=80)
    issuer_rank = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    legal_basis = models.CharField(max_length=400)
    file_sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="activations_decisiondocument_scope"),
            models.CheckConstraint(
                condition=models.Q(issuer_rank__gte=1, issuer_rank__lte=6), name="activations_issuer_rank"
            ),
            models.CheckConstraint(
                condition=~models.Q(issuer="") & ~models.Q(number="") & ~models.Q(legal_basis=""),
                name="activations_document_says_whose_and_why",
            ),
        ]


class Activation(AreaScoped):
    """
    A response to an incident (应急响应) under one version of a plan; never without an end.

    What holds where and when stands in ``ActivationArea``, which is public; this row is for those who command.
    ``preview`` is what was signed: its digest in ``digest``, the digests each approver saw in ``signed_digest`` and
    ``second_digest``.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="activations")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="activations")
    response_level = models.CharField(max_length=8, choices=ResponseLevel)
    status = models.CharField(max_length=16, choices=ActivationStatus, default=ActivationStatus.DRAFT)
    is_exercise = models.BooleanField(default=False)
    matter = models.CharField(max_length=400)
    planned_areas = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    edits = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    previewed_at = models.DateTimeField(null=True)
    decision = models.ForeignKey(DecisionDocument, null=True, on_delete=models.PROTECT, related_name="activations")
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    signed_digest = models.CharField(max_length=64, blank=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    second_digest = models.CharField(max_length=64, blank=True)
    left_open_reason = models.CharField(max_length=400, blank=True)
    reminded_hours = models.PositiveSmallIntegerField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="activations_activation_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=ActivationStatus.values), name="activations_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(response_level__in=ResponseLevel.values), name="activations_level_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="activations_end_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=BEFORE_DECISION)
                | models.Q(decision__isnull=False, decided_by__isnull=False, signed_digest=models.F("digest")),
                name="activations_begun_by_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=BEFORE_DECISION)
                | models.Q(approvals_needed=1)
                | models.Q(second_by__isnull=False, second_digest=models.F("digest")),
                name="activations_second_approver_where_needed",
            ),
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True) | ~models.Q(second_by=models.F("decided_by")),
                name="activations_second_approver_is_another",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-starts_at", "-id"], name="activation_recent"),
            models.Index(fields=["status", "ends_at"], name="activation_due"),
        ]


class ActivationArea(models.Model):
    """
    One part of an activation's scope for one period at one level: the posture of a place is read from here.

    Public, because that a place is in emergency state must be announced: no person stands in it. Rows of the past are
    never changed; a change of level or scope ends a row and begins another. ``since`` inclusive, ``until`` exclusive.
    The rows of one activation open at one moment never overlap. ``closed_by`` is the number of the conversion that
    ended a row; a row past its end without one lapsed by itself and is yet to be put back.
    """

    activation_uuid = models.UUIDField()
    area_code = AreaCodeField()
    level = models.CharField(max_length=8, choices=ResponseLevel)
    title = models.CharField(max_length=80)
    hazard = models.CharField(max_length=60)
    is_exercise = models.BooleanField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    closed_by = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="activations_area_period"),
            models.CheckConstraint(condition=models.Q(level__in=ResponseLevel.values), name="activations_area_level"),
            models.UniqueConstraint(
                fields=["activation_uuid", "area_code", "since"], name="activations_area_begins_once"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "until"], name="posture_of_place")]


class ModeConversion(AreaScoped):
    """
    One recorded change of an activation (平战转换): its beginning, a change of scope, level or end, its way back.

    ``areas`` are the parts concerned with their level and end, as data: [[code, level, until], …]. A change that two
    must sign has no effect until ``effective_at`` is set by the second.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="conversions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ConversionKind)
    areas = models.JSONField()
    reason = models.CharField(max_length=400, blank=True)
    decision = models.ForeignKey(DecisionDocument, null=True, on_delete=models.PROTECT, related_name="conversions")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(null=True)
    job_uuid = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="activations_modeconversion_scope"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ConversionKind.values), name="activations_conversion_kind"
            ),
            models.UniqueConstraint(fields=["activation", "number"], name="activations_conversion_once"),
            models.CheckConstraint(
                condition=models.Q(effective_at__isnull=True)
                | models.Q(approvals_needed=1)
                | models.Q(second_by__isnull=False),
                name="activations_change_signed_twice",
            ),
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True) | ~models.Q(second_by=models.F("ordered_by")),
                name="activations_change_signed_by_another",
            ),
        ]


class StepRun(AreaScoped):
    """
    One step in one street for one conversion, and what came of it; ``area_code`` is the street.

    Written in the street's own transaction together with the step's rows, so "done" is exactly as true as they are.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    conversion = models.ForeignKey(ModeConversion, on_delete=models.PROTECT, related_name="runs")
    step = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=StepStatus, default=StepStatus.PENDING)
    reason = models.CharField(max_length=400, blank=True)
    counts = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="activations_steprun_scope"),
            models.CheckConstraint(condition=models.Q(status__in=StepStatus.values), name="activations_step_status"),
            models.UniqueConstraint(fields=["conversion", "area_code", "step"], name="activations_step_once"),
            models.CheckConstraint(
                condition=~models.Q(status=StepStatus.SKIPPED) | ~models.Q(reason=""),
                name="activations_skipped_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["conversion", "area_code", "position"], name="steps_of_conversion")]


class AreaMeasure(AreaScoped):
    """
    A measure over an area (管控措施), in force only with its basis, its end and the services that go with it.

    The five duties say who sees to it, with a telephone. The database itself refuses a restriction in force without
    them, without a decision of at least the district, or without what was weighed.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=24, choices=MeasureKind)
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)
    status = models.CharField(max_length=12, choices=MeasureStatus, default=MeasureStatus.DRAFT)
    decision = models.ForeignKey(DecisionDocument, null=True, on_delete=models.PROTECT, related_name="measures")
    authority_rank = models.PositiveSmallIntegerField(default=0)
    justification = models.TextField(max_length=2000, blank=True)
    alternatives_considered = models.TextField(max_length=2000, blank=True)
    food_duty = models.CharField(max_length=200, blank=True)
    medicine_duty = models.CharField(max_length=200, blank=True)
    medical_exit_duty = models.CharField(max_length=200, blank=True)
    care_contact_duty = models.CharField(max_length=200, blank=True)
    hotline_duty = models.CharField(max_length=200, blank=True)
    appeal_route = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="activations_areameasure_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=MeasureKind.values), name="activations_measure_kind"),
            models.CheckConstraint(
                condition=models.Q(status__in=MeasureStatus.values), name="activations_measure_status"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="activations_measure_ends"
            ),
            models.CheckConstraint(
                condition=models.Q(status=MeasureStatus.DRAFT)
                | ~models.Q(kind__in=sorted(RESTRICTIVE))
                | (
                    models.Q(decision__isnull=False, authority_rank__gte=3)
                    & ~models.Q(justification="")
                    & ~models.Q(alternatives_considered="")
                    & ~models.Q(appeal_route="")
                ),
                name="activations_restriction_has_basis",
            ),
            models.CheckConstraint(
                condition=models.Q(status=MeasureStatus.DRAFT)
                | ~models.Q(kind__in=sorted(RESTRICTIVE))
                | (
                    ~models.Q(food_duty="")
                    & ~models.Q(medicine_duty="")
                    & ~models.Q(medical_exit_duty="")
                    & ~models.Q(care_contact_duty="")
                    & ~models.Q(hotline_duty="")
                ),
                name="activations_restriction_has_services",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "ends_at"], name="measures_of_place")]
