"""
Tasks as a desk sees them.

A helper may come from the next community, whose people this desk does not see. So rows are read in the system's
scope, filtered by the desk's own right to the task; pages mask the helper's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from juxing.dispatch import policy
from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import StockReservation, Task, TaskPhoto
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.needs.models import NeedLine

TASK_ORDER = ("-offered_at", "-id")
READER = Actor.system("tasks of a desk")
RELATED = (
    "need__household__building__estate", "need__household__unit", "responder", "match__runner_up", "match__run",
    "round",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """What a desk looks for; "" is everything, "live" every task under way, "late" those past their time."""

    status: str = ""
    area_code: str = ""


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """One task with what it carries, where the goods lie, and the steps open to this actor."""

    task: Task
    lines: Sequence[NeedLine]
    reservations: Sequence[StockReservation]
    photos: Sequence[TaskPhoto]
    entries: Sequence[JournalEntry]
    steps: Sequence[str]


def tasks_page(*, actor: Actor, now: datetime, filters: TaskFilters, cursor: str | None = None) -> Page[Task]:
    """Return tasks, offered last first."""
    with acting(READER):
        rows = _visible(actor).within(filters.area_code).select_related(*RELATED)
        return page_of(_filtered(rows, filters.status, now=now), order=TASK_ORDER, cursor=cursor)


def counts_by_status(*, actor: Actor) -> dict[str, int]:
    """Return how many tasks of each state under way the actor sees."""
    rows = policy.visible_tasks(actor).filter(status__in=sorted(LIVE))
    return dict(rows.values("status").annotate(count=Count("id")).order_by().values_list("status", "count"))


def task_detail(*, actor: Actor, uuid: UUID) -> TaskDetail:
    """
    Return one task.

    Raises:
        NotVisible: if there is none for this actor.
    """
    with acting(READER):
        task = _visible(actor).select_related(*RELATED).filter(uuid=uuid).first()
        if task is None:
            raise NotVisible
        return TaskDetail(
            task=task,
            lines=list(task.need.lines.select_related("item").order_by("id")),
            reservations=list(task.reservations.select_related("depot", "item").order_by("id")),
            photos=list(task.photos.defer("content").order_by("taken_at")),
            entries=list(journal.entries_about(Task._meta.label_lower, task.uuid)[:50]),
            steps=[step.name for step in TASK.offered(actor, task)],
        )


def photo_of(*, actor: Actor, task_uuid: UUID, uuid: UUID) -> TaskPhoto:
    """
    Return a photo of a task.

    Raises:
        NotVisible: if there is none for this actor.
    """
    rows = TaskPhoto.objects.inside(actor.areas_with(policy.VIEW))
    photo = rows.filter(task__uuid=task_uuid, uuid=uuid).first()
    if photo is None:
        raise NotVisible
    return photo


def task_to_steer(*, actor: Actor, uuid: UUID) -> Task:
    """
    Return a task the actor may see, for a command; call it in the system's scope.

    Raises:
        NotVisible: if there is none for this actor.
    """
    task = _visible(actor).select_related("responder", "need").filter(uuid=uuid).first()
    if task is None:
        raise NotVisible
    return task


def _visible(actor: Actor) -> ScopedQuerySet[Task]:
    return Task.objects.inside(actor.areas_with(policy.VIEW))


def _filtered(rows: ScopedQuerySet[Task], status: str, *, now: datetime) -> ScopedQuerySet[Task]:
    if status == "live":
        return rows.filter(status__in=sorted(LIVE))
    if status == "late":
        return rows.filter(status=TaskStatus.OFFERED, expires_at__lte=now)
    return rows.filter(status=status) if status in TaskStatus.values else rows
