"""Responses over HTTP: report, draft, preview, decide, sign, watch, change, stand down; the posture of any place."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Status
from pydantic import AwareDatetime

from juxing.activations import commands, policy, queries, schemas
from juxing.activations.posture import posture_at
from juxing.kernel import clock
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.web import ActorRequest
from juxing.places.codes import is_area_code
from juxing.plans.queries import versions_usable

router = Router(tags=["activations"])
MOST_PLACES = 200


@router.get("/incidents/", response=PageSchema[schemas.IncidentOut])
def list_incidents(request: ActorRequest, cursor: str = "") -> dict[str, Any]:
    """Incidents of the places the token may see, newest first."""
    _require_reader(request)
    return page_answer(queries.incidents_page(actor=request.actor, cursor=cursor or None), schemas.incident_out)


@router.post("/incidents/", response={201: schemas.IncidentOut})
@once
def report(request: ActorRequest, given: schemas.IncidentIn) -> Status[dict[str, Any]]:
    """Report that something happened; nothing begins by it."""
    made = commands.report_incident(actor=request.actor, now=clock.now(), **given.model_dump())
    return Status(201, schemas.incident_out(made))


@router.post("/incidents/{uuid}/verdict", response=schemas.IncidentOut)
@once
def verify(request: ActorRequest, uuid: UUID, given: schemas.VerdictIn) -> dict[str, Any]:
    """Confirm a report, or say that it was not confirmed."""
    found = queries.incident(actor=request.actor, uuid=uuid)
    return schemas.incident_out(
        commands.verify_incident(actor=request.actor, now=clock.now(), incident=found, **given.model_dump())
    )


@router.get("/activations/", response=PageSchema[schemas.ActivationOut])
def list_activations(request: ActorRequest, cursor: str = "", size: int = 50) -> dict[str, Any]:
    """Responses of the places the token may see, newest first."""
    _require_reader(request)
    now = clock.now()
    page = queries.activations_page(actor=request.actor, cursor=cursor or None, size=size)
    return page_answer(page, lambda row: schemas.activation_out(row, now=now))


@router.post("/activations/", response={201: schemas.ActivationOut})
@once
def draft(request: ActorRequest, given: schemas.DraftIn) -> Status[dict[str, Any]]:
    """Draft a response and compute its preview."""
    now = clock.now()
    incident = queries.incident(actor=request.actor, uuid=given.incident)
    usable = versions_usable(actor=request.actor, hazard=incident.hazard)
    version = next((row for row in usable if row.uuid == given.plan_version), None)
    if version is None:
        raise NotVisible
    made = commands.draft_activation(
        actor=request.actor, now=now, incident=incident, version=version, level=given.level, areas=given.areas,
        ends_at=given.ends_at, matter=given.matter, is_exercise=given.is_exercise,
    )  # fmt: skip
    commands.preview(actor=request.actor, now=now, activation=made)
    return Status(201, _answer(request, made.uuid, now))


@router.get("/activations/{uuid}", response=schemas.ActivationOut)
def read(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One response."""
    return _answer(request, uuid, clock.now())


@router.get("/activations/{uuid}/preview", response=schemas.PreviewOut)
def read_preview(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """What would change, street by street; the digest is what is signed."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    return {"digest": found.digest, "streets": found.preview.get("streets", []), "edits": found.edits}


@router.post("/activations/{uuid}/preview", response=schemas.ActivationOut)
@once
def compute_preview(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Compute the preview again; signatures given before end."""
    return _act(request, uuid, commands.preview)


@router.post("/activations/{uuid}/decision", response=schemas.ActivationOut)
@once
def decide(request: ActorRequest, uuid: UUID, given: schemas.DecisionIn) -> dict[str, Any]:
    """Record the decision document."""
    return _act(request, uuid, commands.record_decision, **given.model_dump())


@router.post("/activations/{uuid}/submit", response=schemas.ActivationOut)
@once
def submit(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Put the preview before the approvers."""
    return _act(request, uuid, commands.submit)


@router.post("/activations/{uuid}/approve", response=schemas.ActivationOut)
@once
def approve(request: ActorRequest, uuid: UUID, given: schemas.ApproveIn) -> dict[str, Any]:
    """Sign; the last signature begins the response."""
    return _act(request, uuid, commands.approve, digest=given.digest)


@router.post("/activations/{uuid}/changes", response={201: schemas.ProgressOut})
@once
def change(request: ActorRequest, uuid: UUID, given: schemas.ChangeIn) -> Status[dict[str, Any]]:
    """Widen, narrow, change the level, or extend; where two sign, it waits for the second signature."""
    decision = None if given.decision is None else commands.DecisionInput(**given.decision.model_dump())
    wanted = commands.ChangeInput(
        kind=given.kind, reason=given.reason, areas=given.areas, level=given.level or "", ends_at=given.ends_at,
        decision=decision,
    )  # fmt: skip
    found = queries.activation(actor=request.actor, uuid=uuid)
    ordered = commands.order_change(actor=request.actor, now=clock.now(), activation=found, given=wanted)
    return Status(201, schemas.progress_out(queries.progress_of(ordered)))


@router.post("/conversions/{uuid}/countersign", response=schemas.ProgressOut)
@once
def countersign(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Sign a change that waits for a second person; it takes effect with this."""
    found = queries.conversion(actor=request.actor, uuid=uuid)
    signed = commands.countersign_change(actor=request.actor, now=clock.now(), conversion=found)
    return schemas.progress_out(queries.progress_of(signed))


@router.post("/activations/{uuid}/undo", response=schemas.ActivationOut)
@once
def undo(request: ActorRequest, uuid: UUID, given: schemas.ReasonIn) -> dict[str, Any]:
    """Take a mistaken response back, within minutes of its start."""
    return _act(request, uuid, commands.undo, reason=given.reason)


@router.get("/activations/{uuid}/open-items", response=list[schemas.OpenItemOut])
def read_open_items(request: ActorRequest, uuid: UUID) -> list[dict[str, Any]]:
    """What a stand-down would leave unfinished."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    asked = commands.open_items(actor=request.actor, now=clock.now(), activation=found)
    return [schemas.open_item_out(each.step, item) for each in asked for item in each.items]


@router.post("/activations/{uuid}/stand-down", response=schemas.ActivationOut)
@once
def stand_down(request: ActorRequest, uuid: UUID, given: schemas.StandDownIn) -> dict[str, Any]:
    """End the response."""
    return _act(request, uuid, commands.stand_down, reason=given.reason, left_open_reason=given.left_open_reason)


@router.get("/activations/{uuid}/conversions", response=list[schemas.ProgressOut])
def conversions(request: ActorRequest, uuid: UUID) -> list[dict[str, Any]]:
    """Every conversion of the response with its progress, newest first."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    return [schemas.progress_out(queries.progress_of(row)) for row in queries.conversions_of(found)]


@router.get("/posture", response=list[schemas.PostureOut])
def posture(request: ActorRequest, area: str, moment: AwareDatetime | None = None) -> list[dict[str, Any]]:  # noqa: ARG001
    """The posture of places (codes joined by commas) now or at a moment of the past."""
    codes = [code for code in area.split(",") if code]
    if len(codes) > MOST_PLACES or not all(map(is_area_code, codes)):
        raise InvalidInput("area_bad", _("Up to 200 codes of places, joined by commas."), field="area")
    found = posture_at(codes, moment or clock.now())
    return [schemas.posture_out(found[code]) for code in codes]


def _act(request: ActorRequest, uuid: UUID, command: Any, **values: Any) -> dict[str, Any]:
    now = clock.now()
    command(actor=request.actor, now=now, activation=queries.activation(actor=request.actor, uuid=uuid), **values)
    return _answer(request, uuid, now)


def _answer(request: ActorRequest, uuid: UUID, now: datetime) -> dict[str, Any]:
    return schemas.activation_out(queries.activation(actor=request.actor, uuid=uuid), now=now)


def _require_reader(request: ActorRequest) -> None:
    if not request.actor.may_somewhere(policy.SEE):
        raise NotPermitted
