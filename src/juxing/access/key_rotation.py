"""Sealing every encrypted value anew with the newest key, a thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.fields import EncryptedTextField, decrypt, encrypt
from juxing.kernel.scope import acting

KEYS_ROTATED = journal.declare_action("access.keys.rotate", _("Personal fields sealed with a new key"))
BLOCK_ROWS = 1000


def rotate_field_keys(*, actor: Actor, now: datetime) -> Iterator[tuple[str, int]]:
    """
    Seal anew, and yield each column with how many of its values changed; commits block by block.

    The actor must be the system's: values of every area are rewritten.
    """
    total = 0
    for table, column in sorted(_sealed_columns()):
        count = 0
        while changed := _rotate_block(actor, table, column):
            count += changed
        total += count
        yield f"{table}.{column}", count
    if total:
        fact = journal.Fact(
            action=KEYS_ROTATED, subject_type="kernel.field", subject_uuid=uuid5(NAMESPACE_URL, "juxing:field-keys"),
            area_code="", changes={"values": total},
        )  # fmt: skip
        with acting(actor):
            journal.record_many([fact]).by(actor, happened_at=now)


def _sealed_columns() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield model._meta.db_table, str(field.column)


def _rotate_block(actor: Actor, table: str, column: str) -> int:
    newest = next(iter(settings.FIELD_KEYS))
    name = f"{table}.{column}"
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    select = sql.SQL(
        "SELECT id, {column} FROM {table} WHERE {column} <> '' AND left({column}, %s) <> %s ORDER BY id LIMIT %s "
        "FOR UPDATE"
    ).format(**names)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(select, [len(newest) + 1, f"{newest}:", BLOCK_ROWS])
        rows = [(row_id, encrypt(decrypt(sealed, column=name), column=name)) for row_id, sealed in cursor.fetchall()]
        if rows:
            update = sql.SQL(
                "UPDATE {table} SET {column} = fresh.sealed "
                "FROM unnest(%s::bigint[], %s::text[]) AS fresh (id, sealed) WHERE {table}.id = fresh.id"
            ).format(**names)
            cursor.execute(update, [[row_id for row_id, _sealed in rows], [sealed for _row_id, sealed in rows]])
    return len(rows)
