"""After a restore the cluster counts transactions anew: nothing new may be passed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.checks import run_checks
from django.db import connection
from typer.testing import CliRunner

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.journal_order import is_behind
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.kernel.seal import seal_journal, verify_journal
from juxing.site.commandline import app
from tests.factories import make_household

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
FAR = 10**12
"""Transactions the old cluster had counted more than the new one."""


@pytest.fixture
def restored(now: datetime) -> Iterator[None]:
    """Stand as a database restored from a cluster that had counted much further."""
    write(now)
    with acting(SYSTEM):
        journal.read_new("test.follower")
        seal_journal(now=now)
    with acting(SYSTEM), connection.cursor() as cursor:
        for table, column in (
            ("kernel_journalentry", "transaction_number"), ("kernel_journalcursor", "transaction_number"),
            ("kernel_journalseal", "last_transaction_number"),
        ):  # fmt: skip
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET {column} = {column} + %s", [FAR])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('kernel_journal_offset', 1, false)")


def write(now: datetime) -> None:
    with acting(SYSTEM):
        journal.record("access.role.give", actor=SYSTEM, subject=make_household(), happened_at=now)


def read() -> int:
    with acting(SYSTEM):
        return len(journal.read_new("test.follower"))


def faults() -> list[str]:
    return [str(problem.id) for problem in run_checks(databases=["default"], include_deployment_checks=False)]


@pytest.mark.usefixtures("restored")
def test_new_entries_reach_followers_and_seals_after_the_order_was_continued(now: datetime) -> None:
    write(now)
    passed_over, said = read(), "juxing.E002" in faults()

    result = CliRunner().invoke(app, ["after-restore"])
    write(now)

    assert (passed_over, said, result.exit_code) == (0, True, 0)
    assert read() == 1
    assert "juxing.E002" not in faults()
    with acting(SYSTEM):
        assert JournalEntry.objects.order_by("-id")[0].transaction_number > FAR
        assert seal_journal(now=now) >= 1


@pytest.mark.usefixtures("restored")
def test_continuing_twice_changes_nothing() -> None:
    first = CliRunner().invoke(app, ["after-restore"]).stdout
    assert CliRunner().invoke(app, ["after-restore"]).stdout == first


def test_order_of_a_database_that_was_not_restored_is_right(now: datetime) -> None:
    write(now)
    with acting(SYSTEM):
        seal_journal(now=now)
        assert not is_behind()
        assert verify_journal().is_intact
