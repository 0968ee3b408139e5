"""Runs and tasks as other systems read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from juxing.dispatch.enums import RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import MatchingRun, Task


class RunIn(Schema):
    """Where to match."""

    area: str = Field(max_length=40, description="Code of the district, street or community")


class RunOut(Schema):
    """A matching run; ``objective`` equal to ``bound`` means that no better plan exists among all pairs."""

    uuid: UUID
    area: str
    trigger: RunTrigger
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    need_count: int
    responder_count: int
    matched_count: int
    unserved_count: int
    objective: int | None
    bound: int | None
    seconds: dict[str, float]


class TaskOut(Schema):
    """A task; who the household is stays with the need."""

    uuid: UUID
    need: UUID
    responder: UUID
    area: str
    status: TaskStatus
    offered_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    done_at: datetime | None
    distance_m: int | None


class FinishIn(Schema):
    """What the helper reports."""

    note: str = Field("", max_length=500)


def run_out(run: MatchingRun) -> dict[str, Any]:
    """Return a run as it is answered."""
    same = {name: getattr(run, name) for name in RunOut.model_fields if name != "area"}
    return same | {"area": run.area_code}


def task_out(task: Task) -> dict[str, Any]:
    """Return a task as it is answered; its need, responder and match must be loaded."""
    times = ("offered_at", "expires_at", "accepted_at", "done_at")
    return {name: getattr(task, name) for name in ("uuid", "status", *times)} | {
        "need": task.need.uuid,
        "responder": task.responder.uuid,
        "area": task.area_code,
        "distance_m": task.match.distance_m if task.match else None,
    }
