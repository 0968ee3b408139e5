"""Refusing to run with a database whose row security or whose journal would not do what is relied on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import ProgrammingError, connections

from juxing.kernel.actors import Actor
from juxing.kernel.journal_order import is_behind
from juxing.kernel.scope import acting

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


@register(Tags.database)
def check_journal_order(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Report a database that was restored and not told to go on counting where its journal ends."""
    if "default" not in (databases or ()):
        return []
    try:
        with acting(Actor.system("check")):
            behind = is_behind()
    except ProgrammingError:  # no journal yet: nothing was migrated
        behind = False
    return (
        [
            Error(
                "The journal holds entries of later transactions than this database has reached: it was restored, and "
                "what is written now would be passed over by live updates and subscribers.",
                hint="Stop the services and run: juxing after-restore",
                id="juxing.E002",
            )
        ]
        if behind
        else []
    )
