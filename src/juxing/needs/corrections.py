"""What may be corrected of a need that waits, and the mark by which two who correct at once notice each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from juxing.needs.inputs import LineInput
from juxing.needs.models import Need, NeedLine

DUE_BY_HAND = "due_by_hand"
"""Key in ``Need.triage``: a person said until when it is needed, so a new priority does not move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """
    What the need is to say from now on.

    ``details`` are added to the sealed words, or take their place if ``replaces_details``; nobody has to open them
    for that. ``due_at`` None leaves the time as it is.
    """

    need_type: str
    lines: Sequence[LineInput] = ()
    details: str = ""
    replaces_details: bool = False
    is_urgent: bool = False
    is_danger_to_life: bool = False
    due_at: datetime | None = None


def is_said_urgent(need: Need) -> bool:
    """Whether someone said that it cannot wait."""
    return "urgent" in need.triage.get("terms", {})


def is_said_dangerous(need: Need) -> bool:
    """Whether someone said that a life is in danger."""
    return "danger" in need.triage.get("terms", {})


def facts_of(need: Need, lines: Sequence[NeedLine]) -> dict[str, Any]:
    """Return what the need says without anyone's words: for the journal, and to compare before and after."""
    return {
        "need_type": need.need_type,
        "priority": need.priority,
        "is_urgent": is_said_urgent(need),
        "is_danger_to_life": is_said_dangerous(need),
        "due_at": need.due_at.isoformat() if need.due_at else None,
        "things": [[line.item_id, str(line.quantity.normalize()) if line.quantity else None] for line in lines],
    }


def mark_of(need: Need, lines: Sequence[NeedLine]) -> str:
    """Return a digest of everything a correction can change; waiting alone does not change it."""
    said = [
        need.need_type, need.status, need.details, is_said_urgent(need), is_said_dangerous(need),
        need.due_at.isoformat() if need.triage.get(DUE_BY_HAND) and need.due_at else None,
        [[line.item_id, line.written, str(line.quantity), line.unit] for line in lines],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]
