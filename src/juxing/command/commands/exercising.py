"""
What a drill that plays by itself does in people's stead: only in exercises, only by a process of Juxing.

Bulk, because a district has thousands of posts; the states move through the same lifecycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from juxing.activations import previews
from juxing.command.enums import DeliveryStatus, MusterAnswer
from juxing.command.lifecycle import DELIVERY
from juxing.command.models import MusterHolder, OrderDelivery, OrderReading
from juxing.kernel.scope import acting

IN_EXERCISE = "muster_post__activation__is_exercise"


def play_answers(*, holders: Sequence[int], is_coming: bool, now: datetime) -> int:
    """Let called people of an exercise answer."""
    answer = MusterAnswer.COMING if is_coming else MusterAnswer.CANNOT
    with acting(previews.PROCESS):
        rows = MusterHolder.objects.filter(pk__in=holders, answered_at=None, **{IN_EXERCISE: True})
        return rows.update(answer=answer, answered_at=now)


def play_arrivals(*, holders: Sequence[int], now: datetime) -> int:
    """Let called people of an exercise stand at their posts."""
    with acting(previews.PROCESS):
        rows = MusterHolder.objects.filter(pk__in=holders, arrived_at=None, **{IN_EXERCISE: True})
        return rows.update(arrived_at=now)


def play_acknowledgements(*, deliveries: Sequence[int], now: datetime) -> int:
    """Let posts of an exercise read and acknowledge an order."""
    with acting(previews.PROCESS):
        ids = _of_exercises(deliveries)
        OrderReading.objects.filter(delivery_id__in=ids, read_at=None).update(read_at=now)
        moved = DELIVERY.move_many(ids, "acknowledge", actor=previews.PROCESS, now=now)
        return OrderDelivery.objects.filter(pk__in=moved).update(acknowledged_at=now, check_at=None)


def play_reports(*, deliveries: Sequence[int], now: datetime) -> int:
    """Let posts of an exercise report an order they acknowledged as carried out."""
    with acting(previews.PROCESS):
        rows = OrderDelivery.objects.filter(pk__in=_of_exercises(deliveries), status=DeliveryStatus.ACKNOWLEDGED)
        moved = DELIVERY.move_many(list(rows.values_list("pk", flat=True)), "complete", actor=previews.PROCESS, now=now)
        return OrderDelivery.objects.filter(pk__in=moved).update(reported_at=now)


def _of_exercises(deliveries: Sequence[int]) -> list[int]:
    rows = OrderDelivery.objects.filter(pk__in=deliveries, order__activation__is_exercise=True)
    return list(rows.values_list("pk", flat=True))
