"""A round that is already walked, planned again: what is set out for stays, what came in between is fitted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.commands.holding import hold_responder, hold_tasks
from juxing.dispatch.enums import HELD, RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, Task
from juxing.dispatch.problems import CourierRound, CourierSeen, RoundsAsked, Stop
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, Refusal

if TYPE_CHECKING:
    from juxing_engine.control import Control

ROUND_CHANGED = journal.declare_action("dispatch.round.change", _("Delivery round planned again on the way"))
DONE = (TaskStatus.DONE, TaskStatus.VERIFIED)


@transaction.atomic
def replan_round(
    *, actor: Actor, now: datetime, walked: DeliveryRound, control: Control | None = None
) -> DeliveryRound:
    """
    Plan what remains of a round anew, with everything its helper accepted since.

    Stops the helper has set out for stay first. The next way is counted from the last door that was done, or from
    the start: nobody is tracked. Without a control the answer is there at once (cheapest insertion).

    Raises:
        NotPermitted: if the actor neither steers dispatch here nor walks this round.
        Refusal: if the round is over.
    """
    if not policy.walks_or_steers(actor, walked):
        raise NotPermitted
    hold_responder(walked.responder_id)
    return _replan(walked, actor=actor, now=now, control=control)


def fit_into_round(task: Task, *, now: datetime) -> None:
    """Put a task just accepted onto its helper's round that is planned or walked, if there is one; helper held."""
    walked = DeliveryRound.objects.filter(responder_id=task.responder_id).exclude(status=RoundStatus.FINISHED)
    running = walked.order_by("-status", "-id").first()
    if running is not None:
        _replan(running, actor=Actor.system("dispatch"), now=now, control=None)


def close_gap(round_id: int | None, *, now: datetime) -> None:
    """Plan a round again after a stop left it; the helper is held."""
    rounds = DeliveryRound.objects.filter(pk=round_id) if round_id is not None else DeliveryRound.objects.none()
    walked = rounds.exclude(status=RoundStatus.FINISHED).first()
    if walked is not None:
        _replan(walked, actor=Actor.system("dispatch"), now=now, control=None)


def _replan(walked: DeliveryRound, *, actor: Actor, now: datetime, control: Control | None) -> DeliveryRound:
    from juxing_engine.control import Control as Limits

    held = DeliveryRound.objects.select_for_update(of=("self",)).get(pk=walked.pk)
    if held.status == RoundStatus.FINISHED:
        raise Refusal("round_over", _("This round is over. Plan a new one."))
    own = Task.objects.get_queryset().filter(responder_id=held.responder_id)
    joins = own.filter(status=TaskStatus.ACCEPTED, round__isnull=True) | own.filter(round=held, status__in=sorted(HELD))
    hold_tasks(joins.values_list("id", flat=True))
    stops = problems.stops_of(joins.order_by("position", "id"))
    if not stops:
        return held
    asked = _asked(held, stops, now=now)
    first = [row for row, stop in enumerate(stops) if stop.status == TaskStatus.IN_PROGRESS]
    found = problems.plan_running(asked, on_its_way=first, control=control or Limits(budget_s=0.0))
    _write(held, found, actor=actor, now=now)
    return held


def _asked(held: DeliveryRound, stops: Sequence[Stop], *, now: datetime) -> RoundsAsked:
    """The problem of one courier who stands at the last door that was done, or has not left yet."""
    (courier,) = problems.couriers_of([held.responder_id], now=now)
    last = Task.objects.filter(round=held, status__in=DONE, need__longitude__isnull=False).order_by("-done_at").first()
    if last is None:
        depots = problems.depot_points(stop.depot_id for stop in stops if stop.depot_id is not None)
        if held.depot_id is not None and held.depot_id not in depots:
            depots |= problems.depot_points([held.depot_id])
            stops = [replace(stop, depot_id=held.depot_id) for stop in stops]
        return problems.round_problem(stops, [courier], depots=depots, now=now)
    return problems.round_problem(stops, [_standing_at(courier, last)], depots={}, now=now)


def _standing_at(courier: CourierSeen, last: Task) -> CourierSeen:
    longitude, latitude = last.need.longitude, last.need.latitude
    if longitude is None or latitude is None:
        return courier
    return replace(courier, point=(longitude, latitude))


def _write(held: DeliveryRound, found: CourierRound, *, actor: Actor, now: datetime) -> None:
    done = Task.objects.filter(round=held, status__in=DONE).count()
    tasks = [
        Task(pk=stop.task_id, round=held, position=position, planned_for=now + timedelta(seconds=int(arrives)))
        for position, (stop, arrives) in enumerate(zip(found.stops, found.arrivals_s, strict=True), start=done + 1)
    ]
    Task.objects.bulk_update(tasks, ["round", "position", "planned_for"])
    held.distance_m, held.duration_s, held.late_s = found.distance_m, found.duration_s, found.late_s
    held.first_distance_m = None
    held.changed_at, held.change_count = now, held.change_count + 1
    held.save(
        update_fields=["distance_m", "duration_s", "late_s", "first_distance_m", "changed_at", "change_count"]
    )  # fmt: skip
    journal.record(ROUND_CHANGED, actor=actor, subject=held, happened_at=now, changes={"stops": len(found.stops)})
