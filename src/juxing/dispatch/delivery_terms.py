"""
What a plan of delivery rounds counts: the open formula of who carries what, in metres and seconds.

A second on the way counts like a metre. Everyone is counted at walking pace: a courier with a bicycle is earlier than
planned, never later. What is carried counts in parcels and heavy parcels, because the catalogue knows no weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from juxing.needs.enums import NeedType, Priority
from juxing.responders.enums import Transport

DETOUR = 1.3
WALKING_M_PER_S = 1.2
HANDING_OVER_S = 120
GOING_OUT_M = 200
LONGEST_SHIFT_S = 12 * 3600
DELIVERED = frozenset(
    {
        NeedType.STAPLE_FOOD, NeedType.FRESH_FOOD, NeedType.WATER, NeedType.MEALS, NeedType.INFANT_SUPPLIES,
        NeedType.MEDICINE, NeedType.PERSONAL_HYGIENE,
    }
)  # fmt: skip
"""Kinds of needs a courier brings something for."""

HEAVY = frozenset({NeedType.STAPLE_FOOD, NeedType.WATER})
CARRIES: Mapping[str, tuple[int, int]] = {
    Transport.FOOT: (8, 3),
    Transport.BICYCLE: (12, 4),
    Transport.ELECTRIC_BIKE: (16, 6),
    Transport.CAR: (60, 30),
}
"""Parcels and heavy parcels one round may hold."""

LEFT_COSTS: Mapping[str, int] = {
    Priority.LIFE_CRITICAL: 32_000_000,
    Priority.URGENT: 8_000_000,
    Priority.NORMAL: 2_000_000,
    Priority.LOW: 500_000,
}
"""What leaving a waiting delivery out counts: more than any way in a street, so people come before metres."""

WITHIN: Mapping[str, timedelta] = {
    Priority.LIFE_CRITICAL: timedelta(minutes=30),
    Priority.URGENT: timedelta(hours=2),
}
MEDICINE_WITHIN = timedelta(hours=3)
MEALTIMES = ((time(6, 30), time(8, 30)), (time(11, 0), time(13, 0)), (time(17, 0), time(19, 0)))
MEAL_AHEAD = timedelta(hours=2)
LOCAL = ZoneInfo("Asia/Shanghai")


def window_of(need_type: str, priority: str, due_at: datetime | None, *, now: datetime) -> tuple[int, int] | None:
    """
    Return the earliest and latest arrival in seconds from now; None where any time will do.

    The earliest reason to hurry counts. A time already past binds nobody: the stop is simply late.
    """
    latest = [moment for moment in _latest(need_type, priority, due_at, now=now) if moment > now]
    meal = _mealtime(now) if need_type == NeedType.MEALS else None
    opens = max(0, round((meal[0] - now).total_seconds())) if meal else 0
    ends = [*latest, meal[1]] if meal else latest
    closes = round((min(ends) - now).total_seconds()) if ends else None
    if closes is None:
        return None
    return (opens if opens <= closes else 0), closes


def _latest(need_type: str, priority: str, due_at: datetime | None, *, now: datetime) -> list[datetime]:
    found = [due_at] if due_at is not None else []
    if priority in WITHIN:
        found.append(now + WITHIN[priority])
    if need_type == NeedType.MEDICINE and due_at is None:
        found.append(now + MEDICINE_WITHIN)
    return found


def _mealtime(now: datetime) -> tuple[datetime, datetime] | None:
    """The meal that is being served, or served within two hours; no round waits longer for one."""
    here = now.astimezone(LOCAL)
    for opens, closes in MEALTIMES:
        start = here.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
        end = here.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)
        if here < end and start - here <= MEAL_AHEAD:
            return start, end
    return None
