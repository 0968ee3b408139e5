"""Dispatch as the record of what responders hold and did, for the responders' room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum

from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import Task
from juxing.dispatch.problems import counts_today
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import acting
from juxing.responders.work import Came, ServiceSummary

FINISHED = (TaskStatus.DONE, TaskStatus.VERIFIED)
READER = Actor.system("work record")


class DispatchWork:
    """
    Answers in the system's scope: a helper's tasks may lie next door, where the asker sees nobody.

    Only numbers leave: how many, never which.
    """

    def load(self, responder_ids: Sequence[int], *, now: datetime) -> Mapping[int, int]:
        """Return how many tasks of today's capacity are used, by responder."""
        with acting(READER):
            rows = Task.objects.filter(counts_today(now), responder_id__in=list(responder_ids))
            loads = rows.values("responder_id").annotate(load=Count("id")).order_by()
            return dict(loads.values_list("responder_id", "load"))

    def summary(self, responder_id: int, *, since: datetime) -> ServiceSummary:
        """Return tasks done and hours between check-in and done."""
        with acting(READER):
            rows = Task.objects.filter(responder_id=responder_id, status__in=FINISHED, done_at__gt=since)
            took = ExpressionWrapper(F("done_at") - F("checked_in_at"), output_field=DurationField())
            found = rows.aggregate(tasks=Count("id"), took=Sum(took))
        hours = found["took"].total_seconds() / 3600 if found["took"] else 0.0
        return ServiceSummary(tasks=found["tasks"], hours=round(hours, 1))

    def came(self, areas: Areas, *, since: datetime) -> Came:
        """Return how many different people of these places were asked, checked in and finished."""
        with acting(READER):
            people = (
                Task.objects.filter(areas.condition("responder__area_code"), offered_at__gt=since)
                .values("responder_id")
                .annotate(
                    checked_in=Count("id", filter=Q(checked_in_at__isnull=False)),
                    finished=Count("id", filter=Q(status__in=FINISHED)),
                )
                .order_by()
            )
            rows = list(people.values_list("checked_in", "finished"))
        return Came(
            asked=len(rows),
            checked_in=sum(1 for checked_in, _done in rows if checked_in),
            finished_one=sum(1 for _in, done in rows if done),
            finished_three=sum(1 for _in, done in rows if done >= 3),
        )
