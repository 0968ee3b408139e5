"""
What a drill measures, and the readiness of the plan made of it: 0-100, the same formula for every drill.

Each measure is a share between 0 and 1 with its weight; times count full up to their target and fall to nothing at
four times it. Nothing is measured of a person: delays are medians over posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import F, QuerySet

from juxing.activations.models import Activation, StepRun
from juxing.command.enums import DeliveryStatus
from juxing.command.models import MusterPost, OrderDelivery
from juxing.kernel.exercise import HeldBack
from juxing.kernel.refusals import Words
from juxing.reviews.comparison import Comparison, compared

INJECT = "inject_"
FIRST_ORDER_MIN, MUSTER_MIN, CONVERT_S = 15.0, 60.0, 60.0
MANNED_SHARE = 0.8
WEIGHTS = {
    "first_order": 10, "converted": 10, "mustered": 15, "posts_a": 15, "posts_ab": 15, "steps_in_time": 20,
    "acknowledged": 10, "injects_answered": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures by name, as they are stored, and the score made of them."""

    measures: Mapping[str, Any]
    score: int


def measured(activation: Activation, *, speed: int = 1, held_back: HeldBack | None = None) -> Measured:
    """Measure a drill from its rows; call it inside a scope that holds the activation."""
    found = compared(activation, speed=speed)
    runs = StepRun.objects.filter(conversion__activation=activation, conversion__number=1)
    seconds = sum(runs.values_list("seconds", flat=True))
    deliveries = OrderDelivery.objects.filter(order__activation=activation)
    total, answered = deliveries.count(), deliveries.filter(acknowledged_at__isnull=False).count()
    injects = deliveries.filter(order__playbook_code__startswith=INJECT)
    inject_total = injects.count()
    in_time = injects.filter(status=DeliveryStatus.COMPLETED, reported_at__lte=F("order__due_at")).count()
    muster = muster_minutes(activation, speed)
    shares = _shares(found, seconds, muster)
    shares |= {
        "acknowledged": answered / total if total else 0.0,
        "injects_answered": in_time / inject_total if inject_total else 1.0,
    }
    measures = {
        "first_order_min": found.first_order_min, "muster_min": muster, "convert_s": round(seconds, 2),
        "posts": found.posts, "posts_a": found.posts_a, "posts_ab": found.posts_ab, "manned": found.manned,
        "steps": len(found.steps), "steps_in_time": found.in_time, "orders": total, "acknowledged": answered,
        "acknowledge_min": _median_minutes(deliveries, speed), "injects": inject_total,
        "injects_answered": in_time, "held_back": held_back.messages if held_back else 0,
        "late_steps": [step.code for step in found.steps if step.is_late],
        "shares": {name: round(share, 4) for name, share in shares.items()},
    }  # fmt: skip
    score = sum(WEIGHTS[name] * shares[name] for name in WEIGHTS)
    return Measured(measures, round(100 * score / sum(WEIGHTS.values())))


def muster_minutes(activation: Activation, speed: int = 1) -> float | None:
    """Return when eight of ten posts were manned, in minutes after the call; None if that never was."""
    posts = MusterPost.objects.filter(activation=activation)
    total = posts.count()
    first: dict[int, datetime] = {}
    rows = posts.filter(holders__arrived_at__isnull=False).values_list("id", "holders__arrived_at")
    for post_id, arrived in rows.order_by("holders__arrived_at"):
        if arrived is not None:
            first.setdefault(post_id, arrived)
    wanted = -(-total * MANNED_SHARE // 1)
    if not total or len(first) < wanted:
        return None
    moment = sorted(first.values())[int(wanted) - 1]
    return round((moment - activation.starts_at).total_seconds() / 60 * speed, 1)


def _median_minutes(deliveries: QuerySet[OrderDelivery], speed: int) -> float | None:
    """Return the median from an order to its acknowledgement over posts."""
    rows = deliveries.filter(acknowledged_at__isnull=False).values_list("acknowledged_at", "order__issued_at")
    waits = [(at - issued).total_seconds() / 60 * speed for at, issued in rows if at is not None]
    return round(median(waits), 1) if waits else None


def _shares(found: Comparison, seconds: float, muster: float | None) -> dict[str, float]:
    posts = found.posts or 1
    return {
        "first_order": _timely(found.first_order_min, FIRST_ORDER_MIN),
        "converted": _timely(seconds if found.convert_min is not None else None, CONVERT_S),
        "mustered": _timely(muster, MUSTER_MIN),
        "posts_a": found.posts_a / posts, "posts_ab": found.posts_ab / posts,
        "steps_in_time": found.in_time / len(found.steps) if found.steps else 0.0,
    }  # fmt: skip


def _timely(value: float | None, target: float) -> float:
    """Return 1 up to the target, falling to 0 at four times it; 0 for what never was."""
    if value is None:
        return 0.0
    return max(0.0, min(1.0, (4 * target - value) / (3 * target)))


def labels() -> dict[str, Words]:
    """Return what the shares are called."""
    from django.utils.translation import gettext as _

    return {
        "first_order": _("First order given soon"), "converted": _("Converted soon"),
        "mustered": _("Posts manned soon"), "posts_a": _("Posts with an A"), "posts_ab": _("Posts with A and B"),
        "steps_in_time": _("Steps of the plan done in time"), "acknowledged": _("Orders acknowledged"),
        "injects_answered": _("Injects answered in time"),
    }  # fmt: skip
