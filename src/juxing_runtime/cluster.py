"""One private PostgreSQL cluster on disk: where it lies, how it is made, what its server is started with."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from juxing_runtime.accounts import ServerAccount, server_account
from juxing_runtime.binaries import PostgresBinaries, binaries_for, require_ours
from juxing_runtime.errors import StartupError

ADMIN_ROLE = "postgres"
OWNER_ROLE = "juxing"
DATABASE = "juxing"
PORT = 5432
LONGEST_SOCKET_PATH = 103
"""Bytes a unix socket's path may have (macOS 104, Linux 108, both with a closing zero)."""

FAR_ROOT = Path("/var/tmp")  # noqa: S108 - when its account cannot reach the data directory
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - for data directories whose path is too long; ownership is checked

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
"""Given on the command line, so that a newer Juxing changes them for an old cluster too."""

NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""For databases that are thrown away: a power cut may destroy them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster's paths, account and programs; `home` is the caller's name for it, `place` holds its files."""

    home: Path
    place: Path
    sockets: Path
    account: ServerAccount
    binaries: PostgresBinaries

    @property
    def directory(self) -> Path:
        """PostgreSQL's data directory."""
        return self.place / "cluster"

    @property
    def log(self) -> Path:
        """The server's log, owned by the caller."""
        return self.home / "postgres.log"

    def open_log(self) -> BinaryIO:
        """The log for appending; only its owner may read it, since failed statements carry personal data."""
        return os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def server_command(self, *, durable: bool) -> list[str]:
        """The command line of the server."""
        settings = SETTINGS | ({} if durable else NOT_DURABLE) | {"unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries.program("postgres")), "-D", str(self.directory), "-p", str(PORT), *options]


def prepare_cluster(home: Path, *, durable: bool) -> Cluster:
    """The cluster of `home`, made now if it does not exist yet. Call it under the starting lock only.

    Raises:
        StartupError: no fitting PostgreSQL, no account to run it, or a directory that is not ours.
    """
    make_home(home)
    account, place = _account_and_place(home)
    binaries = binaries_for(place / "cluster", account)
    cluster = Cluster(home, place, socket_directory(home, place), account, binaries)
    _make_private(cluster.sockets, account)
    if not cluster.directory.exists():
        _initialise(cluster, durable=durable)
    return cluster


def client_program(home: Path, name: str) -> Path:
    """One of the programs that belong to the cluster of `home`, or to the PostgreSQL that would make one.

    Raises:
        StartupError: there is no such program, or no PostgreSQL at all.
    """
    far = far_place(home)
    place = far if os.geteuid() == 0 and far.exists() else home
    caller = ServerAccount(os.geteuid(), os.getegid(), switched=False)
    binaries = binaries_for(place / "cluster", caller)
    program = binaries.program(name)
    if "/" in name or not program.exists():
        known = ", ".join(sorted(path.name for path in binaries.directory.iterdir() if path.name.startswith("p")))
        raise StartupError(f"PostgreSQL {binaries.version} has no program {name!r}. It has: {known}.")
    return program


def make_home(home: Path) -> None:
    """Create `home` so that another account can pass through it but not look around."""
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def far_place(home: Path) -> Path:
    """Where root keeps the cluster of a `home` that PostgreSQL's account cannot enter (under /root, say)."""
    return FAR_ROOT / f"juxing-{_mark(home)}"


def socket_directory(home: Path, place: Path) -> Path:
    """A directory for the socket, beside the cluster if the path is short enough for a socket."""
    beside = place / "socket"
    if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
        return beside
    return SOCKET_ROOT / f"juxing-{_mark(home)}"


def find_sockets(home: Path) -> Path:
    """The socket directory of a cluster that is already running."""
    far = far_place(home)
    place = far if os.geteuid() == 0 and far.exists() else home
    return socket_directory(home, place)


def connection_url(sockets: Path, *, role: str, password: str, database: str) -> str:
    """A libpq URL over the unix socket."""
    return f"postgresql://{role}:{password}@/{database}?host={quote(str(sockets), safe='')}&port={PORT}"


def passwords(home: Path) -> dict[str, str]:
    """The passwords of both roles, made once and readable only by the caller's account."""
    path = home / "postgres-passwords.json"
    if not path.exists():
        made = {role: secrets.token_urlsafe(24) for role in (ADMIN_ROLE, OWNER_ROLE)}
        write_private(path, json.dumps(made))
    stored: dict[str, str] = json.loads(path.read_text())
    return stored


def write_private(path: Path, text: str) -> None:
    """Write a 0600 file as a whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def remove_cluster(home: Path) -> None:
    """Delete everything a stopped cluster left, in `home` and elsewhere; `keeper.lock`, the sign of life, last."""
    far = far_place(home)
    place = far if far.exists() else home
    owners = {os.geteuid()} | ({place.joinpath("cluster").stat().st_uid} if (place / "cluster").exists() else set())
    for directory in (find_sockets(home), far):
        if directory.exists() and directory.lstat().st_uid in owners:
            shutil.rmtree(directory, ignore_errors=True)
    for path in home.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "keeper.lock":
            path.unlink()
    shutil.rmtree(home, ignore_errors=True)


def _mark(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]


def _account_and_place(home: Path) -> tuple[ServerAccount, Path]:
    far = far_place(home)
    if os.geteuid() == 0 and far.exists():
        require_ours(far)
        return server_account(far / "cluster"), far
    account = server_account(home / "cluster")
    if account.can_enter(home):
        return account, home
    far.mkdir(mode=0o711)
    require_ours(far)
    return account, far


def _make_private(directory: Path, account: ServerAccount) -> None:
    """Make `directory` 0700 for the server's account (root passes anyway); refuse one somebody else made."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        status = directory.lstat()
        if status.st_uid not in (account.uid, os.geteuid()) or directory.is_symlink():
            raise StartupError(f"{directory} belongs to user id {status.st_uid}; remove it.") from None
    account.owns(directory)
    directory.chmod(0o700)


def _initialise(cluster: Cluster, *, durable: bool) -> None:
    """Run `initdb` beside the final directory and rename: an interrupted one leaves nothing half-made."""
    unfinished = cluster.place / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    cluster.account.owns(unfinished)
    password_file = cluster.place / ".initdb-password"
    write_private(password_file, passwords(cluster.home)[ADMIN_ROLE])
    cluster.account.owns(password_file)
    # A pipe or /dev/stdin cannot be opened again after the change of account, hence a file.
    command = [
        str(cluster.binaries.program("initdb")),
        *("-D", str(unfinished), "-U", ADMIN_ROLE, "--encoding=UTF8", "--auth=scram-sha-256"),
        *(f"--pwfile={password_file}", *_locale_options(cluster.binaries.major)),
        *(() if durable else ("--no-sync",)),
    ]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False, **cluster.account.popen_arguments())
    finally:
        password_file.unlink()
    if made.returncode != 0:
        raise StartupError(f"initdb of PostgreSQL {cluster.binaries.version} failed:\n{made.stderr.strip()}")
    unfinished.rename(cluster.directory)


def _locale_options(major: int) -> tuple[str, ...]:
    """Sort by code point everywhere: no wheel carries ICU, and names are sorted by a stored pinyin key."""
    if major >= 17:
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    return ("--locale=C.UTF-8",)
