"""How a need looks to a reader whose task does not need names: masked here, before any template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.needs.models import Need
from juxing.needs.pages.words import TONES


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need as lists and pages show it."""

    need: Need
    person: str
    phone: str
    place: str
    tone: str
    things: str
    is_overdue: bool
    is_stale: bool


def shown(need: Need, *, now: datetime) -> ShownNeed:
    """Return the need with personal words masked; reads nothing that was not loaded with it."""
    resident = need.resident
    phone = need.contact_phone or (resident.phone if resident else "")
    is_waiting = need.status in {"triaged", "reopened"}
    return ShownNeed(
        need=need,
        person=masked_name(need.contact_name or (resident.name if resident else "")),
        phone=masked_phone(phone) if phone else "",
        place=place_of(need, door=masked_door(need.household.door) if need.household else ""),
        tone=TONES[need.status],
        things=things_of(need),
        is_overdue=is_waiting and need.due_at is not None and need.due_at < now,
        is_stale=is_waiting and need.fresh_until < now,
    )


def place_of(need: Need, *, door: str) -> str:
    """Return estate, building and the door as given; a written place has no door that could be masked, so it is cut."""
    if need.household is None:
        return need.place_text[:6] + "…" if len(need.place_text) > 6 else need.place_text
    building = need.household.building
    return f"{building.estate.name} {building.label} {door}"


def things_of(need: Need) -> str:
    """Return what is asked for in one line."""
    parts = []
    for line in need.lines.all():
        amount = f" ×{line.quantity.normalize():f}" if line.quantity is not None and line.item_id else ""
        parts.append(f"{line.written}{amount}")
    return " · ".join(parts)
