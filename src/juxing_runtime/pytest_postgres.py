"""A pytest plugin (`-p juxing_runtime.pytest_postgres`): each process of a test run has its own throw-away PostgreSQL.

A plugin and not a fixture, because Django's settings read DATABASE_URL before the first fixture exists. One server for
each of xdist's workers, because what is settled in the journal depends on the oldest transaction of the whole server: a
long one of another worker's test would hold it back. With DATABASE_URL set already, that server is used by all, whose
role must be allowed to create databases.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from juxing_runtime.postgres import RunningPostgres

_started: list[RunningPostgres] = []
RUN_URL = "PYTEST_POSTGRES_URL"
"""The server of the process that was started: workers inherit it. It lasts as long as the run, for what they share."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start the server before any other plugin loads settings: a wrapper runs before all that are not wrappers."""
    _prepare()
    return (yield)


def _prepare() -> None:
    from juxing_runtime.home import SETTINGS_MODULE, new_field_key
    from juxing_runtime.postgres import start_throwaway_postgres

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    os.environ.setdefault("JUXING_SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("JUXING_FIELD_KEYS", new_field_key())
    if not os.environ.get("DATABASE_URL") or RUN_URL in os.environ:
        server = start_throwaway_postgres()
        _started.append(server)
        os.environ["DATABASE_URL"] = server.url
        os.environ.setdefault(RUN_URL, server.url)
        os.environ["JUXING_HOME"] = str(server.home)  # what tests write goes with the database


def pytest_unconfigure() -> None:
    """Stop the server of this process; a run that is killed is cleaned up by the keeper."""
    while _started:
        del os.environ["DATABASE_URL"]
        os.environ.pop(RUN_URL, None)
        _started.pop().stop()
