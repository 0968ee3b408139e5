"""What this room gathered about people for a response, and how it goes: who was called, who answered, the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString

from django.db import connection
from django.utils.translation import gettext_lazy as _

from juxing.command.models import LogEntry, MusterHolder, OperationalPeriod, OrderDelivery, OrderReading
from juxing.kernel.actors import Actor
from juxing.kernel.emergency_data import Destroyed, EmergencyData, EndedResponse, declare_emergency_data, destroyed

KEEP_COUNTS: LiteralString = (
    "UPDATE command_musterpost post SET people_called = call.called, people_arrived = call.arrived "
    "FROM (SELECT muster_post_id, count(*) AS called, count(arrived_at) AS arrived FROM command_musterholder "
    "GROUP BY muster_post_id) call WHERE post.id = call.muster_post_id AND post.activation_id = %s"
)


def count(ended: EndedResponse) -> int:
    """Return how many calls, readings and lines name or may name a person."""
    calls = MusterHolder.objects.filter(muster_post__activation_id=ended.activation_id).count()
    readings = OrderReading.objects.filter(delivery__order__activation_id=ended.activation_id).count()
    return calls + readings + LogEntry.objects.filter(activation_id=ended.activation_id).count()


def statistics(ended: EndedResponse) -> Mapping[str, int]:
    """Return what stays."""
    calls = MusterHolder.objects.filter(muster_post__activation_id=ended.activation_id)
    deliveries = OrderDelivery.objects.filter(order__activation_id=ended.activation_id)
    return {
        "called": calls.count(), "coming": calls.filter(answer="coming").count(),
        "arrived": calls.filter(arrived_at__isnull=False).count(), "orders": deliveries.count(),
        "completed": deliveries.filter(status="completed").count(),
        "log": LogEntry.objects.filter(activation_id=ended.activation_id).count(),
    }  # fmt: skip


def destroy(ended: EndedResponse, _actor: Actor, _now: datetime) -> Destroyed:
    """Delete calls, readings and the log; take persons and words off orders and periods, which are archived."""
    calls = MusterHolder.objects.filter(muster_post__activation_id=ended.activation_id)
    readings = OrderReading.objects.filter(delivery__order__activation_id=ended.activation_id)
    lines = LogEntry.objects.filter(activation_id=ended.activation_id)
    keys = [f"call:{pk}" for pk in calls.values_list("pk", flat=True)]
    keys += [f"reading:{pk}" for pk in readings.values_list("pk", flat=True)]
    keys += [f"line:{pk}" for pk in lines.values_list("pk", flat=True)]
    _keep_counts(ended)
    readings.delete()
    calls.delete()
    lines.delete()
    OrderDelivery.objects.filter(order__activation_id=ended.activation_id).update(
        acknowledged_by=None, reported_by=None, report=""
    )
    OperationalPeriod.objects.filter(activation_id=ended.activation_id).update(handover_text="")
    return destroyed(keys)


def _keep_counts(ended: EndedResponse) -> None:
    """Write on each post how many were called and came, so that a review still reads right without the persons."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_COUNTS, [ended.activation_id])


declare_emergency_data(
    EmergencyData(
        "command.calls", _("Calls, orders in people's hands, the log"),
        _("To know who stands where and has which order, while the response lasted"), count, statistics, destroy,
    )
)  # fmt: skip
