"""How many alternates to plan: from aggregates of ten people and more, never of a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.pages.roster_words import advice_words
from juxing.responders.queries.forecast import MORNING as IN_THE_MORNING
from juxing.responders.queries.forecast import ShowUp, alternates_for, part_of, show_up_by_part
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_inputs import PostInput
from tests.factories import OTHER_STREET_COMMUNITY, make_areas
from tests.responders.roster_makers import MORNING, SYSTEM, a_roster, coordinator, published

LATE, AFTER = MORNING + timedelta(minutes=16), MORNING + timedelta(days=1)


def test_too_few_alternates_are_never_advised_and_none_where_everybody_comes() -> None:
    assert alternates_for(10, 0.999) == 0
    assert alternates_for(10, 0.8) == 5
    assert alternates_for(0, 0.5) == 0


@given(count=st.integers(1, 30), rate=st.floats(0.05, 0.99))
def test_less_reliable_shifts_never_get_fewer_alternates(count: int, rate: float) -> None:
    assert 0 <= alternates_for(count, rate) <= alternates_for(count, rate / 2) <= count


@pytest.mark.parametrize(("minute", "part"), [(0, 0), (359, 0), (360, 1), (720, 2), (1319, 2), (1320, 0)])
def test_every_minute_is_in_one_part_of_the_day(minute: int, part: int) -> None:
    assert part_of(minute) == part


@pytest.mark.django_db
@pytest.mark.parametrize(("people", "told"), [(9, {}), (10, {IN_THE_MORNING: ShowUp(10, 8, 10)})])
def test_a_share_is_told_of_ten_people_and_more_of_this_street_only(people: int, told: dict[int, ShowUp]) -> None:
    with acting(SYSTEM):
        make_areas()
        table = a_roster(people=people, days=1, posts=(PostInput("门岗", count=people),))
        rows = published(table)
        for duty in rows[: people - 2]:
            commands.mark_here(actor=coordinator(), now=MORNING, duty=duty)
        commands.look_at_the_clock(now=LATE)

        assert show_up_by_part(rows[0].area_code, now=AFTER) == told
        assert show_up_by_part(rows[0].area_code, now=LATE) == {}
        assert show_up_by_part(OTHER_STREET_COMMUNITY, now=AFTER) == {}
        assert len(advice_words(roster_table(table.roster), told)) == len(told)
