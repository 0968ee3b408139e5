"""
The product as it is run, over a database of its own on the test server: pages, live updates, jobs, journal.

``python -m tests.stories.serving DIRECTORY`` prepares and serves until nobody holds DIRECTORY/users any more, so that
several pytest processes share one served district and nothing is left behind when they are killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from juxing_runtime.application import DEMO_COMMAND, DJANGO, _services
from juxing_runtime.home import process_environment
from juxing_runtime.locks import FileLock, exclusively
from juxing_runtime.ports import HOST, choose_ports
from juxing_runtime.pytest_postgres import RUN_URL
from juxing_runtime.supervisor import Supervisor

DATABASE, CLAIMS = "juxing_stories", "story_claim"
ROOT = Path(__file__).parents[2]
READY_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 30.0
_started: list[subprocess.Popen[bytes]] = []
"""Kept so that the service outlives the function that started it; ended by the last who leaves, or by itself."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the product listens, and its database."""

    web: str
    live: str
    database_url: str
    directory: Path


def database_url(name: str, server_url: str) -> str:
    """Return the address of another database on the same server."""
    parts = urlsplit(server_url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def create_database(name: str, server_url: str) -> str:
    """Make a database, unless it is there, with nothing but the table of what stories took; return its address."""
    url = database_url(name, server_url)
    with psycopg.connect(server_url, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {CLAIMS} (household_id bigint PRIMARY KEY)")
    return url


def prepare(environment: Mapping[str, str], *, size: str = "S") -> None:
    """Make the tables and play the district's morning, by the same commands as the demo."""
    for command in ((*DJANGO, "migrate", "--verbosity=0"), (*DEMO_COMMAND, "prepare", "--size", size)):
        subprocess.run(command, env=environment, check=True, cwd=ROOT)


@contextmanager
def shared_service(directory: Path) -> Iterator[Served]:
    """Start the service, or join the one another process started; the last to leave stops it."""
    directory.mkdir(parents=True, exist_ok=True)
    users = FileLock(directory / "users")
    with exclusively(directory / "starting"):
        users.shared()
        if not (directory / "address").exists():
            _start(directory)
    address = json.loads((directory / "address").read_text())
    served = Served(address["web"], address["live"], address["database_url"], directory)
    try:
        yield served
    finally:
        if users.try_exclusive():
            _stop(directory, address["pid"])
        users.release()


def _start(directory: Path) -> None:
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.stories.serving", str(directory)),
            cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    _started.append(process)
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not (directory / "address").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The product did not start:\n{(directory / 'log').read_text()[-3000:]}")
        time.sleep(0.2)


def _stop(directory: Path, pid: int) -> None:
    (directory / "address").unlink(missing_ok=True)
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline:
        for process in _started:
            process.poll()
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)


def main(directory: Path) -> None:
    """Prepare, serve, and end when asked to or when nobody is left."""
    port, live_port = choose_ports(0)
    url = create_database(DATABASE, os.environ.get(RUN_URL) or os.environ["DATABASE_URL"])
    web, live = f"http://{HOST}:{port}", f"http://{HOST}:{live_port}"
    environment = process_environment(directory, database_url=url, web_url=web, live_url=live) | {"JUXING_DEMO": "1"}
    supervisor = Supervisor(_services(HOST, port, live_port, workers=1), environment)
    supervisor.watch = lambda: _end_when_left(supervisor, directory)
    supervisor.catch_signals()
    prepare(environment)
    try:
        supervisor.start()
        address = {"web": web, "live": live, "database_url": url, "pid": os.getpid()}
        (directory / "address.new").write_text(json.dumps(address))
        (directory / "address.new").rename(directory / "address")
        supervisor.run()
    finally:
        (directory / "address").unlink(missing_ok=True)
        supervisor.stop()


def _end_when_left(supervisor: Supervisor, directory: Path) -> None:
    users = FileLock(directory / "users")
    if users.try_exclusive():
        supervisor.stop_asked = signal.SIGTERM
    users.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
