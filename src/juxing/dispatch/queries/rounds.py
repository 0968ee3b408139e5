"""Delivery rounds: the list, one round with its stops, the search that planned it, and the sheet a courier carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from juxing.dispatch import policy
from juxing.dispatch.enums import HELD, LIVE, TaskStatus
from juxing.dispatch.models import DeliveryRound, RoundPlan, Task
from juxing.dispatch.queries.own import RELATED, HelperTask, see_as_helper
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.needs.models import Need, NeedLine

ROUND_ORDER = ("-planned_at", "-id")
READER = Actor.system("rounds of a desk")
FINISHED = (TaskStatus.DONE, TaskStatus.VERIFIED)
SHOWN_ROUNDS = 200
SHOWN_LEFT = 20


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """A round with its stops in the order they are walked, seen as its courier sees them."""

    round: DeliveryRound
    stops: Sequence[HelperTask]


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """Waiting deliveries that got onto no round for one reason."""

    reason: str
    count: int
    needs: Sequence[Need]


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A search for rounds with what came of it."""

    plan: RoundPlan
    job: Job | None
    rounds: Sequence[DeliveryRound]
    left: Sequence[LeftGroup]
    distance_m: int
    first_m: int


def rounds_page(*, actor: Actor, cursor: str | None = None) -> Page[DeliveryRound]:
    """Return rounds, planned last first, with ``stop_count`` and ``left_count``."""
    return page_of(_counted(_visible(actor)), order=ROUND_ORDER, cursor=cursor)


def round_detail(*, actor: Actor, now: datetime, uuid: UUID) -> RoundSheet:
    """
    Return a round with all its stops, those done included.

    Raises:
        NotVisible: if there is none for this actor.
    """
    return _sheet(actor, now=now, uuid=uuid, states=[*LIVE, *FINISHED])


def round_sheet(*, actor: Actor, now: datetime, uuid: UUID) -> RoundSheet:
    """
    Return a round for printing; only stops not yet done stand on it.

    Raises:
        NotVisible: if there is none for this actor.
    """
    return _sheet(actor, now=now, uuid=uuid, states=sorted(HELD))


def round_to_steer(*, actor: Actor, uuid: UUID) -> DeliveryRound:
    """
    Return a round the actor sees, or walks, for a command; call it in the system's scope.

    Raises:
        NotVisible: if there is none for this actor.
    """
    own = Q(responder__account_id=actor.account_id or 0)
    rows = DeliveryRound.objects.filter(own | actor.areas_with(policy.VIEW).condition("area_code"), uuid=uuid)
    found = rows.select_related("responder").first()
    if found is None:
        raise NotVisible
    return found


def latest_plans(*, actor: Actor) -> list[RoundPlan]:
    """Return the last searches over places the actor sees."""
    return list(RoundPlan.objects.inside(actor.areas_with(policy.VIEW)).order_by("-started_at")[:5])


def plan_of(*, actor: Actor, uuid: UUID) -> RoundPlan:
    """
    Return a search for rounds.

    Raises:
        NotVisible: if there is none for this actor.
    """
    rows = RoundPlan.objects.inside(actor.areas_with(policy.VIEW)).select_related("started_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def plan_detail(*, actor: Actor, uuid: UUID) -> PlanDetail:
    """
    Return a search explained: its rounds, longest first, and who was left.

    Raises:
        NotVisible: if there is none for this actor.
    """
    plan = plan_of(actor=actor, uuid=uuid)
    with acting(READER):
        rounds = list(
            _counted(DeliveryRound.objects.get_queryset().filter(plan=plan).select_related("responder", "depot"))
            .order_by("-distance_m", "id")[:SHOWN_ROUNDS]
        )  # fmt: skip
        job = Job.objects.filter(uuid=plan.job_uuid).first() if plan.job_uuid else None
        return PlanDetail(
            plan=plan,
            job=job,
            rounds=rounds,
            left=_left(plan),
            distance_m=sum(one.distance_m for one in rounds),
            first_m=sum(one.first_distance_m or one.distance_m for one in rounds),
        )


def _left(plan: RoundPlan) -> list[LeftGroup]:
    counts = Counter(str(row["reason"]) for row in plan.left)
    needs = Need.objects.select_related("household__building").in_bulk([int(row["need"]) for row in plan.left])
    return [
        LeftGroup(
            reason,
            count,
            [needs[row["need"]] for row in plan.left if row["reason"] == reason and row["need"] in needs][:SHOWN_LEFT],
        )
        for reason, count in counts.most_common()
    ]


def _sheet(actor: Actor, *, now: datetime, uuid: UUID, states: Sequence[str]) -> RoundSheet:
    with acting(READER):
        found = _visible(actor).select_related("plan").filter(uuid=uuid).first()
        if found is None:
            raise NotVisible
        lines = Prefetch("need__lines", queryset=NeedLine.objects.select_related("item").order_by("id"))
        stops = (
            Task.objects.filter(round=found, status__in=states)
            .select_related(*RELATED)
            .prefetch_related(lines)
            .order_by("position", "id")
        )
        return RoundSheet(round=found, stops=[see_as_helper(task, now=now) for task in stops])


def _visible(actor: Actor) -> ScopedQuerySet[DeliveryRound]:
    return DeliveryRound.objects.inside(actor.areas_with(policy.VIEW)).select_related("responder", "depot")


def _counted(rows: ScopedQuerySet[DeliveryRound]) -> ScopedQuerySet[DeliveryRound]:
    ahead = Q(tasks__status__in=sorted(LIVE))
    on_it = ahead | Q(tasks__status__in=FINISHED)
    counted: Any = rows.annotate(stop_count=Count("tasks", filter=on_it), left_count=Count("tasks", filter=ahead))
    return cast("ScopedQuerySet[DeliveryRound]", counted)
