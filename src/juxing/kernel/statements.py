"""
Statements planned once per connection: for the few lookups that every incoming need makes.

Django binds values on its own side, so PostgreSQL plans each statement anew, which for a join under row security takes
longer than running it. Not for lists: a plan made for any values may be a bad one for some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


def planned_once(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose plan this connection keeps; it is logged and counted like any other."""
    connection.ensure_connection()
    cursor_class: Any = ServerBindingCursor  # typed as if Django opened it
    bare = cursor_class(connection.connection)
    is_logged = connection.queries_logged
    logged = connection.make_debug_cursor(bare).debug_sql(statement, values) if is_logged else nullcontext()
    with connection.make_cursor(bare) as cursor, logged:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
