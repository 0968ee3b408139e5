"""Dispatch over HTTP: start a run, read what it did, answer offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ninja import Router, Status

from juxing.dispatch import commands, schemas
from juxing.dispatch.enums import RunTrigger, TaskStatus
from juxing.dispatch.jobs import MATCHING_RUN
from juxing.dispatch.models import Task
from juxing.dispatch.policy import visible_runs, visible_tasks
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.jobs import start_job
from juxing.kernel.keyset import page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest

router = Router(tags=["dispatch"])


@router.post("/matching-runs/", response={202: schemas.RunOut})
@once
def start_run(request: ActorRequest, given: schemas.RunIn) -> Status[dict[str, Any]]:
    """Begin a matching run; ask for it again until its status is ``offered``."""
    now = clock.now()
    run = commands.begin_run(actor=request.actor, now=now, area_code=given.area, trigger=RunTrigger.PERSON)
    start_job(MATCHING_RUN, actor=request.actor, area_code=given.area, now=now, arguments={"run": str(run.uuid)})
    return Status(202, schemas.run_out(run))


@router.get("/matching-runs/{uuid}", response=schemas.RunOut)
def read_run(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One run."""
    run = visible_runs(request.actor).filter(uuid=uuid).first()
    if run is None:
        raise NotVisible
    return schemas.run_out(run)


@router.get("/tasks/", response=PageSchema[schemas.TaskOut])
def list_tasks(
    request: ActorRequest, area: str = "", status: TaskStatus | None = None, cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Tasks of the places the token may see, newest first."""
    rows = visible_tasks(request.actor).within(area).select_related("need", "responder", "match")
    if status is not None:
        rows = rows.filter(status=status)
    return page_answer(page_of(rows, order=("-id",), cursor=cursor or None, size=size), schemas.task_out)


@router.get("/my/tasks/", response=list[schemas.TaskOut])
def list_my_tasks(request: ActorRequest) -> list[dict[str, Any]]:
    """Tasks offered to or held by the token's own account."""
    with acting(Actor.system("own tasks")):
        live = _own(request.actor).exclude(
            status__in=[TaskStatus.DECLINED, TaskStatus.EXPIRED, TaskStatus.CANCELLED, TaskStatus.VERIFIED]
        )
        return [schemas.task_out(task) for task in live.order_by("-id")[:100]]


@router.post("/tasks/{uuid}/accept", response=schemas.TaskOut)
@once
def accept(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Take the task."""
    return _answer(request.actor, uuid, commands.accept_task)


@router.post("/tasks/{uuid}/decline", response=schemas.TaskOut)
@once
def decline(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Leave the task to others; nothing follows from it."""
    return _answer(request.actor, uuid, commands.decline_task)


@router.post("/tasks/{uuid}/check-in", response=schemas.TaskOut)
@once
def check_in(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Say that one is on the way."""
    return _answer(request.actor, uuid, commands.check_in)


@router.post("/tasks/{uuid}/finish", response=schemas.TaskOut)
@once
def finish(request: ActorRequest, uuid: UUID, given: schemas.FinishIn) -> dict[str, Any]:
    """Report the work as done."""
    return _answer(request.actor, uuid, commands.finish_task, note=given.note)


def _own(actor: Actor) -> Any:
    return Task.objects.filter(responder__account_id=actor.account_id or 0).select_related(
        "need", "responder", "match", "round"
    )


def _answer(actor: Actor, uuid: UUID, command: Callable[..., Task], **words: Any) -> dict[str, Any]:
    """Answer for a task that is the actor's own, or lies where the actor steers; others do not exist."""
    with acting(Actor.system("own tasks")):
        task = _own(actor).filter(uuid=uuid).first() or visible_tasks(actor).filter(uuid=uuid).first()
        if task is None:
            raise NotVisible
        command(actor=actor, now=clock.now(), task=task, **words)
        answered = Task.objects.select_related("need", "responder", "match").get(pk=task.pk)
        return schemas.task_out(answered)
