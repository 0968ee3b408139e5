"""The process that owns a private PostgreSQL and stops it when its last user is gone.

Users (a demo, a command line, a test run) hold a shared lock on `in-use.lock`. The kernel drops it however
they end, also by `kill -9`, so the server neither dies under somebody who still works nor outlives them all.
The keeper itself is bound to nobody; the server is bound to the keeper.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from juxing_runtime import cluster as clusters
from juxing_runtime.cluster import Cluster
from juxing_runtime.death import bound_to_this_process
from juxing_runtime.errors import StartupError
from juxing_runtime.locks import FileLock

POLL_S = 0.1
START_TIMEOUT_S = 600.0
"""Recovery after a power cut replays the log and may take minutes; giving up earlier would never succeed."""
STOP_TIMEOUT_S = 60.0


class Keeper:
    """Runs one cluster's server from start to stop."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self._home = home
        self._durable = durable
        self._stopping = False
        self._in_use = FileLock(home / "in-use.lock")
        self._own_lock = FileLock(home / "keeper.lock")

    def start(self) -> tuple[Cluster, subprocess.Popen[bytes]]:
        """Bring the server up and its roles in order.

        Raises:
            StartupError: another keeper runs, the cluster cannot be made, or the server does not come up.
        """
        self._become_the_only_one()
        cluster = clusters.prepare_cluster(self._home, durable=self._durable)
        _clear_stale_server(cluster)
        with cluster.open_log() as log:
            server = subprocess.Popen(
                cluster.server_command(durable=self._durable),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=bound_to_this_process(signal.SIGINT),  # noqa: PLW1509 - one thread
                **cluster.account.popen_arguments(),
            )
        try:
            _wait_until_ready(cluster, server)
            _settle_roles(cluster)
        except BaseException:
            server.send_signal(signal.SIGINT)
            server.wait(STOP_TIMEOUT_S)
            raise
        return cluster, server

    def _become_the_only_one(self) -> None:
        deadline = time.monotonic() + 2.0  # somebody may just be asking whether the lock is held
        while not self._own_lock.try_exclusive():
            if time.monotonic() > deadline:
                raise StartupError(f"Another PostgreSQL keeper already runs for {self._home}.")
            time.sleep(0.01)

    def keep(self, server: subprocess.Popen[bytes]) -> None:
        """Return when the server ended, or after stopping it because nobody uses it or a signal asked."""
        while server.poll() is None:
            if self._stopping or self._in_use.try_exclusive():
                server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown: disconnect, write a checkpoint, end
                server.wait()
                return
            time.sleep(POLL_S)

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Signal handler."""
        self._stopping = True


def _clear_stale_server(cluster: Cluster) -> None:
    """Deal with a `postmaster.pid` that an earlier keeper left: stop a server without keeper, remove a stale
    file.

    PostgreSQL removes a stale file itself unless the number was given to another process since, as it often
    is after a restart of a container.
    """
    path = cluster.directory / "postmaster.pid"
    try:
        pid = int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if not _is_server(pid, cluster.directory):
        path.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + STOP_TIMEOUT_S
    os.kill(pid, signal.SIGINT)
    while _is_server(pid, cluster.directory):
        if time.monotonic() > deadline:
            raise StartupError(f"An older PostgreSQL (process {pid}) still runs in {cluster.directory}; stop it.")
        time.sleep(POLL_S)


def _is_server(pid: int, directory: Path) -> bool:
    """Whether `pid` is a server of `directory`, told by its command line (`ps`: not every system has /proc)."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(directory) in shown.stdout and not shown.stdout.lstrip().startswith("Z")


def _wait_until_ready(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    """Wait for the word `ready` in line 8 of `postmaster.pid`, which needs no connection."""
    path = cluster.directory / "postmaster.pid"
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            tail = cluster.log.read_text(errors="replace").splitlines()[-12:]
            raise StartupError("PostgreSQL ended while starting:\n" + "\n".join(tail))
        lines = path.read_text().splitlines() if path.exists() else []
        if len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise StartupError(f"PostgreSQL was not ready after {START_TIMEOUT_S:.0f} s; see {cluster.log}")


def _settle_roles(cluster: Cluster) -> None:
    """Make the application's role and database, or set them right again.

    The role owns its database but is no superuser and does not bypass row security, so that the policies of
    the tables it owns bind it; it may create databases because the tests do.
    """
    import psycopg
    from psycopg import sql

    stored = clusters.passwords(cluster.home)
    role, database = sql.Identifier(clusters.OWNER_ROLE), sql.Identifier(clusters.DATABASE)
    url = clusters.connection_url(
        cluster.sockets, role=clusters.ADMIN_ROLE, password=stored[clusters.ADMIN_ROLE], database="postgres"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [clusters.OWNER_ROLE]).rowcount:
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(
            sql.SQL(
                "ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB PASSWORD {}"
            ).format(role, sql.Literal(stored[clusters.OWNER_ROLE]))
        )
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [clusters.DATABASE]).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def main() -> None:
    """Start, detach, report by exit status and standard error, then keep until the last user is gone."""
    parser = argparse.ArgumentParser(description="Keep one private PostgreSQL (started by juxing_runtime.postgres).")
    parser.add_argument("home", type=Path)
    parser.add_argument("--not-durable", action="store_true")
    parser.add_argument("--throw-away", action="store_true", help="delete the cluster after stopping")
    arguments = parser.parse_args()
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading) as pipe:
            report = pipe.read()
        sys.exit(None if report == "ready" else report or "The PostgreSQL keeper ended without a word.")
    os.close(reading)
    _detach(arguments.home / "keeper.log")
    _run(arguments, writing)


def _detach(log: Path) -> None:
    """Leave the terminal's session and pipes, so that neither Ctrl-C nor a reader of the pipes waits for us."""
    os.setsid()
    os.chdir("/")
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    silence = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((silence, 0), (output, 1), (output, 2)):
        os.dup2(source, target)


def _run(arguments: argparse.Namespace, report: int) -> None:
    keeper = Keeper(arguments.home, durable=not arguments.not_durable)
    signal.signal(signal.SIGTERM, keeper.ask_to_stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        _cluster, server = keeper.start()
    except StartupError as problem:
        os.write(report, str(problem).encode())
        sys.exit(1)
    except BaseException as error:
        os.write(report, f"{type(error).__name__}: {error} (details: {arguments.home / 'keeper.log'})".encode())
        raise
    os.write(report, b"ready")
    os.close(report)
    keeper.keep(server)
    if arguments.throw_away:
        clusters.remove_cluster(arguments.home)


if __name__ == "__main__":
    main()
