"""Offers that change hands: taken back from one who has not answered, and made to someone else, goods and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from juxing.dispatch.commands.giving_back import give_back
from juxing.dispatch.commands.offering import TASK_OFFERED
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import Match, MatchingRun, StockReservation, Task
from juxing.dispatch.weights import Weights
from juxing.kernel import journal
from juxing.kernel.actors import Actor

GIVEN_AWAY = "given to someone else for a life-critical request"


@dataclass(frozen=True, slots=True)
class HandOver:
    """A task and who gets its need instead; None: it waits again. ``way_m`` is the new helper's way."""

    task: Task
    after: int | None
    way_m: int | None


def hand_over(moves: Sequence[HandOver], *, run: MatchingRun, actor: Actor, now: datetime) -> list[Task]:
    """
    Take these offers back and make them to others; tasks and helpers are held, and were checked, by the caller.

    Promised goods stay promised, to the new task.
    """
    ended = [TASK.move(move.task, "cancel", actor=actor, now=now, reason=GIVEN_AWAY, changes={"round": None})
             for move in moves]  # fmt: skip
    give_back([task for task, move in zip(ended, moves, strict=True) if move.after is None], now=now, reason=GIVEN_AWAY)
    passed = [(move, move.after) for move in moves if move.after is not None]
    matches = Match.objects.bulk_create(
        Match(run=run, need_id=move.task.need_id, area_code=move.task.area_code, responder_id=after,
              distance_m=move.way_m)
        for move, after in passed
        if not Match.objects.filter(run=run, need_id=move.task.need_id).exists()
    )  # fmt: skip
    match_of = {match.need_id: match for match in matches}
    weights = Weights.from_json(run.weights)
    made = []
    for move, after in passed:
        minutes = weights.offer_minutes(move.task.need.priority)
        task = Task.objects.create(
            area_code=move.task.area_code, need_id=move.task.need_id, responder_id=after,
            match=match_of.get(move.task.need_id), status=TaskStatus.OFFERED, offered_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )  # fmt: skip
        StockReservation.objects.filter(task=move.task, is_open=True).update(task=task)
        journal.record(TASK_OFFERED, actor=actor, subject=task, happened_at=now)
        made.append(task)
    return made
