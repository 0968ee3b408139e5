"""What came in and what was done, hour by hour and today."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import Left

from juxing.overview.flow import COUNTED, start_of_day, start_of_hour
from juxing.overview.models import HourlyCount

SHOWN_HOURS = 24


def counts_by_hour(code: str, *, now: datetime) -> dict[datetime, dict[str, int]]:
    """Return counts by hour and short name for the last 24 hours, every hour present, oldest first."""
    last = start_of_hour(now)
    hours = [last - timedelta(hours=back) for back in reversed(range(SHOWN_HOURS))]
    names = {action: name for name, action in COUNTED.items()}
    found: dict[datetime, dict[str, int]] = {hour: dict.fromkeys(COUNTED, 0) for hour in hours}
    rows = HourlyCount.objects.within(code).filter(hour__gte=hours[0], hour__lte=last)
    for hour, action, count in rows.values_list("hour", "action").annotate(total=Sum("count")).order_by():
        found[hour][names[action]] = count
    return found


def today_by_part(code: str, *, length: int, now: datetime) -> dict[str, dict[str, int]]:
    """Return today's counts by part of the place and short name."""
    names = {action: name for name, action in COUNTED.items()}
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    rows = (
        HourlyCount.objects.within(code)
        .filter(hour__gte=start_of_day(now))
        .annotate(part=Left("area_code", length))
        .values_list("part", "action")
        .annotate(total=Sum("count"))
        .order_by()
    )
    for part, action, count in rows:
        found[part][names[action]] = count
    return dict(found)
