"""Delivery rounds at once: one helper's accepted tasks in a good order, from the depot where the goods lie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy, problems
from juxing.dispatch.commands.holding import hold_responders, hold_tasks
from juxing.dispatch.commands.round_writing import write_rounds
from juxing.dispatch.enums import LIVE, RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, Task
from juxing.dispatch.problems import CourierRound, RoundsAsked, Stop
from juxing.kernel import journal
from juxing.kernel.actors import Actor

ROUND_PRINTED = journal.declare_action("dispatch.round.print", _("Round printed with names and doors"))
ROUND_FINISHED = journal.declare_action("dispatch.round.finish", _("Delivery round finished"))


@transaction.atomic
def plan_rounds(*, actor: Actor, now: datetime, area_code: str) -> list[DeliveryRound]:
    """
    Put every accepted task of the place into a round of its helper at once, and return the rounds.

    A helper walks one round: what they accepted next door is on it as well. Rounds not yet begun are planned anew; a
    round under way is left alone. The order is good, not searched: ``start_round_plan`` searches.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
    """
    actor.require(policy.STEER, area_code)
    stops = hold_accepted(area_code)
    walked = [one for asked in own_problems(stops, now=now) for one in problems.first_rounds_of(asked)]
    return write_rounds(walked, actor=actor, now=now)


def hold_accepted(area_code: str) -> list[Stop]:
    """Return all accepted stops of helpers who have one in this place, with helpers and tasks locked."""
    free = Task.objects.get_queryset().filter(status=TaskStatus.ACCEPTED).exclude(round__status=RoundStatus.UNDER_WAY)
    here = free.within(area_code).order_by().values_list("responder_id", flat=True).distinct()
    helpers = hold_responders(here)
    hold_tasks(free.filter(responder_id__in=helpers).values_list("id", flat=True))
    return problems.stops_of(free.filter(responder_id__in=helpers).order_by("id"))


def own_problems(stops: Sequence[Stop], *, now: datetime) -> list[RoundsAsked]:
    """Return one problem per helper: what someone accepted can go to nobody else, so nothing couples them."""
    by_helper: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_helper[stop.responder_id or 0].append(stop)
    depots = problems.depot_points(stop.depot_id for stop in stops if stop.depot_id is not None)
    return [
        problems.round_problem(by_helper[courier.id], [courier], depots=depots, now=now)
        for courier in problems.couriers_of(by_helper, now=now)
    ]


def lengths(walked: Sequence[CourierRound]) -> dict[int, int]:
    """Return the length of each courier's way."""
    return {one.courier.id: one.distance_m for one in walked}


@transaction.atomic
def note_round_printed(*, actor: Actor, now: datetime, planned: DeliveryRound) -> None:
    """
    Note that names, doors and telephones of a round were opened for paper.

    Raises:
        NotPermitted: if the actor may not steer dispatch here.
    """
    actor.require(policy.STEER, planned.area_code)
    journal.record(ROUND_PRINTED, actor=actor, subject=planned, happened_at=now)


@transaction.atomic
def finish_rounds(*, now: datetime) -> int:
    """End rounds of which no stop is left, whether done or given to others; return how many."""
    process = Actor.system("dispatch")
    over = DeliveryRound.objects.exclude(status=RoundStatus.FINISHED).exclude(tasks__status__in=sorted(LIVE))
    rounds = list(over.select_for_update(skip_locked=True, of=("self",)))
    for ended in rounds:
        ended.status, ended.finished_at = RoundStatus.FINISHED, now
    DeliveryRound.objects.bulk_update(rounds, ["status", "finished_at"])
    journal.record_many(
        journal.Fact(
            action=ROUND_FINISHED, subject_type=DeliveryRound._meta.label_lower, subject_uuid=ended.uuid,
            area_code=ended.area_code,
        )
        for ended in rounds
    ).by(process, happened_at=now)  # fmt: skip
    return len(rounds)


def begin_round(task: Task, *, now: datetime) -> None:
    """Note that the round of a task is under way, from its first check-in on."""
    if task.round_id is not None:
        DeliveryRound.objects.filter(pk=task.round_id, status=RoundStatus.PLANNED).update(
            status=RoundStatus.UNDER_WAY, started_at=now
        )
