"""
Turning a plan into offers, set-based.

Time has passed since the plan was read: only needs still waiting get an offer, only helpers still free are asked,
only stock still there is promised, and the database refuses a second live task for a need. Locks are taken in one
order everywhere in this room: run, responders, tasks, reservations, stock, needs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import problems
from juxing.dispatch.enums import RunStatus, TaskStatus, UnservedReason
from juxing.dispatch.goods import GoodsPlan, share_goods
from juxing.dispatch.models import Match, MatchingRun, StockReservation, Task
from juxing.dispatch.problems import NOBODY, AvailableResponder, Explanation, WaitingNeed
from juxing.dispatch.weights import Weights
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.refusals import Refusal
from juxing.needs import commands as needs_commands
from juxing.supplies.commands import lock_levels, reserve_stock

if TYPE_CHECKING:
    from juxing_engine.matching import Matching, MatchingProblem

RUN_OFFERED = journal.declare_action("dispatch.run.offer", _("Matching run sent its offers"))
TASK_OFFERED = journal.declare_action("dispatch.task.offer", _("Task offered"))
MATCH_COLUMNS = (
    "run", "need", "area_code", "responder", "distance_m", "cost", "cost_parts", "runner_up", "runner_up_extra_m",
    "runner_up_parts", "unserved_reason", "unserved_facts",
)  # fmt: skip
TASK_COLUMNS = ("uuid", "area_code", "need", "responder", "match", "status", "offered_at", "expires_at", "note")
RESERVATION_COLUMNS = ("area_code", "task", "depot", "item", "quantity", "is_open")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    What a run reads before it computes; needs nobody can be sent to are listed as (id, area code).

    ``busy_skills`` are the skills of those who serve but have no room left: who lacks only room does not lack a skill.
    """

    needs: Sequence[WaitingNeed]
    responders: Sequence[AvailableResponder]
    problem: MatchingProblem
    goods_missing: Sequence[tuple[int, str]]
    place_unknown: Sequence[tuple[int, str]]
    seconds: float
    busy_skills: frozenset[frozenset[str]] = frozenset()

    @property
    def need_count(self) -> int:
        """How many needs waited, whatever became of them."""
        return len(self.needs) + len(self.goods_missing) + len(self.place_unknown)


@dataclass(frozen=True, slots=True)
class Solution:
    """What the engine answered, with reasons for each need of the snapshot."""

    plan: Matching
    reasons: Explanation
    solve_seconds: float
    explain_seconds: float


@transaction.atomic
def write_offers(
    run: MatchingRun, snapshot: Snapshot, solution: Solution, *, actor: Actor, now: datetime
) -> MatchingRun:
    """
    Turn the plan into offers for everything that still waits, and explain the rest.

    Raises:
        Refusal: if the run is over already.
    """
    started = time.perf_counter()
    _hold(run)
    outcome: dict[int, str] = {}
    wished = _with_free_hands(snapshot, solution.reasons, outcome, now=now)
    goods = _promise_goods(run, wished)
    outcome |= dict.fromkeys(goods.missing, UnservedReason.GOODS_MISSING)
    movable = [need.id for need in wished if need.id not in goods.missing]
    moved = set(needs_commands.mark_matched(movable, actor=actor, now=now))
    outcome |= {need_id: UnservedReason.TAKEN_MEANWHILE for need_id in movable if need_id not in moved}
    _write_matches(run, snapshot, solution.reasons, outcome)
    tasks = _write_tasks(run, snapshot, moved, actor=actor, now=now)
    _write_reservations(tasks, goods)
    _settle(run, snapshot, solution, matched=len(moved), seconds=time.perf_counter() - started, now=now)
    journal.record(
        RUN_OFFERED, actor=actor, subject=run, happened_at=now,
        changes={"matched": len(moved), "unserved": snapshot.need_count - len(moved)},
    )  # fmt: skip
    return run


def _hold(run: MatchingRun) -> None:
    locked = MatchingRun._base_manager.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.status != RunStatus.RUNNING:
        raise Refusal("run_over", _("This run has ended. Start a new one."))


def _with_free_hands(
    snapshot: Snapshot, reasons: Explanation, outcome: dict[int, str], *, now: datetime
) -> list[WaitingNeed]:
    """Return the needs whose helper still has room, the most urgent first; the others go to ``outcome``."""
    pairs = [
        (need, snapshot.responders[column].id)
        for need, column in zip(snapshot.needs, reasons.responder.tolist(), strict=True)
        if column != NOBODY
    ]
    free = problems.still_free((responder_id for _need, responder_id in pairs), now=now)
    given: Counter[int] = Counter()
    wished = []
    for need, responder_id in pairs:
        helper = free.get(responder_id)
        if helper and given[responder_id] < helper.free_capacity and need.task_type not in helper.lacks:
            given[responder_id] += 1
            wished.append(need)
        else:
            outcome[need.id] = UnservedReason.HELPER_TAKEN
    return wished


def _promise_goods(run: MatchingRun, wished: Sequence[WaitingNeed]) -> GoodsPlan:
    wanted = problems.goods_wanted(need.id for need in wished)
    if not wanted:
        return GoodsPlan()
    return share_goods(wished, wanted, lock_levels(run.area_code[: problems.STREET_CODE_LENGTH]))


def _write_matches(run: MatchingRun, snapshot: Snapshot, reasons: Explanation, outcome: dict[int, str]) -> None:
    left = [row for row, column in enumerate(reasons.responder.tolist()) if column == NOBODY]
    barred = problems.barred(snapshot.problem, left, snapshot.needs, snapshot.responders)
    rows: list[tuple[Any, ...]] = [
        _match_row(run.pk, snapshot, reasons, row, (outcome.get(need.id), barred.get(row)))
        for row, need in enumerate(snapshot.needs)
    ]
    set_aside = [(UnservedReason.GOODS_MISSING, snapshot.goods_missing)]
    set_aside.append((UnservedReason.PLACE_UNKNOWN, snapshot.place_unknown))
    for reason, needs in set_aside:
        rows += [
            (run.pk, need_id, area_code, None, None, None, {}, None, None, {}, reason, {})
            for need_id, area_code in needs
        ]  # fmt: skip
    copy_rows(Match, MATCH_COLUMNS, rows)


def _match_row(
    run_id: int, snapshot: Snapshot, reasons: Explanation, row: int, kept: tuple[str | None, dict[str, Any] | None]
) -> tuple[Any, ...]:
    """``kept``: what the writing found in the way, and who could not be asked because of the gate of the task."""
    need, (failed, barred) = snapshot.needs[row], kept
    start = (run_id, need.id, need.area_code)
    column = int(reasons.responder[row])
    if column == NOBODY or failed is not None:
        facts = {} if failed else _facts(reasons, row) | ({"barred": barred} if barred else {})
        reason = failed or _binding(snapshot, reasons, row, is_barred=barred is not None)
        return (*start, None, None, None, {}, None, None, {}, reason, facts)
    parts = {name: int(getattr(reasons, name)[row]) for name in ("distance", "language", "adjustment", "stability")}
    second = int(reasons.runner_up[row])
    more = {name: int(extra[row]) for name, extra in reasons.runner_up_extra.items()} if second != NOBODY else {}
    return (
        *start, snapshot.responders[column].id, round(float(reasons.walking_m[row])), sum(parts.values()), parts,
        snapshot.responders[second].id if second != NOBODY else None,
        round(float(reasons.runner_up_extra_m[row])) if second != NOBODY else None, more, "", {},
    )  # fmt: skip


def _binding(snapshot: Snapshot, reasons: Explanation, row: int, *, is_barred: bool) -> str:
    """
    What keeps a need, by the engine, which sees only those with room; for the others room is what is missing.

    To the engine a gate is a skill: where somebody has the skills, the gate is what is missing.
    """
    if reasons.binding[row] == UnservedReason.NOBODY_QUALIFIED and is_barred:
        return str(UnservedReason.GATE_NOT_PASSED)
    asked = set(snapshot.needs[row].required_skills)
    is_full = any(asked <= skills for skills in snapshot.busy_skills)
    if reasons.binding[row] == UnservedReason.NOBODY_QUALIFIED and is_full:
        return str(UnservedReason.NO_CAPACITY)
    return reasons.binding[row]


def _facts(reasons: Explanation, row: int) -> dict[str, Any]:
    """What would come nearest to serving the need, for the page; what does not apply is left out."""
    found = reasons.obstacles.get(row)
    if found is None:
        return {}
    facts: dict[str, Any] = {name: value for name in ("qualified", "nearest_m", "beyond_m", "refused")
                             if (value := getattr(found, name)) is not None}  # fmt: skip
    return facts | ({"lacking": problems.skills_of(found.lacking)} if found.lacking else {})


def _write_tasks(
    run: MatchingRun, snapshot: Snapshot, moved: set[int], *, actor: Actor, now: datetime
) -> dict[int, tuple[UUID, str]]:
    weights = Weights.from_json(run.weights)
    by_id = {need.id: need for need in snapshot.needs}
    made = Match.objects.filter(run=run, responder__isnull=False).order_by("id")
    tasks: dict[int, tuple[UUID, str]] = {}
    rows: list[tuple[Any, ...]] = []
    for match_id, need_id, responder_id in made.values_list("id", "need_id", "responder_id"):
        if need_id not in moved:
            continue
        need, uuid = by_id[need_id], uuid4()
        tasks[need_id] = uuid, need.area_code
        expires_at = now + timedelta(minutes=weights.offer_minutes(need.priority))
        rows.append((uuid, need.area_code, need_id, responder_id, match_id, TaskStatus.OFFERED, now, expires_at, ""))
    copy_rows(Task, TASK_COLUMNS, rows)
    journal.record_many(
        journal.Fact(action=TASK_OFFERED, subject_type=Task._meta.label_lower, subject_uuid=uuid, area_code=area_code)
        for uuid, area_code in tasks.values()
    ).by(actor, happened_at=now)
    return tasks


def _write_reservations(tasks: dict[int, tuple[UUID, str]], goods: GoodsPlan) -> None:
    promised = {need_id: goods.movements[need_id] for need_id in tasks if need_id in goods.movements}
    if not promised:
        return
    uuids = [tasks[need_id][0] for need_id in promised]
    ids = dict(Task.objects.filter(uuid__in=uuids).values_list("need_id", "id"))
    reserve_stock(movement for movements in promised.values() for movement in movements)
    rows = [
        (tasks[need_id][1], ids[need_id], movement.depot_id, movement.item_id, movement.quantity, True)
        for need_id, movements in promised.items()
        for movement in movements
    ]
    copy_rows(StockReservation, RESERVATION_COLUMNS, rows)


def _settle(
    run: MatchingRun, snapshot: Snapshot, solution: Solution, *, matched: int, seconds: float, now: datetime
) -> None:
    took = snapshot.seconds + solution.solve_seconds + solution.explain_seconds + seconds
    values: dict[str, Any] = {
        "status": RunStatus.OFFERED, "ended_at": now + timedelta(seconds=took), "need_count": snapshot.need_count,
        "responder_count": len(snapshot.responders), "matched_count": matched,
        "unserved_count": snapshot.need_count - matched,
        "objective": solution.plan.objective, "bound": solution.plan.bound,
        "proof": problems.prove(snapshot.problem, solution.plan),
        "gates": problems.gates_asked(snapshot.needs, snapshot.responders),
        "seconds": {
            "read": snapshot.seconds, "solve": solution.solve_seconds, "explain": solution.explain_seconds,
            "write": seconds,
        },
    }  # fmt: skip
    MatchingRun.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db()
