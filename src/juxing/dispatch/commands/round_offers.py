"""Deliveries that waited, offered to the courier on whose round they fit best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from juxing.dispatch import problems
from juxing.dispatch.commands.offering import RESERVATION_COLUMNS, TASK_COLUMNS, TASK_OFFERED
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.goods import take_from_depots
from juxing.dispatch.models import StockReservation, Task
from juxing.dispatch.problems import CourierRound, Stop
from juxing.dispatch.weights import DEFAULT_WEIGHTS
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.needs import commands as needs_commands
from juxing.supplies.commands import StockMovement, lock_levels, reserve_stock

PROCESS = Actor.system("dispatch")


@dataclass(slots=True)
class RoundOffers:
    """New tasks by need, and the stops that could not be offered after all, with the reason."""

    tasks: dict[int, int] = field(default_factory=dict)
    refused: list[tuple[Stop, str]] = field(default_factory=list)


def offer_stops(area_code: str, rounds: Sequence[CourierRound], *, now: datetime) -> RoundOffers:
    """Offer every waiting stop of these rounds to its courier, who is held by the caller, and promise its goods."""
    offers = RoundOffers()
    pairs = [(stop, one.courier.id) for one in rounds for stop in one.stops if stop.task_id is None]
    if not pairs:
        return offers
    wished = _with_room(pairs, offers, now=now)
    goods = _promised(area_code, [stop for stop, _helper in wished])
    offers.refused += [(stop, "goods_missing") for stop, _helper in wished if stop.need_id not in goods]
    movable = [stop.need_id for stop, _helper in wished if stop.need_id in goods]
    moved = set(needs_commands.mark_matched(movable, actor=PROCESS, now=now))
    offers.refused += [(stop, "taken_meanwhile") for stop, _helper in wished if stop.need_id in {*movable} - moved]
    made = _write_tasks([(stop, helper) for stop, helper in wished if stop.need_id in moved], now=now)
    offers.tasks.update(dict(Task.objects.filter(uuid__in=made.values()).values_list("need_id", "id")))
    _reserve([(stop, offers.tasks[stop.need_id]) for stop, _helper in wished if stop.need_id in moved], goods)
    return offers


def _with_room(pairs: Sequence[tuple[Stop, int]], offers: RoundOffers, *, now: datetime) -> list[tuple[Stop, int]]:
    seen = problems.still_free((helper for _stop, helper in pairs), now=now)
    free = {helper: one.free_capacity for helper, one in seen.items()}
    wished = []
    for stop, helper in pairs:
        if free.get(helper, 0) > 0 and stop.task_type not in seen[helper].lacks:
            free[helper] -= 1
            wished.append((stop, helper))
        else:
            offers.refused.append((stop, "helper_taken"))
    return wished


def _promised(area_code: str, stops: Sequence[Stop]) -> dict[int, list[StockMovement]]:
    wanted = problems.goods_wanted(stop.need_id for stop in stops)
    levels = lock_levels(area_code[: problems.STREET_CODE_LENGTH]) if wanted else []
    return take_from_depots(stops, wanted, levels)


def _write_tasks(pairs: Sequence[tuple[Stop, int]], *, now: datetime) -> dict[int, UUID]:
    uuids = {stop.need_id: uuid4() for stop, _helper in pairs}
    copy_rows(Task, TASK_COLUMNS, [
        (uuids[stop.need_id], stop.area_code, stop.need_id, helper, None, TaskStatus.OFFERED, now,
         now + timedelta(minutes=DEFAULT_WEIGHTS.offer_minutes(stop.priority)), "")
        for stop, helper in pairs
    ])  # fmt: skip
    journal.record_many(
        journal.Fact(
            action=TASK_OFFERED, subject_type=Task._meta.label_lower, subject_uuid=uuids[stop.need_id],
            area_code=stop.area_code,
        )
        for stop, _helper in pairs
    ).by(PROCESS, happened_at=now)  # fmt: skip
    return uuids


def _reserve(pairs: Sequence[tuple[Stop, int]], goods: dict[int, list[StockMovement]]) -> None:
    rows = [
        (stop.area_code, task_id, move.depot_id, move.item_id, move.quantity, True)
        for stop, task_id in pairs
        for move in goods[stop.need_id]
    ]
    if rows:
        reserve_stock(move for stop, _task in pairs for move in goods[stop.need_id])
        copy_rows(StockReservation, RESERVATION_COLUMNS, rows)
