"""Who helps now: responders and their tasks by part of a place, and how many of those who reported in came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many responders got how far: reported in, verified, and in the last week accepted, came, finished."""

    reported_in: int
    verified: int
    accepted: int
    came: int
    finished: int


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


def attendance(code: str, *, now: datetime) -> Funnel:
    """Return the funnel of a place; two queries. Whoever shows it leaves out groups below ten."""
    people = Responder.objects.within(code).aggregate(
        reported_in=Count("id", filter=Q(status__in=sorted(ACTIVE))),
        verified=Count("id", filter=Q(status__in=sorted(SERVING))),
    )
    tasks = Task.objects.within(code).filter(offered_at__gt=now - FUNNEL_OVER)
    came = tasks.aggregate(
        accepted=Count("responder", distinct=True, filter=Q(accepted_at__isnull=False)),
        came=Count("responder", distinct=True, filter=Q(checked_in_at__isnull=False)),
        finished=Count("responder", distinct=True, filter=Q(done_at__isnull=False)),
    )
    return Funnel(**people, **came)


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
