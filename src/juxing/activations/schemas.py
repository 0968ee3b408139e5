"""Activations as other systems read and order them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from juxing.activations import queries
from juxing.activations.enums import ActivationStatus
from juxing.activations.models import Activation, Incident
from juxing.activations.posture import Posture
from juxing.kernel.conversion import OpenItem
from juxing.plans.enums import ResponseLevel


class DraftIn(Schema):
    """A response to draft; nothing is in force."""

    incident: UUID
    plan_version: UUID
    level: ResponseLevel
    areas: list[str] = Field(max_length=2000)
    ends_at: AwareDatetime
    matter: str = Field(max_length=400)
    is_exercise: bool = False


class DecisionIn(Schema):
    """The decision document behind a response."""

    issuer: str = Field(max_length=80)
    rank: str = Field(description="community, street, district, city, province or state")
    number: str = Field(max_length=60)
    issued_on: date
    legal_basis: str = Field(max_length=400)
    file_sha256: str = ""


class ApproveIn(Schema):
    """The signature of the preview with this digest."""

    digest: str = Field(min_length=64, max_length=64)


class ChangeIn(Schema):
    """
    A change of what is in force. Widening and extending need a decision, and so does raising the level; narrowing and
    lowering do not. Extending without places is for all that are in force.
    """

    kind: Literal["widen", "narrow", "level", "extend"]
    reason: str = Field(max_length=400)
    areas: list[str] = Field([], max_length=2000)
    level: ResponseLevel | None = None
    ends_at: AwareDatetime | None = None
    decision: DecisionIn | None = None


class ReasonIn(Schema):
    """Why; it is kept in the journal."""

    reason: str = Field(max_length=400)


class IncidentIn(Schema):
    """Something that happened."""

    area_code: str = Field(max_length=40)
    title: str = Field(max_length=200)
    hazard: str = Field(max_length=40)
    description: str = Field("", max_length=2000)
    grade: int | None = None
    happened_at: AwareDatetime | None = None


class VerdictIn(Schema):
    """Whether what was reported is so."""

    is_confirmed: bool
    reason: str = Field("", max_length=400)


class IncidentOut(Schema):
    """Something that happened, and how far its report is."""

    uuid: UUID
    area_code: str
    title: str
    hazard: str
    grade: int | None
    status: str
    happened_at: datetime


class StandDownIn(Schema):
    """The end of a response."""

    reason: str = Field(max_length=400)
    left_open_reason: str = Field("", max_length=400)


class OpenItemOut(Schema):
    """Something a stand-down would leave unfinished; what it ``settles`` by itself asks for no reason."""

    step: str
    kind: str
    area_code: str
    count: int
    facts: dict[str, Any]
    settles: bool


class ActivationOut(Schema):
    """A response; ``status`` is by the clock."""

    uuid: UUID
    incident: UUID
    title: str
    status: ActivationStatus
    level: ResponseLevel
    is_exercise: bool
    areas: list[str]
    starts_at: datetime
    ends_at: datetime
    digest: str
    approvals_needed: int
    approvals_given: int


class PreviewOut(Schema):
    """What would change, as it is signed."""

    digest: str
    streets: list[dict[str, Any]]
    edits: dict[str, Any]


class ProgressOut(Schema):
    """How far a conversion is."""

    uuid: UUID
    number: int
    kind: str
    waits_for_signature: bool
    done: int
    total: int
    failed: int
    finished_at: datetime | None


class HoldingOut(Schema):
    """One response that holds at a place."""

    activation: UUID
    title: str
    level: ResponseLevel
    is_exercise: bool
    since: datetime
    until: datetime


class PostureOut(Schema):
    """The posture of a place at a moment; drills are listed but do not make an emergency."""

    area: str
    is_emergency: bool
    level: str
    holdings: list[HoldingOut]


def incident_out(row: Incident) -> dict[str, Any]:
    """Return an incident as it is answered."""
    names = ("uuid", "area_code", "title", "hazard", "grade", "status", "happened_at")
    return {name: getattr(row, name) for name in names}


def activation_out(row: Activation, *, now: datetime) -> dict[str, Any]:
    """Return a response as it is answered."""
    return {
        "uuid": row.uuid, "incident": row.incident.uuid, "title": row.incident.title,
        "status": queries.status_at(row, now), "level": row.response_level, "is_exercise": row.is_exercise,
        "areas": row.planned_areas, "starts_at": row.starts_at, "ends_at": row.ends_at, "digest": row.digest,
        "approvals_needed": row.approvals_needed,
        "approvals_given": (row.decided_by_id is not None) + (row.second_by_id is not None),
    }  # fmt: skip


def open_item_out(step: str, item: OpenItem) -> dict[str, Any]:
    """Return an open item as it is answered."""
    return {"step": step, **asdict(item)}


def progress_out(progress: queries.Progress) -> dict[str, Any]:
    """Return a conversion's progress as it is answered."""
    row = progress.conversion
    return {
        "uuid": row.uuid, "number": row.number, "kind": row.kind,
        "waits_for_signature": row.effective_at is None and row.approvals_needed > 1,
        "done": progress.done, "total": progress.total,
        "failed": len(progress.failed), "finished_at": row.finished_at,
    }  # fmt: skip


def posture_out(found: Posture) -> dict[str, Any]:
    """Return a place's posture as it is answered."""
    return {
        "area": found.area_code, "is_emergency": found.is_emergency, "level": found.level,
        "holdings": [
            {"activation": each.activation_uuid, "title": each.title, "level": each.level,
             "is_exercise": each.is_exercise, "since": each.since, "until": each.until}
            for each in found.holdings
        ],
    }  # fmt: skip
