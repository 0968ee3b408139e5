"""Matching runs: the list, and one run with all that explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, F, Max, Sum, Window
from django.db.models.functions import RowNumber

from juxing.dispatch import policy
from juxing.dispatch.models import LivePlacement, Match, MatchingRun, RunSchedule, Task
from juxing.dispatch.problems import STREET_CODE_LENGTH
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.needs.models import Need, NeedLine
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.responders.models import Responder
from juxing.supplies.models import SupplyItem

READER = Actor.system("runs of a desk")
RUN_ORDER = ("-started_at", "-id")
SHOWN_NEEDS = 20
SHOWN_GOODS = 8


@dataclass(frozen=True, slots=True)
class UnservedNeed:
    """A need left, with the numbers of what keeps it (see the engine's obstacles)."""

    need: Need
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnservedGroup:
    """
    Needs of a run left for one reason, and what it would take.

    ``skills`` counts the sets of skills asked for, ``goods`` sums the items asked for.
    """

    reason: str
    count: int
    needs: Sequence[UnservedNeed]
    skills: Sequence[tuple[tuple[str, ...], int]]
    goods: Sequence[tuple[SupplyItem, Decimal]]


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run with its job, its offers by state, the ways of those matched and the needs left."""

    run: MatchingRun
    place: str
    job: Job | None
    offers: dict[str, int]
    mean_m: int | None
    farthest_m: int | None
    unserved: Sequence[UnservedGroup]
    placements: Sequence[LivePlacement]
    helpers: dict[int, Responder]

    @property
    def is_proven_best(self) -> bool:
        """Whether no plan over all pairs of this snapshot costs less."""
        return self.run.objective is not None and self.run.objective == self.run.bound


def runs_page(*, actor: Actor, area_code: str = "", cursor: str | None = None) -> Page[MatchingRun]:
    """Return runs, newest first."""
    rows = policy.visible_runs(actor).within(area_code).select_related("started_by")
    return page_of(rows, order=RUN_ORDER, cursor=cursor)


def run_of(*, actor: Actor, uuid: UUID) -> MatchingRun:
    """
    Return one run.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = policy.visible_runs(actor).select_related("started_by").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def job_of(run: MatchingRun) -> Job | None:
    """Return the job that computes a run; None for runs computed at once."""
    return Job.objects.filter(uuid=run.job_uuid).first() if run.job_uuid else None


def run_detail(*, actor: Actor, uuid: UUID) -> RunDetail:
    """
    Return one run explained.

    Raises:
        NotVisible: if there is none for this actor.
    """
    run = run_of(actor=actor, uuid=uuid)
    matches = Match.objects.filter(run=run)
    ways = matches.filter(responder__isnull=False).aggregate(mean=Avg("distance_m"), farthest=Max("distance_m"))
    waiting = LivePlacement.objects.filter(run=run).select_related("need__household__building").order_by("id")
    placements = list(waiting[:SHOWN_NEEDS])
    offers = Task.objects.filter(match__run=run).values("status").annotate(count=Count("id")).order_by()
    return RunDetail(
        run=run,
        place=place_names([run.area_code]).get(run.area_code, run.area_code),
        job=job_of(run),
        offers=dict(offers.values_list("status", "count")),
        mean_m=round(ways["mean"]) if ways["mean"] is not None else None,
        farthest_m=ways["farthest"],
        unserved=_unserved(run),
        placements=placements,
        helpers=_helpers_in(placements),
    )


def placement_to_decide(*, actor: Actor, uuid: UUID) -> LivePlacement:
    """
    Return a placement of a place the actor sees.

    Raises:
        NotVisible: if there is none for this actor.
    """
    rows = LivePlacement.objects.inside(actor.areas_with(policy.VIEW)).select_related("run")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _helpers_in(placements: Sequence[LivePlacement]) -> dict[int, Responder]:
    """Everyone named in the placements; they may serve next door, where the desk sees nobody, and are masked."""
    named = {pk for one in placements for pk in (one.instant_id, one.exact_id)}
    named |= {pk for one in placements for move in one.moves for pk in (move["before"], move["after"])}
    with acting(READER):
        return Responder.objects.in_bulk([pk for pk in named if pk is not None])


def places_to_match(*, actor: Actor) -> list[Area]:
    """Return the places over which the actor may start a run, widest first in the order of codes."""
    areas = actor.areas_with(policy.MATCH)
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    return list(Area.objects.filter(areas.condition("code"), level__in=levels).order_by("code"))


def schedules_of(*, actor: Actor) -> list[tuple[Area, int | None]]:
    """Return the streets the actor steers with the minutes set for each; None where nothing was set."""
    areas = actor.areas_with(policy.STEER)
    streets = list(Area.objects.filter(areas.condition("code"), level=AreaLevel.STREET).order_by("code"))
    set_to = dict(
        RunSchedule.objects.filter(area_code__in=[street.code for street in streets]).values_list(
            "area_code", "every_minutes"
        )
    )
    return [(street, set_to.get(street.code)) for street in streets if len(street.code) == STREET_CODE_LENGTH]


def place_names(codes: Sequence[str]) -> dict[str, str]:
    """Return the names of places by code, in one query."""
    return dict(Area.objects.filter(code__in=sorted(set(codes))).values_list("code", "name"))


def _unserved(run: MatchingRun) -> list[UnservedGroup]:
    """Return the groups, largest first: four queries however many needs were left."""
    left = Match.objects.filter(run=run, responder__isnull=True)
    counts = dict(left.values("unserved_reason").annotate(count=Count("id")).order_by().values_list(
        "unserved_reason", "count"))  # fmt: skip
    if not counts:
        return []
    place = Window(
        RowNumber(), partition_by=[F("unserved_reason")], order_by=[F("need__priority_score").desc(), "need"]
    )
    first = left.annotate(place=place).filter(place__lte=SHOWN_NEEDS).select_related("need__household__building")
    shown: dict[str, list[UnservedNeed]] = {}
    for match in first.order_by("place"):
        shown.setdefault(match.unserved_reason, []).append(UnservedNeed(match.need, match.unserved_facts))
    skills: dict[str, Counter[tuple[str, ...]]] = {}
    for reason, asked in left.values_list("unserved_reason", "need__required_skills").iterator():
        if asked:
            skills.setdefault(reason, Counter())[tuple(sorted(asked))] += 1
    return [
        UnservedGroup(
            reason=reason,
            count=count,
            needs=shown.get(reason, []),
            skills=skills.get(reason, Counter()).most_common(5),
            goods=_goods_of(run, reason) if reason == "goods_missing" else (),
        )
        for reason, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]


def _goods_of(run: MatchingRun, reason: str) -> list[tuple[SupplyItem, Decimal]]:
    lines = NeedLine.objects.filter(need__matches__run=run, need__matches__unserved_reason=reason, item__isnull=False)
    totals = dict(
        lines.values("item").annotate(total=Sum("quantity")).order_by("-total").values_list("item", "total")[:8]
    )
    items = SupplyItem.objects.in_bulk(list(totals))
    return [(items[item_id], total or Decimal(0)) for item_id, total in totals.items()]
