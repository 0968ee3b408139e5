"""What `demo`, `serve` and the command line have in common."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from juxing_runtime import application
from juxing_runtime.__main__ import main
from juxing_runtime.errors import StartupError
from juxing_runtime.postgres import RunningPostgres, start_postgres


def test_fresh_empties_the_private_database_and_nothing_else(home: Path) -> None:
    with start_postgres(home / "postgres", durable=False) as postgres:
        with psycopg.connect(postgres.url) as connection:
            connection.execute("CREATE TABLE need (number int)")
        (home / "migrated").write_text("all")

        application.recreate_database(postgres, home)

        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT to_regclass('need')").fetchone() == (None,)
        assert not (home / "migrated").exists()

    with pytest.raises(StartupError, match="DATABASE_URL names another one"):
        application.recreate_database(RunningPostgres(url="postgresql://elsewhere"), home)


def test_private_database_is_migrated_once_and_a_foreign_one_never(home: Path) -> None:
    calls: list[int] = []

    def run() -> int:
        calls.append(1)
        return 0

    private = RunningPostgres(url="postgresql://x", home=home)
    for _ in range(2):
        application.migrate(home, private, run)
    application.migrate(home, RunningPostgres(url="postgresql://x"), run)
    assert calls == [1]

    (home / "migrated").unlink()
    with pytest.raises(StartupError, match="could not be brought up to date"):
        application.migrate(home, private, lambda: 3)
    assert not (home / "migrated").exists()


def test_second_installation_in_one_home_is_refused(home: Path) -> None:
    with application._alone(home), pytest.raises(StartupError, match="already runs from"), application._alone(home):
        pytest.fail("both got in")


def test_throwaway_command_gets_an_empty_database_and_its_status_is_returned(
    capfd: pytest.CaptureFixture[str],
) -> None:
    script = "import os, sys; print(os.environ['DATABASE_URL'].split('@')[1]); sys.exit(5)"

    assert main(["throwaway", "-c", script]) == 5
    assert capfd.readouterr().out.startswith("/juxing?host=")


def test_wrong_arguments_are_explained() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "juxing_runtime", "demo", "--size", "XXL"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert "invalid choice: 'XXL'" in asked.stderr
