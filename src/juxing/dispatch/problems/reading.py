"""What a run reads: who waits, who can be asked now, what was refused lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.timezone import localdate

from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need, NeedLine
from juxing.needs.requirements import REQUIREMENTS, task_of
from juxing.responders.enums import SERVING, Skill
from juxing.responders.gates import Lacks, asked_by, lacking
from juxing.responders.models import Availability, Responder
from juxing.responders.queries.talents import run_out_skills

STREET_CODE_LENGTH = 9
DECLINES_BIND_FOR = timedelta(hours=24)
GATED = sorted(
    {task for need_type in REQUIREMENTS for skills in ((), (Skill.HEAVY_LOADS,))
     if asked_by(task := task_of(need_type, skills))}
)  # fmt: skip
"""Kinds of task that needs make and that ask something before; the order is the bit the engine sees."""


@dataclass(frozen=True, slots=True)
class WaitingNeed:
    """A need as dispatch sees it: where, how urgent, what it takes. Nothing about who the household is."""

    id: int
    uuid: UUID
    area_code: str
    priority: str
    priority_score: int
    longitude: float
    latitude: float
    required_skills: Sequence[str]
    languages: Sequence[str]
    need_type: str = ""

    @property
    def task_type(self) -> str:
        """The kind of task it makes, "" if that asks nothing before."""
        task = task_of(self.need_type, self.required_skills) if self.need_type else ""
        return task if task in GATED else ""


@dataclass(frozen=True, slots=True)
class AvailableResponder:
    """A responder with room for at least one more task now; ``lacks`` what they have not shown for which task."""

    id: int
    area_code: str
    longitude: float
    latitude: float
    skills: Sequence[str]
    languages: Sequence[str]
    reach_m: int
    free_capacity: int
    lacks: Lacks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoodsWanted:
    """What a need asks for that may lie in a depot."""

    need_id: int
    item_id: int
    quantity: Decimal


def waiting_needs(area_code: str, *, limit: int, only_priority: str = "") -> list[WaitingNeed]:
    """Return needs that wait for help in this place, most urgent first; those without a known point are left out."""
    columns = list(WaitingNeed.__slots__)
    rows = _waiting(area_code, only_priority).filter(longitude__isnull=False, latitude__isnull=False)
    found = rows.order_by("-priority_score", "id").values_list(*columns)[:limit]
    return [WaitingNeed(*row) for row in found]


def needs_without_point(area_code: str, *, limit: int, only_priority: str = "") -> list[tuple[int, str]]:
    """Return (id, area code) of needs that wait but whose door is not known yet: nobody can be sent there."""
    rows = _waiting(area_code, only_priority).filter(Q(longitude__isnull=True) | Q(latitude__isnull=True))
    return list(rows.order_by("-priority_score", "id").values_list("id", "area_code")[:limit])


def available_responders(area_code: str, *, now: datetime) -> list[AvailableResponder]:
    """
    Return who can be asked now in the street (or wider area) the place belongs to.

    Help next door counts: a run over one community asks the whole street's responders.
    """
    return _with_room(Responder.objects.within(area_code[:STREET_CODE_LENGTH]), now=now)


def still_free(responder_ids: Iterable[int], *, now: datetime) -> dict[int, AvailableResponder]:
    """
    Lock these responders and return those with room as they are now; who cannot be asked any more is left out.

    Runs take this lock before they offer, so that two runs over neighbouring places cannot both fill one person.
    """
    rows = Responder.objects.get_queryset().filter(pk__in=sorted(set(responder_ids)))
    list(rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    return {row.id: row for row in _with_room(rows, now=now)}


def as_they_are(responder_ids: Iterable[int], *, now: datetime) -> dict[int, AvailableResponder]:
    """Return those of these responders who can be asked now, with or without room left."""
    rows = Responder.objects.get_queryset().filter(pk__in=sorted(set(responder_ids)))
    return {row.id: row for row in _serving(rows, now=now)}


def serving_responders(area_code: str, *, now: datetime) -> list[AvailableResponder]:
    """Return everyone of the street who can be asked now, whether or not they have room left."""
    return _serving(Responder.objects.within(area_code[:STREET_CODE_LENGTH]), now=now)


def load_today(responders: ScopedQuerySet[Responder], *, now: datetime) -> dict[int, int]:
    """Return how many tasks each responder holds, was offered, or did in the last 24 hours."""
    rows = Task.objects.filter(counts_today(now), responder__in=responders.order_by().values("pk"))
    return dict(rows.values("responder_id").annotate(load=Count("id")).order_by().values_list("responder_id", "load"))


def counts_today(now: datetime) -> Q:
    """Tasks that use up a part of today's capacity."""
    done = Q(status__in=[TaskStatus.DONE, TaskStatus.VERIFIED], done_at__gt=now - timedelta(days=1))
    return Q(status__in=sorted(LIVE)) | done


def goods_wanted(need_ids: Iterable[int]) -> list[GoodsWanted]:
    """Return the catalogue items these needs ask for, with known quantities."""
    rows = NeedLine.objects.filter(need_id__in=list(need_ids), item__isnull=False, quantity__isnull=False)
    columns = rows.order_by("id").values_list("need_id", "item_id", "quantity")
    return [GoodsWanted(need_id, item_id, quantity) for need_id, item_id, quantity in columns if quantity is not None]


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer not yet answered, which a better plan may give to someone else."""

    task_id: int
    responder_id: int
    need: WaitingNeed


def open_offers(area_code: str, *, now: datetime) -> list[OpenOffer]:
    """
    Return unanswered offers of the street that may be moved, oldest first.

    Those of life-critical needs stay where they are: nobody is made to wait again for another's sake.
    """
    columns = [f"need__{name}" for name in WaitingNeed.__slots__]
    rows = (
        Task.objects.within(area_code[:STREET_CODE_LENGTH])
        .filter(status=TaskStatus.OFFERED, expires_at__gt=now, need__longitude__isnull=False)
        .exclude(need__priority=Priority.LIFE_CRITICAL)
        .order_by("id")
    )
    found = rows.values_list("id", "responder_id", *columns)
    return [OpenOffer(row[0], row[1], WaitingNeed(*row[2:])) for row in found]


def refused_pairs(need_ids: Sequence[int], *, now: datetime) -> list[tuple[int, int]]:
    """Return (need, responder) pairs that said no or did not answer lately; the same person is not asked again."""
    rows = Task.objects.filter(
        need_id__in=need_ids,
        status__in=[TaskStatus.DECLINED, TaskStatus.EXPIRED],
        offered_at__gt=now - DECLINES_BIND_FOR,
    )
    return list(rows.values_list("need_id", "responder_id").distinct())


def _waiting(area_code: str, only_priority: str) -> ScopedQuerySet[Need]:
    rows = Need.objects.within(area_code).filter(status__in=sorted(WAITING), duplicate_of__isnull=True)
    return rows.filter(priority=only_priority) if only_priority else rows


def _with_room(responders: ScopedQuerySet[Responder], *, now: datetime) -> list[AvailableResponder]:
    return [row for row in _serving(responders, now=now) if row.free_capacity > 0]


def _serving(responders: ScopedQuerySet[Responder], *, now: datetime) -> list[AvailableResponder]:
    periods = Availability.objects.filter(responder=OuterRef("pk"))
    serving = responders.filter(status__in=sorted(SERVING), is_available=True)
    rows = (
        serving.filter(Exists(periods.filter(starts_at__lte=now, ends_at__gt=now)) | ~Exists(periods))
        .order_by("id")
        .values_list("id", "area_code", "longitude", "latitude", "skills", "languages", "reach_m", "capacity")
    )
    used = load_today(serving, now=now)
    read = list(rows)
    today, people = localdate(now), [row[0] for row in read]
    lacks, run_out = lacking(people, GATED, on=today), run_out_skills(people, on=today)
    return [
        AvailableResponder(
            *row[:4], [skill for skill in row[4] if skill not in run_out.get(row[0], ())], *row[5:7],
            free_capacity=row[7] - used.get(row[0], 0), lacks=lacks.get(row[0], {}),
        )
        for row in read
    ]  # fmt: skip
