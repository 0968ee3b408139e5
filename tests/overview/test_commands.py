"""Counts by the hour and tallies follow the journal: once, in whatever pieces it comes, and checked against it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.dispatch.commands import accept_task, run_matching
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.subscribers import subscribers
from juxing.needs.commands import record_need
from juxing.needs.enums import IntakeChannel, NeedType
from juxing.needs.inputs import NeedInput
from juxing.overview.commands import (
    check_counts,
    count_entries,
    count_households,
    recount_everything,
    recount_touched,
)
from juxing.overview.flow import COUNTED, start_of_day
from juxing.overview.models import AreaSize, AreaTally, HourlyCount
from juxing.overview.queries import by_hour
from juxing.overview.queries.places import households_by_part, place_for
from juxing.overview.queries.tallies import tally_of
from juxing.overview.subscribers import TALLIED
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    STREET,
    make_actor,
    make_areas,
    make_building,
    make_household,
    make_need,
    make_responder,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def record(now: datetime, *, times: int = 1, community: str = COMMUNITY) -> None:
    for _ in range(times):
        given = NeedInput(
            need_type=NeedType.REPAIR, channel=IntakeChannel.PHONE, household_id=make_household(community).pk
        )
        record_need(actor=SYSTEM, now=now, given=given)


def recorded_entries() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action__in=COUNTED.values()).order_by("transaction_number", "id"))


def waiting_at(community: str) -> int:
    return tally_of(AreaTally.objects.get(area_code=community).figures).needs.waiting


def test_entries_given_twice_are_counted_once(now: datetime) -> None:
    make_areas()
    record(now, times=3)
    entries = recorded_entries()

    count_entries(entries[:2])
    count_entries(entries)
    count_entries(entries)

    kept = HourlyCount.objects.get()
    assert (kept.area_code, kept.action, kept.count, kept.hour) == (COMMUNITY, COUNTED["recorded"], 3, now)


def test_counts_of_today_begin_at_midnight_where_people_live(now: datetime) -> None:
    make_areas()
    midnight = start_of_day(now)
    record(midnight - timedelta(minutes=1))
    record(midnight, times=2)
    count_entries(recorded_entries())

    today = by_hour.today_by_part(STREET, length=12, now=now)
    hours = by_hour.counts_by_hour(STREET, now=now)

    assert today[COMMUNITY]["recorded"] == 2
    assert sum(hour["recorded"] for hour in hours.values()) == 3
    assert len(hours) == by_hour.SHOWN_HOURS


def test_check_finds_a_wrong_count_and_puts_it_right(now: datetime) -> None:
    make_areas()
    record(now, times=2)
    record(now, community=OTHER_COMMUNITY)
    count_entries(recorded_entries())
    _follow_to_the_end()
    assert check_counts(now=now) == []
    HourlyCount.objects.filter(area_code=COMMUNITY).update(count=9)
    HourlyCount.objects.filter(area_code=OTHER_COMMUNITY).delete()

    found = check_counts(now=now, repair=True)

    assert [(one.area_code, one.in_journal, one.kept) for one in found] == [(COMMUNITY, 2, 9), (OTHER_COMMUNITY, 1, 0)]
    assert check_counts(now=now) == []


def _follow_to_the_end() -> None:
    """Set the follower's place behind every entry, also those of the test's own unfinished transaction."""
    from juxing.kernel.models import JournalCursor

    last = JournalEntry.objects.latest("transaction_number", "id")
    JournalCursor.objects.update_or_create(
        reader="overview.flow", defaults={"transaction_number": last.transaction_number, "entry_id": last.pk}
    )


def test_touched_communities_are_tallied_again_and_others_left(now: datetime) -> None:
    make_areas()
    record(now)
    record(now, community=OTHER_COMMUNITY)
    recount_everything(now=now)
    make_need()
    make_need(OTHER_COMMUNITY)

    entries = [entry for entry in recorded_entries() if entry.area_code.startswith(COMMUNITY)]
    assert recount_touched(entries, now=now) == 1

    assert (waiting_at(COMMUNITY), waiting_at(OTHER_COMMUNITY)) == (2, 1)


def test_entries_already_in_the_figures_ask_for_no_recount(now: datetime) -> None:
    make_areas()
    record(now)
    entries = recorded_entries()
    recount_everything(now=now)
    AreaTally.objects.update(seen_transaction=entries[-1].transaction_number + 1)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert recount_touched(entries, now=now) == 0

    assert not [query for query in queries if "needs_need" in query["sql"]]


def test_older_snapshot_never_overwrites_a_newer_one(now: datetime) -> None:
    make_areas()
    record(now)
    recount_everything(now=now)
    AreaTally.objects.update(seen_transaction=2**60)
    make_need()

    recount_everything(now=now)

    assert waiting_at(COMMUNITY) == 1


def test_task_changes_the_figures_where_the_helper_serves_too(now: datetime) -> None:
    make_areas()
    make_need()
    make_responder(OTHER_COMMUNITY)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    recount_everything(now=now)
    accept_task(actor=SYSTEM, now=now, task=Task.objects.get())

    recount_touched(list(JournalEntry.objects.filter(action="dispatch.task.accept")), now=now)

    helpers = tally_of(AreaTally.objects.get(area_code=OTHER_COMMUNITY).figures).help
    assert (helpers.available, helpers.busy) == (0, 1)


def test_place_that_emptied_is_tallied_as_empty(now: datetime) -> None:
    make_areas()
    need = make_need()
    recount_everything(now=now)
    need.delete()

    recount_everything(now=now)

    assert waiting_at(COMMUNITY) == 0


def test_households_are_counted_by_community_and_gone_ones_forgotten(now: datetime) -> None:
    make_areas()
    building = make_building()
    for door in ("101", "102", "201"):
        make_household(building=building, door=door)
    AreaSize.objects.create(area_code=OTHER_COMMUNITY, households=7, counted_at=now - timedelta(days=1))

    assert count_households(now=now, area_code=STREET) == 1

    assert list(AreaSize.objects.values_list("area_code", "households")) == [(COMMUNITY, 3)]
    assert households_by_part(place_for(make_actor("street_commander"), STREET)) == {COMMUNITY: 3}


def test_households_never_counted_are_counted_when_looked_at() -> None:
    make_areas()
    make_household()

    assert households_by_part(place_for(make_actor("street_commander"), STREET)) == {COMMUNITY: 1}


def test_followers_are_registered_for_actions_that_exist() -> None:
    assert subscribers["overview.flow"].actions == frozenset(COUNTED.values())
    tallied = subscribers["overview.tallies"].actions
    assert {"needs.need.record", "dispatch.task.offer", "dispatch.task.accept", "needs.need.withdraw"} <= tallied
    assert all(action.startswith(TALLIED) for action in tallied)
