"""Directories for clusters, and ways to look at processes from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from juxing_runtime import cluster as clusters

SOURCE = Path(clusters.__file__).resolve().parents[1]
TINY = Path(__file__).resolve().parent / "tiny"
PATIENCE_S = 10.0

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changing the account needs root")


@pytest.fixture(autouse=True)
def _no_outer_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests start their own servers, whatever server the test run itself has."""
    for name in ("DATABASE_URL", "JUXING_PG_BIN", "JUXING_HOME", "JUXING_SECRET_KEY", "JUXING_FIELD_KEYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that PostgreSQL's account can enter, unlike pytest's own ones."""
    directory = Path(tempfile.mkdtemp(prefix="juxing-t-"))
    directory.chmod(0o711)
    yield directory
    far = clusters.far_place(directory / "postgres")
    for path in (directory, far):
        shutil.rmtree(path, ignore_errors=True)


def eventually(condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> bool:
    """Whether `condition` becomes true in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def processes_about(text: str) -> list[str]:
    """Number and command line of the living processes whose command line names `text`, without this one."""
    shown = subprocess.run(["ps", "-eww", "-o", "stat=,pid=,args="], capture_output=True, text=True, check=True)
    own = str(os.getpid())
    lines = [line.split(None, 2) for line in shown.stdout.splitlines()]
    return [
        " ".join(line[1:])
        for line in lines
        if len(line) == 3 and not line[0].startswith("Z") and text in line[2] and line[1] != own
    ]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended but was not yet collected by its parent does not."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


def start_script(name: str, *arguments: str, **popen: object) -> subprocess.Popen[str]:
    """Start one of the programs in `tiny`; its standard output is a pipe."""
    process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]
        [sys.executable, str(TINY / name), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{TINY}"},
        **popen,
    )
    return process


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line a program prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
