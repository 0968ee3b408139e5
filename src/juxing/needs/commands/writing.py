"""A new need's rows: which columns are written, for one need as for tens of thousands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from juxing.needs.inputs import LineInput
from juxing.needs.models import Need

NEED_COLUMNS = (
    "uuid", "area_code", "household", "resident", "need_type", "status", "priority", "priority_score", "triage",
    "details", "place_text", "channel", "is_proxy", "contact_name", "contact_phone", "contact_phone_index",
    "recorded_by", "required_skills", "languages", "longitude", "latitude", "happened_at", "recorded_at", "due_at",
    "fresh_until", "waiting_since", "duplicate_of", "reopened_count", "unmet_reason", "link_digest",
    "link_expires_at", "is_demo",
)  # fmt: skip
LINE_COLUMNS = ("area_code", "need", "item", "written", "quantity", "unit")
ATTRIBUTES = tuple(Need._meta.get_field(name).attname for name in NEED_COLUMNS)  # type: ignore[union-attr]


def need_row(need: Need) -> list[Any]:
    """Return the values of ``NEED_COLUMNS``."""
    return [getattr(need, name) for name in ATTRIBUTES]


def line_rows(need: Need, lines: Iterable[LineInput]) -> list[tuple[Any, ...]]:
    """Return the values of ``LINE_COLUMNS`` for each line."""
    return [(need.area_code, need.pk, line.item_id, line.written, line.quantity, line.unit) for line in lines]
