"""A pytest plugin (`-p juxing_runtime.pytest_postgres`) that gives a test run its own throw-away PostgreSQL.

A plugin and not a fixture, because Django's settings read DATABASE_URL before the first fixture exists; only
in the process that was started, because xdist's workers inherit the variable. With DATABASE_URL set already,
that server is used, whose role must be allowed to create databases.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from juxing_runtime.postgres import RunningPostgres

_started: list[RunningPostgres] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start the server before any other plugin loads settings: a wrapper runs before all that are not
    wrappers.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("DATABASE_URL"):
        from juxing_runtime.postgres import start_throwaway_postgres

        server = start_throwaway_postgres()
        _started.append(server)
        os.environ["DATABASE_URL"] = server.url
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server of this run; a run that is killed is cleaned up by the keeper."""
    while _started:
        del os.environ["DATABASE_URL"]
        _started.pop().stop()
