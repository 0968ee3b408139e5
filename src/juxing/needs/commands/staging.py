"""
COPY for tables under row security: PostgreSQL refuses COPY into them, so rows are copied into a temporary table first
and inserted from there, where the policy is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db import connection, models
from psycopg import sql

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_values

PIECE = journal.BULK_FROM - 1


def copy_through_stage(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of field values and return how many; columns left out take the database's default."""
    fields = [model._meta.get_field(name) for name in columns]
    names = [str(field.column) for field in fields]  # type: ignore[union-attr]
    stage = f"stage_{uuid4().hex}"
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(stage), listed, sql.Identifier(model._meta.db_table)
            )
        )
    count = copy_values(
        stage, names, ([_prepared(field, value) for field, value in zip(fields, row, strict=True)] for row in rows)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(model._meta.db_table), listed, listed, sql.Identifier(stage)
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(stage)))
    return count


def record_facts(facts: Iterable[journal.Fact], *, actor: Actor, happened_at: datetime) -> None:
    """Write journal entries in pieces that the journal inserts rather than copies."""
    waiting = iter(facts)
    while piece := list(islice(waiting, PIECE)):
        journal.record_many(piece).by(actor, happened_at=happened_at)


def _prepared(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
