"""Command under an activation: who was called, orders and what came of them, periods, the log, situation reports."""

from __future__ import annotations

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models

from juxing.activations.models import Activation
from juxing.command.enums import DeliveryStatus, MusterAnswer, NoticeStatus, OrderStatus, Urgency
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import AssignmentSlot
from juxing.plans.enums import NoticeAudience, ResponseLevel


class MusterPost(AreaScoped):
    """
    A post an activation counts on, as it was called up: the address of orders.

    A copy, so that a drill has posts without a row in the live register, and a report still reads right when the post
    is long closed. ``post_uuid`` is the live post, None in a drill. ``people_called`` and ``people_arrived`` are
    written when the calls themselves are destroyed: the review still knows which posts had nobody.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="muster_posts")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    duties = models.CharField(max_length=400, blank=True)
    post_uuid = models.UUIDField(null=True)
    called_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    people_called = models.PositiveSmallIntegerField(default=0, db_default=0)
    people_arrived = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="command_musterpost_scope"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("called_at")),
                name="command_post_closed_after_called",
            ),
        ]
        indexes = [models.Index(fields=["activation", "area_code", "id"], name="muster_of_activation")]

    def __str__(self) -> str:
        return self.title


class MusterHolder(AreaScoped):
    """One person called to a post, as A or B: answered, stands here, released. Nothing is kept of why not."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    muster_post = models.ForeignKey(MusterPost, on_delete=models.PROTECT, related_name="holders")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="musters")
    slot = models.CharField(max_length=10, choices=AssignmentSlot)
    answer = models.CharField(max_length=8, choices=MusterAnswer, default=MusterAnswer.WAITING)
    called_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="command_musterholder_scope"),
            models.CheckConstraint(condition=models.Q(answer__in=MusterAnswer.values), name="command_answer_known"),
            models.CheckConstraint(condition=models.Q(slot__in=AssignmentSlot.values), name="command_slot_known"),
            models.UniqueConstraint(
                fields=["muster_post", "account"], condition=models.Q(released_at__isnull=True),
                name="command_called_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["account"], name="musters_of_account", condition=models.Q(released_at__isnull=True)
            )
        ]  # fmt: skip


class OperationalPeriod(AreaScoped):
    """
    A time under one lead with its aims (作战时段). One follows the other; the next begins when it is accepted.

    ``handed_to`` and ``handover_text`` are what the lead leaves to the next shift, ``standing`` the figures then.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveSmallIntegerField()
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    aims = models.TextField(max_length=2000, blank=True)
    starts_at = models.DateTimeField()
    planned_end_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    handed_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handover_text = models.TextField(max_length=2000, blank=True)
    handed_at = models.DateTimeField(null=True)
    standing = models.JSONField(default=dict)
    taken_over_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="command_operationalperiod_scope"),
            models.UniqueConstraint(fields=["activation", "number"], name="command_period_once"),
            models.UniqueConstraint(
                fields=["activation"], condition=models.Q(ended_at__isnull=True), name="command_one_period_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(planned_end_at__gt=models.F("starts_at")), name="command_period_ends"
            ),
        ]  # fmt: skip


class CommandOrder(AreaScoped):
    """
    An order (指令) straight to posts of any level. ``area_code`` is the smallest place that holds all addressed.

    ``playbook_code`` names the step of the plan it carries out, so a review can set planned beside happened.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="orders")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.ISSUED)
    wants_report = models.BooleanField(default=True)
    answer_minutes = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(null=True)
    areas = models.JSONField(default=list)
    post_codes = models.JSONField(default=list)
    playbook_code = models.CharField(max_length=40, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="command_commandorder_scope"),
            models.UniqueConstraint(fields=["activation", "number"], name="command_order_number_once"),
            models.CheckConstraint(condition=models.Q(urgency__in=Urgency.values), name="command_urgency_known"),
            models.CheckConstraint(condition=models.Q(status__in=OrderStatus.values), name="command_order_status"),
        ]

    def __str__(self) -> str:
        return self.title


class OrderDelivery(AreaScoped):
    """One order at one post: acknowledged, carried out or not; ``check_at`` is when silence is followed up next."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    order = models.ForeignKey(CommandOrder, on_delete=models.PROTECT, related_name="deliveries")
    muster_post = models.ForeignKey(MusterPost, on_delete=models.PROTECT, related_name="deliveries")
    status = models.CharField(max_length=12, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    check_at = models.DateTimeField(null=True)
    resent_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    acknowledged_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reported_at = models.DateTimeField(null=True)
    report = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="command_orderdelivery_scope"),
            models.UniqueConstraint(fields=["order", "muster_post"], name="command_delivered_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=DeliveryStatus.values), name="command_delivery_status"
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], name="deliveries_to_check", condition=models.Q(check_at__isnull=False)
            ),
            models.Index(fields=["order", "area_code", "id"], name="deliveries_of_order"),
        ]  # fmt: skip


class OrderReading(AreaScoped):
    """An order in one person's hands: sent, sent again, read."""

    delivery = models.ForeignKey(OrderDelivery, on_delete=models.PROTECT, related_name="readings")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="order_readings")
    slot = models.CharField(max_length=10, choices=AssignmentSlot)
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1, db_default=1)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="command_orderreading_scope"),
            models.UniqueConstraint(fields=["delivery", "account"], name="command_one_reading"),
        ]
        indexes = [models.Index(fields=["account", "-sent_at", "-id"], name="readings_of_account")]


class LogEntry(AreaScoped):
    """A line of the activity log (值班日志). Written once; what was wrong is set right by another line."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="log")
    text = models.TextField(max_length=2000)
    happened_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="command_logentry_scope")]
        indexes = [models.Index(fields=["activation", "-happened_at", "-id"], name="log_of_activation")]
        triggers = [pgtrigger.Protect(name="log_append_only", operation=pgtrigger.Update)]


class SituationReport(AreaScoped):
    """
    A situation report (情况报告) over [since, until), counted from the journal; its figures never change.

    ``figures`` are [code, count] of declared figures and of single actions; ``standing`` how things stood at the end.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="situation_reports")
    period = models.ForeignKey(OperationalPeriod, null=True, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    areas = models.JSONField(default=list)
    newest_entry = models.BigIntegerField()
    figures = models.JSONField(default=list)
    standing = models.JSONField(default=dict)
    assessment = models.TextField(max_length=4000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="command_situationreport_scope"),
            models.UniqueConstraint(fields=["activation", "number"], name="command_report_number_once"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="command_report_period"),
        ]
        triggers = [pgtrigger.Protect(name="reports_stay", operation=pgtrigger.Update)]


class Notice(AreaScoped):
    """
    A notice (公告) of a response for one place: drafted from the plan, put right and published by a person.

    It has an end and is over then, whether or not anything ran. ``told_by`` published it. ``level`` is that its words
    were written for: a published notice keeps its words, and a draft beside it may replace it when the level or the end
    has changed.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=4000)
    audience = models.CharField(max_length=12, choices=NoticeAudience, default=NoticeAudience.RESIDENTS)
    status = models.CharField(max_length=10, choices=NoticeStatus, default=NoticeStatus.DRAFT)
    level = models.CharField(max_length=8, choices=ResponseLevel)
    drafted_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="command_notice_scope"),
            models.CheckConstraint(condition=models.Q(status__in=NoticeStatus.values), name="command_notice_status"),
            models.CheckConstraint(
                condition=models.Q(audience__in=NoticeAudience.values), name="command_notice_audience"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=NoticeStatus.PUBLISHED) | models.Q(published_at__isnull=False),
                name="command_notice_published_when",
            ),
            models.UniqueConstraint(
                fields=["activation", "area_code", "code", "status"],
                condition=models.Q(status__in=[NoticeStatus.DRAFT, NoticeStatus.PUBLISHED]),
                name="command_notice_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["area_code", "ends_at"], name="notices_in_force",
                condition=models.Q(status=NoticeStatus.PUBLISHED),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
