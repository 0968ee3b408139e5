"""
Opening hours: seven lists, Monday first, of [from, to] in minutes after local midnight.

A ``to`` beyond 24:00 runs into the next day. As text they are written ``1-5 08:30-11:30 13:00-17:00; 6-7 09:00-16:00``:
days as numbers (Monday is 1), then one or more times; times without days hold for every day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput

Hours = list[list[list[int]]]
DAY_MINUTES = 1440
LATEST = 2 * DAY_MINUTES
PART = re.compile(r"[;\n]")
DAYS = re.compile(r"^([1-7](?:-[1-7])?(?:[,、][1-7](?:-[1-7])?)*)\s+")
TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-~–—]\s*(\d{1,2}):(\d{2})")
MAXIMUM_CHARACTERS = 200


def parse_hours(written: str) -> Hours:
    """
    Return the hours behind the text; "" is always closed.

    Raises:
        InvalidInput: if a part cannot be read, or times of one day overlap.
    """
    week: Hours = [[] for _day in range(7)]
    text = unicodedata.normalize("NFKC", written.strip())
    if len(text) > MAXIMUM_CHARACTERS:
        raise _unreadable()
    for part in filter(None, map(str.strip, PART.split(text))):
        found = DAYS.match(part)
        times = [_span(match) for match in TIMES.finditer(part)]
        rest = TIMES.sub("", part[found.end() :] if found else part).strip(" ,、")
        if not times or rest:
            raise _unreadable()
        for day in _days(found[1]) if found else range(7):
            week[day] = sorted([*week[day], *times])
    for spans in week:
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            raise InvalidInput("hours_overlap", _("Times of one day overlap."), field="opening_hours")
    return week


def hours_text(week: Hours) -> str:
    """Return the text that ``parse_hours`` reads back to the same hours."""
    parts = []
    for spans, days in groupby(range(7), key=lambda day: week[day] if week else []):
        if spans:
            listed = list(days)
            label = "" if len(listed) == 7 else f"{listed[0] + 1}-{listed[-1] + 1} "
            parts.append(label.replace(f"{listed[0] + 1}-{listed[0] + 1} ", f"{listed[0] + 1} ") + spans_text(spans))
    return "; ".join(parts)


def spans_text(spans: Sequence[Sequence[int]]) -> str:
    """Return the times of one day, such as ``08:30-11:30 13:00-17:00``."""
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def is_open(week: Hours, moment: datetime) -> bool:
    """Whether a moment lies in the hours."""
    return any(start <= moment < end for start, end in _around(week, moment, moment))


def is_open_throughout(week: Hours, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a whole period lies in one stretch of open hours, midnight or not."""
    return any(start <= starts_at and ends_at <= end for start, end in joined(_around(week, starts_at, ends_at)))


def spans_on(week: Hours, day: date) -> list[list[int]]:
    """Return the times that begin on this day."""
    return week[day.weekday()] if week else []


def joined(periods: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Join periods, given in order, that touch: a place open until 24:00 and from 00:00 does not close."""
    last: tuple[datetime, datetime] | None = None
    for start, end in periods:
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _around(week: Hours, starts_at: datetime, ends_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = timezone.get_default_timezone()
    day = starts_at.astimezone(zone).date() - timedelta(days=1)
    while week and day <= ends_at.astimezone(zone).date():
        midnight = datetime.combine(day, datetime.min.time(), tzinfo=zone)
        for start, end in week[day.weekday()]:
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
        day += timedelta(days=1)


def _days(written: str) -> list[int]:
    days: list[int] = []
    for part in re.split("[,、]", written):
        first, _dash, last = part.partition("-")
        start, end = int(first) - 1, int(last or first) - 1
        if end < start:
            raise _unreadable()
        days += range(start, end + 1)
    return sorted(set(days))


def _span(match: re.Match[str]) -> list[int]:
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_hour > 23 or end > DAY_MINUTES or start_minute > 59 or end_minute > 59:
        raise _unreadable()
    if end <= start:
        end += DAY_MINUTES
    return [start, end]


def _clock(minutes: int) -> str:
    at = minutes - DAY_MINUTES if minutes > DAY_MINUTES else minutes
    return f"{at // 60:02}:{at % 60:02}"


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "hours_unreadable",
        _("Write the hours like “1-5 08:30-17:00; 6-7 09:00-16:00”: days as numbers, Monday is 1."),
        field="opening_hours",
    )
