"""The three ways to run the product: a demo, a lasting service, and one command with the database up."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from juxing_runtime.database import migrate, recreate_database
from juxing_runtime.errors import StartupError
from juxing_runtime.foreground import in_foreground
from juxing_runtime.home import home_directory, process_environment
from juxing_runtime.locks import FileLock
from juxing_runtime.messages import compile_changed
from juxing_runtime.ports import HOST, choose_ports
from juxing_runtime.postgres import RunningPostgres, start_postgres, start_throwaway_postgres
from juxing_runtime.supervisor import Service, Supervisor

WEB = "juxing.site.wsgi:application"
LIVE = "juxing.site.live:application"
DJANGO = (sys.executable, "-m", "django")
DEMO_COMMAND = (sys.executable, "-m", "juxing.site.demo")
WEB_THREADS = 4
MOST_WEB_WORKERS = 4


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `demo` was asked for."""

    size: str = "M"
    check: bool = False
    port: int | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where `serve` listens; put a proxy with TLS in front of it."""

    host: str = HOST
    port: int | None = None
    workers: int = 0


def demo(options: DemoOptions) -> int:
    """Bring everything up, let the product load and show its demo district, and stay until asked to stop.

    Returns the exit status: with `check` that of the product's own check of the main job.
    """
    home = home_directory()
    with _alone(home), start_postgres(home / "postgres") as postgres:
        if options.fresh:
            recreate_database(postgres, home)
        port, live_port = choose_ports(options.port)
        environment = _environment(home, postgres, port, live_port) | {"JUXING_DEMO": "1"}
        supervisor = _supervisor(environment, postgres, _services(HOST, port, live_port, workers=0))
        prepare = (*DEMO_COMMAND, "prepare", "--size", options.size)
        command = (*DEMO_COMMAND, "check" if options.check else "welcome", "--port", str(port))
        with _running(supervisor, home, postgres, first=prepare) as up:
            if not up:
                return _status(supervisor)
            status = supervisor.run_beside(command)
            if options.check or status != 0:
                return status
            supervisor.say(f"Juxing runs at http://{HOST}:{port}/ - stop it with Ctrl-C.")
            supervisor.run()
            return _status(supervisor)


def serve(options: ServeOptions) -> int:
    """Run pages, live updates and jobs until asked to stop."""
    home = home_directory()
    with _alone(home), start_postgres(home / "postgres") as postgres:
        port, live_port = choose_ports(options.port)
        environment = _environment(home, postgres, port, live_port)
        services = _services(options.host, port, live_port, workers=options.workers)
        supervisor = _supervisor(environment, postgres, services)
        with _running(supervisor, home, postgres) as up:
            if up:
                supervisor.say(f"Juxing serves pages at http://{options.host}:{port}/, live updates on {live_port}.")
                supervisor.run()
            return _status(supervisor)


def run_command(command: Sequence[str]) -> int:
    """Run one command with the database up and the environment set; it gets the terminal and its signals."""
    home = home_directory()
    compile_changed()
    with start_postgres(home / "postgres") as postgres:
        environment = _environment(home, postgres, None, None)
        migrate(home, postgres, lambda: in_foreground((*DJANGO, "migrate", "--verbosity=0"), environment))
        return in_foreground(command, environment)


def run_throwaway(command: Sequence[str]) -> int:
    """Run one command beside an empty database that is gone afterwards; for checks that must not touch data."""
    with start_throwaway_postgres() as postgres:
        home = postgres.home
        assert home is not None  # noqa: S101 - a throw-away server is always ours
        return in_foreground(command, _environment(home, postgres, None, None))


def _environment(home: Path, postgres: RunningPostgres, port: int | None, live_port: int | None) -> dict[str, str]:
    return process_environment(
        home,
        database_url=postgres.url,
        web_url=f"http://{HOST}:{port}" if port else "",
        live_url=f"http://{HOST}:{live_port}" if live_port else "",
    )


def _services(host: str, port: int, live_port: int, *, workers: int) -> list[Service]:
    granian = (sys.executable, "-m", "juxing_runtime.granian_process")
    processors = os.cpu_count() or 1
    web = ("--workers", str(workers or min(MOST_WEB_WORKERS, processors)), "--threads", str(WEB_THREADS))
    asked = HOST if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return [
        Service(
            "web",
            (*granian, "wsgi", WEB, "--host", host, "--port", str(port), *web),
            f"http://{asked}:{port}/healthz",
            {"JUXING_DATABASE_POOL": "1"},  # a connection per request costs more than most requests
        ),
        Service(
            "live",
            (*granian, "asgi", LIVE, "--host", host, "--port", str(live_port)),
            f"http://{asked}:{live_port}/healthz",
        ),
        # Two at a time, so that an urgent matching run does not wait behind a long import. It warms the solvers up:
        # the first plan of the day must not wait for a compiler.
        Service("jobs", (*DJANGO, "work_jobs", "--concurrency", "2")),
        Service("journal", (*DJANGO, "follow_journal")),
    ]


def _supervisor(environment: Mapping[str, str], postgres: RunningPostgres, services: Sequence[Service]) -> Supervisor:
    supervisor = Supervisor(services, environment, watch=postgres.revive)
    supervisor.catch_signals()
    return supervisor


@contextlib.contextmanager
def _running(
    supervisor: Supervisor, home: Path, postgres: RunningPostgres, *, first: Sequence[str] = ()
) -> Iterator[bool]:
    """Bring catalogues, tables and services up; yields False when a stop was asked for meanwhile.

    `first` runs on the ready database before any service does.
    """
    try:
        yield _bring_up(supervisor, home, postgres, first)
    finally:
        supervisor.stop()


def _bring_up(supervisor: Supervisor, home: Path, postgres: RunningPostgres, first: Sequence[str]) -> bool:
    compile_changed()
    try:
        migrate(home, postgres, lambda: supervisor.run_beside((*DJANGO, "migrate", "--verbosity=0")))
        if first and not supervisor.stop_asked and supervisor.run_beside(first) != 0:
            raise StartupError("The demo district could not be prepared; the lines above say why.")
        if not supervisor.stop_asked:
            supervisor.start()
    except StartupError:
        if not supervisor.stop_asked:
            raise
    return not supervisor.stop_asked


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / "running.lock")
    try:
        if not lock.try_exclusive():
            raise StartupError(
                f"Juxing already runs from {home}. Stop it first, or set JUXING_HOME to another directory."
            )
        yield
    finally:
        lock.release()


def _status(supervisor: Supervisor) -> int:
    """Ctrl-C and SIGTERM are the ordinary ways to end a demo, so they are no failure."""
    return 0 if supervisor.stop_asked is not None else 1
