"""Planned beside happened: steps of the playbook beside the orders that carried them out, posts beside holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from juxing.activations.enums import ConversionKind
from juxing.activations.models import Activation, ModeConversion
from juxing.command.enums import DeliveryStatus
from juxing.command.models import CommandOrder, MusterPost
from juxing.kernel.conversion import titled


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the playbook: when it was to begin and be done (minutes after the start), and what happened."""

    code: str
    title: str
    planned_min: int
    due_min: int
    ordered_min: float | None
    done_min: float | None
    posts: int
    completed: int

    @property
    def is_late(self) -> bool:
        """Whether it was done after its time, or not at all."""
        return self.done_min is None or self.done_min > self.due_min


@dataclass(frozen=True, slots=True)
class Comparison:
    """A response beside its plan; ``speed`` is exercise minutes per real minute."""

    steps: list[StepLine]
    convert_min: float | None
    posts: int
    posts_a: int
    posts_ab: int
    manned: int
    first_order_min: float | None

    @property
    def ordered(self) -> int:
        """Steps somebody ordered."""
        return sum(1 for step in self.steps if step.ordered_min is not None)

    @property
    def in_time(self) -> int:
        """Steps done in time."""
        return sum(1 for step in self.steps if not step.is_late)


def compared(activation: Activation, *, speed: int = 1) -> Comparison:
    """Return planned beside happened, in four queries; call it inside a scope that holds the activation."""
    start = activation.starts_at
    by_step = _orders_by_step(activation)
    level = activation.response_level
    steps = [
        _line(row, by_step.get(row["code"]), start, speed)
        for row in activation.plan_version.content.get("playbook", ())
        if level <= row.get("from_level", "level_4")
    ]
    steps.sort(key=lambda step: (step.planned_min, step.due_min, step.code))
    begun = ModeConversion.objects.filter(activation=activation, kind=ConversionKind.START)
    finished = begun.values_list("finished_at", flat=True).first()
    posts = MusterPost.objects.filter(activation=activation)
    counted = posts.aggregate(
        total=Count("id", distinct=True),
        a=Count("id", distinct=True, filter=Q(holders__isnull=False) | Q(people_called__gt=0)),
        manned=Count("id", distinct=True, filter=Q(holders__arrived_at__isnull=False) | Q(people_arrived__gt=0)),
    )
    both = posts.annotate(held=Count("holders")).filter(Q(held__gte=2) | Q(people_called__gte=2)).count()
    first = CommandOrder.objects.filter(activation=activation).aggregate(at=Min("issued_at"))["at"]
    return Comparison(
        steps, _minutes(start, finished, speed), int(counted["total"]), int(counted["a"]), both,
        int(counted["manned"]), _minutes(start, first, speed),
    )  # fmt: skip


def _orders_by_step(activation: Activation) -> dict[str, dict[str, Any]]:
    rows = (
        CommandOrder.objects.filter(activation=activation).exclude(playbook_code="").order_by()
        .values("playbook_code")
        .annotate(
            ordered=Min("issued_at"), posts=Count("deliveries"),
            completed=Count("deliveries", filter=Q(deliveries__status=DeliveryStatus.COMPLETED)),
            done=Max("deliveries__reported_at", filter=Q(deliveries__status=DeliveryStatus.COMPLETED)),
        )
    )  # fmt: skip
    return {row["playbook_code"]: dict(row) for row in rows}


def _line(row: dict[str, Any], order: dict[str, Any] | None, start: datetime, speed: int) -> StepLine:
    posts, completed = (int(order["posts"]), int(order["completed"])) if order else (0, 0)
    is_done = order is not None and posts > 0 and completed * 10 >= posts * 8
    return StepLine(
        row["code"], titled(row), row.get("after_min", 0), row.get("due_min", 60),
        _minutes(start, order["ordered"], speed) if order else None,
        _minutes(start, order["done"], speed) if is_done and order else None, posts, completed,
    )  # fmt: skip


def _minutes(start: datetime, moment: datetime | None, speed: int) -> float | None:
    return None if moment is None else round((moment - start).total_seconds() / 60 * speed, 1)
