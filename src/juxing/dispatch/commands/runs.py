"""
A matching run: read what waits, solve, offer.

Reading and offering are two transactions with the computing between them, so nothing is locked while the engine
thinks. What changed meanwhile is settled when offering: only needs still waiting get an offer, only stock still
there is promised, and the database refuses a second live task for a need.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.enums import RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.goods import GoodsPlan, share_goods
from juxing.dispatch.models import Match, MatchingRun, StockReservation, Task
from juxing.dispatch.problems import AvailableResponder, WaitingNeed
from juxing.dispatch.weights import DEFAULT_WEIGHTS, Weights
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.needs import commands as needs_commands
from juxing.needs.enums import Priority
from juxing.supplies.commands import lock_levels, reserve_stock
from juxing.supplies.models import StockLevel

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.matching import Matching, MatchingProblem, Reason

MAXIMUM_NEEDS = 50_000
RUN_TIMEOUT = timedelta(minutes=10)
GOODS_MISSING = "goods_missing"
TAKEN_MEANWHILE = "taken_meanwhile"
RUN_STARTED = journal.declare_action("dispatch.run.start", _("Matching run started"))
RUN_OFFERED = journal.declare_action("dispatch.run.offer", _("Matching run sent its offers"))
TASK_OFFERED = journal.declare_action("dispatch.task.offer", _("Task offered"))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a run reads before it computes."""

    needs: Sequence[WaitingNeed]
    responders: Sequence[AvailableResponder]
    problem: MatchingProblem
    goods_missing: Sequence[WaitingNeed]
    seconds: float


@dataclass(frozen=True, slots=True)
class Solution:
    """What the engine answered, with a reason per need of the snapshot."""

    plan: Matching
    reasons: Sequence[Reason]
    seconds: float


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
    This function will match everything that waits in the place and send the offers; call it outside a transaction.

    Raises:
        NotPermitted: if the actor may not start runs here.
        Refusal: if a run over the same place is under way.
    """
    run = begin_run(actor=actor, now=now, area_code=area_code, trigger=trigger, weights=weights)
    return complete_run(run, now=now, weights=weights, control=control)


def begin_run(
    *, actor: Actor, now: datetime, area_code: str, trigger: str, weights: Weights = DEFAULT_WEIGHTS
) -> MatchingRun:
    """
    This function will note that a run over the place begins.

    Raises:
        NotPermitted: if the actor may not start runs here.
        Refusal: if a run over the same place, or one around or inside it, is under way.
    """
    actor.require(policy.MATCH, area_code)
    with acting(Actor.system("dispatch")):
        if trigger != RunTrigger.LIFE_CRITICAL:
            _refuse_overlap(area_code, now=now)
        run = MatchingRun.objects.create(
            area_code=area_code, trigger=trigger, started_by_id=actor.account_id, started_at=now,
            weights=weights.as_json(),
        )  # fmt: skip
        journal.record(RUN_STARTED, actor=actor, subject=run, happened_at=now, changes={"trigger": trigger})
    return run


def complete_run(
    run: MatchingRun, *, now: datetime, weights: Weights = DEFAULT_WEIGHTS, control: Control | None = None
) -> MatchingRun:
    """This function will compute a begun run and send its offers, once; a failure is kept on the run and raised."""
    if run.status != RunStatus.RUNNING:
        return run
    process = Actor.system("dispatch")
    try:
        with acting(process):
            snapshot = read_snapshot(run, now=now, weights=weights)
        solution = solve_snapshot(snapshot, control=control)
        with acting(process):
            return write_offers(run, snapshot, solution, actor=process, now=now, weights=weights)
    except Exception as error:
        with acting(process):
            MatchingRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, failure=str(error)[:400])
        raise


def read_snapshot(run: MatchingRun, *, now: datetime, weights: Weights) -> Snapshot:
    """Return what waits and who can help, as the engine needs it; needs whose goods are gone are set aside."""
    started = time.perf_counter()
    only = Priority.LIFE_CRITICAL if run.trigger == RunTrigger.LIFE_CRITICAL else ""
    needs = problems.waiting_needs(run.area_code, limit=MAXIMUM_NEEDS, only_priority=only)
    responders = problems.available_responders(run.area_code, now=now)
    wanted = problems.goods_wanted(need.id for need in needs)
    levels = StockLevel.objects.within(_depot_area(run)).select_related("depot").order_by("depot_id", "item_id")
    goods = share_goods(needs, wanted, list(levels)) if wanted else GoodsPlan()
    served = [need for need in needs if need.id not in goods.missing]
    refused = problems.refused_pairs([need.id for need in served], now=now)
    return Snapshot(
        needs=served,
        responders=responders,
        problem=problems.matching_problem(served, responders, refused=refused, weights=weights),
        goods_missing=[need for need in needs if need.id in goods.missing],
        seconds=time.perf_counter() - started,
    )


def solve_snapshot(snapshot: Snapshot, *, control: Control | None) -> Solution:
    """Return the engine's plan and its reasons."""
    started = time.perf_counter()
    plan = problems.solve(snapshot.problem, control=control)
    reasons = problems.explain(snapshot.problem, plan)
    return Solution(plan=plan, reasons=reasons, seconds=time.perf_counter() - started)


@transaction.atomic
def write_offers(
    run: MatchingRun, snapshot: Snapshot, solution: Solution, *, actor: Actor, now: datetime, weights: Weights
) -> MatchingRun:
    """This function will turn the plan into offers for everything that still waits, and explain the rest."""
    started = time.perf_counter()
    matched = {reason.need for reason in solution.reasons if reason.responder >= 0}
    wished = [snapshot.needs[row] for row in sorted(matched)]
    goods = _promise_goods(run, wished)
    movable = [need.id for need in wished if need.id not in goods.missing]
    moved = set(needs_commands.mark_matched(movable, actor=actor, now=now))
    outcome = {need.id: GOODS_MISSING for need in snapshot.goods_missing}
    for need in wished:
        if need.id not in moved:
            outcome[need.id] = GOODS_MISSING if need.id in goods.missing else TAKEN_MEANWHILE
    _write_matches(run, snapshot, solution, outcome)
    tasks = _write_tasks(run, snapshot, moved, actor=actor, now=now, weights=weights)
    _write_reservations(tasks, goods, moved)
    unserved = len(snapshot.needs) + len(snapshot.goods_missing) - len(moved)
    values: dict[str, Any] = {
        "status": RunStatus.OFFERED, "ended_at": now, "need_count": len(snapshot.needs) + len(snapshot.goods_missing),
        "responder_count": len(snapshot.responders), "matched_count": len(moved), "unserved_count": unserved,
        "objective": solution.plan.objective, "bound": solution.plan.bound,
        "seconds": {"read": snapshot.seconds, "solve": solution.seconds, "write": time.perf_counter() - started},
    }  # fmt: skip
    MatchingRun.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db()
    journal.record(
        RUN_OFFERED, actor=actor, subject=run, happened_at=now,
        changes={"matched": len(moved), "unserved": unserved},
    )  # fmt: skip
    return run


def _refuse_overlap(area_code: str, *, now: datetime) -> None:
    under_way = MatchingRun.objects.filter(status=RunStatus.RUNNING, started_at__gt=now - RUN_TIMEOUT)
    for other in under_way.values_list("area_code", flat=True):
        if other in Areas([area_code]) or area_code in Areas([other]):
            raise Refusal(
                "run_under_way", _("A matching run over this place is under way. Its result comes in a moment.")
            )


def _depot_area(run: MatchingRun) -> str:
    return str(run.area_code)[: problems.STREET_CODE_LENGTH]


def _promise_goods(run: MatchingRun, wished: Sequence[WaitingNeed]) -> GoodsPlan:
    wanted = problems.goods_wanted(need.id for need in wished)
    if not wanted:
        return GoodsPlan()
    return share_goods(wished, wanted, lock_levels(_depot_area(run)))


def _write_matches(run: MatchingRun, snapshot: Snapshot, solution: Solution, outcome: dict[int, str]) -> None:
    columns = (
        "run", "need", "area_code", "responder", "distance_m", "cost", "cost_parts", "runner_up",
        "runner_up_extra_m", "unserved_reason",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        _match_row(run.pk, snapshot, reason, outcome.get(snapshot.needs[reason.need].id)) for reason in solution.reasons
    ]
    rows += [
        (run.pk, need.id, need.area_code, None, None, None, {}, None, None, GOODS_MISSING)
        for need in snapshot.goods_missing
    ]
    copy_rows(Match, columns, rows)


def _match_row(run_id: int, snapshot: Snapshot, reason: Reason, failed: str | None) -> tuple[Any, ...]:
    need = snapshot.needs[reason.need]
    start = (run_id, need.id, need.area_code)
    if reason.parts is None or failed is not None:
        binding = reason.binding.value if reason.binding else ""
        return (*start, None, None, None, {}, None, None, failed or binding)
    parts = {
        "distance": reason.parts.distance, "language": reason.parts.language,
        "adjustment": reason.parts.adjustment, "stability": reason.parts.stability,
    }  # fmt: skip
    second = reason.runner_up
    return (
        *start, snapshot.responders[reason.responder].id, round(reason.parts.walking_m), reason.parts.total, parts,
        snapshot.responders[second.responder].id if second else None,
        round(second.extra_walking_m) if second else None, "",
    )  # fmt: skip


def _write_tasks(
    run: MatchingRun, snapshot: Snapshot, moved: set[int], *, actor: Actor, now: datetime, weights: Weights
) -> dict[int, UUID]:
    by_id = {need.id: need for need in snapshot.needs}
    made = Match.objects.filter(run=run, responder__isnull=False).order_by("id")
    tasks: dict[int, UUID] = {}
    rows = []
    for match_id, need_id, responder_id in made.values_list("id", "need_id", "responder_id"):
        if need_id not in moved:
            continue
        need, tasks[need_id] = by_id[need_id], uuid4()
        expires_at = now + timedelta(minutes=weights.offer_minutes(need.priority))
        rows.append(
            (tasks[need_id], need.area_code, need_id, responder_id, match_id, TaskStatus.OFFERED, now, expires_at, "")
        )
    columns = ("uuid", "area_code", "need", "responder", "match", "status", "offered_at", "expires_at", "note")
    copy_rows(Task, columns, rows)
    journal.record_many(
        journal.Fact(action=TASK_OFFERED, subject_type="dispatch.task", subject_uuid=row[0], area_code=row[1])
        for row in rows
    ).by(actor, happened_at=now)
    return tasks


def _write_reservations(tasks: dict[int, UUID], goods: GoodsPlan, moved: set[int]) -> None:
    promised = {need_id: goods.movements[need_id] for need_id in moved if need_id in goods.movements}
    if not promised:
        return
    areas = dict(Task.objects.filter(uuid__in=tasks.values()).values_list("need_id", "area_code"))
    ids = dict(Task.objects.filter(uuid__in=tasks.values()).values_list("need_id", "id"))
    reserve_stock(movement for movements in promised.values() for movement in movements)
    rows = [
        (areas[need_id], ids[need_id], movement.depot_id, movement.item_id, movement.quantity, True)
        for need_id, movements in promised.items()
        for movement in movements
    ]
    copy_rows(StockReservation, ("area_code", "task", "depot", "item", "quantity", "is_open"), rows)
