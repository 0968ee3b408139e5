"""
How many of those expected came, to shifts like these: an aggregate that says how many alternates to plan.

Never of a person: the figures are of a whole street and part of the day, and none is given for fewer than ten people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.db.models.functions import ExtractHour

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders.models import Duty
from juxing.responders.queries.people import SMALLEST_GROUP, STREET_CODE_LENGTH
from juxing.responders.roster_enums import AttendanceStatus, Excuse, RosterStatus

LOOK_BACK = timedelta(days=180)
SURE = 0.9
READER = Actor.system("forecast")
NIGHT, MORNING, LATER = 0, 1, 2
MORNING_FROM, LATER_FROM, NIGHT_FROM = 6, 12, 22


@dataclass(frozen=True, slots=True)
class ShowUp:
    """Of so many expected in a part of the day, so many came; ``people`` is how many different ones, ten at least."""

    expected: int
    came: int
    people: int

    @property
    def rate(self) -> float:
        """The share to reckon with, drawn a little to the middle where little is known."""
        return (self.came + 1) / (self.expected + 2)


def show_up_by_part(area_code: str, *, now: datetime) -> dict[int, ShowUp]:
    """Return for each part of the day how many came in the street during half a year; small groups are left out."""
    with acting(READER):
        past = Duty.objects.within(area_code[:STREET_CODE_LENGTH]).filter(
            roster__status__in=[RosterStatus.PUBLISHED, RosterStatus.CLOSED], ends_at__lt=now,
            starts_at__gt=now - LOOK_BACK, stands_in_for__isnull=True, slot="primary",
        )  # fmt: skip
        past = past.exclude(status=AttendanceStatus.RELIEVED).exclude(excuse=Excuse.RELEASED)
        hour = ExtractHour("starts_at")
        part = Case(
            When(Q(hour__gte=MORNING_FROM, hour__lt=LATER_FROM), then=Value(MORNING)),
            When(Q(hour__gte=LATER_FROM, hour__lt=NIGHT_FROM), then=Value(LATER)),
            default=Value(NIGHT), output_field=IntegerField(),
        )  # fmt: skip
        rows = past.annotate(hour=hour).annotate(part=part).values("part").order_by().annotate(
            expected=Count("id"), came=Count("id", filter=Q(checked_in_at__isnull=False)),
            people=Count("responder_id", distinct=True),
        )  # fmt: skip
        return {
            row["part"]: ShowUp(row["expected"], row["came"], row["people"])
            for row in rows
            if row["people"] >= SMALLEST_GROUP
        }


def part_of(minute: int) -> int:
    """Return the part of the day in which a shift begins."""
    hour = minute // 60
    return MORNING if MORNING_FROM <= hour < LATER_FROM else LATER if LATER_FROM <= hour < NIGHT_FROM else NIGHT


def alternates_for(count: int, rate: float) -> int:
    """
    Return the fewest alternates with which ``count`` people are there with nine chances in ten.

    Each comes by themselves with the same chance; at most as many alternates as people needed.
    """
    for more in range(count + 1):
        there = count + more
        enough = sum(comb(there, come) * rate**come * (1 - rate) ** (there - come) for come in range(count, there + 1))
        if enough >= SURE:
            return more
    return count
