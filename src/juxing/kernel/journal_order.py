"""
The order of the journal: the number of the writing transaction, continued over restores.

A database restored into a new cluster begins to count transactions anew, and what is written then would seem older
than everything in the dump: followers would never see it. So a number is added to the cluster's own. A sequence keeps
it, because the default of a column may read a sequence but no table; ``continue_order`` sets it after a restore.
"""

from __future__ import annotations

from django.db import connection

SEQUENCE = "kernel_journal_offset"
OFFSET_SQL = f"coalesce(pg_sequence_last_value('{SEQUENCE}'::regclass), 0)"
PRESENT_SQL = f"(pg_current_xact_id()::text::bigint + {OFFSET_SQL})"
"""Number of the transaction that evaluates it."""

OLDEST_RUNNING_SQL = f"SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {OFFSET_SQL}"
NEWEST_WRITTEN_SQL = "SELECT coalesce(max(transaction_number), 0) FROM kernel_journalentry"


def oldest_running() -> int:
    """Return the number from which on entries may still be added to; everything below is settled."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_RUNNING_SQL)
        return int(cursor.fetchone()[0])


def is_behind() -> bool:
    """Whether the cluster counts below what the journal holds already, as after a restore; needs the whole scope."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({NEWEST_WRITTEN_SQL}) > {PRESENT_SQL}")
        return bool(cursor.fetchone()[0])


def continue_order() -> int:
    """
    Let new entries follow all that the journal holds, and return what is added from now on; needs the whole scope.

    Changes nothing where the order is right already. To be called while nothing else writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({NEWEST_WRITTEN_SQL}), {PRESENT_SQL}, {OFFSET_SQL}")
        newest, present, offset = cursor.fetchone()
        if newest > present:
            offset += newest - present + 1
            cursor.execute(f"SELECT setval('{SEQUENCE}', %s)", [offset])
    return int(offset)
