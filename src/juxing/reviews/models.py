"""Looking back: notes while a response runs, the review after it, findings, and what is changed because of them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from juxing.activations.models import Activation
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.plans.models import EmergencyPlan, PlanVersion
from juxing.reviews.enums import ActionStatus, FindingKind, ReviewStatus


class ReviewNote(AreaScoped):
    """A note while a response or drill runs (边查边改), so that nothing is remembered wrongly afterwards."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="review_notes")
    kind = models.CharField(max_length=8, choices=FindingKind)
    text = models.CharField(max_length=1000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="reviews_reviewnote_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=FindingKind.values), name="reviews_note_kind"),
        ]
        indexes = [models.Index(fields=["activation", "-written_at", "-id"], name="notes_of_activation")]


class AfterActionReview(AreaScoped):
    """The review of one response or drill (复盘); planned beside happened is counted, what it means is written."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.OneToOneField(Activation, on_delete=models.PROTECT, related_name="review")
    status = models.CharField(max_length=8, choices=ReviewStatus, default=ReviewStatus.OPEN)
    summary = models.TextField(max_length=4000, blank=True)
    due_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="reviews_afteractionreview_scope"),
            models.CheckConstraint(condition=models.Q(status__in=ReviewStatus.values), name="reviews_review_status"),
            models.CheckConstraint(
                condition=~models.Q(status=ReviewStatus.CLOSED)
                | (models.Q(closed_at__isnull=False) & ~models.Q(summary="")),
                name="reviews_closed_with_summary",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "-opened_at", "-id"], name="review_recent")]


class Finding(AreaScoped):
    """One thing the review found; ``entries`` are journal entries it rests on."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    review = models.ForeignKey(AfterActionReview, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=FindingKind)
    text = models.CharField(max_length=1000)
    entries = models.JSONField(default=list)

    class Meta:
        constraints = [
            RowSecurity(name="reviews_finding_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=FindingKind.values), name="reviews_finding_kind"),
            models.UniqueConstraint(fields=["review", "number"], name="reviews_finding_once"),
        ]


class CorrectiveAction(AreaScoped):
    """
    What is changed because of a finding (整改事项): by which post, until when, in which part of which plan.

    ``row_code``, ``field`` and ``value`` are the change itself where it fits one field of one row; "" otherwise: then a
    person writes it into the plan. ``applied_in`` is the version that has it, ``tested_in`` the drill that proved
    it, ``tested_by`` its activation where people took part: a drill that is computed leaves none.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="actions")
    plan = models.ForeignKey(EmergencyPlan, on_delete=models.PROTECT, related_name="corrective_actions")
    text = models.CharField(max_length=400)
    owner_post = models.CharField(max_length=80)
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=ActionStatus, default=ActionStatus.OPEN)
    part = models.CharField(max_length=20)
    row_code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=400, blank=True)
    applied_in = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="corrective_actions")
    tested_by = models.ForeignKey(Activation, null=True, on_delete=models.PROTECT, related_name="+")
    tested_in = models.UUIDField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="reviews_correctiveaction_scope"),
            models.CheckConstraint(condition=models.Q(status__in=ActionStatus.values), name="reviews_action_status"),
            models.CheckConstraint(
                condition=models.Q(status__in=[ActionStatus.OPEN, ActionStatus.DROPPED])
                | models.Q(applied_in__isnull=False),
                name="reviews_applied_in_a_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ActionStatus.TESTED) | models.Q(tested_in__isnull=False),
                name="reviews_tested_by_a_drill",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="actions_due", condition=models.Q(status__in=[ActionStatus.OPEN])
            ),
            models.Index(fields=["plan", "status"], name="actions_of_plan"),
        ]  # fmt: skip
