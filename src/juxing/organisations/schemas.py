"""Organisations, posts, pledges and coverage as other systems send and read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from juxing.organisations.enums import (
    AbsenceKind,
    AssignmentSlot,
    CoverageKind,
    FunctionalGroupType,
    OrganisationType,
    PledgeKind,
    PledgeStatus,
    TemporaryBodyKind,
)
from juxing.organisations.models import Organisation, Pledge, Post, TemporaryBody
from juxing.organisations.queries.posts import HolderLine


class OrganisationIn(Schema):
    """A new organisation."""

    area: str = Field(max_length=40)
    name: str = Field(max_length=80)
    organisation_type: OrganisationType


class OrganisationOut(Schema):
    """An organisation."""

    uuid: UUID
    area: str
    name: str
    organisation_type: OrganisationType
    supervising_department: str
    capabilities: list[str]


class PostIn(Schema):
    """A new post of an organisation."""

    organisation: UUID
    title: str = Field(max_length=60)
    area: str = Field("", max_length=40, description="Where it answers for; empty is the organisation's place")
    duties: str = Field("", max_length=400)
    carries_role: str = ""
    checklist: str = ""


class HolderOut(Schema):
    """Who holds a place of a post."""

    holding: UUID
    account: UUID
    name: str
    slot: AssignmentSlot
    rank: int
    since: datetime
    away: AbsenceKind | None


class PostOut(Schema):
    """A post with its holders, and who works in it now (null: vacant)."""

    uuid: UUID
    organisation: UUID
    area: str
    title: str
    duties: str
    holders: list[HolderOut]
    acting: HolderOut | None
    is_stood_in: bool


class HoldIn(Schema):
    """Somebody who takes a place of a post."""

    sign_in_name: str = Field(max_length=80)
    slot: AssignmentSlot
    rank: int = Field(1, ge=1, le=20)


class AwayIn(Schema):
    """From when to when a holder is away."""

    kind: AbsenceKind
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    handover_note: str = Field("", max_length=1000)


class BodyIn(Schema):
    """A temporary body to set up."""

    area: str = Field(max_length=40)
    kind: TemporaryBodyKind
    name: str = Field(max_length=80)
    group_type: FunctionalGroupType | None = None
    purpose: str = Field("", max_length=400)


class BodyOut(Schema):
    """A temporary body."""

    uuid: UUID
    area: str
    kind: TemporaryBodyKind
    group_type: str
    name: str
    formed_at: datetime
    dissolved_at: datetime | None


class PledgeOut(Schema):
    """A pledge of a member unit."""

    uuid: UUID
    area: str
    unit: str
    kind: PledgeKind
    subject: str
    quantity: int
    delivered: int
    status: PledgeStatus
    valid_until: date | None


class CoverageIn(Schema):
    """Who answers for a place; neither name ends it."""

    kind: CoverageKind
    place: str = Field(max_length=40)
    sign_in_name: str = Field("", max_length=80)
    alternate: str = Field("", max_length=80)
    organisation: UUID | None = None


class PlaceOut(Schema):
    """A place and who answers for it (null: nobody)."""

    place: str
    name: str
    person: str | None
    alternate: str | None
    organisation: str | None
    households: int
    is_absent: bool


def organisation_out(row: Organisation) -> dict[str, Any]:
    """Return an organisation as an endpoint answers it."""
    return {
        "uuid": row.uuid, "area": row.area_code, "name": row.name, "organisation_type": row.organisation_type,
        "supervising_department": row.supervising_department, "capabilities": row.capabilities,
    }  # fmt: skip


def post_out(row: Post) -> dict[str, Any]:
    """Return a post that carries its ``line`` as an endpoint answers it."""
    line = row.line  # type: ignore[attr-defined]
    return {
        "uuid": row.uuid, "organisation": row.organisation.uuid, "area": row.area_code, "title": row.title,
        "duties": row.duties, "holders": [_holder(each) for each in line.holders],
        "acting": _holder(line.acting) if line.acting else None, "is_stood_in": line.is_stood_in,
    }  # fmt: skip


def body_out(row: TemporaryBody) -> dict[str, Any]:
    """Return a temporary body as an endpoint answers it."""
    names = ("uuid", "kind", "group_type", "name", "formed_at", "dissolved_at")
    return {name: getattr(row, name) for name in names} | {"area": row.area_code}


def pledge_out(row: Pledge) -> dict[str, Any]:
    """Return a pledge as an endpoint answers it."""
    names = ("uuid", "kind", "subject", "quantity", "delivered", "status", "valid_until")
    return {name: getattr(row, name) for name in names} | {
        "area": row.area_code, "unit": row.member.organisation.name
    }  # fmt: skip


def place_out(row: Any) -> dict[str, Any]:
    """Return a place with its ``coverage`` as an endpoint answers it."""
    given = row.coverage
    return {
        "place": row.area_code, "name": getattr(row, "label", "") or row.name, "is_absent": row.is_absent,
        "person": given.account.display_name if given and given.account else None,
        "alternate": given.alternate.display_name if given and given.alternate else None,
        "organisation": given.organisation.name if given and given.organisation else None,
        "households": given.households if given else 0,
    }  # fmt: skip


def _holder(line: HolderLine) -> dict[str, Any]:
    holding = line.holding
    return {
        "holding": holding.uuid, "account": holding.account.uuid, "name": holding.account.display_name,
        "slot": holding.slot, "rank": holding.rank, "since": holding.starts_at,
        "away": line.absence.kind if line.absence else None,
    }  # fmt: skip
