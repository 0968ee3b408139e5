"""Needs as other systems send and read them. Names, phones and free text go in, but do not come out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from juxing.needs.commands import LineInput, NeedInput, RecordedNeed
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from juxing.places.models import Household
from juxing.supplies.models import SupplyItem


class LineIn(Schema):
    """One thing asked for: a catalogue code, or words."""

    item: str = Field("", max_length=40, description="Catalogue code")
    written: str = Field("", max_length=120)
    quantity: Decimal | None = Field(None, gt=0, le=1_000_000, decimal_places=3)
    unit: str = Field("", max_length=12)


class NeedIn(Schema):
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


class LineOut(Schema):
    """One thing asked for."""

    item: str | None
    written: str
    quantity: Decimal | None
    unit: str


class NeedOut(Schema):
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


class ConfirmIn(Schema):
    """What the resident said of the service."""

    score: int | None = Field(None, ge=1, le=5)
    comment: str = Field("", max_length=500)


class ReopenIn(Schema):
    """What was wrong."""

    what_was_wrong: str = Field(min_length=1, max_length=500)


class WithdrawIn(Schema):
    """Why it is no longer wanted."""

    reason: str = Field("", max_length=400)


def need_input(given: NeedIn) -> NeedInput:
    """Return what was sent as the command takes it; codes the actor cannot see are as good as unknown."""
    codes = [line.item for line in given.lines if line.item]
    items = dict(SupplyItem.objects.filter(code__in=codes).values_list("code", "id")) if codes else {}
    household = Household.objects.filter(area_code=given.household).first() if given.household else None
    plain = given.dict(exclude={"household", "area", "lines"})
    return NeedInput(
        **plain,
        household_id=household.pk if household else None,
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
    same = {name: getattr(need, name) for name in NeedOut.model_fields if name not in {"area", "duplicate_of", "lines"}}
    return same | {
        "area": need.area_code,
        "duplicate_of": need.duplicate_of.uuid if need.duplicate_of_id and need.duplicate_of else None,
        "lines": [
            {
                "item": line.item.code if line.item else None, "written": line.written, "quantity": line.quantity,
                "unit": line.unit,
            }
            for line in need.lines.all()
        ],
    }  # fmt: skip


def recorded_out(recorded: RecordedNeed) -> dict[str, Any]:
    """Return a new need as it is answered."""
    return need_out(recorded.need) | {"link_token": recorded.link_token}
