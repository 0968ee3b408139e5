"""What the picture counts by the hour: journal actions by the short name they have on the picture."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

COUNTED: dict[str, str] = {
    "recorded": "needs.need.record",
    "delivered": "needs.need.fulfil",
    "confirmed": "needs.need.confirm",
    "reopened": "needs.need.reopen",
    "withdrawn": "needs.need.withdraw",
    "unmet": "needs.need.mark_unmet",
    "offered": "dispatch.task.offer",
    "accepted": "dispatch.task.accept",
    "declined": "dispatch.task.decline",
    "expired": "dispatch.task.expire",
}


def start_of_day(now: datetime) -> datetime:
    """Return midnight of the day people live in, whatever the zone of ``now``."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def start_of_hour(moment: datetime) -> datetime:
    """Return the full hour before; hours are those of UTC, which every zone in China shares."""
    return moment.replace(minute=0, second=0, microsecond=0)
