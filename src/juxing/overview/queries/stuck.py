"""What does not move, with a few examples of the most pressing kinds; nothing of who the household is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, Left, RowNumber

from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.areas import Areas
from juxing.kernel.numbers import paper_number
from juxing.needs.enums import Priority
from juxing.needs.models import NUMBER_PREFIX, Need
from juxing.overview.queries.help_now import UNANSWERED_AFTER
from juxing.overview.queries.needs_now import LIFE_CRITICAL_WITHIN, WITHOUT_HELPER
from juxing.overview.queries.places import COMMUNITY_LENGTH

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One need that is stuck: its number and page, the community (or wider place) it is in, and since when."""

    since: datetime
    number: str
    need_uuid: UUID
    area_code: str


@dataclass(slots=True)
class Stuck:
    """The longest-standing examples of each kind, longest first: never more than EXAMPLES of one kind."""

    late_life_critical: list[Example] = field(default_factory=list)
    blocked: list[Example] = field(default_factory=list)
    unanswered: list[Example] = field(default_factory=list)

    def add(self, other: Stuck) -> None:
        """Keep the longest-standing of both."""
        for name in KINDS:
            both = sorted([*getattr(self, name), *getattr(other, name)], key=lambda one: (one.since, one.number))
            setattr(self, name, both[:EXAMPLES])


KINDS = ("late_life_critical", "blocked", "unanswered")


def stuck_by_part(areas: Areas, *, length: int, now: datetime) -> dict[str, Stuck]:
    """Return examples by the first ``length`` characters of their area code; three queries."""
    found: defaultdict[str, Stuck] = defaultdict(Stuck)
    rows = {
        "late_life_critical": _late(areas, length=length, now=now),
        "blocked": _tasks(areas, Q(status=TaskStatus.BLOCKED), "accepted_at", length=length),
        "unanswered": _tasks(
            areas, Q(status=TaskStatus.OFFERED, offered_at__lt=now - UNANSWERED_AFTER), "offered_at", length=length
        ),
    }
    for name, examples in rows.items():
        for part, since, need_id, need_uuid, area_code in examples:
            number = paper_number(NUMBER_PREFIX, need_id)
            getattr(found[part], name).append(Example(since, number, need_uuid, area_code[:COMMUNITY_LENGTH]))
    return dict(found)


def _late(areas: Areas, *, length: int, now: datetime) -> Iterable[Any]:
    rows = Need.objects.inside(areas).filter(
        status__in=sorted(WITHOUT_HELPER), priority=Priority.LIFE_CRITICAL, duplicate_of__isnull=True,
        waiting_since__lt=now - LIFE_CRITICAL_WITHIN,
    )  # fmt: skip
    return _first_of_each_part(rows, F("waiting_since"), length).values_list("part", "since", "id", "uuid", "area_code")


def _tasks(areas: Areas, condition: Q, since: str, *, length: int) -> Iterable[Any]:
    rows = Task.objects.inside(areas).filter(condition)
    first = _first_of_each_part(rows, Coalesce(since, "offered_at"), length)
    return first.values_list("part", "since", "need_id", "need__uuid", "area_code")


def _first_of_each_part(rows: QuerySet[Any], since: F | Coalesce, length: int) -> QuerySet[Any]:
    part = Left("area_code", length)
    place = Window(RowNumber(), partition_by=[part], order_by=[since, F("id")])
    first: QuerySet[Any] = rows.annotate(part=part, since=since, place=place).filter(place__lte=EXAMPLES)
    return first.order_by("since", "id")
