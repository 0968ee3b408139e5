"""COPY into tables: the bulk path of imports and of the engine's answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Write rows by COPY within the current transaction, and return how many.

    ``columns`` are field names; values pass through the fields' own preparation, so encrypted fields are sealed.
    Columns left out take the database's default. Row security applies.
    """
    fields = [model._meta.get_field(name) for name in columns]
    prepared_by = [_preparation(field) for field in fields]
    names = [str(field.column) for field in fields]  # type: ignore[union-attr]
    return copy_values(
        model._meta.db_table,
        names,
        ([prepare(value) for prepare, value in zip(prepared_by, row, strict=True)] for row in rows),
    )


def copy_values(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of database values by COPY; the table may be a temporary one."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the answer
            copy.write_row(row)
    return count


def _preparation(field: Any) -> Any:
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else Jsonb(value)
    if isinstance(field, models.ForeignKey):
        return lambda value: value.pk if isinstance(value, models.Model) else value
    return field.get_prep_value
