"""The writers of the picture's own tables: counts by the hour, sizes of communities, and the recount of both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from juxing.dispatch.models import Task
from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER, Areas
from juxing.kernel.journal_order import oldest_running
from juxing.kernel.models import JournalCursor, JournalEntry
from juxing.overview.flow import COUNTED, start_of_hour
from juxing.overview.models import AreaTally, HourlyCount
from juxing.overview.queries.places import COMMUNITY_LENGTH
from juxing.overview.queries.tallies import Tally, counted_tallies, figures_of, tally_of

FOLLOWER = "overview.flow"
STREET_LENGTH = 9
FEW = 8
RECOUNTED = timedelta(hours=24)
ADD = """
    INSERT INTO overview_hourlycount AS kept (area_code, hour, action, count, seen_transaction, seen_entry)
    SELECT fresh.area_code, fresh.hour, fresh.action, count(*),
        (max(ARRAY[fresh.transaction, fresh.entry]))[1], (max(ARRAY[fresh.transaction, fresh.entry]))[2]
    FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[])
        AS fresh (area_code, hour, action, transaction, entry)
    LEFT JOIN overview_hourlycount AS there USING (area_code, hour, action)
    WHERE (fresh.transaction, fresh.entry) > (coalesce(there.seen_transaction, 0), coalesce(there.seen_entry, 0))
    GROUP BY 1, 2, 3
    ON CONFLICT (area_code, hour, action) DO UPDATE SET
        count = kept.count + excluded.count, seen_entry = excluded.seen_entry,
        seen_transaction = excluded.seen_transaction
"""
COUNT_AGAIN = """
    WITH true_count AS (
        SELECT left(area_code, 12) AS area_code, date_trunc('hour', happened_at) AS hour, action, count(*) AS count
        FROM kernel_journalentry
        WHERE recorded_at >= %(from)s AND happened_at >= %(from)s AND action = ANY(%(actions)s)
            AND area_code >= %(area)s AND area_code < %(after)s
            AND (transaction_number, id) <= (%(transaction)s, %(entry)s)
        GROUP BY 1, 2, 3
    ), kept AS (
        SELECT area_code, hour, action, count FROM overview_hourlycount
        WHERE hour >= %(from)s AND area_code >= %(area)s AND area_code < %(after)s
    )
    SELECT coalesce(true_count.area_code, kept.area_code), coalesce(true_count.hour, kept.hour),
        coalesce(true_count.action, kept.action), coalesce(true_count.count, 0), coalesce(kept.count, 0)
    FROM true_count FULL JOIN kept USING (area_code, hour, action)
    WHERE true_count.count IS DISTINCT FROM kept.count
    ORDER BY 1, 2, 3
"""
COUNT_SIZES = """
    INSERT INTO overview_areasize (area_code, households, counted_at)
    SELECT left(area_code, 12), count(*), %(now)s FROM places_household
    WHERE area_code >= %(area)s AND area_code < %(after)s GROUP BY 1
    ON CONFLICT (area_code) DO UPDATE SET households = excluded.households, counted_at = excluded.counted_at
"""
KEEP = """
    INSERT INTO overview_areatally AS kept (area_code, figures, as_of, seen_transaction)
    SELECT area_code, figures, %s, %s FROM unnest(%s::text[], %s::jsonb[]) AS fresh (area_code, figures)
    ON CONFLICT (area_code) DO UPDATE SET
        figures = excluded.figures, as_of = excluded.as_of, seen_transaction = excluded.seen_transaction
    WHERE kept.seen_transaction <= excluded.seen_transaction
"""
FORGET_SIZES = """
    DELETE FROM overview_areasize WHERE area_code >= %(area)s AND area_code < %(after)s AND counted_at <> %(now)s
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that is not what the journal says."""

    area_code: str
    hour: datetime
    action: str
    in_journal: int
    kept: int


@transaction.atomic
def count_entries(entries: Sequence[JournalEntry]) -> None:
    """Add what these entries say to the counts of their hours; entries counted before change nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            [
                [entry.area_code[:12] for entry in entries],
                [start_of_hour(entry.happened_at) for entry in entries],
                [entry.action for entry in entries],
                [entry.transaction_number for entry in entries],
                [entry.pk for entry in entries],
            ],
        )


@transaction.atomic
def recount_touched(entries: Sequence[JournalEntry], *, now: datetime) -> int:
    """
    Tally anew the communities these entries concern, and return how many it were.

    Those tallied after the entries' transactions ended are left alone: after a large import the first recount
    serves all entries that follow. Who came is left as the last full recount found it, a minute ago at most.
    """
    newest: dict[str, int] = {}
    for code, transaction_number in _concerned(entries):
        community = code[:COMMUNITY_LENGTH]
        newest[community] = max(newest.get(community, 0), transaction_number)
    rows = AreaTally.objects.filter(area_code__in=list(newest)).values_list("area_code", "seen_transaction", "figures")
    before = {code: (seen_transaction, figures) for code, seen_transaction, figures in rows}
    stale = [code for code, transaction in newest.items() if before.get(code, (0, {}))[0] <= transaction]
    if not stale:
        return 0
    seen_transaction = oldest_running()
    areas = Areas(stale) if len(stale) <= FEW else Areas({code[:STREET_LENGTH] for code in stale})
    counted = counted_tallies(areas, length=COMMUNITY_LENGTH, now=now, with_attendance=False)
    for code in stale:
        if code in before:
            counted.setdefault(code, Tally()).attendance = tally_of(before[code][1]).attendance
    return _keep(counted, stale, seen_transaction=seen_transaction, now=now)


@transaction.atomic
def recount_everything(*, now: datetime, area_code: str = "") -> int:
    """Tally every community of the place anew, and return how many there are."""
    seen_transaction = oldest_running()
    known = AreaTally.objects.within(area_code).values_list("area_code", flat=True)
    counted = counted_tallies(Areas([area_code]), length=COMMUNITY_LENGTH, now=now)
    return _keep(counted, {*known, *counted}, seen_transaction=seen_transaction, now=now)


def _concerned(entries: Sequence[JournalEntry]) -> Iterator[tuple[str, int]]:
    """Yield where each entry happened and, for tasks, where the helper serves: both places' figures change."""
    served = dict(
        Task.objects.filter(
            uuid__in=[entry.subject_uuid for entry in entries if entry.action.startswith("dispatch.task.")]
        ).values_list("uuid", "responder__area_code")
    )
    for entry in entries:
        yield entry.area_code, entry.transaction_number
        if entry.subject_uuid in served:
            yield served[entry.subject_uuid], entry.transaction_number


def _keep(counted: Mapping[str, Tally], codes: Iterable[str], *, seen_transaction: int, now: datetime) -> int:
    kept = sorted(codes)
    figures = [json.dumps(figures_of(counted.get(code) or Tally())) for code in kept]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [now, seen_transaction, kept, figures])
    return len(kept)


@transaction.atomic
def check_counts(*, now: datetime, area_code: str = "", repair: bool = False) -> list[Difference]:
    """
    Compare the last day's counts with the journal, as far as it was followed.

    It returns what differs. With ``repair`` the journal's figures take the place of the kept ones; the follower
    waits meanwhile.
    """
    place, _created = JournalCursor.objects.select_for_update().get_or_create(reader=FOLLOWER)
    bounds: dict[str, Any] = {
        "from": start_of_hour(now - RECOUNTED), "actions": list(COUNTED.values()), **_range(area_code),
        "transaction": place.transaction_number, "entry": place.entry_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AGAIN, bounds)
        found = [Difference(*row) for row in cursor.fetchall()]
    if repair:
        for difference in found:
            _put_right(difference, place)
    return found


def _put_right(difference: Difference, place: JournalCursor) -> None:
    cell: dict[str, Any] = {"area_code": difference.area_code, "hour": difference.hour, "action": difference.action}
    if not difference.in_journal:
        HourlyCount.objects.filter(**cell).delete()
        return
    seen = {"seen_transaction": place.transaction_number, "seen_entry": place.entry_id}
    HourlyCount.objects.update_or_create(**cell, defaults={"count": difference.in_journal, **seen})


@transaction.atomic
def count_households(*, now: datetime, area_code: str = "") -> int:
    """Count the households of every community in the place anew, and return how many there are."""
    values: dict[str, Any] = {"now": now, **_range(area_code)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SIZES, values)
        communities: int = cursor.rowcount
        cursor.execute(FORGET_SIZES, values)
    return communities


def _range(area_code: str) -> dict[str, str]:
    return {"area": area_code, "after": area_code + AFTER_EVERY_CODE_CHARACTER}
