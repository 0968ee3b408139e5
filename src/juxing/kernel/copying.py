"""
COPY into tables: the bulk path of imports and of the engine's answers.

PostgreSQL refuses COPY into tables under row security, so rows go into a temporary table first and are inserted from
there, where the policy is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.db import connection, models
from psycopg import sql


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Write rows within the current transaction, and return how many.

    ``columns`` are field names; values pass through the fields' own preparation, so encrypted fields are sealed.
    Columns left out take the database's default.
    """
    fields = [model._meta.get_field(name) for name in columns]
    names = [str(field.column) for field in fields]  # type: ignore[union-attr]
    stage = stage_like(model._meta.db_table, names)
    count = copy_values(
        stage, names, ([_prepared(field, value) for field, value in zip(fields, row, strict=True)] for row in rows)
    )
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(model._meta.db_table), listed, listed, sql.Identifier(stage)
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(stage)))
    return count


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


def _prepared(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
