"""How long goods last: the same as using them up day by day, and never more than any other order gives."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.supplies.alarms import expiry_severity, reserve_severity, thresholds
from juxing.supplies.days_of_supply import reach_of, wanted_for
from juxing.supplies.enums import AlarmSeverity

TODAY = date(2026, 3, 10)
LOTS = st.lists(st.tuples(st.none() | st.integers(-2, 9), st.integers(0, 30)), max_size=5)


def lots_of(rows: list[tuple[int | None, int]]) -> list[tuple[date | None, Decimal]]:
    return [
        (None if left is None else TODAY + timedelta(days=left), Decimal(quantity)) for left, quantity in rows
    ]  # fmt: skip


def used_up(rows: list[tuple[int | None, int]], per_day: int) -> tuple[Fraction, Fraction]:
    """Use goods day by day, the first to expire first; return the days they last and what expired."""
    left: list[list[Fraction | float]] = [
        [float("inf") if until is None else until, Fraction(quantity)] for until, quantity in sorted(
            rows, key=lambda row: float("inf") if row[0] is None else row[0])
    ]  # fmt: skip
    days, day = Fraction(0), 0
    while any(quantity for until, quantity in left if until >= day):
        need = Fraction(per_day)
        for one in left:
            if one[0] >= day:
                part = min(need, Fraction(one[1]))
                one[1] = Fraction(one[1]) - part
                need -= part
        days += 1 - need / per_day
        if need:
            break
        day += 1
    return days, sum((Fraction(quantity) for _until, quantity in left), Fraction(0))


@given(rows=LOTS, per_day=st.integers(1, 12))
def test_goods_last_as_long_as_when_they_are_used_day_by_day(rows: list[tuple[int | None, int]], per_day: int) -> None:
    days, spoilt = used_up(rows, per_day)

    found = reach_of(lots_of(rows), per_day=Decimal(per_day), today=TODAY)

    assert found.days is not None
    assert abs(Fraction(found.days) - days) < Fraction(1, 9)
    assert abs(Fraction(found.spoilt) - spoilt) < Fraction(1, 1000)


@given(rows=LOTS, per_day=st.integers(1, 12))
def test_what_is_used_and_what_expires_is_what_was_there(rows: list[tuple[int | None, int]], per_day: int) -> None:
    found = reach_of(lots_of(rows), per_day=Decimal(per_day), today=TODAY)

    assert found.days is not None
    there = sum(quantity for _until, quantity in rows)
    assert abs(there - found.spoilt - found.days * per_day) <= Decimal("0.1") * per_day


def test_goods_nobody_uses_last_without_end_and_milk_of_tomorrow_spoils() -> None:
    assert reach_of(lots_of([(None, 5)]), per_day=Decimal(0), today=TODAY).days is None

    milk = reach_of(lots_of([(1, 100)]), per_day=Decimal(10), today=TODAY)

    assert (milk.days, milk.spoilt) == (Decimal("2.0"), Decimal(80))


@pytest.mark.parametrize(("days", "wanted", "severity"), [
    (None, 3, ""), ("3.0", 3, ""), ("2.9", 3, AlarmSeverity.SOON), ("1.5", 3, AlarmSeverity.SOON),
    ("1.4", 3, AlarmSeverity.URGENT), ("0", 3, AlarmSeverity.URGENT),
])  # fmt: skip
def test_reserve_alarms_by_the_thresholds_of_the_file(days: str | None, wanted: int, severity: str) -> None:
    assert reserve_severity(None if days is None else Decimal(days), wanted) == severity


def test_use_by_date_alarms_by_the_thresholds_of_the_file() -> None:
    urgent = thresholds()["expiry"]["urgent_days"]

    assert expiry_severity(urgent) == AlarmSeverity.URGENT
    assert expiry_severity(urgent + 1) == AlarmSeverity.SOON


def test_wanted_is_whole_units() -> None:
    assert wanted_for(Decimal("0.3") * 7, 3) == 7
