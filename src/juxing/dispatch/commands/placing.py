"""
Life-critical needs, placed at once: with whom is free now, moving nobody; the exact plan stands beside it.

One street is worked on by one at a time, under an advisory lock. The plan of a street is kept in this process between
needs and used only where it says what the rows say; a new process lays it anew from them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.commands.holding import hold_responders, hold_tasks
from juxing.dispatch.commands.moving import HandOver, hand_over
from juxing.dispatch.enums import PlacementStatus, TaskStatus
from juxing.dispatch.models import LivePlacement, MatchingRun, Task
from juxing.dispatch.problems import AvailableResponder, Decision, KeptStreet, StreetNow, WaitingNeed
from juxing.dispatch.weights import Weights
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.needs.requirements import task_of
from juxing.responders.models import Responder

logger = logging.getLogger(__name__)
MOST_STREETS_KEPT = 64
PROCESS = Actor.system("dispatch")
PLACEMENT_TAKEN = journal.declare_action("dispatch.placement.take", _("Better plan for a life-critical need taken"))
_kept: dict[str, KeptStreet] = {}


def hold_street(area_code: str) -> None:
    """Wait for whoever places needs in this street, and keep others out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('dispatch.live'), hashtext(%s))",
            [area_code[: problems.STREET_CODE_LENGTH]],
        )


def decide_at_once(run: MatchingRun, needs: Sequence[WaitingNeed], *, now: datetime) -> list[Decision]:
    """Return both answers for each life-critical need, most urgent first; the street is held."""
    street = run.area_code[: problems.STREET_CODE_LENGTH]
    situation = read_street(street, needs, weights=Weights.from_json(run.weights), now=now)
    refused: dict[int, list[int]] = {}
    for need_id, helper in situation.refused:
        refused.setdefault(need_id, []).append(helper)
    kept = _kept.pop(street, None)
    if kept is None or not problems.covers(kept, needs) or not problems.advance(
        kept, situation, counting=_counting(kept, now=now)
    ):  # fmt: skip
        kept = problems.lay(situation, needs)
    decisions = []
    for place, need in enumerate(needs):
        decided = problems.decide(kept, need, refused=refused.get(need.id, []))
        decisions.append(decided)
        situation = _after(situation, decided)
        if not problems.says(kept, situation):
            kept = problems.lay(situation, needs[place + 1 :])
    if len(_kept) < MOST_STREETS_KEPT:
        _kept[street] = kept
    return decisions


def forget_streets() -> None:
    """Drop every kept plan, as a new process would begin."""
    _kept.clear()


def read_street(area_code: str, needs: Sequence[WaitingNeed], *, weights: Weights, now: datetime) -> StreetNow:
    """Return what the rows say of a street."""
    offers = problems.open_offers(area_code, now=now)
    concerned = [*(offer.need.id for offer in offers), *(need.id for need in needs)]
    return StreetNow(
        helpers=problems.serving_responders(area_code, now=now),
        offers=offers,
        refused=problems.refused_pairs(concerned, now=now),
        weights=weights,
    )


def make_room(decisions: Sequence[Decision], *, run: MatchingRun, now: datetime) -> None:
    """Carry out the moves without which a life-critical need would find nobody free."""
    moves = [move for one in decisions if one.instant is None and one.exact is not None for move in one.moves]
    if not moves:
        return
    hold_responders([pk for move in moves for pk in (move.before, move.after) if pk is not None])
    live = Task.objects.filter(need_id__in=[move.need_id for move in moves], status=TaskStatus.OFFERED)
    hold_tasks(live.values_list("id", flat=True))
    tasks = {task.need_id: task for task in live.select_related("need")}
    ways = _ways([(tasks[move.need_id], move.after) for move in moves if move.need_id in tasks])
    hand_over(
        [HandOver(tasks[move.need_id], move.after, ways.get((move.need_id, move.after))) for move in moves
         if move.need_id in tasks and tasks[move.need_id].responder_id == move.before],
        run=run, actor=PROCESS, now=now,
    )  # fmt: skip


def note_placements(run: MatchingRun, decisions: Sequence[Decision], *, seconds: float) -> list[LivePlacement]:
    """Keep both answers for the dispatcher, with the moves of the exact plan priced."""
    tasks = {task.need_id: task for task in Task.objects.filter(match__run=run).select_related("need")}
    offers = {
        task.need_id: task
        for task in Task.objects.filter(
            need_id__in=[move.need_id for one in decisions for move in one.moves], status=TaskStatus.OFFERED
        ).select_related("need")
    }
    pairs = [(offers[move.need_id], who) for one in decisions for move in one.moves if move.need_id in offers
             for who in (move.before, move.after)]  # fmt: skip
    asked = [(tasks[one.need_id], who) for one in decisions if one.need_id in tasks for who in (one.instant, one.exact)]
    ways = _ways([*pairs, *asked])
    return LivePlacement.objects.bulk_create(
        LivePlacement(
            area_code=tasks[one.need_id].area_code, run=run, need_id=one.need_id, task=tasks[one.need_id],
            status=_status(one), instant_id=one.instant, instant_m=ways.get((one.need_id, one.instant)),
            exact_id=one.exact, exact_m=ways.get((one.need_id, one.exact)), gain_m=one.gain_m,
            moves=[_priced(move, offers, ways) for move in one.moves], seconds=seconds,
        )
        for one in decisions
        if one.need_id in tasks
    )  # fmt: skip


@transaction.atomic
def take_exact_plan(*, actor: Actor, now: datetime, placement: LivePlacement) -> LivePlacement:
    """
    Carry out the exact plan that stood beside an instant placement, if it still holds; else mark it as outdated.

    It holds while nobody concerned has answered and everyone who would be asked can still be asked.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
        Refusal: if it was decided already.
    """
    actor.require(policy.STEER, placement.area_code)
    hold_street(placement.area_code)
    held = LivePlacement.objects.select_for_update(of=("self",)).select_related("run", "task").get(pk=placement.pk)
    if held.status != PlacementStatus.OPEN:
        raise Refusal("placement_decided", _("This was decided already. Look at the page again."))
    moves = [{"task": held.task_id, "before": held.instant_id, "after": held.exact_id, "way_m": held.exact_m},
             *held.moves]  # fmt: skip
    still = _still_holds(moves, now=now)
    held.status = PlacementStatus.TAKEN if still is not None else PlacementStatus.OUTDATED
    if still is not None:
        made = hand_over(still, run=held.run, actor=actor, now=now)
        held.task = next(task for task in made if task.need_id == held.need_id)
        journal.record(
            PLACEMENT_TAKEN, actor=actor, subject=held, happened_at=now,
            changes={"moves": len(held.moves), "gain_m": held.gain_m},
        )  # fmt: skip
    held.decided_by_id, held.decided_at = actor.account_id, now
    held.save(update_fields=["status", "task", "decided_by", "decided_at"])
    _kept.pop(held.area_code[: problems.STREET_CODE_LENGTH], None)
    return held


def _still_holds(moves: Sequence[dict[str, Any]], *, now: datetime) -> list[HandOver] | None:
    """The moves as tasks, or None if any of them answered, or someone to be asked has no room."""
    helpers = hold_responders([pk for move in moves for pk in (move["before"], move["after"]) if pk is not None])
    hold_tasks(move["task"] for move in moves)
    rows = Task.objects.filter(
        id__in=[move["task"] for move in moves], status=TaskStatus.OFFERED, expires_at__gt=now
    ).select_related("need")
    tasks = {task.pk: task for task in rows}
    if any(move["task"] not in tasks or tasks[move["task"]].responder_id != move["before"] for move in moves):
        return None
    seen = problems.as_they_are(helpers, now=now)
    room = {helper: one.free_capacity for helper, one in seen.items()}
    for move in moves:
        if move["before"] in room:
            room[move["before"]] += 1
    for move in moves:
        if move["after"] is None:
            continue
        task_type = task_of(tasks[move["task"]].need.need_type, tasks[move["task"]].need.required_skills)
        if room.get(move["after"], 0) <= 0 or task_type in seen[move["after"]].lacks:
            return None
        room[move["after"]] -= 1
    return [HandOver(tasks[move["task"]], move["after"], move["way_m"]) for move in moves]


def _status(one: Decision) -> str:
    if one.instant is None:
        return PlacementStatus.TAKEN
    is_better = one.gain_m > 0 and one.exact is not None and one.exact != one.instant
    return PlacementStatus.OPEN if is_better else PlacementStatus.NO_BETTER


def _priced(move: problems.Move, offers: dict[int, Task], ways: dict[tuple[int, int | None], int]) -> dict[str, Any]:
    before, after = ways.get((move.need_id, move.before)), ways.get((move.need_id, move.after))
    task = offers.get(move.need_id)
    return {
        "task": task.pk if task else None, "need": move.need_id, "before": move.before, "after": move.after,
        "way_m": after, "extra_m": after - before if after is not None and before is not None else None,
    }  # fmt: skip


def _counting(kept: KeptStreet, *, now: datetime) -> dict[int, int]:
    """Needs of the kept plan whose task uses up a part of today's room, with its helper."""
    rows = Task.objects.filter(problems.counts_today(now), need_id__in=list(kept.need_number))
    return dict(rows.values_list("need_id", "responder_id"))


def _after(now: StreetNow, one: Decision) -> StreetNow:
    """The rows as they will be once this decision is written."""
    asked = one.instant if one.instant is not None else one.exact
    room = {helper.id: helper.free_capacity for helper in now.helpers}
    offers = list(now.offers)
    if one.instant is None and one.exact is not None:
        gone = {move.need_id: move for move in one.moves}
        for move in one.moves:
            room[move.before] += 1
            if move.after is not None:
                room[move.after] -= 1
        offers = [
            replace(offer, responder_id=after) if offer.need.id in gone and after is not None else offer
            for offer in offers
            if (after := gone[offer.need.id].after if offer.need.id in gone else offer.responder_id) is not None
        ]
    if asked is not None:
        room[asked] -= 1
    helpers: list[AvailableResponder] = [replace(one, free_capacity=room[one.id]) for one in now.helpers]
    return replace(now, helpers=helpers, offers=offers)


def _ways(pairs: Sequence[tuple[Task, int | None]]) -> dict[tuple[int, int | None], int]:
    """The way of each helper to each task's door in metres, as matching counts it."""
    who = {pk for _task, pk in pairs if pk is not None}
    points = {
        pk: (x, y) for pk, x, y in Responder.objects.filter(id__in=who).values_list("id", "longitude", "latitude")
    }
    return {
        (task.need_id, pk): problems.way_m((task.need.longitude, task.need.latitude), points[pk])
        for task, pk in pairs
        if pk in points and task.need.longitude is not None and task.need.latitude is not None
    }
