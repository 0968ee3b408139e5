"""Needs as lists, counts and flat rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Min, Q, Value, When

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import DEFAULT_PAGE_ROWS, Page, page_of
from juxing.kernel.numbers import row_id_of
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import OPEN, WAITING
from juxing.needs.models import NUMBER_PREFIX, Need, NeedLine
from juxing.needs.policy import visible_needs

RECENT_ORDER = ("-recorded_at", "-id")
URGENT_ORDER = ("-priority_score", "id")
AGE_STEPS_H = (1, 6, 24, 72)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFilters:
    """What a list is narrowed to; empty means all. ``number`` is a number as people type it."""

    area_code: str = ""
    status: str = ""
    need_type: str = ""
    priority: str = ""
    channel: str = ""
    state: str = ""
    older_than_hours: int | None = None
    is_stale: bool = False
    is_overdue: bool = False
    is_duplicate: bool | None = None
    number: str = ""

    @property
    def is_waiting_only(self) -> bool:
        """Whether only waiting needs are asked for: those are ordered by urgency."""
        return self.state == "waiting" or self.status in WAITING


def needs_page(
    actor: Actor, filters: NeedFilters, *, now: datetime, cursor: str | None = None, size: int = DEFAULT_PAGE_ROWS
) -> Page[Need]:
    """Return a page of needs with their lines and places: newest first, waiting ones most urgent first."""
    rows = (
        filtered(actor, filters, now=now)
        .select_related("household__building__estate", "resident")
        .prefetch_related("lines__item")
    )
    return page_of(rows, order=URGENT_ORDER if filters.is_waiting_only else RECENT_ORDER, cursor=cursor, size=size)


def filtered(actor: Actor, filters: NeedFilters, *, now: datetime) -> ScopedQuerySet[Need]:
    """Return the visible needs the filters leave; every condition may use an index under row security."""
    rows = visible_needs(actor).within(filters.area_code)
    if filters.number:
        return rows.filter(pk=row_id_of(NUMBER_PREFIX, filters.number) or 0)
    wanted = {
        "status": filters.status,
        "need_type": filters.need_type,
        "priority": filters.priority,
        "channel": filters.channel,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if filters.state == "waiting":
        rows = rows.filter(status__in=sorted(WAITING), duplicate_of__isnull=True)
    elif filters.state == "open":
        rows = rows.filter(status__in=sorted(OPEN))
    if filters.older_than_hours is not None:
        rows = rows.filter(waiting_since__lt=now - timedelta(hours=filters.older_than_hours))
    if filters.is_stale:
        rows = rows.filter(status__in=sorted(WAITING), fresh_until__lt=now)
    if filters.is_overdue:
        rows = rows.filter(status__in=sorted(WAITING), due_at__lt=now)
    if filters.is_duplicate is not None:
        rows = rows.filter(duplicate_of__isnull=not filters.is_duplicate)
    return rows


@dataclass(frozen=True, slots=True)
class WaitingNeed:
    """A need as dispatch sees it: where, how urgent, what it takes. Nothing of who the household is."""

    id: int
    uuid: UUID
    area_code: str
    longitude: float | None
    latitude: float | None
    required_skills: Sequence[str]
    languages: Sequence[str]
    priority: str
    priority_score: int
    items: Sequence[tuple[int, Decimal | None]]


def waiting_for_dispatch(area_code: str, *, limit: int) -> list[WaitingNeed]:
    """Return needs that wait for help at a place, most urgent first, with the catalogue items asked for."""
    columns = [name for name in WaitingNeed.__slots__ if name != "items"]
    rows = list(
        Need.objects.within(area_code)
        .filter(status__in=sorted(WAITING), duplicate_of__isnull=True)
        .order_by("-priority_score", "id")
        .values_list(*columns)[:limit]
    )
    items: dict[int, list[tuple[int, Decimal | None]]] = {row[0]: [] for row in rows}
    for need_id, item_id, quantity in NeedLine.objects.filter(need_id__in=list(items), item__isnull=False).values_list(
        "need_id", "item_id", "quantity"
    ):
        items[need_id].append((item_id or 0, quantity))
    return [WaitingNeed(*(*row, tuple(items[row[0]]))) for row in rows]


TALLY_LASTS = timedelta(seconds=15)
MANY = 5000
MOST_KEPT = 500


@dataclass(slots=True)
class NeedTally:
    """Counts of needs at a place; ``by_age`` counts waiting ones by how many of AGE_STEPS_H they have passed."""

    by_status: Counter[str] = field(default_factory=Counter)
    waiting_by_priority: Counter[str] = field(default_factory=Counter)
    open_by_type: Counter[str] = field(default_factory=Counter)
    by_age: Counter[int] = field(default_factory=Counter)
    overdue: int = 0
    stale: int = 0
    duplicates: int = 0
    oldest_waiting_since: datetime | None = None

    @property
    def open(self) -> int:
        """How many have not ended, repetitions aside."""
        return sum(self.by_status[status] for status in OPEN)

    @property
    def waiting(self) -> int:
        """How many wait for help now."""
        return sum(self.by_status[status] for status in WAITING)


def tally(areas: Areas, *, now: datetime, since: datetime | None = None) -> NeedTally:
    """
    Return the counts of needs in these places in one query: the open ones, and with ``since`` those that ended too.

    Ended needs count when recorded from ``since`` on, so that the figure of a day does not read the year.
    """
    waiting = Q(status__in=sorted(WAITING))
    counted = Q(status__in=sorted(OPEN))
    if since is not None:
        counted |= Q(recorded_at__gte=since)
    rows = (
        Need.objects.inside(areas)
        .filter(counted)
        .annotate(is_repetition=Q(duplicate_of__isnull=False), step=_step(now))
        .values_list("status", "priority", "need_type", "is_repetition", "step")
        .annotate(
            count=Count("id"),
            overdue=Count("id", filter=waiting & Q(due_at__lt=now)),
            stale=Count("id", filter=waiting & Q(fresh_until__lt=now)),
            oldest=Min("waiting_since", filter=waiting),
        )
        .order_by()
    )
    return _summed(rows)


_kept_tallies: dict[Areas, tuple[datetime, NeedTally]] = {}


def recent_tally(areas: Areas, *, now: datetime) -> NeedTally:
    """
    Return the counts of open needs for the head of a list: of many needs, those of a few seconds ago.

    Counting the sixty thousand open needs of a district takes longer than the page beneath; few are counted each time.
    """
    kept = _kept_tallies.get(areas)
    if kept is not None and now - TALLY_LASTS < kept[0] <= now:
        return kept[1]
    counted = tally(areas, now=now)
    if sum(counted.by_status.values()) >= MANY:
        if len(_kept_tallies) >= MOST_KEPT:
            _kept_tallies.clear()
        _kept_tallies[areas] = (now, counted)
    return counted


def _step(now: datetime) -> Case:
    passed = [
        When(waiting_since__gt=now - timedelta(hours=hours), then=Value(step)) for step, hours in enumerate(AGE_STEPS_H)
    ]
    return Case(*passed, default=Value(len(AGE_STEPS_H)), output_field=IntegerField())


def _summed(rows: Any) -> NeedTally:
    total = NeedTally()
    for status, priority, need_type, is_repetition, step, count, overdue, stale, oldest in rows:
        if is_repetition:
            total.duplicates += count
            continue
        total.by_status[status] += count
        total.overdue += overdue
        total.stale += stale
        if status in OPEN:
            total.open_by_type[need_type] += count
        if status in WAITING:
            total.waiting_by_priority[priority] += count
            total.by_age[step] += count
            if oldest is not None:
                total.oldest_waiting_since = min(oldest, total.oldest_waiting_since or oldest)
    return total
