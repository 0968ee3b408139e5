"""Needs as other systems send and read them. Names, phones and free text go in, but do not come out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from juxing.kernel.numbers import paper_number
from juxing.needs.commands import BulkRecorded, LineInput, NeedInput, RecordedNeed
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType, Priority
from juxing.needs.models import NUMBER_PREFIX, Need
from juxing.needs.queries.circumstances import households_with_codes
from juxing.supplies.models import SupplyItem


class LineIn(BaseModel):
    """One thing asked for: a catalogue code, or words."""

    item: str = Field("", max_length=40, description="Catalogue code")
    written: str = Field("", max_length=120)
    quantity: Decimal | None = Field(None, gt=0, le=1_000_000, decimal_places=3)
    unit: str = Field("", max_length=12)


class NeedIn(BaseModel):
    """A need. Give the household's code where the door is known, else the community's and the place in words."""

    need_type: NeedType
    channel: IntakeChannel = IntakeChannel.EXTERNAL_SYSTEM
    household: str = Field("", max_length=40, description="Code of the household")
    area: str = Field("", max_length=40, description="Code of the community, if the household is not known")
    place_text: str = Field("", max_length=120)
    details: str = Field("", max_length=2000)
    lines: list[LineIn] = Field(default_factory=list, max_length=30)
    contact_name: str = Field("", max_length=60)
    contact_phone: str = Field("", max_length=20)
    is_proxy: bool = False
    is_urgent: bool = False
    is_danger_to_life: bool = False
    is_distinct: bool = False
    happened_at: datetime | None = None


class LineOut(BaseModel):
    """One thing asked for."""

    item: str | None
    written: str
    quantity: Decimal | None
    unit: str


class NeedOut(BaseModel):
    """A need without anything that says who asked."""

    uuid: UUID
    number: str
    area: str
    need_type: NeedType
    status: NeedStatus
    priority: Priority
    priority_score: int
    channel: IntakeChannel
    happened_at: datetime
    recorded_at: datetime
    due_at: datetime | None
    fresh_until: datetime
    duplicate_of: UUID | None
    lines: list[LineOut]


class RecordedNeedOut(NeedOut):
    """A new need with the token of the resident's own page; the token is shown this once."""

    link_token: str


class NeedsIn(BaseModel):
    """Many needs in one transaction. With ``skip_duplicates`` repetitions of open needs are told, not recorded."""

    needs: list[NeedIn] = Field(min_length=1, max_length=1000)
    skip_duplicates: bool = False


class OneOfManyOut(BaseModel):
    """What became of one of many: recorded (``uuid``), a repetition (``duplicate_of``), or refused (``code``)."""

    uuid: UUID | None
    number: str | None
    duplicate_of: UUID | None
    code: str | None
    detail: str | None


class NeedsOut(BaseModel):
    """What became of each, in the order they were sent; no links are handed out."""

    needs: list[OneOfManyOut]


class ConfirmIn(BaseModel):
    """What the resident said of the service."""

    score: int | None = Field(None, ge=1, le=5)
    comment: str = Field("", max_length=500)


class ReopenIn(BaseModel):
    """What was wrong."""

    what_was_wrong: str = Field(min_length=1, max_length=500)


class WithdrawIn(BaseModel):
    """Why it is no longer wanted."""

    reason: str = Field("", max_length=400)


GIVEN_AS_TAKEN = tuple(name for name in NeedIn.model_fields if name not in {"household", "area", "lines"})
SAID_AS_KEPT = tuple(name for name in NeedOut.model_fields if name not in {"area", "duplicate_of", "lines"})


def need_inputs(given: Sequence[NeedIn]) -> list[NeedInput]:
    """Return what was sent as the commands take it; codes the actor cannot see are as good as unknown."""
    codes = {line.item for need in given for line in need.lines if line.item}
    items = dict(SupplyItem.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    homes = households_with_codes({need.household for need in given if need.household})
    return [_need_input(need, items, homes) for need in given]


def _need_input(given: NeedIn, items: dict[str, int], homes: dict[str, int]) -> NeedInput:
    return NeedInput(
        **{name: getattr(given, name) for name in GIVEN_AS_TAKEN},
        household_id=homes.get(given.household),
        area_code=given.area or given.household[:12],
        lines=[
            LineInput(
                written=line.written or line.item, item_id=items.get(line.item), quantity=line.quantity, unit=line.unit
            )
            for line in given.lines
        ],
    )


def need_out(need: Need) -> dict[str, Any]:
    """Return a need as it is answered."""
    lines = [
        {"item": line.item.code if line.item else None, "written": line.written, "quantity": line.quantity,
         "unit": line.unit}
        for line in need.lines.all()
    ]  # fmt: skip
    return _need_out(need, lines, need.duplicate_of.uuid if need.duplicate_of_id and need.duplicate_of else None)


def _need_out(need: Need, lines: list[dict[str, Any]], duplicate_of: UUID | None) -> dict[str, Any]:
    same = {name: getattr(need, name) for name in SAID_AS_KEPT}
    return same | {"area": need.area_code, "duplicate_of": duplicate_of, "lines": lines}


def recorded_out(recorded: RecordedNeed) -> dict[str, Any]:
    """Return a new need as it is answered; what was just written is not read again."""
    need = recorded.need
    ids = {line.item_id for line in recorded.lines if line.item_id is not None}
    codes = dict(SupplyItem.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}
    lines = [
        {"item": codes.get(line.item_id or 0), "written": line.written, "quantity": line.quantity, "unit": line.unit}
        for line in recorded.lines
    ]
    original = need.duplicate_of.uuid if need.duplicate_of_id and need.duplicate_of else None
    return _need_out(need, lines, original) | {"link_token": recorded.link_token}


def many_recorded_out(outcome: BulkRecorded, count: int) -> dict[str, Any]:
    """Return what became of each of many needs, in the order they were sent."""
    originals = set(outcome.duplicates.values())
    uuids = dict(Need.objects.filter(pk__in=originals).values_list("pk", "uuid")) if originals else {}
    return {"needs": [_one_of_many_out(outcome, position, uuids) for position in range(count)]}


def _one_of_many_out(outcome: BulkRecorded, position: int, uuids: dict[int, UUID]) -> dict[str, Any]:
    refusal = outcome.refusals.get(position)
    need_id = outcome.need_ids.get(position)
    return {
        "uuid": outcome.uuids.get(position), "number": paper_number(NUMBER_PREFIX, need_id) if need_id else None,
        "duplicate_of": uuids.get(outcome.duplicates.get(position, 0)), "code": refusal.code if refusal else None,
        "detail": str(refusal.message) if refusal else None,
    }  # fmt: skip
