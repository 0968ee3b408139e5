"""How this room's journal is said on a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from juxing.access.journal_queries import action_label
from juxing.kernel.models import JournalEntry

TONES = {
    "organisations.post.step_in": "warn", "organisations.post.vacant": "bad", "organisations.post.return": "good",
    "organisations.post.missed": "bad", "organisations.pledge.fulfil": "good",
}  # fmt: skip


def timeline(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return journal entries for a timeline, each with for whom its actor stood in."""
    return [
        {
            "title": action_label(entry.action), "happened_at": entry.happened_at, "actor": entry.by_whom,
            "acting_for": entry.acting_for, "reason": entry.reason, "tone": TONES.get(entry.action, "neutral"),
        }
        for entry in entries
    ]  # fmt: skip
