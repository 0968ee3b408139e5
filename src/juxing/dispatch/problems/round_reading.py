"""What a plan of rounds reads: accepted tasks with their couriers, and deliveries that still wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef

from juxing.dispatch.delivery_terms import DELIVERED
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import StockReservation, Task
from juxing.dispatch.problems.reading import (
    DECLINES_BIND_FOR,
    GATED,
    STREET_CODE_LENGTH,
    AvailableResponder,
    available_responders,
)
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need, NeedLine
from juxing.needs.requirements import task_of
from juxing.responders.gates import Lacks
from juxing.responders.models import Availability, Responder
from juxing.supplies.models import Depot

Point = tuple[float, float]
STOP_COLUMNS = (
    "id", "uuid", "area_code", "need_type", "priority", "priority_score", "due_at", "longitude", "latitude",
    "required_skills",
)  # fmt: skip
PLACE_COLUMNS = ("household__floor", "household__building__has_lift")


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A door something is brought to. ``task_id`` and ``responder_id`` are those of an accepted task, None while the
    delivery still waits; ``depot_id`` is where its goods lie. Nothing about who the household is.
    """

    need_id: int
    need_uuid: UUID
    area_code: str
    need_type: str
    priority: str
    priority_score: int
    due_at: datetime | None
    point: Point | None
    required_skills: Sequence[str]
    floor: int | None
    has_lift: bool | None
    line_count: int = 1
    depot_id: int | None = None
    task_id: int | None = None
    responder_id: int | None = None
    planned_round_id: int | None = None
    status: str = ""

    @property
    def task_type(self) -> str:
        """The kind of task it is, "" if that asks nothing before."""
        task = task_of(self.need_type, self.required_skills)
        return task if task in GATED else ""


@dataclass(frozen=True, slots=True)
class CourierSeen:
    """
    A helper who may carry: where they start from, what they carry with, and until when they said they serve.

    ``lacks`` is what they have not shown for which kind of task.
    """

    id: int
    area_code: str
    point: Point
    skills: Sequence[str]
    transport: str
    reach_m: int
    free_capacity: int
    until: datetime | None
    lacks: Lacks = field(default_factory=dict)


def stops_of(tasks: ScopedQuerySet[Task]) -> list[Stop]:
    """Return these tasks as stops, in their order."""
    columns = [f"need__{name}" for name in (*STOP_COLUMNS, *PLACE_COLUMNS)]
    rows = list(tasks.values_list("id", "responder_id", "round_id", "status", *columns))
    lines = _line_counts(row[4] for row in rows)
    depots = _depots_promised([row[0] for row in rows])
    return [
        _stop(row[4:], lines, depots.get(row[0]), task=row[:4])
        for row in rows
    ]  # fmt: skip


def waiting_deliveries(area_code: str, *, now: datetime, limit: int) -> list[Stop]:
    """
    Return deliveries that wait in the place, most urgent first.

    Needs somebody said no to are left to matching, which knows whom not to ask again; life-critical ones are placed at
    once and never wait for a round.
    """
    answered = Task.objects.filter(
        need=OuterRef("pk"),
        status__in=[TaskStatus.DECLINED, TaskStatus.EXPIRED],
        offered_at__gt=now - DECLINES_BIND_FOR,
    )
    rows = (
        Need.objects.within(area_code)
        .filter(
            status__in=sorted(WAITING), duplicate_of__isnull=True, need_type__in=sorted(DELIVERED),
            longitude__isnull=False, latitude__isnull=False,
        )
        .exclude(priority=Priority.LIFE_CRITICAL)
        .exclude(Exists(answered))
        .order_by("-priority_score", "id")
        .values_list(*STOP_COLUMNS, *PLACE_COLUMNS)[:limit]
    )  # fmt: skip
    found = list(rows)
    lines = _line_counts(row[0] for row in found)
    return [_stop(row, lines, None) for row in found]


def couriers_of(responder_ids: Iterable[int], *, now: datetime) -> list[CourierSeen]:
    """Return these helpers, whatever room they have left: they already said yes."""
    rows = Responder.objects.get_queryset().filter(id__in=sorted(set(responder_ids))).order_by("id")
    return _couriers(rows, {}, now=now)


def free_couriers(area_code: str, *, now: datetime) -> list[CourierSeen]:
    """Return helpers of the street with room for one more task."""
    room = {row.id: row for row in available_responders(area_code[:STREET_CODE_LENGTH], now=now)}
    return _couriers(Responder.objects.get_queryset().filter(id__in=list(room)).order_by("id"), room, now=now)


def depot_points(depot_ids: Iterable[int]) -> dict[int, Point]:
    """Return where these depots are; those without a known point are left out."""
    rows = Depot.objects.filter(id__in=set(depot_ids), longitude__isnull=False, latitude__isnull=False)
    found = rows.values_list("id", "longitude", "latitude")
    return {pk: (x, y) for pk, x, y in found if x is not None and y is not None}


def _couriers(
    rows: ScopedQuerySet[Responder], room: dict[int, AvailableResponder], *, now: datetime
) -> list[CourierSeen]:
    until = dict(
        Availability.objects.filter(responder__in=rows.order_by().values("pk"), starts_at__lte=now, ends_at__gt=now)
        .values("responder_id")
        .annotate(last=Max("ends_at"))
        .order_by()
        .values_list("responder_id", "last")
    )
    columns = ("id", "area_code", "longitude", "latitude", "skills", "transport", "reach_m")
    return [
        CourierSeen(
            pk, area, (x, y), room[pk].skills if pk in room else skills, transport, reach_m,
            room[pk].free_capacity if pk in room else 0, until.get(pk), room[pk].lacks if pk in room else {},
        )
        for pk, area, x, y, skills, transport, reach_m in rows.values_list(*columns)
    ]  # fmt: skip


def _stop(row: Sequence[object], lines: dict[int, int], depot_id: int | None, *, task: Sequence[object] = ()) -> Stop:
    need_id, uuid, area, need_type, priority, score, due_at, x, y, skills, floor, has_lift = row
    return Stop(
        need_id, uuid, area, need_type, priority, score, due_at,  # type: ignore[arg-type]
        None if x is None or y is None else (x, y), skills, floor, has_lift,  # type: ignore[arg-type]
        line_count=max(1, lines.get(need_id, 1)), depot_id=depot_id,  # type: ignore[call-overload]
        task_id=task[0] if task else None, responder_id=task[1] if task else None,  # type: ignore[arg-type]
        planned_round_id=task[2] if task else None, status=str(task[3]) if task else "",  # type: ignore[arg-type]
    )  # fmt: skip


def _line_counts(need_ids: Iterable[int]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for need_id in NeedLine.objects.filter(need_id__in=list(need_ids)).order_by().values_list("need_id", flat=True):
        counted[need_id] = counted.get(need_id, 0) + 1
    return counted


def _depots_promised(task_ids: Sequence[int]) -> dict[int, int]:
    rows = StockReservation.objects.filter(task_id__in=task_ids, is_open=True).order_by("-id")
    return dict(rows.values_list(F("task_id"), F("depot_id")))
