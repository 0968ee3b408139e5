# ruff: noqa: RUF001 - full-width and look-alike characters are what is tested
"""Quantities keep what was written; conversions are exact or absent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing_text.quantities import find_quantities, read_quantity, unit_code, units


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2份", "2", "portion"),
        ("一箱半", "1.5", "case"),
        ("3斤半", "3.5", "jin"),
        ("2.5公斤", "2.5", "kilogram"),
        ("半箱", "0.5", "case"),
        ("二两", "2", "liang"),
        ("两斤", "2", "jin"),
        ("俩盒", "2", "box"),
        ("１０KG", "10", "kilogram"),
        ("500ml", "500", "millilitre"),
        ("5L", "5", "litre"),
        ("x2", "2", None),
        ("×3瓶", "3", "bottle"),
        ("+1", "1", None),
        ("三提", "3", "carry_pack"),
        ("1板", "1", "board"),
    ],
)
def test_read_quantity_amount_and_unit(text: str, amount: str, unit: str | None) -> None:
    quantity = read_quantity(text)

    assert quantity is not None
    assert (quantity.amount, quantity.unit) == (Decimal(amount), unit)
    assert quantity.is_exact
    assert quantity.written == text


def test_read_quantity_marks_ranges_and_guesses() -> None:
    for text in ("10-12斤", "大约3斤", "几个"):
        quantity = read_quantity(text)
        assert quantity is not None
        assert not quantity.is_exact


def test_find_quantities_in_running_text() -> None:
    found = [(str(one.amount), one.unit) for one in find_quantities("鸡蛋俩盒，牛奶仨箱 5L一桶")]

    assert found == [("2", "box"), ("3", "case"), ("5", "litre"), ("1", "barrel")]


def test_converted_only_where_declared() -> None:
    kilograms = read_quantity("3公斤")
    boxes = read_quantity("1箱")
    assert kilograms is not None
    assert boxes is not None

    assert kilograms.converted("jin") == 6
    assert kilograms.unit == "kilogram"
    assert boxes.converted("jin") is None
    assert kilograms.converted("litre") is None


@given(
    st.decimals(min_value=0, max_value=1000, places=2),
    st.sampled_from([unit.code for unit in units().values() if unit.factor]),
    st.sampled_from([unit.code for unit in units().values() if unit.factor]),
)
def test_converted_there_and_back_is_the_same(amount: Decimal, one: str, other: str) -> None:
    name = units()[one].names[0]
    quantity = read_quantity(f"{amount:f}{name}")
    assert quantity is not None

    there = quantity.converted(other)

    first, second = units()[one], units()[other]
    if first.base == second.base and there is not None:
        assert there * (second.factor or 0) == amount * (first.factor or 0)
    if first.base != second.base:
        assert there is None


def test_unit_names_are_unambiguous() -> None:
    names = [name for unit in units().values() for name in unit.names]

    assert len(names) == len(set(names))
    assert all(unit_code(name) is not None for name in names)
