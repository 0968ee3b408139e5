"""Needs over HTTP: record, read, and what the household says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema, Status

from juxing.kernel import clock
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.web import ActorRequest
from juxing.needs import commands, queries, schemas
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType, Priority

router = Router(tags=["needs"])


class NeedFiltersIn(Schema):
    """What a list is narrowed to."""

    area: str = ""
    status: NeedStatus | None = None
    need_type: NeedType | None = None
    priority: Priority | None = None
    channel: IntakeChannel | None = None
    number: str = ""


@router.get("/", response=PageSchema[schemas.NeedOut])
def list_needs(
    request: ActorRequest, filters: Query[NeedFiltersIn], cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Needs the token may see, newest first."""
    wanted = queries.NeedFilters(
        area_code=filters.area, number=filters.number,
        **{name: value for name in ("status", "need_type", "priority", "channel") if (value := getattr(filters, name))},
    )  # fmt: skip
    page = queries.needs_page(request.actor, wanted, now=clock.now(), cursor=cursor or None, size=size)
    return page_answer(page, schemas.need_out)


@router.post("/", response={201: schemas.RecordedNeedOut})
@once
def record_need(request: ActorRequest, given: schemas.NeedIn) -> Status[dict[str, Any]]:
    """Record a need; it is triaged at once. A repetition of an open one is kept with ``duplicate_of``."""
    [wanted] = schemas.need_inputs([given])
    recorded = commands.record_need(actor=request.actor, now=clock.now(), given=wanted)
    return Status(201, schemas.recorded_out(recorded))


@router.post("/bulk", response=schemas.NeedsOut)
@once
def record_needs(request: ActorRequest, given: schemas.NeedsIn) -> dict[str, Any]:
    """Record up to a thousand needs at once: good ones are in, the others are told apart by their place in the list."""
    outcome = commands.record_needs(
        actor=request.actor, now=clock.now(), inputs=schemas.need_inputs(given.needs),
        skip_duplicates=given.skip_duplicates,
    )  # fmt: skip
    return schemas.many_recorded_out(outcome, len(given.needs))


@router.get("/{uuid}", response=schemas.NeedOut)
def read_need(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One need."""
    return schemas.need_out(queries.need_for(request.actor, uuid))


@router.post("/{uuid}/confirm", response=schemas.NeedOut)
@once
def confirm_need(request: ActorRequest, uuid: UUID, given: schemas.ConfirmIn) -> dict[str, Any]:
    """Say for the household that help arrived."""
    need = queries.need_for(request.actor, uuid)
    return schemas.need_out(
        commands.confirm_need(actor=request.actor, now=clock.now(), need=need, score=given.score, comment=given.comment)
    )


@router.post("/{uuid}/reopen", response=schemas.NeedOut)
@once
def reopen_need(request: ActorRequest, uuid: UUID, given: schemas.ReopenIn) -> dict[str, Any]:
    """Say for the household what was wrong; the need waits again."""
    need = queries.need_for(request.actor, uuid)
    return schemas.need_out(
        commands.reopen_need(actor=request.actor, now=clock.now(), need=need, what_was_wrong=given.what_was_wrong)
    )


@router.post("/{uuid}/withdraw", response=schemas.NeedOut)
@once
def withdraw_need(request: ActorRequest, uuid: UUID, given: schemas.WithdrawIn) -> dict[str, Any]:
    """End a need that is no longer wanted."""
    need = queries.need_for(request.actor, uuid)
    return schemas.need_out(
        commands.withdraw_need(actor=request.actor, now=clock.now(), need=need, reason=given.reason)
    )
