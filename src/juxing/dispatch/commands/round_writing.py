"""Writing rounds set-based: as many queries for a hundred couriers as for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from juxing.dispatch.enums import RoundStatus
from juxing.dispatch.models import DeliveryRound, RoundPlan, Task
from juxing.dispatch.problems import CourierRound
from juxing.kernel import journal
from juxing.kernel.actors import Actor

ROUND_PLANNED = journal.declare_action("dispatch.round.plan", _("Delivery round planned"))
ROUND_COLUMNS = [
    "plan", "depot", "planned_at", "distance_m", "first_distance_m", "duration_s", "late_s",
]  # fmt: skip
AT_ONCE = 500


def write_rounds(
    found: Sequence[CourierRound],
    *,
    actor: Actor,
    now: datetime,
    plan: RoundPlan | None = None,
    first_m: dict[int, int] | None = None,
) -> list[DeliveryRound]:
    """
    Put each courier's stops on their planned round, or on a new one; couriers and tasks are held by the caller.

    Every stop must have its task by now. ``first_m`` is the length of each courier's instant order.
    """
    couriers = [one.courier.id for one in found]
    planned = DeliveryRound.objects.filter(responder_id__in=couriers, status=RoundStatus.PLANNED).order_by("-id")
    known = {one.responder_id: one for one in planned}
    made = [_round_of(one, known, plan, first_m or {}, now=now) for one in found]
    fresh = [one for one in made if one.pk is None]
    DeliveryRound.objects.bulk_create(fresh, batch_size=AT_ONCE)
    DeliveryRound.objects.bulk_update(
        [one for one in made if one not in fresh], ROUND_COLUMNS, batch_size=AT_ONCE
    )  # fmt: skip
    tasks = [
        Task(pk=stop.task_id, round=walked, position=position, planned_for=now + timedelta(seconds=int(arrives)))
        for one, walked in zip(found, made, strict=True)
        for position, (stop, arrives) in enumerate(zip(one.stops, one.arrivals_s, strict=True), start=1)
    ]
    Task.objects.bulk_update(tasks, ["round", "position", "planned_for"], batch_size=AT_ONCE)
    journal.record_many(
        journal.Fact(
            action=ROUND_PLANNED, subject_type=DeliveryRound._meta.label_lower, subject_uuid=walked.uuid,
            area_code=walked.area_code, changes={"stops": len(one.stops)},
        )
        for one, walked in zip(found, made, strict=True)
    ).by(actor, happened_at=now)  # fmt: skip
    return made


def _round_of(
    one: CourierRound,
    known: dict[int, DeliveryRound],
    plan: RoundPlan | None,
    first_m: dict[int, int],
    *,
    now: datetime,
) -> DeliveryRound:
    walked = known.get(one.courier.id) or DeliveryRound(
        uuid=uuid4(), area_code=one.courier.area_code, responder_id=one.courier.id, status=RoundStatus.PLANNED
    )
    walked.plan, walked.depot_id, walked.planned_at = plan, one.depot_id, now
    walked.distance_m, walked.duration_s, walked.late_s = one.distance_m, one.duration_s, one.late_s
    walked.first_distance_m = first_m.get(one.courier.id, one.distance_m)
    return walked
