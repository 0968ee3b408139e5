"""The register of community workers: posts and grades, training, and two-sided evaluation of work."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import EvaluationSide, StaffLine, WorkResult
from juxing.organisations.models.register import Organisation

HIGHEST_GRADE = 18


class StaffMember(AreaScoped):
    """A community worker with post line and grade (四岗18级); nothing else is kept about the person."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_entries")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff")
    line = models.CharField(max_length=12, choices=StaffLine)
    grade = models.PositiveSmallIntegerField()
    grade_since = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_staffmember_scope"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(left_on__isnull=True), name="organisations_staff_once"
            ),
            models.CheckConstraint(condition=models.Q(line__in=StaffLine.values), name="organisations_staff_line"),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=HIGHEST_GRADE), name="organisations_staff_grade"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="staff_place")]


class StaffTraining(AreaScoped):
    """A training somebody took part in; ``valid_until`` where it must be renewed."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=80)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    completed_on = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_stafftraining_scope"),
            models.UniqueConstraint(
                fields=["member", "course", "completed_on"], name="organisations_training_once"
            ),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="organisations_training_hours"),
        ]  # fmt: skip


class WorkObjective(AreaScoped):
    """What a year's work is for, agreed once (一定); evaluated from two sides (双评), open to objection."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="objectives")
    year = models.PositiveSmallIntegerField()
    work = models.CharField(max_length=200)
    objection = models.CharField(max_length=400, blank=True, db_default="")
    objection_at = models.DateTimeField(null=True)
    objection_answer = models.CharField(max_length=400, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="organisations_workobjective_scope"),
            models.UniqueConstraint(fields=["member", "year", "work"], name="organisations_objective_once"),
        ]


class WorkEvaluation(AreaScoped):
    """How one side saw the work: reached, in part, not; and what of the work shows it."""

    objective = models.ForeignKey(WorkObjective, on_delete=models.PROTECT, related_name="evaluations")
    side = models.CharField(max_length=12, choices=EvaluationSide)
    result = models.CharField(max_length=12, choices=WorkResult)
    evidence = models.CharField(max_length=200, blank=True, db_default="")
    evaluated_on = models.DateField()

    class Meta:
        constraints = [
            RowSecurity(name="organisations_workevaluation_scope"),
            models.UniqueConstraint(fields=["objective", "side"], name="organisations_side_once"),
            models.CheckConstraint(condition=models.Q(side__in=EvaluationSide.values), name="organisations_side_known"),
            models.CheckConstraint(condition=models.Q(result__in=WorkResult.values), name="organisations_result_known"),
        ]
