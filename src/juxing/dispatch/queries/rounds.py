"""Delivery rounds: the list, and the sheet a courier carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from juxing.dispatch import policy
from juxing.dispatch.enums import HELD, TaskStatus
from juxing.dispatch.models import DeliveryRound, Task
from juxing.dispatch.queries.own import RELATED, HelperTask, see_as_helper
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.needs.models import NeedLine

ROUND_ORDER = ("-planned_at", "-id")
READER = Actor.system("rounds of a desk")


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """A round with its stops in the order they are walked, seen as its courier sees them."""

    round: DeliveryRound
    stops: Sequence[HelperTask]


def rounds_page(*, actor: Actor, cursor: str | None = None) -> Page[DeliveryRound]:
    """Return rounds, planned last first, with ``stop_count`` and ``left_count``."""
    rows = DeliveryRound.objects.inside(actor.areas_with(policy.VIEW)).select_related("responder", "depot")
    left = Q(tasks__status__in=[TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED])
    counted = rows.annotate(stop_count=Count("tasks"), left_count=Count("tasks", filter=left))
    return page_of(counted, order=ROUND_ORDER, cursor=cursor)


def round_sheet(*, actor: Actor, now: datetime, uuid: UUID) -> RoundSheet:
    """
    Return a round for printing; only stops not yet done stand on it.

    Raises:
        NotVisible: if there is none for this actor.
    """
    with acting(READER):
        rows = DeliveryRound.objects.inside(actor.areas_with(policy.VIEW)).select_related("responder", "depot")
        found = rows.filter(uuid=uuid).first()
        if found is None:
            raise NotVisible
        lines = Prefetch("need__lines", queryset=NeedLine.objects.select_related("item").order_by("id"))
        stops = (
            Task.objects.filter(round=found, status__in=sorted(HELD))
            .select_related(*RELATED)
            .prefetch_related(lines)
            .order_by("position", "id")
        )
        return RoundSheet(round=found, stops=[see_as_helper(task, now=now) for task in stops])
