"""Real clusters: who may do what in them, who shares them, and what is left when anybody dies."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from juxing_runtime.errors import StartupError
from juxing_runtime.postgres import start_postgres, start_throwaway_postgres
from tests.juxing_runtime.conftest import (
    SOURCE,
    TINY,
    as_root,
    eventually,
    is_alive,
    line_of,
    processes_about,
    start_script,
)


def _server_pid(home: Path) -> int:
    return int((home / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])


def _keeper_pid(home: Path) -> int:
    keeper = next(line for line in processes_about(str(home)) if "juxing_runtime.keeper" in line)
    return int(keeper.split()[0])


def test_application_role_is_bound_by_row_security_on_its_own_tables(home: Path) -> None:
    with start_postgres(home / "postgres", durable=False) as postgres, psycopg.connect(postgres.url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        connection.execute("CREATE TABLE resident (street text)")
        connection.execute("INSERT INTO resident VALUES ('310117001'), ('310117002')")
        connection.execute("ALTER TABLE resident ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY one ON resident USING (street = '310117001')")
        seen = connection.execute("SELECT street FROM resident").fetchall()
        order = connection.execute("SELECT min(name) FROM (VALUES ('Zhang'), ('an')) AS names(name)").fetchone()

    assert rights == (False, False, False, True)
    assert seen == [("310117001",)]
    assert order == ("Zhang",), "sorted by code point, the same on every build"


def test_secrets_and_log_are_readable_by_their_owner_only(home: Path) -> None:
    data = home / "postgres"
    with start_postgres(data, durable=False) as postgres:
        modes = {
            name: stat.S_IMODE((data / name).stat().st_mode)
            for name in ("postgres-passwords.json", "postgres.log", "cluster", "socket")
        }
        left_over = list(data.glob(".initdb*"))
        wrong_password = postgres.url.replace("postgresql://juxing:", "postgresql://juxing:x")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong_password)
        assert "postgresql://" not in repr(postgres)

    assert modes == {"postgres-passwords.json": 0o600, "postgres.log": 0o600, "cluster": 0o700, "socket": 0o700}
    assert left_over == []


def test_last_user_stops_the_server_and_not_the_first(home: Path) -> None:
    data = home / "postgres"
    first = start_postgres(data, durable=False)
    second = start_script("use_postgres.py", str(data), stdin=subprocess.PIPE)
    assert line_of(second) == first.url
    server = _server_pid(data)

    first.stop()
    assert is_alive(server)
    with psycopg.connect(first.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    second.communicate("")
    assert not is_alive(server)
    assert eventually(lambda: processes_about(str(data)) == [])


def test_simultaneous_starters_share_one_server(home: Path) -> None:
    data = home / "postgres"
    users = [start_script("use_postgres.py", str(data), stdin=subprocess.PIPE) for _ in range(2)]

    urls = {line_of(user) for user in users}
    keepers = [line for line in processes_about(str(data)) if "juxing_runtime.keeper" in line]
    for user in users:
        user.communicate("")

    assert len(urls) == 1
    assert "host=" in urls.pop()
    assert len(keepers) == 1


def test_killed_user_leaves_no_process(home: Path) -> None:
    data = home / "postgres"
    user = start_script("use_postgres.py", str(data), stdin=subprocess.PIPE)
    assert "host=" in line_of(user)

    user.kill()
    user.communicate()

    assert eventually(lambda: processes_about(str(data)) == [], within_s=5)


@pytest.mark.parametrize("victim", ["server", "keeper"])
def test_committed_rows_survive_the_kill_of_server_or_keeper(home: Path, victim: str) -> None:
    data = home / "postgres"
    with start_postgres(data, durable=victim == "server") as postgres:  # a keeper's server still shuts down in order
        with psycopg.connect(postgres.url) as connection:
            connection.execute("CREATE TABLE need AS SELECT generate_series(1, 20000) AS number")
        server = _server_pid(data)
        os.kill(server if victim == "server" else _keeper_pid(data), signal.SIGKILL)
        assert eventually(lambda: not postgres.is_alive())

        postgres.revive()

        assert not is_alive(server)
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM need").fetchone() == (20000,)
    assert eventually(lambda: processes_about(str(data)) == [])


def test_stale_pid_file_naming_a_living_stranger_does_not_hinder(home: Path) -> None:
    data = home / "postgres"
    start_postgres(data, durable=False).stop()
    stale = data / "cluster" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{data / 'cluster'}\n0\n5432\n{data / 'socket'}\n\n\nready\n")

    with start_postgres(data, durable=False) as postgres, psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_major_version_is_refused_with_a_way_out(home: Path) -> None:
    data = home / "postgres"
    start_postgres(data, durable=False).stop()
    (data / "cluster" / "PG_VERSION").write_text("14\n")

    with pytest.raises(StartupError) as refused:
        start_postgres(data)

    assert "written by PostgreSQL 14" in str(refused.value)
    assert "docs/operations.md" in str(refused.value)


def test_server_that_cannot_start_is_reported_with_its_own_words(home: Path) -> None:
    data = home / "postgres"
    start_postgres(data, durable=False).stop()
    (data / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(StartupError, match="no_such_setting"):
        start_postgres(data, durable=False)

    assert eventually(lambda: processes_about(str(data)) == [])


def test_database_url_is_passed_through_and_nothing_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/juxing")

    with start_postgres(home / "postgres") as postgres:
        assert postgres.url == "postgresql://app@db.example/juxing"
        assert postgres.admin_url is None
        assert postgres.is_alive()

    assert list(home.iterdir()) == []


def test_throwaway_server_deletes_its_data() -> None:
    postgres = start_throwaway_postgres()
    assert postgres.home is not None
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)

    postgres.stop()

    assert not postgres.home.exists()


def test_throwaway_server_that_cannot_start_leaves_no_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUXING_PG_BIN", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with pytest.raises(StartupError, match="JUXING_PG_BIN"):
        start_throwaway_postgres()

    assert list(tmp_path.iterdir()) == []


@as_root
def test_directory_that_the_server_account_cannot_enter_is_replaced(tmp_path: Path) -> None:
    data = tmp_path / "closed" / "postgres"
    data.parent.mkdir(mode=0o700)
    from juxing_runtime.cluster import far_place, remove_cluster

    try:
        with start_postgres(data, durable=False) as postgres, psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert (far_place(data) / "cluster" / "PG_VERSION").exists()
        assert not (data / "cluster").exists()
    finally:
        remove_cluster(data)
    assert not far_place(data).exists()


@as_root
def test_ordinary_user_runs_the_server_as_themselves(home: Path) -> None:
    """As `nobody`, with the system's Python where the environment's lies in a closed home directory."""
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    packages = Path(psycopg.__file__).resolve().parents[1]
    asked = subprocess.run(
        [_python_for(nobody.pw_uid), str(TINY / "use_postgres.py"), str(home / "postgres")],
        env={"PYTHONPATH": f"{SOURCE}{os.pathsep}{packages}", "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    )

    assert asked.stderr == ""
    assert asked.stdout.startswith("postgresql://juxing:")
    assert (home / "postgres" / "cluster").stat().st_uid == nobody.pw_uid
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    assert eventually(lambda: processes_about(str(home)) == [])


def _python_for(uid: int) -> str:
    import sys

    version = f"python3.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            subprocess.run([candidate, "-c", ""], user=uid, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.fail(f"No {version} that an ordinary user can run: install it system-wide to test this.")
