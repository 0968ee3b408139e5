"""The journal: written with its act, never changed, read once and in order by each follower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.utils.translation import override

from juxing.kernel import journal
from juxing.kernel.actors import ActingFor, Actor
from juxing.kernel.models import JournalCursor, JournalEntry
from juxing.kernel.subscribers import Subscriber, deliver
from tests.factories import make_household

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
ACTION = "access.role.give"


def write(count: int, now: datetime) -> None:
    household = make_household()
    journal.record_many(
        journal.Fact(
            action=ACTION, subject_type="places.household", subject_uuid=household.uuid,
            area_code=household.area_code, changes={"number": number},
        )
        for number in range(count)
    ).by(SYSTEM, happened_at=now)  # fmt: skip


@pytest.mark.parametrize("count", [1, journal.BULK_FROM, journal.BULK_FROM + 5])
@pytest.mark.usefixtures("everywhere")
def test_entries_are_written_one_or_many(count: int, now: datetime) -> None:
    write(count, now)

    entries = JournalEntry.objects.order_by("id")
    assert [entry.changes["number"] for entry in entries] == list(range(count))
    assert {entry.actor_name for entry in entries} == {"test"}
    assert all(entry.recorded_at > entry.happened_at for entry in entries)


@pytest.mark.usefixtures("everywhere")
def test_entry_of_an_unregistered_action_is_refused(now: datetime) -> None:
    with pytest.raises(LookupError, match="journal action"):
        journal.record("no.such.act", actor=SYSTEM, subject=make_household(), happened_at=now)


@pytest.mark.parametrize("deed", ["update", "delete"])
@pytest.mark.usefixtures("everywhere")
def test_entries_can_neither_be_changed_nor_removed(deed: str, now: datetime) -> None:
    write(1, now)

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        JournalEntry.objects.update(reason="other") if deed == "update" else JournalEntry.objects.all().delete()


@pytest.mark.usefixtures("everywhere")
def test_entries_of_one_request_share_a_correlation(now: datetime) -> None:
    with journal.correlated() as uuid:
        write(2, now)

    assert set(JournalEntry.objects.values_list("correlation_uuid", flat=True)) == {uuid}


@pytest.mark.django_db(transaction=True)
def test_follower_gets_each_entry_once_and_keeps_its_place_when_it_fails(now: datetime) -> None:
    from juxing.kernel.scope import acting

    seen: list[int] = []

    def handle(entries: Sequence[JournalEntry]) -> None:
        seen.extend(entry.changes["number"] for entry in entries)

    def fail(_entries: Sequence[JournalEntry]) -> None:
        raise RuntimeError("not today")

    follower = Subscriber(name="test.follower", actions=frozenset({ACTION}), handle=handle)
    with acting(SYSTEM):
        write(3, now)

    with pytest.raises(RuntimeError):
        deliver(Subscriber(name="test.follower", actions=frozenset({ACTION}), handle=fail))
    assert not JournalCursor.objects.filter(reader="test.follower").exists()
    deliver(follower, limit=2)
    deliver(follower, limit=2)
    deliver(follower)

    assert seen == [0, 1, 2]


@pytest.mark.parametrize("is_stand_in", [False, True])
@pytest.mark.usefixtures("everywhere")
def test_rows_written_with_their_entries_are_told_like_any_other(is_stand_in: bool, now: datetime) -> None:
    households = [make_household(), make_household()]
    stands = (ActingFor(uuid4(), "grid lead", "somebody", households[0].area_code),) if is_stand_in else ()
    actor = replace(SYSTEM, acting_for=stands)

    with journal.correlated() as correlation:
        ids = journal.write_and_record(
            "written AS (UPDATE places_household SET door = door WHERE id = ANY(%(ids)s) "
            "RETURNING id, uuid, area_code, jsonb_build_object('door', door) AS changes)",
            {"ids": [each.pk for each in households]}, action=ACTION, subject_type="places.household", actor=actor,
            happened_at=now, reason="seen",
        )  # fmt: skip

    assert sorted(ids) == sorted(each.pk for each in households)
    told = {entry.subject_uuid: entry for entry in JournalEntry.objects.filter(correlation_uuid=correlation)}
    assert set(told) == {each.uuid for each in households}
    for each in households:
        entry = told[each.uuid]
        stood = {"acting_for": [{"post": "grid lead", "holder": "somebody"}]}
        expected = stood if is_stand_in and each.area_code.startswith(households[0].area_code) else {}
        assert entry.changes == {"door": each.door, **expected}
        assert (entry.area_code, entry.happened_at, entry.reason) == (each.area_code, now, "seen")
        assert (entry.actor_kind, entry.actor_name, entry.subject_type) == ("system", "test", "places.household")


@pytest.mark.parametrize(("kind", "shown"), [("system", "系统"), ("resident", "居民"), ("account", "赵敏")])
def test_entry_says_by_whom_in_the_readers_words(kind: str, shown: str) -> None:
    entry = JournalEntry(actor_kind=kind, actor_name={"account": "赵敏"}.get(kind, kind))

    with override("zh-hans"):
        assert entry.by_whom == shown
