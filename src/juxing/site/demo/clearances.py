"""What the demo district's responders have shown before tasks: all of it, but for a few who wait for something."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from juxing.kernel.copying import copy_rows
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import LOADS_KG, Missing, asked_by, gates
from juxing.responders.models import Clearance

COLUMNS = ("responder", "area_code", "kind", "code", "valid_from", "valid_until", "confirmed_at")
INSURED_DAYS, TRAINED_DAYS = 180, 365
WITHOUT_INSURANCE, WITHOUT_COURSE = 24, 31
"""Of so many responders one waits for their insurance, or has not taken the course on protection."""


def load_clearances(responders: range, communities: list[str], *, now: datetime) -> None:
    """Let everyone show what tasks ask; ``communities`` are those of the responders, in their order."""
    today = localdate(now)
    until = {
        ClearanceKind.INSURANCE: today + timedelta(days=INSURED_DAYS),
        ClearanceKind.TRAINING: today + timedelta(days=TRAINED_DAYS),
    }
    asked = {one for task in gates() for one in asked_by(task) if one.kind != ClearanceKind.FITNESS}
    shown = sorted(asked | {Missing(ClearanceKind.FITNESS, str(max(LOADS_KG)))}, key=lambda one: (one.kind, one.code))
    since = today - timedelta(days=2)
    copy_rows(Clearance, COLUMNS, (
        (person, community, str(one.kind), one.code, since, until.get(ClearanceKind(one.kind)), now)
        for row, (person, community) in enumerate(zip(responders, communities, strict=True))
        for one in shown
        if not _is_waited_for(one, row)
    ))  # fmt: skip


def _is_waited_for(one: Missing, row: int) -> bool:
    if one.kind == ClearanceKind.INSURANCE:
        return row % WITHOUT_INSURANCE == WITHOUT_INSURANCE - 1
    return one.code == "protection" and row % WITHOUT_COURSE == WITHOUT_COURSE - 1
