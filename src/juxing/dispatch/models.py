"""Dispatch: who is asked to help whom, why, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.dispatch.enums import (
    LIVE,
    PlacementStatus,
    PlanStatus,
    RoundStatus,
    RunStatus,
    RunTrigger,
    TaskStatus,
)
from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.needs.models import Need
from juxing.responders.models import Responder
from juxing.supplies.models import Depot, QuantityField, SupplyItem


class MatchingRun(AreaScoped):
    """
    One computation of who helps whom over a place.

    ``objective`` and ``bound`` are the engine's, over all pairs; ``proof`` says how they were found and checked;
    ``seconds`` how long reading, solving and writing took; ``weights`` the weights used, so that the answer can be
    explained and repeated; ``gates`` how many with room could not be asked because of what a task asks before, and
    what they lack. ``finish_asked_at`` is when someone asked for the best answer found so far.
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
    proof = models.JSONField(default=dict)
    gates = models.JSONField(default=dict)
    seconds = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    finish_asked_at = models.DateTimeField(null=True)
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

    ``responder`` is null when the need could not be served; ``unserved_reason`` then says what stood in the way, and
    ``unserved_facts`` who would come nearest to serving it. ``runner_up_parts`` is what each part of the runner-up's
    cost would be more (or less).
    """

    run = models.ForeignKey(MatchingRun, on_delete=models.PROTECT, related_name="matches")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="matches")
    responder = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="matches")
    distance_m = models.PositiveIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    cost_parts = models.JSONField(default=dict)
    runner_up = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="+")
    runner_up_extra_m = models.IntegerField(null=True)
    runner_up_parts = models.JSONField(default=dict)
    unserved_reason = models.CharField(max_length=40, blank=True)
    unserved_facts = models.JSONField(default=dict)

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


class RoundPlan(AreaScoped):
    """
    One planning of delivery rounds over a place: what was asked, what came out, and how good it is.

    ``objective`` and ``bound`` are the engine's (metres and seconds added up, penalties for who is left);
    ``first_objective`` is what the instant order of the same stops costs. ``left`` lists waiting deliveries that are
    on no round: need and reason.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.RUNNING)
    takes_waiting = models.BooleanField(default=False)
    budget_s = models.PositiveSmallIntegerField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stop_count = models.PositiveIntegerField(default=0)
    courier_count = models.PositiveIntegerField(default=0)
    round_count = models.PositiveIntegerField(default=0)
    offered_count = models.PositiveIntegerField(default=0)
    objective = models.BigIntegerField(null=True)
    bound = models.BigIntegerField(null=True)
    first_objective = models.BigIntegerField(null=True)
    left = models.JSONField(default=list)
    seconds = models.JSONField(default=dict)
    failure = models.CharField(max_length=400, blank=True)
    job_uuid = models.UUIDField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_roundplan_scope"),
            models.CheckConstraint(condition=models.Q(status__in=PlanStatus.values), name="dispatch_plan_status"),
        ]
        indexes = [models.Index(fields=["area_code", "-started_at"], name="plan_of_area")]


class DeliveryRound(AreaScoped):
    """
    One responder's stops in the order they are walked.

    ``distance_m`` and ``duration_s`` are of what was still ahead when it was last planned; ``first_distance_m`` is
    the instant order's, so that a person sees what the search saved. ``late_s`` is by how much times that were asked
    for cannot be held.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    plan = models.ForeignKey(RoundPlan, null=True, on_delete=models.PROTECT, related_name="rounds")
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="rounds")
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RoundStatus, default=RoundStatus.PLANNED)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    distance_m = models.PositiveIntegerField(default=0)
    first_distance_m = models.PositiveIntegerField(null=True)
    duration_s = models.PositiveIntegerField(default=0)
    late_s = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    change_count = models.PositiveSmallIntegerField(default=0)

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
    need because they belong to the helper's report. ``planned_for`` is when the round reaches the door, by the plan.
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
    planned_for = models.DateTimeField(null=True)

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
            models.Index(fields=["round", "position"], name="task_of_round"),
            models.Index(fields=["-offered_at", "-id"], name="task_recent"),
        ]


class LivePlacement(AreaScoped):
    """
    A life-critical need placed at once, moving nobody, and the exact plan that stood beside it.

    ``instant`` was asked at once; ``exact`` is whom the exact plan would ask instead, with ``gain_m`` in metres of the
    open formula and ``moves``: offers not yet answered that would go to someone else, each with task, helper now,
    helper then (null: nobody) and metres more or less. A person may take it while it still holds.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    run = models.ForeignKey(MatchingRun, on_delete=models.PROTECT, related_name="placements")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="placements")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="placements")
    status = models.CharField(max_length=10, choices=PlacementStatus)
    instant = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="+")
    instant_m = models.PositiveIntegerField(null=True)
    exact = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="+")
    exact_m = models.PositiveIntegerField(null=True)
    gain_m = models.BigIntegerField(default=0)
    moves = models.JSONField(default=list)
    seconds = models.FloatField(default=0.0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="dispatch_liveplacement_scope"),
            models.UniqueConstraint(fields=["run", "need"], name="dispatch_placement_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(status__in=PlacementStatus.values), name="dispatch_placement_status"
            ),
        ]
        indexes = [models.Index(fields=["need", "-id"], name="placement_of_need")]


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
