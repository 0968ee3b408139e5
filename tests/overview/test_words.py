"""Small groups stay hidden, times read as people say them, every counted action has its words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from juxing.kernel import journal
from juxing.overview.flow import COUNTED, start_of_day
from juxing.overview.queries.facts import TOLD
from juxing.overview.queries.help_now import Attendance
from juxing.overview.trends import funnel_steps
from juxing.overview.words import FACTS, REASONS, REMEDIES, ago, fact_words, quantity, reason_words
from juxing_engine.matching.reasons import BindingConstraint


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(seconds=59), "0 minutes"), (timedelta(minutes=1), "1 minute"), (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=61), "1 h 1 min"), (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=5), "2 d 5 h"), (timedelta(minutes=-5), "0 minutes"),
    ],
)  # fmt: skip
def test_elapsed_time_is_as_rough_as_people_say_it(now: datetime, elapsed: timedelta, words: str) -> None:
    with override("en"):
        assert ago(now - elapsed, now) == words


def test_groups_below_ten_are_not_shown() -> None:
    steps = funnel_steps(Attendance(reported_in=40, verified=30, accepted=12, came=9, finished=0))

    assert [step["count"] for step in steps] == [40, 30, 12, None, None]
    assert [step["percent"] for step in steps] == [100, 75, 30, 0, 0]


def test_funnel_of_fewer_than_ten_people_is_not_shown_at_all() -> None:
    assert funnel_steps(Attendance(reported_in=9, verified=9, accepted=9, came=9, finished=9)) == []


def test_every_told_action_exists_and_has_words() -> None:
    assert set(TOLD) == set(FACTS)
    for action in {*TOLD, *COUNTED.values()}:
        assert action in journal.actions, action
    for language in ("en", "zh-hans"):
        with override(language):
            assert all("3" in fact_words(action, 3) for action in TOLD)


def test_every_reason_of_the_matching_has_words_and_a_remedy() -> None:
    reasons = {one.value for one in BindingConstraint} | {"goods_missing", "taken_meanwhile"}

    assert reasons <= set(REASONS)
    assert set(REMEDIES) == set(REASONS)
    assert reason_words("something_new") == "something_new"


def test_day_begins_at_local_midnight(now: datetime) -> None:
    assert start_of_day(now).isoformat() == "2026-03-10T00:00:00+08:00"


@pytest.mark.parametrize(("value", "words"), [("3.000", "3"), ("0", "0"), ("120", "120"), ("0.500", "0.5")])
def test_quantities_have_no_idle_zeros(value: str, words: str) -> None:
    assert quantity(Decimal(value)) == words
