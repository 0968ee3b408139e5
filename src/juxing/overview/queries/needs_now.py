"""Needs as they stand now, counted by part of a place in one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Left

from juxing.kernel.areas import Areas
from juxing.needs.enums import OPEN, WAITING, NeedStatus, Priority
from juxing.needs.models import Need
from juxing.needs.queries import AGE_STEPS_H

LIFE_CRITICAL_WITHIN = timedelta(minutes=15)
WITHOUT_HELPER = WAITING | {NeedStatus.SUBMITTED, NeedStatus.MATCHED}
SUMMED = ("overdue", "unanswered_fresh", "unknown_door", "late_life_critical")
AGE_STEPS = range(len(AGE_STEPS_H) + 1)


@dataclass(slots=True)
class NeedCounts:
    """
    Open needs of a place, repetitions aside.

    ``by_age`` counts (status, step), a step being how many of AGE_STEPS_H have passed. ``late_life_critical`` are
    life-critical ones nobody has accepted after 15 minutes; ``unanswered_fresh`` those whose household was asked and
    has not said whether it still needs this.
    """

    by_status: Counter[str] = field(default_factory=Counter)
    waiting_by_priority: Counter[str] = field(default_factory=Counter)
    by_age: Counter[tuple[str, int]] = field(default_factory=Counter)
    overdue: int = 0
    unanswered_fresh: int = 0
    unknown_door: int = 0
    late_life_critical: int = 0
    oldest_waiting_since: datetime | None = None

    @property
    def waiting(self) -> int:
        """How many wait for help now."""
        return sum(self.by_status[status] for status in WAITING)

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.by_status.total()

    def add(self, other: NeedCounts) -> None:
        """Count these in as well."""
        self.by_status += other.by_status
        self.waiting_by_priority += other.waiting_by_priority
        self.by_age += other.by_age
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.oldest_waiting_since = earlier(self.oldest_waiting_since, other.oldest_waiting_since)


def needs_by_part(areas: Areas, *, length: int, now: datetime) -> dict[str, NeedCounts]:
    """Return the counts of open needs by the first ``length`` characters of their area code; one query."""
    since = [now - timedelta(hours=hours) for hours in AGE_STEPS_H]
    bounds = [(None, since[0]), *pairwise(since), (since[-1], None)]
    steps = {f"step_{step}": Count("id", filter=_between(*bounds[step])) for step in AGE_STEPS}
    rows = (
        Need.objects.inside(areas)
        .filter(status__in=sorted(OPEN), duplicate_of__isnull=True)
        .annotate(part=Left("area_code", length))
        .values_list("part", "status", "priority")
        .annotate(
            overdue=Count("id", filter=Q(due_at__lt=now)),
            asked=Count("id", filter=Q(asked_fresh_at__isnull=False)),
            unknown_door=Count("id", filter=Q(household__isnull=True)),
            late=Count("id", filter=Q(waiting_since__lt=now - LIFE_CRITICAL_WITHIN)),
            oldest=Min("waiting_since"),
            **steps,
        )
        .order_by()
    )
    return _gathered(rows)


def _between(after: datetime | None, before_or_at: datetime | None) -> Q:
    """Waiting since later than ``before_or_at`` (the younger bound) and not later than ``after``."""
    condition = Q()
    if before_or_at is not None:
        condition &= Q(waiting_since__gt=before_or_at)
    if after is not None:
        condition &= Q(waiting_since__lte=after)
    return condition


def _gathered(rows: Iterable[Any]) -> dict[str, NeedCounts]:
    found: dict[str, NeedCounts] = {}
    for part, status, priority, overdue, asked, unknown_door, late, oldest, *steps in rows:
        counts = found.setdefault(part, NeedCounts())
        number = sum(steps)
        counts.by_status[status] += number
        counts.unknown_door += unknown_door
        for step, count in enumerate(steps):
            counts.by_age[status, step] += count
        if status in WITHOUT_HELPER and priority == Priority.LIFE_CRITICAL:
            counts.late_life_critical += late
        if status in WAITING:
            counts.waiting_by_priority[priority] += number
            counts.overdue += overdue
            counts.unanswered_fresh += asked
            counts.oldest_waiting_since = earlier(counts.oldest_waiting_since, oldest)
    return found


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two moments of which either may be missing."""
    return min(filter(None, (one, other)), default=None)
