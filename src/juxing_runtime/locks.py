"""File locks that the kernel lets go of when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """One open lock file, held from `try_shared`/`try_exclusive`/`exclusive` until `release`."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def shared(self) -> None:
        """Wait for the shared lock."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def exclusive(self) -> None:
        """Wait for the exclusive lock."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def try_exclusive(self) -> bool:
        """Take the exclusive lock if nobody else holds any; when this fails a shared lock is lost too."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go and close; calling twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def is_held_exclusively(path: Path) -> bool:
    """Whether some process holds the exclusive lock; makes no file, and hinders nobody for longer than the question."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Run a block while no other process runs one under the same lock file."""
    lock = FileLock(path)
    try:
        lock.exclusive()
        yield
    finally:
        lock.release()
