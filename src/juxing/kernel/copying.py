"""
COPY into tables: the bulk path of imports and of the engine's answers.

PostgreSQL refuses COPY into tables under row security, so rows go into a temporary table first and are inserted from
there, where the policy is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import uuid4

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import sql

from juxing.kernel.scope import AreaCodeField

TAKEN_AS_THEY_ARE = frozenset(
    {
        models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField, models.FloatField,
        models.ForeignKey, models.IntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField,
        models.SmallIntegerField, models.TextField, models.UUIDField, AreaCodeField,
    }
)  # fmt: skip
"""Kinds of field whose plain Python values COPY writes as Django would have prepared them."""
PLAIN_MOMENT: models.DateTimeField[Any, Any] = models.DateTimeField()


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Write rows within the current transaction, and return how many.

    ``columns`` are field names; values pass through the fields' own preparation, so encrypted fields are sealed.
    Columns left out take the database's default.
    """
    remaining = iter(rows)
    first = next(remaining, None)
    if first is None:
        return 0
    fields = [model._meta.get_field(name) for name in columns]
    names = [str(field.column) for field in fields]  # type: ignore[union-attr]
    stage = stage_like(model._meta.db_table, names)
    count = copy_values(stage, names, _prepared(fields, chain((first,), remaining)))
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(model._meta.db_table), listed, listed, sql.Identifier(stage)
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(stage)))
    return count


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, returning: str = ""
) -> list[Any]:
    """
    Write a few rows by one plain INSERT, and return a column the database filled, if one is named.

    What ``copy_rows`` is for many: the same names, the same preparation. It costs a tenth of a model's ``save``.
    """
    if not rows:
        return []
    fields = _fields(model, tuple(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            _insert(model, tuple(columns), len(rows), returning),
            [value for row in _prepared(fields, rows) for value in row],
        )
        return [row[0] for row in cursor.fetchall()] if returning else []


@lru_cache(maxsize=256)
def _insert(model: type[models.Model], columns: tuple[str, ...], count: int, returning: str) -> str:
    named = ", ".join(connection.ops.quote_name(field.column) for field in _fields(model, columns))
    one = f"({', '.join(['%s'] * len(columns))})"
    answer = f" RETURNING {connection.ops.quote_name(returning)}" if returning else ""
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({named}) VALUES {', '.join([one] * count)}{answer}"  # noqa: S608 - names of columns


@lru_cache(maxsize=256)
def _fields(model: type[models.Model], columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in columns)


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Return ids for rows yet to be written, so that others can name them before they are there."""
    if not count:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [row_id for (row_id,) in cursor.fetchall()]


def stage_like(table: str, columns: Sequence[str]) -> str:
    """Make an empty temporary table with these columns of the table, gone at commit, and return its name."""
    stage = f"stage_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(stage), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
            )
        )
    return stage


def copy_values(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of database values by COPY into a table without row security, such as a temporary one."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the answer
            copy.write_row(row)
    return count


def _prepared(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Yield the rows as the database takes them; only columns that change a value on its way are looked at."""
    here = connections[DEFAULT_DB_ALIAS]  # the proxy looks it up for every value
    changing = [
        (place, _moment if type(field) is models.DateTimeField else field.get_db_prep_save)
        for place, field in enumerate(fields) if type(field) not in TAKEN_AS_THEY_ARE
    ]  # fmt: skip
    for row in rows:
        if len(row) != len(fields):
            raise ValueError(f"A row has {len(row)} values for {len(fields)} columns.")
        if not changing:
            yield row
            continue
        values = list(row)
        for place, prepared in changing:
            values[place] = prepared(values[place], here)
        yield values


def _moment(value: Any, here: Any) -> Any:
    """Return a moment as it is: COPY writes aware ones as Django would; what is none is left to the field's own way."""
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    return PLAIN_MOMENT.get_db_prep_save(value, here)
