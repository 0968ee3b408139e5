"""Delivery rounds: one helper's accepted tasks in a good order, from the depot where the goods lie."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.enums import RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, StockReservation, Task
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.supplies.models import Depot

ROUND_PLANNED = journal.declare_action("dispatch.round.plan", _("Delivery round planned"))
ROUND_PRINTED = journal.declare_action("dispatch.round.print", _("Round printed with names and doors"))
ROUND_FINISHED = journal.declare_action("dispatch.round.finish", _("Delivery round finished"))


@transaction.atomic
def plan_rounds(*, actor: Actor, now: datetime, area_code: str) -> list[DeliveryRound]:
    """
    Put every accepted task of the place into a round of its helper, and return the rounds.

    Rounds not yet begun are planned anew with what was accepted since; a round under way is left alone.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
    """
    actor.require(policy.STEER, area_code)
    waiting = (
        Task.objects.within(area_code)
        .filter(status=TaskStatus.ACCEPTED)
        .exclude(round__status=RoundStatus.UNDER_WAY)
        .select_related("need", "responder", "round")
        .select_for_update(of=("self",))
        .order_by("id")
    )
    by_responder: dict[int, list[Task]] = defaultdict(list)
    for task in waiting:
        by_responder[task.responder_id].append(task)
    return [_plan(tasks, actor=actor, now=now) for tasks in by_responder.values()]


@transaction.atomic
def note_round_printed(*, actor: Actor, now: datetime, planned: DeliveryRound) -> None:
    """
    Note that names, doors and telephones of a round were opened for paper.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
    """
    actor.require(policy.STEER, planned.area_code)
    journal.record(ROUND_PRINTED, actor=actor, subject=planned, happened_at=now)


@transaction.atomic
def finish_rounds(*, now: datetime) -> int:
    """Close rounds whose tasks have all ended, and return how many."""
    process = Actor.system("dispatch")
    over = DeliveryRound.objects.exclude(status=RoundStatus.FINISHED).exclude(
        tasks__status__in=[TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED]
    )
    rounds = list(over.select_for_update(skip_locked=True, of=("self",)))
    for ended in rounds:
        ended.status, ended.finished_at = RoundStatus.FINISHED, now
        ended.save(update_fields=["status", "finished_at"])
        journal.record(ROUND_FINISHED, actor=process, subject=ended, happened_at=now)
    return len(rounds)


def begin_round(task: Task, *, now: datetime) -> None:
    """Note that the round of a task is under way, from its first check-in on."""
    if task.round_id is not None:
        DeliveryRound.objects.filter(pk=task.round_id, status=RoundStatus.PLANNED).update(
            status=RoundStatus.UNDER_WAY, started_at=now
        )


def _plan(tasks: list[Task], *, actor: Actor, now: datetime) -> DeliveryRound:
    responder = tasks[0].responder
    depot = _depot_of(tasks)
    order, distance_m = problems.walking_order(start=depot or responder, stops=[task.need for task in tasks])
    planned = next((task.round for task in tasks if task.round is not None), None)
    if planned is None:
        planned = DeliveryRound(area_code=responder.area_code, responder=responder, status=RoundStatus.PLANNED)
    planned.depot, planned.planned_at, planned.distance_m = depot, now, distance_m
    planned.save()
    for position, row in enumerate(order, start=1):
        tasks[row].round, tasks[row].position = planned, position
    Task.objects.bulk_update(tasks, ["round", "position"])
    journal.record(ROUND_PLANNED, actor=actor, subject=planned, happened_at=now, changes={"stops": len(tasks)})
    return planned


def _depot_of(tasks: list[Task]) -> Depot | None:
    held = StockReservation.objects.filter(task__in=tasks, is_open=True).select_related("depot").order_by("id")
    first = held.first()
    return first.depot if first else None
