"""What time does to waiting needs: their score rises, and they are asked about when no longer fresh."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.needs import triage
from juxing.needs.enums import WAITING, Priority
from juxing.needs.models import Need
from juxing.needs.requirements import DUE_WITHIN

ASKED_FRESH = journal.declare_action("needs.need.ask_fresh", _("Asked whether it is still needed"))

RETRIAGE = sql.SQL("""
WITH judged AS (
    SELECT id, fixed, waiting, fixed + waiting AS score,
           CASE WHEN fixed >= %(life_critical)s THEN 'life_critical' WHEN fixed + waiting >= %(urgent)s THEN 'urgent'
                WHEN fixed + waiting >= %(normal)s THEN 'normal' ELSE 'low' END AS priority
    FROM (
        SELECT id, (triage->>'fixed')::int AS fixed,
               least(%(most)s, %(hourly)s * greatest(0, floor(extract(epoch FROM %(now)s - waiting_since) / 3600)))::int
               AS waiting
        FROM needs_need WHERE id IN ({chosen}) AND status = ANY(%(waiting_states)s) AND triage ? 'fixed'
        ORDER BY id FOR UPDATE
    ) AS terms
)
UPDATE needs_need AS need
SET priority_score = judged.score, priority = judged.priority,
    due_at = CASE WHEN need.priority = judged.priority OR need.triage ? 'due_by_hand' THEN need.due_at
                  ELSE need.waiting_since + (%(due)s::jsonb->>judged.priority)::interval END,
    triage = jsonb_set(need.triage, '{{terms,waiting}}', to_jsonb(judged.waiting))
FROM judged WHERE need.id = judged.id
  AND (need.priority_score <> judged.score OR need.priority <> judged.priority)
""")


@transaction.atomic
def retriage_waiting(*, now: datetime, areas: Areas) -> int:
    """Let waiting raise the scores of the needs that wait in these places; return how many changed."""
    return retriage(Need.objects.inside(areas).filter(status__in=sorted(WAITING)), now=now)


def retriage(needs: QuerySet[Need], *, now: datetime) -> int:
    """
    Recompute score and priority of those needs that wait, in one statement; return how many changed.

    The statement says what ``triage.waiting_points`` and ``triage.priority_of`` say; a test holds them together.
    """
    try:
        chosen, parameters = needs.values("pk").order_by().query.sql_with_params()
    except EmptyResultSet:  # no id at all, such as of an offer declined when the need was withdrawn already
        return 0
    named = {f"chosen_{place}": value for place, value in enumerate(parameters)}
    places = sql.SQL(str(chosen) % tuple(f"%(chosen_{place})s" for place in range(len(parameters))))
    with connection.cursor() as cursor:
        cursor.execute(RETRIAGE.format(chosen=places), {**named, **_constants(now)})
        return int(cursor.rowcount)


@transaction.atomic
def ask_freshness(*, actor: Actor, now: datetime, limit: int = 5000) -> int:
    """
    Mark waiting needs whose time has passed as asked about, once per period; return how many.

    Nothing is closed here: silence is not an answer. A need asked about stands out on the desk until someone
    answers, and goes on waiting for help meanwhile.
    """
    stale = list(
        Need.objects.filter(
            status__in=sorted(WAITING), fresh_until__lt=now, asked_fresh_at__isnull=True, duplicate_of__isnull=True
        )
        .order_by("fresh_until")
        .select_for_update(skip_locked=True)
        .only("uuid", "area_code")[:limit]
    )
    Need.objects.filter(pk__in=[need.pk for need in stale]).update(asked_fresh_at=now)
    journal.record_many(
        journal.Fact(ASKED_FRESH, Need._meta.label_lower, need.uuid, need.area_code) for need in stale
    ).by(actor, happened_at=now)
    return len(stale)


def _constants(now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "life_critical": triage.LIFE_CRITICAL_FROM,
        "urgent": triage.URGENT_FROM,
        "normal": triage.NORMAL_FROM,
        "most": triage.WAITING_AT_MOST,
        "hourly": triage.WAITING_EACH_HOUR,
        "waiting_states": sorted(WAITING),
        "due": json.dumps({level: f"{int(DUE_WITHIN[level].total_seconds())} seconds" for level in Priority.values}),
    }
