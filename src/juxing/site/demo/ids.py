"""Row ids taken in blocks, so that tables which refer to each other can be copied without asking for each id."""

from __future__ import annotations

from django.db import connection, models


def take_ids(model: type[models.Model], count: int) -> range:
    """Return this many ids that no other writer will get."""
    if not count:
        return range(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count - 1])
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
