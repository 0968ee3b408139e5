"""Which operating-system account the private PostgreSQL runs under.

PostgreSQL refuses to run as root. An ordinary user simply runs it; root hands it to an account that already
exists, because making accounts on somebody's machine, or opening their directories, is not ours to do.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from juxing_runtime.errors import StartupError

PREFERRED_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The account of the server process; `switched` when it differs from the caller's."""

    uid: int
    gid: int
    switched: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments that make `subprocess` run a program under this account, in a directory all can read."""
        if not self.switched:
            return {"cwd": "/"}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def owns(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.switched:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Whether this account can step into `directory`; tried, since modes do not tell about ACLs."""
        if not self.switched:
            return os.access(directory, os.X_OK)
        asked = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)],
            stderr=subprocess.DEVNULL,
            check=False,
            **self.popen_arguments(),
        )
        return asked.returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether this account can execute `program --version`, libraries included."""
        try:
            asked = subprocess.run(
                [str(program), "--version"], capture_output=True, check=False, **self.popen_arguments()
            )
        except OSError:
            return False
        return asked.returncode == 0


def server_account(owner_of: Path) -> ServerAccount:
    """The account to run under; that of an existing cluster directory `owner_of` wins over the preference.

    Raises:
        StartupError: root has no account to hand over to, or the cluster belongs to another user.
    """
    uid = os.geteuid()
    owner = owner_of.stat().st_uid if owner_of.exists() else None
    if uid != 0:
        if owner not in (None, uid):
            raise StartupError(f"{owner_of} belongs to user id {owner}; start as that user, or as root.")
        return ServerAccount(uid, os.getegid(), switched=False)
    if owner:
        return ServerAccount(owner, owner_of.stat().st_gid, switched=True)
    for name in PREFERRED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerAccount(entry.pw_uid, entry.pw_gid, switched=True)
    raise StartupError(
        "PostgreSQL refuses to run as root, and neither the account 'postgres' nor 'nobody' exists. "
        "Start as an ordinary user, or set DATABASE_URL to a running server."
    )
