"""Refusing to run with a database role that row-level security does not bind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

UNBOUND = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"


@register(Tags.database)
def check_database_role(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Report each database whose role may see every area's rows whatever the policies say."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(UNBOUND)
            is_superuser, bypasses = cursor.fetchone()
        if is_superuser or bypasses:
            problems.append(
                Error(
                    "The database role is a superuser or has BYPASSRLS: row-level security does not bind it, so one "
                    "area's people would be open to another's.",
                    hint="Make a plain role that owns the database: CREATE ROLE juxing LOGIN PASSWORD '...' "
                    "NOSUPERUSER NOBYPASSRLS; ALTER DATABASE juxing OWNER TO juxing; and put it into DATABASE_URL.",
                    id="juxing.E001",
                )
            )
    return problems
