"""Removing what has served its purpose: why needs of long ago went unserved, and what helpers noted at doors."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from juxing.dispatch.models import Match, Task, TaskPhoto

UNSERVED_FOR = timedelta(days=30)
"""A need that waits is explained by its latest run; a run of last month explains nothing any more."""
REPORTS_FOR = timedelta(days=365)


@transaction.atomic
def forget_unserved(*, now: datetime, limit: int = 50_000) -> int:
    """Delete answers of runs of over thirty days ago for needs they could not serve; return how many."""
    old = Match.objects.filter(responder__isnull=True, run__started_at__lt=now - UNSERVED_FOR, tasks__isnull=True)
    ids = list(old.order_by("id").values_list("pk", flat=True)[:limit])
    return Match.objects.filter(pk__in=ids).delete()[0]


@transaction.atomic
def forget_reports(*, now: datetime, limit: int = 50_000) -> int:
    """Empty notes and delete photos of tasks of over twelve months ago; return how many."""
    old = Task.objects.filter(offered_at__lt=now - REPORTS_FOR).exclude(note="")
    ids = list(old.order_by("id").values_list("pk", flat=True)[:limit])
    emptied = Task.objects.filter(pk__in=ids).update(note="")
    return emptied + TaskPhoto.objects.filter(taken_at__lt=now - REPORTS_FOR).delete()[0]
