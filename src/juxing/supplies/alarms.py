"""When stock raises an alarm: the thresholds of ``data/alarms.toml``, and what they say of a figure."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from juxing.supplies.enums import AlarmSeverity


@cache
def thresholds() -> dict[str, Any]:
    """Return the thresholds as written in the file; not to be changed."""
    return tomllib.loads(Path(__file__).with_name("data").joinpath("alarms.toml").read_text(encoding="utf-8"))


def soon() -> timedelta:
    """Return how long before its last day an item is said to expire soon."""
    return timedelta(days=int(thresholds()["expiry"]["soon_days"]))


def expiry_severity(days_left: int) -> str:
    """Return how urgent it is that something may be used for so many more days."""
    is_urgent = days_left <= int(thresholds()["expiry"]["urgent_days"])
    return AlarmSeverity.URGENT if is_urgent else AlarmSeverity.SOON


def agreement_soon() -> timedelta:
    """Return how long before its last day an agreement is said to end soon."""
    return timedelta(days=int(thresholds()["agreement"]["soon_days"]))


def agreement_severity(days_left: int) -> str:
    """Return how urgent it is that an agreement may be called off for so many more days."""
    is_urgent = days_left <= int(thresholds()["agreement"]["urgent_days"])
    return AlarmSeverity.URGENT if is_urgent else AlarmSeverity.SOON


def transfer_takes() -> timedelta:
    """Return how long after it was sent a transfer is said to be late."""
    return timedelta(hours=int(thresholds()["late"]["transfer_hours"]))


def late_severity(late: timedelta) -> str:
    """Return how urgent it is that goods are so much late."""
    is_urgent = late >= timedelta(hours=int(thresholds()["late"]["urgent_hours"]))
    return AlarmSeverity.URGENT if is_urgent else AlarmSeverity.SOON


def reserve_severity(days: Decimal | None, wanted: int) -> str:
    """Return how urgent it is that a reserve lasts so long instead of ``wanted`` days; "" when it is enough."""
    if days is None or days >= wanted * _share("short_below"):
        return ""
    return AlarmSeverity.URGENT if days < wanted * _share("urgent_below") else AlarmSeverity.SOON


def _share(name: str) -> Decimal:
    return Decimal(str(thresholds()["reserve"][name]))
