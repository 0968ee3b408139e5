"""One sender at a time for one door, so that whoever comes second finds what the first recorded."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from django.db import connection

from juxing.needs.inputs import NeedInput
from juxing.needs.queries.duplicates import door_keys

LOCK_SPACE = 0x4E45
EVERY_DOOR = 0
LOCKED_ONE_BY_ONE = 2500
"""
More doors than this are locked all at once: a database keeps a few thousand locks, and a table of needs is brought in
two thousand rows at a time.
"""
LOCK_DOORS = """
SELECT CASE WHEN door = %(every)s THEN pg_advisory_xact_lock_shared(%(space)s, door)
            ELSE pg_advisory_xact_lock(%(space)s, door) END
FROM unnest(%(doors)s::int[]) AS door
"""
LOCK_EVERY_DOOR = "SELECT pg_advisory_xact_lock(%(space)s, %(every)s)"


def lock_doors(inputs: Sequence[NeedInput]) -> None:
    """
    Hold the doors of these inputs until the transaction ends; one query.

    Everyone takes the shared lock of every door first and then doors in the order of their numbers, so that two
    who want the same doors wait for each other and never in a circle. Two doors may share a number: they wait too.
    """
    doors = _numbers(key for given in inputs for key in door_keys(given, area_code=given.area_code))
    with connection.cursor() as cursor:
        cursor.execute(
            LOCK_DOORS if len(doors) <= LOCKED_ONE_BY_ONE else LOCK_EVERY_DOOR,
            {"space": LOCK_SPACE, "every": EVERY_DOOR, "doors": [EVERY_DOOR, *doors]},
        )


def _numbers(keys: Iterable[tuple[object, ...]]) -> list[int]:
    """Return signed 32-bit numbers for keys, each once, in order; none is that of every door."""
    return sorted({zlib.crc32(repr(key).encode()) - (1 << 31) or 1 for key in keys})
