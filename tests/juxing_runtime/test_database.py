"""Fresh starts, migrations, dumps and restores."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from juxing_runtime import database
from juxing_runtime.__main__ import main
from juxing_runtime.errors import StartupError
from juxing_runtime.postgres import RunningPostgres, start_postgres


def test_fresh_empties_the_private_database_and_nothing_else(home: Path) -> None:
    with start_postgres(home / "postgres", durable=False) as postgres:
        with psycopg.connect(postgres.url) as connection:
            connection.execute("CREATE TABLE need (number int)")
        (home / "migrated").write_text("all")

        database.recreate_database(postgres, home)

        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT to_regclass('need')").fetchone() == (None,)
        assert not (home / "migrated").exists()

    with pytest.raises(StartupError, match="DATABASE_URL names another one"):
        database.recreate_database(RunningPostgres(url="postgresql://elsewhere"), home)


def test_private_database_is_migrated_once_and_a_foreign_one_never(home: Path) -> None:
    calls: list[int] = []

    def run() -> int:
        calls.append(1)
        return 0

    private = RunningPostgres(url="postgresql://x", home=home)
    for _ in range(2):
        database.migrate(home, private, run)
    database.migrate(home, RunningPostgres(url="postgresql://x"), run)
    assert calls == [1]

    (home / "migrated").unlink()
    with pytest.raises(StartupError, match="could not be brought up to date"):
        database.migrate(home, private, lambda: 3)
    assert not (home / "migrated").exists()


def test_dump_sees_past_row_security_and_restores_into_a_new_installation(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = str(home / "juxing.dump")
    monkeypatch.setenv("JUXING_HOME", str(home / "old"))
    with start_postgres(home / "old" / "postgres", durable=False) as postgres:
        with psycopg.connect(postgres.url) as connection:
            connection.execute("CREATE TABLE resident (street text)")
            connection.execute("INSERT INTO resident VALUES ('310117001'), ('310117002')")
            connection.execute("ALTER TABLE resident ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        assert main(["database", "pg_dump", "-Fc", "-f", dump]) == 0

    monkeypatch.setenv("JUXING_HOME", str(home / "new"))
    with start_postgres(home / "new" / "postgres", durable=False) as postgres:
        assert main(["database", "pg_restore", "--exit-on-error", "-d", "juxing", dump]) == 0

        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM resident").fetchone() == (0,), "still bound by policies"
            connection.execute("ALTER TABLE resident NO FORCE ROW LEVEL SECURITY")  # so the owner owns it
            assert connection.execute("SELECT count(*) FROM resident").fetchone() == (2,)


def test_unknown_client_program_lists_the_known_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUXING_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/juxing")

    with pytest.raises(StartupError, match=r"has no program 'pg_dmup'\. It has: .*pg_dump"):
        main(["database", "pg_dmup"])
