"""Why needs found nobody, as the latest matching of each part of a place answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from juxing.dispatch.enums import RunStatus, RunTrigger
from juxing.dispatch.models import Match, MatchingRun
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas, within
from juxing.kernel.scope import acting
from juxing.places.codes import ancestors

LOOKED_BACK = timedelta(hours=24)
MOST_RUNS = 500


@dataclass(frozen=True, slots=True)
class Unserved:
    """Needs the latest matching left without a helper, by reason; ``as_of`` is the oldest of the runs counted."""

    by_reason: dict[str, int] = field(default_factory=dict)
    as_of: datetime | None = None

    @property
    def total(self) -> int:
        """How many."""
        return sum(self.by_reason.values())


def unserved(code: str, *, now: datetime) -> Unserved:
    """
    Return why the last matching of the place left needs unserved; runs for life-critical needs alone do not count.

    A run over a part of the place replaces what an earlier, wider one said of that part.
    """
    runs = _latest_runs(code, now=now)
    if not runs:
        return Unserved()
    condition, covered = Q(), Q(pk__in=[])
    for run_id, area_code, _started_at in runs:
        condition |= Q(run_id=run_id) & ~covered
        covered |= within(area_code)
    rows = (
        Match.objects.within(code)
        .filter(condition, responder__isnull=True)
        .values_list("unserved_reason")
        .annotate(count=Count("id"))
        .order_by("-count", "unserved_reason")
    )
    return Unserved(by_reason=dict(rows), as_of=min(started_at for _id, _code, started_at in runs))


def _latest_runs(code: str, *, now: datetime) -> list[tuple[int, str, datetime]]:
    """
    Return (id, area, start) of the newest runs that together say most of the place, newest first.

    Runs are begun for streets, which the scope of a community does not hold: only which run was the last is read
    outside the reader's scope, never what it answered.
    """
    with acting(Actor.system("overview")):
        rows = list(
            MatchingRun.objects.filter(
                within(code) | Q(area_code__in=ancestors(code)),
                status=RunStatus.OFFERED,
                started_at__gt=now - LOOKED_BACK,
            )
            .exclude(trigger=RunTrigger.LIFE_CRITICAL)
            .order_by("-started_at", "-id")
            .values_list("id", "area_code", "started_at")[:MOST_RUNS]
        )
    kept: list[tuple[int, str, datetime]] = []
    for run_id, area_code, started_at in rows:
        covered = Areas(area for _id, area, _at in kept)
        if area_code not in covered and code not in covered:
            kept.append((run_id, area_code, started_at))
    return kept
