"""Lists, counts and flat rows, in a constant number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.needs import queries
from juxing.needs.commands import LineInput
from juxing.needs.enums import NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from juxing.needs.queries import NeedFilters, lists
from juxing.people.phone_numbers import phone_index
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_actor, make_household, make_item
from tests.needs.makers import NOW, PROCESS, make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def _listed(**filters: Any) -> list[Need]:
    return list(queries.needs_page(PROCESS, NeedFilters(**filters), now=NOW).rows)


def test_each_filter_keeps_what_it_says() -> None:
    food, water = make_need(), make_need(need_type=NeedType.WATER, is_danger_to_life=True)
    away = make_need(make_household(OTHER_COMMUNITY), now=NOW - timedelta(hours=30))
    again = make_need(food.household)
    done = make_need(status=NeedStatus.CONFIRMED, channel="paper")

    assert _listed(need_type=NeedType.WATER) == [water]
    assert _listed(priority=Priority.LIFE_CRITICAL) == [water]
    assert _listed(area_code=OTHER_COMMUNITY) == [away]
    assert _listed(status=NeedStatus.CONFIRMED) == [done] == _listed(channel="paper")
    assert _listed(state="waiting") == [water, *sorted([away, food], key=lambda one: (-one.priority_score, one.pk))]
    assert _listed(older_than_hours=24) == [away] == _listed(is_stale=True) == _listed(is_overdue=True)
    assert _listed(is_duplicate=True) == [again]
    assert _listed(number=food.number.lower().replace("-", " ")) == [food]
    assert _listed(number="N-0000-0000-0") == []


def test_pages_hold_every_need_once() -> None:
    made = {make_need(now=NOW - timedelta(minutes=at // 2)).pk for at in range(7)}
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = queries.needs_page(PROCESS, NeedFilters(), now=NOW, cursor=cursor, size=3)
        seen += [need.pk for need in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == 7
    assert set(seen) == made


def test_a_list_takes_a_constant_number_of_queries() -> None:
    counts = []
    for size in (1, 3):
        for _each in range(size):
            make_need(lines=(LineInput(written="大米", item_id=make_item().pk),))
        with CaptureQueriesContext(connection) as captured:
            for need in _listed():
                assert need.household
                assert [line.item for line in need.lines.all()]
                assert need.household.building.estate.name
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_need_of_another_area_does_not_exist() -> None:
    need = make_need(make_household(OTHER_COMMUNITY))
    worker = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(worker), pytest.raises(NotVisible):
        queries.need_for(worker, need.uuid)


def test_rows_for_dispatch_are_waiting_ones_with_their_items() -> None:
    rice = make_item()
    need = make_need(lines=(LineInput(written="大米", item_id=rice.pk), LineInput(written="别的")))
    make_need(need.household)
    make_need(status=NeedStatus.MATCHED)

    [row] = queries.waiting_for_dispatch(STREET, limit=10)

    assert (row.id, row.uuid, row.items) == (need.pk, need.uuid, ((rice.pk, None),))


def test_tally_counts_each_need_once_and_repetitions_apart() -> None:
    food = make_need()
    make_need(food.household)
    make_need(now=NOW - timedelta(hours=30), need_type=NeedType.WATER)
    make_need(status=NeedStatus.ASSIGNED)
    make_need(status=NeedStatus.CONFIRMED)

    counted = queries.tally(Areas([STREET]), now=NOW, since=NOW - timedelta(days=1))

    assert (counted.open, counted.waiting, counted.duplicates) == (3, 2, 1)
    assert counted.by_status[NeedStatus.CONFIRMED] == 1
    assert counted.open_by_type == {NeedType.FRESH_FOOD: 2, NeedType.WATER: 1}
    assert counted.by_age == {0: 1, 3: 1}
    assert (counted.overdue, counted.stale) == (1, 1)
    assert counted.oldest_waiting_since == NOW - timedelta(hours=30)
    assert queries.tally(Areas([OTHER_COMMUNITY]), now=NOW).open == 0


def test_a_number_opens_only_with_its_phone() -> None:
    need = make_need(contact_phone="12800001234")

    assert queries.need_by_number(need.number, phone=phone_index("12800001234")) == need
    assert queries.need_by_number(need.number, phone=phone_index("12800009999")) is None
    assert queries.need_by_number("N-0000-0000-0", phone=phone_index("12800001234")) is None
    assert queries.need_by_number(need.number, phone="") is None


def test_many_needs_are_counted_once_in_a_while_and_few_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    make_need()
    areas = Areas([STREET])
    assert queries.recent_tally(areas, now=NOW).open == 1
    make_need()
    assert queries.recent_tally(areas, now=NOW).open == 2

    monkeypatch.setattr(lists, "MANY", 2)
    monkeypatch.setattr(lists, "_kept_tallies", {})
    queries.recent_tally(areas, now=NOW)
    make_need()

    assert queries.recent_tally(areas, now=NOW).open == 2
    assert queries.recent_tally(areas, now=NOW + lists.TALLY_LASTS).open == 3
    assert queries.recent_tally(Areas([OTHER_COMMUNITY]), now=NOW).open == 0
