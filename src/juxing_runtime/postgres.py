"""Starting, sharing and stopping the private PostgreSQL.

    with start_postgres(home / "postgres") as postgres:
        psycopg.connect(postgres.url)

The first caller starts the server, later ones (also of other processes) share it, the last one out stops it;
a caller that is killed counts as out. See `keeper` for how. With DATABASE_URL set, that server is used and
nothing is started.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from juxing_runtime import cluster as clusters
from juxing_runtime.errors import StartupError
from juxing_runtime.locks import FileLock, exclusively, is_held_exclusively

STOP_TIMEOUT_S = 60.0


@dataclass(slots=True)
class RunningPostgres:
    """A server that is up until `stop`; also a context manager.

    `url` is the application's (owner of its database, never superuser); `admin_url` is the superuser's and
    None on a server that is not ours. Both are libpq URLs whose host may be a socket directory: parse them
    with `psycopg.conninfo.conninfo_to_dict`.
    """

    url: str = field(repr=False)
    admin_url: str | None = field(default=None, repr=False)
    home: Path | None = None
    _in_use: FileLock | None = field(default=None, repr=False)
    _options: tuple[str, ...] = ()

    def is_alive(self) -> bool:
        """Whether a private server still has its keeper; always true for a server that is not ours."""
        return self.home is None or _has_keeper(self.home)

    def revive(self) -> None:
        """Start a private server again if it, or its keeper, was killed; the addresses stay the same.

        Raises:
            StartupError: it cannot be started; the message says what to do.
        """
        if self.home is not None and self._in_use is not None and not _has_keeper(self.home):
            with exclusively(self.home / "start.lock"):
                if not _has_keeper(self.home):
                    _launch_keeper(self.home, self._options)

    def stop(self) -> None:
        """Stop using the server; the last user returns only after it has ended. Calling twice is harmless."""
        if self._in_use is None or self.home is None:
            return
        last = self._in_use.try_exclusive()
        self._in_use.release()
        self._in_use = None
        if last:
            _wait_until_stopped(self.home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_postgres(data_dir: Path, *, durable: bool = True) -> RunningPostgres:
    """Start the private PostgreSQL of `data_dir`, or join the one that already runs there.

    `durable=False` trades the data's survival of a power cut for speed; it has no effect on a server already
    running.

    Raises:
        StartupError: it cannot be started; the message says what to do.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return RunningPostgres(url=given)
    return _start(data_dir.absolute(), () if durable else ("--not-durable",))


def start_throwaway_postgres() -> RunningPostgres:
    """Start a new, fast, not durable server that deletes its data when its last user is gone.

    Raises:
        StartupError: it cannot be started; the message says what to do.
    """
    home = Path(tempfile.mkdtemp(prefix="juxing-test-"))
    if os.geteuid() == 0:
        home.chmod(0o711)
    try:
        return _start(home, ("--not-durable", "--throw-away"))
    except BaseException:
        clusters.remove_cluster(home)
        raise


def _start(home: Path, options: tuple[str, ...]) -> RunningPostgres:
    try:
        clusters.make_home(home)
        in_use = FileLock(home / "in-use.lock")
    except PermissionError as error:
        raise StartupError(f"{error.filename} belongs to another user; start as that user or as root.") from error
    try:
        in_use.shared()  # waits for a keeper that is just stopping the server
        with exclusively(home / "start.lock"):
            if not _has_keeper(home):
                _launch_keeper(home, options)
        stored = clusters.passwords(home)
    except BaseException:
        in_use.release()
        raise
    sockets = clusters.find_sockets(home)
    admin, owner = clusters.ADMIN_ROLE, clusters.OWNER_ROLE
    return RunningPostgres(
        url=clusters.connection_url(sockets, role=owner, password=stored[owner], database=clusters.DATABASE),
        admin_url=clusters.connection_url(sockets, role=admin, password=stored[admin], database="postgres"),
        home=home,
        _in_use=in_use,
        _options=options,
    )


def _launch_keeper(home: Path, options: tuple[str, ...]) -> None:
    launched = subprocess.run(
        [sys.executable, "-m", "juxing_runtime.keeper", str(home), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if launched.returncode != 0:
        raise StartupError(launched.stderr.strip())


def _has_keeper(home: Path) -> bool:
    return is_held_exclusively(home / "keeper.lock")


def _wait_until_stopped(home: Path) -> None:
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while _has_keeper(home):
        if time.monotonic() > deadline:
            raise StartupError(f"PostgreSQL in {home} did not stop within {STOP_TIMEOUT_S:.0f} s.")
        time.sleep(0.02)
