"""
What a helper sees of their own tasks, and nothing else.

A helper's account sees its own community; the door may be in the next one. So these queries read in the system's
scope, always filtered by the account that asks. Before yes: what, roughly where, how far. After yes: the door, the
first name, the telephone, what is carried. A day after the end: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q

from juxing.dispatch.enums import HELD, RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, Task
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.needs.enums import NeedType
from juxing.needs.models import NeedLine
from juxing.supplies.units import unit_label

READER = Actor.system("own tasks")
SHOWN_FOR = timedelta(hours=24)
FINISHED = (TaskStatus.DONE, TaskStatus.VERIFIED)
RELATED = (
    "need__household__building__estate",
    "need__household__unit",
    "need__resident",
    "responder",
    "match",
    "round",
)


@dataclass(frozen=True, slots=True)
class HelperTask:
    """
    A task with exactly what its helper may see now; what is withheld is empty.

    ``items`` are (words, quantity, unit); a medicine not yet accepted stands there without its name (words "").
    """

    task: Task
    estate: str = ""
    building: str = ""
    floor: int | None = None
    has_lift: bool | None = None
    door: str = ""
    unit: str = ""
    place_text: str = ""
    person: str = ""
    telephone: str = ""
    details: str = ""
    items: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class OwnTasks:
    """One's own tasks: offers in the order they run out, what is held, what ended within a day."""

    offers: Sequence[HelperTask]
    held: Sequence[HelperTask]
    ended: Sequence[HelperTask]
    rounds: Sequence[DeliveryRound]


def own_tasks(*, actor: Actor, now: datetime) -> OwnTasks:
    """Return the tasks of the person behind the account."""
    if actor.account_id is None:
        return OwnTasks((), (), (), ())
    with acting(READER):
        rows = list(_shown(actor.account_id, now=now).order_by("expires_at", "id"))
        rounds = DeliveryRound.objects.filter(responder__account_id=actor.account_id).exclude(
            status=RoundStatus.FINISHED
        )
        mine = [see_as_helper(task, now=now) for task in rows]
        return OwnTasks(
            offers=[seen for seen in mine if seen.task.status == TaskStatus.OFFERED],
            held=[seen for seen in mine if seen.task.status in HELD],
            ended=[seen for seen in mine if seen.task.status not in {*HELD, TaskStatus.OFFERED}],
            rounds=list(rounds.order_by("planned_at")),
        )


def own_task(*, actor: Actor, now: datetime, uuid: UUID) -> HelperTask:
    """
    Return one of one's own tasks.

    Raises:
        NotVisible: if it is not theirs, or was over more than a day ago.
    """
    with acting(READER):
        task = _shown(actor.account_id, now=now).filter(uuid=uuid).first() if actor.account_id else None
        if task is None:
            raise NotVisible
        return see_as_helper(task, now=now)


def own_task_to_answer(*, actor: Actor, uuid: UUID) -> Task:
    """
    Return one of one's own tasks in whatever state, for a command: it says why an answer comes too late.

    Raises:
        NotVisible: if it is not theirs.
    """
    with acting(READER):
        mine = Task.objects.filter(uuid=uuid, responder__account_id=actor.account_id) if actor.account_id else None
        task = mine.first() if mine is not None else None
        if task is None:
            raise NotVisible
        return task


def own_round(*, actor: Actor, now: datetime, uuid: UUID) -> tuple[DeliveryRound, list[HelperTask]]:
    """
    Return one of one's own rounds with its stops in order.

    Raises:
        NotVisible: if it is not theirs, or has ended.
    """
    with acting(READER):
        mine = DeliveryRound.objects.select_related("depot", "responder", "plan").exclude(status=RoundStatus.FINISHED)
        if actor.account_id is None:
            raise NotVisible
        found = mine.filter(uuid=uuid, responder__account_id=actor.account_id).first()
        if found is None:
            raise NotVisible
        stops = _shown(actor.account_id, now=now).filter(round=found).order_by("position", "id")
        return found, [see_as_helper(task, now=now) for task in stops]


def see_as_helper(task: Task, *, now: datetime) -> HelperTask:
    """Return the task with what its helper may see at this moment; reads only what was loaded with it."""
    need, household = task.need, task.need.household
    building = household.building if household is not None else None
    rough = HelperTask(
        task=task,
        estate=building.estate.name if building else "",
        building=building.label if building else "",
        floor=household.floor if household else None,
        has_lift=building.has_lift if building else None,
        items=_items(task, with_medicine=task.status in HELD),
        longitude=need.longitude,
        latitude=need.latitude,
    )
    if task.status not in HELD:
        return rough if task.status == TaskStatus.OFFERED and task.expires_at > now else _without_place(task)
    unit = household.unit if household is not None else None
    return HelperTask(
        task=task, estate=rough.estate, building=rough.building, floor=rough.floor, has_lift=rough.has_lift,
        items=rough.items, longitude=rough.longitude, latitude=rough.latitude,
        door=household.door if household else "", unit=unit.number if unit else "",
        place_text="" if household else need.place_text,
        person=_first_name(task),
        telephone=need.contact_phone or (need.resident.phone if need.resident else ""),
        details="" if need.need_type == NeedType.PSYCHOLOGICAL_SUPPORT else need.details,
    )  # fmt: skip


def _without_place(task: Task) -> HelperTask:
    return HelperTask(task=task)


def _first_name(task: Task) -> str:
    need = task.need
    if need.resident is not None:
        return need.resident.given_name or need.resident.name
    return need.contact_name


def _items(task: Task, *, with_medicine: bool) -> list[tuple[str, str, str]]:
    is_medicine = task.need.need_type == NeedType.MEDICINE
    shown = []
    for line in task.need.lines.all():
        hidden = (is_medicine or (line.item is not None and line.item.is_medicine)) and not with_medicine
        quantity = f"{line.quantity.normalize():f}" if line.quantity is not None else ""
        unit = line.item.unit_label if line.item is not None else unit_label(line.unit)
        shown.append(("", "", "") if hidden else (line.written, quantity, unit))
    return shown


def _shown(account_id: int, *, now: datetime) -> ScopedQuerySet[Task]:
    recently = now - SHOWN_FOR
    is_shown = (
        Q(status=TaskStatus.OFFERED, expires_at__gt=now)
        | Q(status__in=sorted(HELD))
        | Q(status__in=FINISHED, done_at__gt=recently)
        | Q(status=TaskStatus.CANCELLED, accepted_at__gt=recently)
    )
    lines = Prefetch("need__lines", queryset=NeedLine.objects.select_related("item").order_by("id"))
    rows: ScopedQuerySet[Task] = (
        Task.objects.get_queryset()
        .filter(is_shown, responder__account_id=account_id)
        .select_related(*RELATED)
        .prefetch_related(lines)
    )
    return rows
