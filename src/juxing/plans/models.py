"""Emergency plans, their versions and their local annexes."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.plans.enums import AreaKind, IncidentGrade, PlanImportSectionStatus, PlanImportStatus, VersionStatus


class EmergencyPlan(AreaScoped):
    """A plan (预案) for one hazard at one place, for one grade of incident or (without) for all."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    title = models.CharField(max_length=80)
    hazard = models.CharField(max_length=60)
    area_kind = models.CharField(max_length=12, choices=AreaKind)
    grade = models.PositiveSmallIntegerField(choices=IncidentGrade, null=True)
    review_months = models.PositiveSmallIntegerField(default=12)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="plans_emergencyplan_scope"),
            models.UniqueConstraint(
                fields=["area_code", "hazard", "grade"], nulls_distinct=False, name="plans_one_for_each_case"
            ),
            models.CheckConstraint(condition=models.Q(area_kind__in=AreaKind.values), name="plans_area_kind_known"),
            models.CheckConstraint(
                condition=models.Q(grade__isnull=True) | models.Q(grade__in=IncidentGrade.values),
                name="plans_grade_known",
            ),
            models.CheckConstraint(
                condition=models.Q(review_months__gte=1, review_months__lte=36), name="plans_review_within_law"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanVersion(AreaScoped):
    """
    One version of a plan: a whole document with its digest.

    Only drafts change; the database refuses a change to the content of any other. At most one draft and one version
    in force stand beside each other.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(EmergencyPlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=VersionStatus, default=VersionStatus.DRAFT)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=400, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    drilled_at = models.DateTimeField(null=True)
    undrilled_reason = models.CharField(max_length=400, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    review_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="plans_planversion_scope"),
            models.CheckConstraint(condition=models.Q(status__in=VersionStatus.values), name="plans_version_status"),
            models.UniqueConstraint(fields=["plan", "number"], name="plans_version_number_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(status=VersionStatus.DRAFT), name="plans_one_draft"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(status=VersionStatus.APPROVED), name="plans_one_in_force"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=VersionStatus.APPROVED)
                | models.Q(approved_at__isnull=False, review_due_on__isnull=False)
                & (models.Q(drilled_at__isnull=False) | ~models.Q(undrilled_reason="")),
                name="plans_in_force_is_approved_and_drilled",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="only_drafts_change",
                operation=pgtrigger.UpdateOf("content", "digest"),  # type: ignore[no-untyped-call]
                condition=~pgtrigger.Q(old__status="draft"),
            ),
            pgtrigger.Protect(name="versions_stay", operation=pgtrigger.Delete),
        ]


class PlanAnnex(AreaScoped):
    """What a plan means at one place below it (本地附件): the keys, the pump, who opens the gate."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(EmergencyPlan, on_delete=models.PROTECT, related_name="annexes")
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="plans_planannex_scope"),
            models.UniqueConstraint(fields=["plan", "area_code", "title"], name="plans_annex_once"),
        ]


class DutyAnswer(AreaScoped):
    """
    Whether somebody accepts what a plan lays on a post they may hold (责任签收), at the place where they serve.

    ``duties`` is the digest of what was read: the post and the steps it answers for. A version that changes them asks
    again; what was answered to the words before counts no more.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(EmergencyPlan, on_delete=models.PROTECT, related_name="duty_answers")
    post_code = models.CharField(max_length=40)
    duties = models.CharField(max_length=64)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_answers")
    is_accepted = models.BooleanField()
    reason = models.CharField(max_length=400, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="plans_dutyanswer_scope"),
            models.UniqueConstraint(fields=["plan", "post_code", "account"], name="plans_duty_answered_once"),
            models.CheckConstraint(
                condition=models.Q(is_accepted=True) | ~models.Q(reason=""), name="plans_duty_refused_for_a_reason"
            ),
        ]


class PlanImport(AreaScoped):
    """
    A plan's text sent in as a Word or PDF file; the same file for the same plan is the same import.

    ``content`` (base64) is emptied once it was read. ``aside`` holds, as JSON, the telephone numbers and names taken
    out of it; it is emptied when the import is finished.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(EmergencyPlan, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    content = EncryptedTextField(blank=True)
    aside = EncryptedTextField(blank=True)
    status = models.CharField(max_length=12, choices=PlanImportStatus, default=PlanImportStatus.WAITING)
    failure = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=80, blank=True)
    remarks = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    job_uuid = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="plans_planimport_scope"),
            models.CheckConstraint(condition=models.Q(status__in=PlanImportStatus.values), name="plans_import_status"),
            models.UniqueConstraint(fields=["plan", "digest"], name="plans_import_file_once"),
            models.CheckConstraint(
                condition=~models.Q(status__in=[PlanImportStatus.READY, PlanImportStatus.CLOSED])
                | models.Q(content=""),
                name="plans_import_keeps_no_file_once_read",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=PlanImportStatus.CLOSED) | models.Q(aside="", closed_at__isnull=False),
                name="plans_import_closed_keeps_nothing_aside",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "-uploaded_at"], name="plan_import_recent")]


class PlanImportSection(AreaScoped):
    """
    One section read from a text, and what a person decided about it.

    ``read`` is JSON: the text proposed, the blocks of the original it was made of, the rows proposed for other parts.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=80, blank=True)
    read = EncryptedTextField()
    doubts = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=PlanImportSectionStatus, default=PlanImportSectionStatus.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="plans_planimportsection_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=PlanImportSectionStatus.values), name="plans_import_section_status"
            ),
            models.UniqueConstraint(fields=["plan_import", "position"], name="plans_import_section_position"),
        ]
