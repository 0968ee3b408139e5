"""
What the clock starts has no request, so nobody opened a scope for it: outside one every scoped table looks empty.

Each job is run here, and each statement on a scoped table is watched: a job that reads outside of a scope would do
nothing for ever, and no test of its command would show it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from procrastinate.contrib.django import app

from juxing.kernel.actors import Actor
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import acting, acting_now

PLACED = re.compile(r'\b(?:from|join|update|into)\s+"?([a-z_]+)"?', re.IGNORECASE)


def clock_jobs() -> list[Any]:
    """Return every registered periodic task of the rooms."""
    return sorted((one.task for one in app.periodic_registry.periodic_tasks.values()), key=lambda task: str(task.name))


def scoped_tables() -> set[str]:
    """Return the tables under row security."""
    return {
        model._meta.db_table for model in apps.get_models()
        if any(isinstance(rule, RowSecurity) for rule in model._meta.constraints)
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("task", clock_jobs(), ids=lambda task: str(task.name))
def test_clock_job_reads_scoped_tables_only_inside_a_scope(task: Any) -> None:
    if inspect.iscoroutinefunction(task.func):
        assert not scoped_tables() & set(PLACED.findall(inspect.getsource(task.func)))
        return
    read, outside = watched()

    with connection.execute_wrapper(read):
        task.func(timestamp=0)

    assert outside == [], "open a scope with acting(...) around it"


@pytest.mark.django_db
def test_watch_sees_what_is_read_outside_of_a_scope() -> None:
    read, outside = watched()
    with connection.execute_wrapper(read), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM plans_emergencyplan")
        with acting(Actor.system("test")):
            cursor.execute("SELECT 1 FROM plans_emergencyplan")

    assert outside == ["plans_emergencyplan"]
    assert len(clock_jobs()) > 15


def watched() -> tuple[Callable[..., Any], list[str]]:
    """Return a wrapper of statements, and the scoped tables it saw named outside of a scope."""
    scoped, outside = scoped_tables(), []

    def read(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if acting_now() is None:
            outside.extend(sorted(scoped & set(PLACED.findall(str(sql)))))
        return execute(sql, params, many, context)

    return read, outside
