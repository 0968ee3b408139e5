"""
A matching run: read what waits, solve, offer.

Reading and offering are two transactions with the computing between them, so nothing is locked while the engine
thinks. What changed meanwhile is settled when offering (``offering.py``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.commands.offering import Snapshot, Solution, write_offers
from juxing.dispatch.commands.placing import decide_at_once, hold_street, make_room, note_placements
from juxing.dispatch.enums import RunStatus, RunTrigger
from juxing.dispatch.goods import GoodsPlan, share_goods
from juxing.dispatch.models import MatchingRun
from juxing.dispatch.problems import Decision
from juxing.dispatch.weights import DEFAULT_WEIGHTS, Weights
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.jobs import Cancelled, job_kinds, request_cancel, start_job
from juxing.kernel.models import Job, JobStatus
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.needs.enums import Priority
from juxing.supplies.models import StockLevel

if TYPE_CHECKING:
    from juxing_engine.control import Control

logger = logging.getLogger(__name__)
MAXIMUM_NEEDS = 50_000
RUN_TIMEOUT = timedelta(minutes=10)
RUN_KIND = "dispatch.matching_run"
PROCESS = Actor.system("dispatch")
RUN_STARTED = journal.declare_action("dispatch.run.start", _("Matching run started"))
RUN_FINISH_ASKED = journal.declare_action("dispatch.run.finish", _("Matching run asked for its best answer so far"))
RUN_CANCELLED = journal.declare_action("dispatch.run.cancel", _("Matching run stopped"))


def run_matching(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    trigger: str = RunTrigger.PERSON,
    weights: Weights = DEFAULT_WEIGHTS,
    control: Control | None = None,
) -> MatchingRun:
    """
    Match everything that waits in the place and send the offers; call it outside a transaction.

    Raises:
        NotPermitted: if the actor may not start runs here.
        Refusal: if a run over the same place is under way.
    """
    run = begin_run(actor=actor, now=now, area_code=area_code, trigger=trigger, weights=weights)
    return complete_run(run, now=now, control=control)


def begin_run(
    *, actor: Actor, now: datetime, area_code: str, trigger: str, weights: Weights = DEFAULT_WEIGHTS
) -> MatchingRun:
    """
    Note that a run over the place begins.

    Raises:
        NotPermitted: if the actor may not start runs here.
        Refusal: if a run over the same place, or one around or inside it, is under way. Life-critical runs never
            wait for others.
    """
    actor.require(policy.MATCH, area_code)
    with acting(PROCESS):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dispatch.begin_run'))")
        if trigger != RunTrigger.LIFE_CRITICAL:
            _refuse_overlap(area_code, now=now)
        run = MatchingRun.objects.create(
            area_code=area_code, trigger=trigger, started_by_id=actor.account_id, started_at=now,
            weights=weights.as_json(),
        )  # fmt: skip
        journal.record(RUN_STARTED, actor=actor, subject=run, happened_at=now, changes={"trigger": str(trigger)})
    return run


@transaction.atomic
def start_run(
    *, actor: Actor, now: datetime, area_code: str, trigger: str = RunTrigger.PERSON, weights: Weights = DEFAULT_WEIGHTS
) -> MatchingRun:
    """
    Begin a run and compute it in the background; its ``job_uuid`` shows how far it is.

    Raises:
        NotPermitted: if the actor may not start runs here.
        Refusal: if a run over the same place, or one around or inside it, is under way.
    """
    run = begin_run(actor=actor, now=now, area_code=area_code, trigger=trigger, weights=weights)
    arguments = {"run": str(run.uuid)}
    with acting(PROCESS):
        job = start_job(job_kinds[RUN_KIND], actor=actor, area_code=area_code, now=now, arguments=arguments)
        MatchingRun.objects.filter(pk=run.pk).update(job_uuid=job.uuid)
    run.job_uuid = job.uuid
    return run


@transaction.atomic
def cancel_run(*, actor: Actor, now: datetime, run: MatchingRun) -> None:
    """
    Ask a run to stop and to offer nothing; one that has sent its offers stays as it is.

    Raises:
        NotPermitted: if the actor may not start runs here.
    """
    actor.require(policy.MATCH, run.area_code)
    with acting(PROCESS):
        job = Job.objects.filter(uuid=run.job_uuid).first() if run.job_uuid else None
        if job is None:
            return
        request_cancel(job)
        job.refresh_from_db()
        if job.status == JobStatus.CANCELLED:
            _end(run, RunStatus.CANCELLED, "", now=now)
        journal.record(RUN_CANCELLED, actor=actor, subject=run, happened_at=now)


@transaction.atomic
def finish_run_now(*, actor: Actor, now: datetime, run: MatchingRun) -> None:
    """
    Ask a run to stop computing and to offer the best answer found so far, with the gap that is proven by then.

    Raises:
        NotPermitted: if the actor may not start runs here.
    """
    actor.require(policy.MATCH, run.area_code)
    with acting(PROCESS):
        asked = MatchingRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, finish_asked_at__isnull=True)
        if asked.update(finish_asked_at=now):
            journal.record(RUN_FINISH_ASKED, actor=actor, subject=run, happened_at=now)


def is_finish_asked(run: MatchingRun) -> bool:
    """Whether someone wants the best answer found so far; for the solver that polls."""
    with acting(PROCESS):
        return MatchingRun.objects.filter(pk=run.pk, finish_asked_at__isnull=False).exists()


def complete_run(run: MatchingRun, *, now: datetime, control: Control | None = None) -> MatchingRun:
    """
    Compute a begun run with the weights it was begun with, and send its offers; a failure is kept on the run.

    Raises:
        Refusal: if the run is over: cancelled, given up, or computed by a job taken up twice.
    """
    try:
        if run.trigger == RunTrigger.LIFE_CRITICAL:
            with acting(PROCESS):
                return place_at_once(run, now=now)
        with acting(PROCESS):
            snapshot = read_snapshot(run, now=now)
        solution = solve_snapshot(snapshot, control=control)
        with acting(PROCESS):
            return write_offers(run, snapshot, solution, actor=PROCESS, now=now)
    except Cancelled:
        with acting(PROCESS):
            _end(run, RunStatus.CANCELLED, "", now=now)
        raise
    except Refusal as refusal:
        with acting(PROCESS):
            _end(run, RunStatus.FAILED, refusal.code, now=now)
        raise
    except Exception:
        logger.exception("Matching run %s failed.", run.uuid)
        with acting(PROCESS):
            _end(run, RunStatus.FAILED, "unexpected", now=now)
        raise


def place_at_once(run: MatchingRun, *, now: datetime) -> MatchingRun:
    """
    Place the life-critical needs of the run, in one transaction that holds the street.

    Whoever is free is asked, nobody is moved; only where nobody is free the exact plan is carried out, because a life
    depends on it. Should the live plan fail, the needs are matched like any others.
    """
    started = time.perf_counter()
    hold_street(run.area_code)
    snapshot = read_snapshot(run, now=now)
    decisions = _decisions(run, snapshot, now=now)
    if decisions is None:
        return write_offers(run, snapshot, solve_snapshot(snapshot, control=None), actor=PROCESS, now=now)
    decided = time.perf_counter()
    make_room(decisions, run=run, now=now)
    if any(one.instant is None and one.exact is not None for one in decisions):
        snapshot = read_snapshot(run, now=now)
    written = write_offers(run, snapshot, _as_decided(snapshot, decisions, decided - started), actor=PROCESS, now=now)
    note_placements(run, decisions, seconds=decided - started)
    return written


def _decisions(run: MatchingRun, snapshot: Snapshot, *, now: datetime) -> list[Decision] | None:
    if not snapshot.needs:
        return []
    try:
        return decide_at_once(run, snapshot.needs, now=now)
    except ValueError:
        logger.exception("Run %s: the live plan failed; its needs are matched without it.", run.uuid)
        return None


def _as_decided(snapshot: Snapshot, decisions: Sequence[Decision], seconds: float) -> Solution:
    """The decisions as a plan of this snapshot, with the bound of the best plan that moves nobody."""
    column = {responder.id: number for number, responder in enumerate(snapshot.responders)}
    asked = {one.need_id: one.instant if one.instant is not None else one.exact for one in decisions}
    chosen = [column.get(asked.get(need.id) or 0, problems.NOBODY) for need in snapshot.needs]
    started = time.perf_counter()
    plan = problems.chosen_plan(snapshot.problem, chosen)
    reasons = problems.explain(snapshot.problem, plan)
    return Solution(plan=plan, reasons=reasons, solve_seconds=seconds, explain_seconds=time.perf_counter() - started)


def read_snapshot(run: MatchingRun, *, now: datetime) -> Snapshot:
    """Return what waits and who can help, as the engine needs it; needs nobody can be sent to are set aside."""
    started = time.perf_counter()
    weights = Weights.from_json(run.weights)
    only = Priority.LIFE_CRITICAL if run.trigger == RunTrigger.LIFE_CRITICAL else ""
    needs = problems.waiting_needs(run.area_code, limit=MAXIMUM_NEEDS, only_priority=only)
    serving = problems.serving_responders(run.area_code, now=now)
    responders = [helper for helper in serving if helper.free_capacity > 0]
    wanted = problems.goods_wanted(need.id for need in needs)
    street = run.area_code[: problems.STREET_CODE_LENGTH]
    levels = StockLevel.objects.within(street).select_related("depot").order_by("depot_id", "item_id")
    goods = share_goods(needs, wanted, list(levels)) if wanted else GoodsPlan()
    served = [need for need in needs if need.id not in goods.missing]
    refused = problems.refused_pairs([need.id for need in served], now=now)
    return Snapshot(
        needs=served,
        responders=responders,
        problem=problems.matching_problem(served, responders, refused=refused, weights=weights),
        goods_missing=[(need.id, need.area_code) for need in needs if need.id in goods.missing],
        place_unknown=problems.needs_without_point(run.area_code, limit=MAXIMUM_NEEDS, only_priority=only),
        seconds=time.perf_counter() - started,
        busy_skills=frozenset(frozenset(helper.skills) for helper in serving if helper.free_capacity <= 0),
    )


def solve_snapshot(snapshot: Snapshot, *, control: Control | None) -> Solution:
    """Return the engine's plan and its reasons."""
    started = time.perf_counter()
    plan = problems.solve(snapshot.problem, control=control)
    solved = time.perf_counter()
    reasons = problems.explain(snapshot.problem, plan)
    return Solution(
        plan=plan, reasons=reasons, solve_seconds=solved - started, explain_seconds=time.perf_counter() - solved
    )


def _end(run: MatchingRun, status: str, failure: str, *, now: datetime) -> None:
    MatchingRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(status=status, failure=failure, ended_at=now)


def _refuse_overlap(area_code: str, *, now: datetime) -> None:
    under_way = MatchingRun.objects.filter(status=RunStatus.RUNNING, started_at__gt=now - RUN_TIMEOUT)
    for other in under_way.exclude(trigger=RunTrigger.LIFE_CRITICAL).values_list("area_code", flat=True):
        if other in Areas([area_code]) or area_code in Areas([other]):
            raise Refusal(
                "run_under_way", _("A matching run over this place is under way. Its result comes in a moment.")
            )
