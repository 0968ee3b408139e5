"""The product's database on a running server: its tables, a fresh start, and PostgreSQL's own client programs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from juxing_runtime.cluster import DATABASE, OWNER_ROLE, client_program
from juxing_runtime.errors import StartupError
from juxing_runtime.foreground import in_foreground
from juxing_runtime.locks import exclusively
from juxing_runtime.messages import SOURCE_ROOT
from juxing_runtime.postgres import RunningPostgres, start_postgres

LIBPQ_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
"""A password in the environment is seen by its owner only, one on a command line by everybody."""


def migrate(home: Path, postgres: RunningPostgres, run: Callable[[], int]) -> None:
    """Bring a private database's tables up to date, quickly when no migration changed since the last time.

    A database that is not ours is left alone here: its owner migrates it on purpose (`juxing migrate`).
    """
    if postgres.home is None:
        return
    stamp_file, stamp = home / "migrated", _migrations_stamp()
    with exclusively(home / "migrate.lock"):
        if stamp_file.exists() and stamp_file.read_text() == stamp:
            return
        if run() != 0:
            raise StartupError("The database could not be brought up to date; the output above says why.")
        stamp_file.write_text(stamp)


def recreate_database(postgres: RunningPostgres, home: Path) -> None:
    """Throw the private database away and make an empty one.

    Raises:
        StartupError: the database is not ours to throw away.
    """
    if postgres.admin_url is None:
        raise StartupError("--fresh only empties Juxing's own database; DATABASE_URL names another one.")
    import psycopg
    from psycopg import sql

    (home / "migrated").unlink(missing_ok=True)
    database, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))


def run_client(home: Path, program: str, arguments: Sequence[str]) -> int:
    """Run one of PostgreSQL's own client programs (psql, pg_dump, pg_restore) on the product's database.

    On Juxing's own server it connects as the superuser, because a dump must see past row security; on another server
    as the role of DATABASE_URL.

    Raises:
        StartupError: there is no such program beside the server's.
    """
    from psycopg.conninfo import conninfo_to_dict

    with start_postgres(home / "postgres") as postgres:
        path = client_program(home / "postgres", program)
        parts = conninfo_to_dict(postgres.admin_url or postgres.url)
        if postgres.admin_url:
            parts["dbname"] = DATABASE
        environment = {LIBPQ_VARIABLES[key]: str(value) for key, value in parts.items() if key in LIBPQ_VARIABLES}
        return in_foreground([str(path), *arguments], {**os.environ, **environment})


def _migrations_stamp() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCE_ROOT.glob("**/migrations/*.py")):
        digest.update(f"{path.relative_to(SOURCE_ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
