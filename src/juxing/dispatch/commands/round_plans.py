"""
A searched plan of rounds: the instant order stands at once, the search then improves it in the background.

Reading and writing are two transactions with the search between them; nothing is locked while the engine thinks.
What changed meanwhile is settled when writing: only tasks still accepted, deliveries still waiting, helpers still
free and goods still there get onto a round.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.commands.holding import hold_responders
from juxing.dispatch.commands.round_offers import offer_stops
from juxing.dispatch.commands.round_writing import write_rounds
from juxing.dispatch.commands.rounds import hold_accepted, lengths, own_problems, plan_rounds
from juxing.dispatch.enums import PlanStatus
from juxing.dispatch.goods import share_stops
from juxing.dispatch.models import RoundPlan
from juxing.dispatch.problems import CourierRound, RoundsAsked, RoundsFound, Stop
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import Cancelled, job_kinds, request_cancel, start_job
from juxing.kernel.models import Job, JobStatus
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.supplies.models import StockLevel

if TYPE_CHECKING:
    from juxing_engine.control import Control

logger = logging.getLogger(__name__)
PLAN_KIND = "dispatch.round_plan"
PROCESS = Actor.system("dispatch")
MOST_WAITING = 400
MOST_COURIERS = 80
LEFT_KEPT = 200
LONGEST_BUDGET_S = 60
PLAN_TIMEOUT = timedelta(minutes=5)
PLAN_STARTED = journal.declare_action("dispatch.roundplan.start", _("Search for rounds started"))
PLAN_DONE = journal.declare_action("dispatch.roundplan.finish", _("Search for rounds finished"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan reads: problems that do not touch each other, and what cannot be brought now, with the reason."""

    parts: Sequence[RoundsAsked]
    set_aside: Sequence[tuple[Stop, str]]
    seconds: float

    @property
    def stop_count(self) -> int:
        """How many doors are asked for."""
        return sum(len(part.stops) for part in self.parts) + len(self.set_aside)


@transaction.atomic
def start_round_plan(*, actor: Actor, now: datetime, area_code: str, takes_waiting: bool = False) -> RoundPlan:
    """
    Put accepted tasks into a first order at once, and begin the search for a better one in the background.

    With ``takes_waiting`` deliveries that still wait are offered as well, to whose round they fit best.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
        Refusal: if a search over this place is under way.
    """
    plan_rounds(actor=actor, now=now, area_code=area_code)
    plan = begin_round_plan(actor=actor, now=now, area_code=area_code, takes_waiting=takes_waiting)
    with acting(PROCESS):
        job = start_job(
            job_kinds[PLAN_KIND], actor=actor, area_code=area_code, now=now, arguments={"plan": str(plan.uuid)}
        )
        RoundPlan.objects.filter(pk=plan.pk).update(job_uuid=job.uuid)
    plan.job_uuid = job.uuid
    return plan


def begin_round_plan(*, actor: Actor, now: datetime, area_code: str, takes_waiting: bool = False) -> RoundPlan:
    """
    Note that a search begins; ``complete_round_plan`` carries it out.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
        Refusal: if a search over this place is under way.
    """
    actor.require(policy.STEER, area_code)
    with acting(PROCESS):
        under_way = RoundPlan.objects.filter(status=PlanStatus.RUNNING, started_at__gt=now - PLAN_TIMEOUT)
        for other in under_way.values_list("area_code", flat=True):
            if other.startswith(area_code) or area_code.startswith(other):
                raise Refusal("plan_under_way", _("Rounds over this place are being planned. Look again in a moment."))
        plan = RoundPlan.objects.create(
            area_code=area_code, takes_waiting=takes_waiting, budget_s=0, started_by_id=actor.account_id,
            started_at=now,
        )  # fmt: skip
        journal.record(PLAN_STARTED, actor=actor, subject=plan, happened_at=now)
    return plan


@transaction.atomic
def cancel_round_plan(*, actor: Actor, now: datetime, plan: RoundPlan) -> None:
    """
    Ask a search to stop; the first order stands as it is.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
    """
    actor.require(policy.STEER, plan.area_code)
    with acting(PROCESS):
        job = Job.objects.filter(uuid=plan.job_uuid).first() if plan.job_uuid else None
        if job is None:
            return
        request_cancel(job)
        job.refresh_from_db()
        if job.status == JobStatus.CANCELLED:
            _end(plan, PlanStatus.CANCELLED, "", now=now)


def complete_round_plan(plan: RoundPlan, *, now: datetime, control: Control | None = None) -> RoundPlan:
    """
    Read, search and write a begun plan; call it outside a transaction. A failure is kept on the plan.

    Raises:
        Refusal: if the plan is over: cancelled, given up, or carried out by a job taken up twice.
    """
    try:
        with acting(PROCESS):
            asked = read_rounds(plan, now=now)
        found = search_rounds(asked, control=control)
        with acting(PROCESS):
            return write_plan(plan, asked, found, now=now)
    except Cancelled:
        with acting(PROCESS):
            _end(plan, PlanStatus.CANCELLED, "", now=now)
        raise
    except Refusal as refusal:
        with acting(PROCESS):
            _end(plan, PlanStatus.FAILED, refusal.code, now=now)
        raise
    except Exception:
        logger.exception("Round plan %s failed.", plan.uuid)
        with acting(PROCESS):
            _end(plan, PlanStatus.FAILED, "unexpected", now=now)
        raise


def read_rounds(plan: RoundPlan, *, now: datetime) -> Asked:
    """Return the problems of the place: one for each helper, and one for all who may take what waits."""
    started = time.perf_counter()
    own = own_problems(hold_accepted(plan.area_code), now=now)
    waiting, set_aside = _waiting(plan, now=now)
    if not waiting:
        return Asked(own, set_aside, time.perf_counter() - started)
    free = {courier.id: courier for courier in problems.free_couriers(plan.area_code, now=now)}
    joined = [part for part in own if part.couriers[0].id in free]
    busy = {part.couriers[0].id for part in joined}
    couriers = [free[helper] for helper in busy]
    couriers += _nearest([one for one in free.values() if one.id not in busy], waiting)
    stops = [stop for part in joined for stop in part.stops] + waiting
    depots = problems.depot_points(stop.depot_id for stop in stops if stop.depot_id is not None)
    if not couriers:
        return Asked(own, [*set_aside, *((stop, "nobody_free") for stop in waiting)], time.perf_counter() - started)
    together = problems.round_problem(stops, couriers, depots=depots, now=now)
    parts = [part for part in own if part.couriers[0].id not in busy]
    return Asked([*parts, together], set_aside, time.perf_counter() - started)


def search_rounds(asked: Asked, *, control: Control | None = None) -> list[RoundsFound]:
    """Return rounds for each problem, within a budget shared by their sizes; a stopped search returns what it has."""
    from juxing_engine.control import Control as Limits
    from juxing_engine.control import Progress

    budgets = [problems.budget_for(len(part.stops)) for part in asked.parts]
    scale = min(1.0, LONGEST_BUDGET_S / max(1, sum(budgets)))
    whole, done, found = max(1.0, sum(budgets)), 0.0, []
    for part, budget in zip(asked.parts, budgets, strict=True):
        start = done / whole
        share = budget / whole

        def show(progress: Progress, start: float = start, share: float = share) -> None:
            if control is not None:
                control.report(Progress("rounds", min(1.0, start + share * progress.fraction)))

        stops = control.should_stop if control is not None else None
        seconds = 0.0 if control is not None and control.should_stop() else budget * scale
        limits = Limits(budget_s=seconds, on_progress=show, is_cancelled=stops)
        found.append(problems.solve_rounds(part, control=limits))
        done += budget
    return found


@transaction.atomic
def write_plan(plan: RoundPlan, asked: Asked, found: Sequence[RoundsFound], *, now: datetime) -> RoundPlan:
    """
    Write the rounds of everything that is still so; tasks accepted meanwhile stay where the first order put them.

    Raises:
        Refusal: if the plan is over already.
    """
    started = time.perf_counter()
    _hold(plan)
    rounds = [one for part in found for one in part.rounds]
    hold_responders(one.courier.id for one in rounds)
    accepted = {stop.task_id: stop for stop in hold_accepted(plan.area_code)}
    offers = offer_stops(plan.area_code, rounds, now=now)
    kept = [_kept(one, accepted, offers.tasks) for one in rounds]
    kept = [one for one in kept if one.stops]
    first = [one for part in asked.parts for one in problems.first_rounds_of(part)]
    write_rounds(kept, actor=PROCESS, now=now, plan=plan, first_m=lengths(first))
    left = [*asked.set_aside, *(pair for part in found for pair in part.left), *offers.refused]
    _settle(plan, asked, found, {
        "round_count": len(kept), "offered_count": len(offers.tasks),
        "left": [{"need": stop.need_id, "reason": reason} for stop, reason in left[:LEFT_KEPT]],
    }, seconds=time.perf_counter() - started, now=now)  # fmt: skip
    journal.record(PLAN_DONE, actor=PROCESS, subject=plan, happened_at=now, changes={"rounds": len(kept)})
    return plan


@transaction.atomic
def fail_abandoned_plans(*, now: datetime) -> int:
    """Mark searches that can no longer be computing as failed; the first order stands. Return how many."""
    abandoned = RoundPlan.objects.filter(status=PlanStatus.RUNNING, started_at__lt=now - PLAN_TIMEOUT)
    return abandoned.update(status=PlanStatus.FAILED, failure="abandoned", ended_at=now)


def _kept(one: CourierRound, accepted: dict[int | None, Stop], offered: dict[int, int]) -> CourierRound:
    """The round without what was taken from it meanwhile, waiting stops with their new tasks."""
    pairs = [
        (replace(stop, task_id=stop.task_id or offered.get(stop.need_id)), arrives)
        for stop, arrives in zip(one.stops, one.arrivals_s, strict=True)
    ]
    still = [(stop, arrives) for stop, arrives in pairs if stop.task_id in accepted or stop.need_id in offered]
    return replace(one, stops=[stop for stop, _at in still], arrivals_s=[at for _stop, at in still])


def _waiting(plan: RoundPlan, *, now: datetime) -> tuple[list[Stop], list[tuple[Stop, str]]]:
    """Waiting deliveries with the depot of their goods, and those that cannot be brought now."""
    if not plan.takes_waiting:
        return [], []
    stops = problems.waiting_deliveries(plan.area_code, now=now, limit=MOST_WAITING)
    wanted = problems.goods_wanted(stop.need_id for stop in stops)
    street = plan.area_code[: problems.STREET_CODE_LENGTH]
    levels = StockLevel.objects.within(street).select_related("depot").order_by("depot_id", "item_id")
    found, missing = share_stops(stops, wanted, list(levels)) if wanted else (stops, [])
    return found, [(stop, "goods_missing") for stop in missing]


def _nearest(couriers: Iterable[Any], waiting: Sequence[Stop]) -> list[Any]:
    """Those nearest to the middle of what waits: more couriers than that make the search slower, not better."""
    known = [stop.point for stop in waiting if stop.point is not None]
    middle = (sum(x for x, _y in known) / len(known), sum(y for _x, y in known) / len(known))

    def away(courier: Any) -> float:
        return float((courier.point[0] - middle[0]) ** 2 + (courier.point[1] - middle[1]) ** 2)

    return sorted(couriers, key=lambda courier: (away(courier), courier.id))[:MOST_COURIERS]


def _settle(
    plan: RoundPlan, asked: Asked, found: Sequence[RoundsFound], values: dict[str, Any], *, seconds: float,
    now: datetime,
) -> None:  # fmt: skip
    search = sum(part.seconds for part in found)
    sums = {
        name: _sum(getattr(part, name) for part in found) for name in ("objective", "bound", "first_objective")
    }  # fmt: skip
    RoundPlan.objects.filter(pk=plan.pk).update(
        status=PlanStatus.DONE,
        ended_at=now + timedelta(seconds=asked.seconds + search + seconds),
        stop_count=asked.stop_count,
        courier_count=sum(len(part.couriers) for part in asked.parts),
        budget_s=min(LONGEST_BUDGET_S, sum(problems.budget_for(len(part.stops)) for part in asked.parts)),
        seconds={"read": asked.seconds, "search": search, "write": seconds},
        **sums,
        **values,
    )
    plan.refresh_from_db()


def _sum(values: Iterable[int | None]) -> int | None:
    """The whole is known only where every part is."""
    found = list(values)
    return None if None in found else sum(value or 0 for value in found)


def _hold(plan: RoundPlan) -> None:
    if RoundPlan._base_manager.select_for_update(of=("self",)).get(pk=plan.pk).status != PlanStatus.RUNNING:
        raise Refusal("plan_over", _("This search has ended. Start a new one."))


def _end(plan: RoundPlan, status: str, failure: str, *, now: datetime) -> None:
    RoundPlan.objects.filter(pk=plan.pk, status=PlanStatus.RUNNING).update(
        status=status, failure=failure, ended_at=now
    )  # fmt: skip
