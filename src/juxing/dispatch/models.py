"""Dispatch: who is asked to help whom, why, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.dispatch.enums import LIVE, RoundStatus, RunStatus, RunTrigger, TaskStatus
from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.needs.models import Need
from juxing.responders.models import Responder
from juxing.supplies.models import Depot, QuantityField, SupplyItem


class MatchingRun(AreaScoped):
    """
    One computation of who helps whom over a place.

    ``objective``, ``bound`` and ``gap`` are the engine's, over all pairs; ``seconds`` says how long reading, solving
    and writing took; ``settings`` the weights used, so that the answer can be explained and repeated.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    trigger = models.CharField(max_length=16, choices=RunTrigger)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.RUNNING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    need_count = models.PositiveIntegerField(default=0)
    responder_count = models.PositiveIntegerField(default=0)
    matched_count = models.PositiveIntegerField(default=0)
    unserved_count = models.PositiveIntegerField(default=0)
    objective = models.BigIntegerField(null=True)
    bound = models.BigIntegerField(null=True)
    seconds = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    failure = models.CharField(max_length=400, blank=True)
    job_uuid = models.UUIDField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_matchingrun_scope"),
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="dispatch_run_status"),
            models.CheckConstraint(condition=models.Q(trigger__in=RunTrigger.values), name="dispatch_run_trigger"),
        ]
        indexes = [
            models.Index(fields=["area_code", "-started_at"], name="run_of_area"),
            models.Index(fields=["-started_at", "-id"], name="run_recent"),
        ]


class RunSchedule(AreaScoped):
    """How often runs start by themselves in a street where something waits; 0 minutes means never."""

    every_minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_runschedule_scope"),
            models.UniqueConstraint(fields=["area_code"], name="dispatch_schedule_once"),
            models.CheckConstraint(condition=models.Q(every_minutes__lte=1440), name="dispatch_schedule_daily"),
        ]


class Match(AreaScoped):
    """
    The engine's answer for one need, never changed: the responder, what the pairing costs and who came next.

    ``responder`` is null when the need could not be served; ``unserved_reason`` then says what stood in the way.
    """

    run = models.ForeignKey(MatchingRun, on_delete=models.PROTECT, related_name="matches")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="matches")
    responder = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="matches")
    distance_m = models.PositiveIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    cost_parts = models.JSONField(default=dict)
    runner_up = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="+")
    runner_up_extra_m = models.IntegerField(null=True)
    unserved_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_match_scope"),
            models.UniqueConstraint(fields=["run", "need"], name="dispatch_match_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(responder__isnull=True) | models.Q(unserved_reason=""),
                name="dispatch_match_served_or_reason",
            ),
        ]
        indexes = [models.Index(fields=["need", "-id"], name="match_of_need")]


class DeliveryRound(AreaScoped):
    """One responder's stops in the order they are walked."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="rounds")
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RoundStatus, default=RoundStatus.PLANNED)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    distance_m = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_deliveryround_scope"),
            models.CheckConstraint(condition=models.Q(status__in=RoundStatus.values), name="dispatch_round_status"),
        ]
        indexes = [
            models.Index(fields=["responder", "status"], name="round_of_responder"),
            models.Index(fields=["-planned_at", "-id"], name="round_recent"),
        ]


class Task(AreaScoped):
    """
    One person's work on one need; ``area_code`` is the need's.

    At most one live task exists per need: the database refuses a second. Notes and photos are kept apart from the
    need because they belong to the helper's report.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="tasks")
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="tasks")
    match = models.ForeignKey(Match, null=True, on_delete=models.PROTECT, related_name="tasks")
    status = models.CharField(max_length=12, choices=TaskStatus, default=TaskStatus.OFFERED)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    note = EncryptedTextField(blank=True)
    round = models.ForeignKey(DeliveryRound, null=True, on_delete=models.PROTECT, related_name="tasks")
    position = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_task_scope"),
            models.CheckConstraint(condition=models.Q(status__in=TaskStatus.values), name="dispatch_task_status"),
            models.UniqueConstraint(
                fields=["need"],
                condition=models.Q(status__in=sorted(LIVE)),
                name="dispatch_one_live_task_per_need",
            ),
        ]
        indexes = [
            models.Index(fields=["responder", "status"], name="task_of_responder"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status=TaskStatus.OFFERED.value),
                name="task_offer_expiring",
            ),
            models.Index(fields=["area_code", "status"], name="task_area"),
            models.Index(fields=["-offered_at", "-id"], name="task_recent"),
        ]


class TaskPhoto(AreaScoped):
    """A photo that shows the delivery; location and camera data are removed before it is kept."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="photos")
    content_type = models.CharField(max_length=20)
    content = models.BinaryField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="dispatch_taskphoto_scope")]


class StockReservation(AreaScoped):
    """Stock promised to a task; released when the task ends without a delivery."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reservations")
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_stockreservation_scope"),
            models.UniqueConstraint(fields=["task", "item"], name="dispatch_reservation_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="dispatch_reservation_positive"),
        ]
