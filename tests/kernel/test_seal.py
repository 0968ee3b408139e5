"""The seal of the journal: whoever changes, removes or inserts an entry is found out, and which entry it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings

from juxing.kernel import journal, seal
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry, JournalSeal
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.kernel.seal import Broken, Verdict, read_anchors, seal_journal, verify_journal
from tests.factories import make_household

SYSTEM = Actor.system("test")
ACTION = "access.role.give"
TABLES = ("kernel_journalentry", "kernel_journalseal")


pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int, now: datetime) -> list[int]:
    """Write entries in a transaction of their own, and return their ids."""
    with acting(SYSTEM):
        household = make_household()
        journal.record_many(
            journal.Fact(
                action=ACTION, subject_type="places.household", subject_uuid=household.uuid,
                area_code=household.area_code, reason="第一行\n第二\t行\\", changes={"number": number, "名": "值"},
            )
            for number in range(count)
        ).by(SYSTEM, happened_at=now)  # fmt: skip
        return list(JournalEntry.objects.order_by("-id").values_list("id", flat=True)[:count])


def seal_all(now: datetime) -> int:
    with acting(SYSTEM):
        return seal_journal(now=now)


def verified(anchors: dict[int, str] | None = None) -> Verdict:
    with acting(SYSTEM):
        return verify_journal(anchors=anchors)


def heads() -> dict[int, str]:
    return dict(JournalSeal.objects.values_list("number", "head"))


@contextmanager
def database_in_hand() -> Iterator[None]:
    """Stand for someone who owns the tables and can switch their triggers off."""
    with acting(SYSTEM), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "BATCH_ROWS", 4)


@pytest.mark.usefixtures("short_batches")
def test_sealed_journal_is_intact_and_later_entries_wait_for_the_next_seal(now: datetime) -> None:
    write(10, now)

    sealed = seal_all(now)
    assert seal_all(now) == 0
    unsealed = len(write(3, now))
    verdict = verified()

    assert verdict.is_intact
    assert sealed >= 10
    assert (verdict.entries, verdict.unsealed, verdict.seals) == (sealed, unsealed, -(-sealed // 4))


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
@pytest.mark.usefixtures("short_batches")
def test_edited_removed_and_inserted_entries_are_named(algorithm: str, now: datetime) -> None:
    with override_settings(SEAL_ALGORITHM=algorithm):
        edited, removed, *_others = write(6, now)
        seal_all(now)
    with database_in_hand():
        JournalEntry.objects.filter(pk=edited).update(actor_name="someone else")
        JournalEntry.objects.filter(pk=removed)._raw_delete("default")
        inserted = JournalEntry.objects.get(pk=edited)
        inserted.pk = -1
        inserted.save(force_insert=True)

    found = {(fault.kind, fault.entry_id) for fault in verified().broken}
    assert found == {("edited", edited), ("missing", removed), ("inserted", -1)}


@pytest.mark.usefixtures("short_batches")
def test_seal_mended_to_fit_an_edit_does_not_fit_its_head(now: datetime) -> None:
    edited = write(6, now)[0]
    seal_all(now)
    last = JournalSeal.objects.order_by("-number")[0]

    with database_in_hand():
        JournalEntry.objects.filter(pk=edited).update(reason="")
        JournalSeal.objects.filter(pk=last.pk).update(digests=b"\0" * len(last.digests))

    kinds = {fault.kind for fault in verified().broken}
    assert kinds == {"forged", "edited"}


@pytest.mark.usefixtures("short_batches")
def test_removed_seal_tears_the_chain(now: datetime) -> None:
    write(10, now)
    seal_all(now)

    with database_in_hand():
        JournalSeal.objects.filter(number=2)._raw_delete("default")

    assert ("torn", 3) in {(fault.kind, fault.seal) for fault in verified().broken}


@pytest.mark.usefixtures("short_batches")
def test_chain_built_anew_over_a_forged_journal_does_not_fit_a_head_kept_elsewhere(now: datetime) -> None:
    edited = write(6, now)[0]
    seal_all(now)
    anchors = heads()

    with database_in_hand():
        JournalEntry.objects.filter(pk=edited).update(reason="never happened")
        JournalSeal.objects.all()._raw_delete("default")
    seal_all(now)

    assert verified().is_intact
    assert verified(anchors).broken == (Broken("unknown_head", max(anchors)),)


@pytest.mark.usefixtures("short_batches")
def test_seals_taken_off_the_end_are_missed_by_a_head_kept_elsewhere(now: datetime) -> None:
    write(10, now)
    seal_all(now)
    anchors = heads()

    with database_in_hand():
        JournalSeal.objects.filter(number=max(anchors))._raw_delete("default")

    assert verified(anchors).broken == (Broken("unknown_head", max(anchors)),)


@pytest.mark.parametrize(
    "change",
    [{"action": "x.y"}, {"reason": "other"}, {"area_code": "990117999"}, {"changes": {}}, {"actor_name": ""},
     {"happened_at": datetime(2026, 3, 9, tzinfo=UTC)}, {"subject_uuid": UUID(int=7)}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_edit_of_any_column_is_found(change: dict[str, Any], now: datetime) -> None:
    edited = write(5, now)[2]
    seal_all(now)

    with database_in_hand():
        JournalEntry.objects.filter(pk=edited).update(**change)

    assert [(fault.kind, fault.entry_id) for fault in verified().broken] == [("edited", edited)]


def test_entry_of_a_slow_writer_waits_for_the_next_seal(now: datetime) -> None:
    write(2, now)
    started, seen = Event(), Event()

    def write_slowly() -> None:
        try:
            with acting(SYSTEM):
                write(1, now)
                started.set()
                seen.wait(10)
        finally:
            connection.close()

    slow = Thread(target=write_slowly)
    slow.start()
    assert started.wait(10)
    write(2, now)
    early = seal_all(now)
    seen.set()
    slow.join()

    assert early >= 2
    assert verified().unsealed >= 3, "neither the slow writer's entry nor those after it may be sealed yet"
    assert seal_all(now) >= 3
    assert (verified().unsealed, verified().broken) == (0, ())


def test_heads_are_read_back_as_they_are_printed() -> None:
    assert read_anchors("1 2026-03-10T00:00:00+00:00 AB\n\n2 cd\n") == {1: "ab", 2: "cd"}
    with pytest.raises(InvalidInput, match="2"):
        read_anchors("1 ab\nhello\n")
