"""Opening hours as people write them, and whether a place is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.refusals import InvalidInput
from juxing.venues.opening_hours import DAY_MINUTES, hours_text, is_open, is_open_throughout, parse_hours

MONDAY = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
"""Midnight before Monday in Shanghai."""


@st.composite
def weeks(draw: st.DrawFn) -> list[list[list[int]]]:
    def spans() -> list[list[int]]:
        marks = sorted(draw(st.sets(st.integers(0, DAY_MINUTES), min_size=0, max_size=6)))
        return [[start, end] for start, end in zip(marks[::2], marks[1::2], strict=False)]

    return [spans() for _day in range(7)]


@given(weeks())
def test_what_is_written_reads_back_to_the_same_hours(week: list[list[list[int]]]) -> None:
    text = hours_text(week)
    if len(text) <= 200:
        assert parse_hours(text) == week


@pytest.mark.parametrize(
    ("written", "day", "spans"),
    [
        ("08:30-17:00", 6, [[510, 1020]]),
        ("1-5 08:30-11:30 13:00-17:00; 6-7 09:00-16:00", 0, [[510, 690], [780, 1020]]),
        ("1-5 08:30-17:00; 6-7 09:00-16:00", 6, [[540, 960]]),
        ("6 18:00-02:00", 5, [[1080, 1560]]),
        ("1,3,5 08:00-09:00", 2, [[480, 540]]),
        ("１-５ ０８：３０－１７：００；6-7 09:00-16:00", 0, [[510, 1020]]),  # noqa: RUF001 - as a Chinese keyboard writes it
        ("", 3, []),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, day: int, spans: list[list[int]]) -> None:
    assert parse_hours(written)[day] == spans


@pytest.mark.parametrize(
    "written", ["whenever", "1-5", "8-9 08:00-09:00", "5-1 08:00-09:00", "25:00-26:00", "08:00-08:75",
                "1-5 08:00-09:00 x", "x" * 201],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput, match="hours_unreadable"):
        parse_hours(written)


def test_overlapping_times_of_one_day_are_refused() -> None:
    with pytest.raises(InvalidInput, match="hours_overlap"):
        parse_hours("08:00-12:00 11:00-13:00")


def test_a_place_open_past_midnight_is_open_past_midnight() -> None:
    week = parse_hours("1 18:00-02:00")

    assert not is_open(week, MONDAY + timedelta(hours=17))
    assert is_open(week, MONDAY + timedelta(hours=18))
    assert is_open(week, MONDAY + timedelta(hours=25))
    assert not is_open(week, MONDAY + timedelta(hours=26))
    assert is_open_throughout(week, MONDAY + timedelta(hours=23), MONDAY + timedelta(hours=26))
    assert not is_open_throughout(week, MONDAY + timedelta(hours=23), MONDAY + timedelta(hours=27))


def test_a_place_that_never_closes_does_not_close_at_midnight() -> None:
    week = parse_hours("00:00-24:00")

    assert is_open_throughout(week, MONDAY + timedelta(hours=22), MONDAY + timedelta(hours=50))
