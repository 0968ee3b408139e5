"""Who helps now: responders and their tasks by part of a place, and how many of those who reported in came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Left

from juxing.dispatch.enums import HELD, LIVE, TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.areas import Areas
from juxing.overview.queries.needs_now import earlier
from juxing.responders.enums import ACTIVE, SERVING
from juxing.responders.models import Availability, Responder

UNANSWERED_AFTER = timedelta(minutes=15)
SUMMED = ("serving", "available", "busy", "offered", "unanswered", "accepted", "in_progress", "blocked")
FUNNEL_OVER = timedelta(days=7)


@dataclass(slots=True)
class HelpCounts:
    """
    Responders by where they serve, and tasks by where the need is.

    ``available`` can be asked now and hold nothing; ``busy`` hold an accepted task, wherever it is; the rest of
    ``serving`` said they cannot now. Rows out of scope do not count, so call this as the process.
    """

    serving: int = 0
    available: int = 0
    busy: int = 0
    offered: int = 0
    unanswered: int = 0
    accepted: int = 0
    in_progress: int = 0
    blocked: int = 0
    oldest_unanswered: datetime | None = None
    oldest_blocked: datetime | None = None

    def add(self, other: HelpCounts) -> None:
        """Count these in as well."""
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.oldest_unanswered = earlier(self.oldest_unanswered, other.oldest_unanswered)
        self.oldest_blocked = earlier(self.oldest_blocked, other.oldest_blocked)


@dataclass(slots=True)
class Attendance:
    """How many responders who serve here reported in, were verified, and in the last week accepted, came, finished."""

    reported_in: int = 0
    verified: int = 0
    accepted: int = 0
    came: int = 0
    finished: int = 0

    def add(self, other: Attendance) -> None:
        """Count these in as well."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def help_by_part(areas: Areas, *, length: int, now: datetime) -> dict[str, HelpCounts]:
    """Return responders and live tasks by the first ``length`` characters of their area code; two queries."""
    found: dict[str, HelpCounts] = {}
    for part, serving, available, busy in _responders(areas, length=length, now=now):
        found[part] = HelpCounts(serving=serving, available=available, busy=busy)
    for part, status, count, unanswered, oldest_offer, oldest_acceptance in _tasks(areas, length=length, now=now):
        counts = found.setdefault(part, HelpCounts())
        if status == TaskStatus.OFFERED:
            counts.offered, counts.unanswered, counts.oldest_unanswered = count, unanswered, oldest_offer
        elif status == TaskStatus.ACCEPTED:
            counts.accepted = count
        elif status == TaskStatus.IN_PROGRESS:
            counts.in_progress = count
        elif status == TaskStatus.BLOCKED:
            counts.blocked, counts.oldest_blocked = count, oldest_acceptance
    return found


def attendance_by_part(areas: Areas, *, length: int, now: datetime) -> dict[str, Attendance]:
    """
    Return the funnel by where responders serve; one query. Whoever shows it leaves out groups below ten.

    Everyone is counted once, however many tasks they had and wherever those were.
    """
    tasks = Task.objects.filter(areas.condition("responder__area_code"), offered_at__gt=now - FUNNEL_OVER)

    def did(column: str) -> Q:
        return Q(pk__in=tasks.filter(**{f"{column}__isnull": False}).values("responder_id"))

    rows = (
        Responder.objects.inside(areas)
        .filter(status__in=sorted(ACTIVE))
        .annotate(part=Left("area_code", length))
        .values_list("part")
        .annotate(
            reported_in=Count("id"), verified=Count("id", filter=Q(status__in=sorted(SERVING))),
            accepted=Count("id", filter=did("accepted_at")), came=Count("id", filter=did("checked_in_at")),
            finished=Count("id", filter=did("done_at")),
        )
        .order_by()
    )  # fmt: skip
    return {part: Attendance(*counts) for part, *counts in rows}


def _responders(areas: Areas, *, length: int, now: datetime) -> Iterable[tuple[str, int, int, int]]:
    of_these = areas.condition("responder__area_code")
    held = Task.objects.filter(of_these, status__in=sorted(HELD)).values("responder_id")
    periods = Availability.objects.inside(areas)
    now_possible = periods.filter(starts_at__lte=now, ends_at__gt=now).values("responder_id")
    can_be_asked = Q(is_available=True) & (Q(pk__in=now_possible) | ~Q(pk__in=periods.values("responder_id")))
    return (
        Responder.objects.inside(areas)
        .filter(status__in=sorted(SERVING))
        .annotate(part=Left("area_code", length))
        .values_list("part")
        .annotate(
            serving=Count("id"),
            available=Count("id", filter=can_be_asked & ~Q(pk__in=held)),
            busy=Count("id", filter=Q(pk__in=held)),
        )
        .order_by()
    )


def _tasks(
    areas: Areas, *, length: int, now: datetime
) -> Iterable[tuple[str, str, int, int, datetime | None, datetime | None]]:
    unanswered = Q(offered_at__lt=now - UNANSWERED_AFTER)
    return (
        Task.objects.inside(areas)
        .filter(status__in=sorted(LIVE))
        .annotate(part=Left("area_code", length))
        .values_list("part", "status")
        .annotate(
            count=Count("id"), unanswered=Count("id", filter=unanswered),
            oldest_offer=Min("offered_at", filter=unanswered), oldest_acceptance=Min("accepted_at"),
        )
        .order_by()
    )  # fmt: skip
