"""What quantity cells say, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.refusals import InvalidInput
from juxing.supplies.quantities import MAXIMUM_QUANTITY, checked_quantity, read_written
from juxing.supplies.units import UNIT_LABELS, unit_label
from juxing_text.catalogue import load_catalogue


@pytest.mark.parametrize(
    ("written", "amount", "unit"),
    [
        ("1000", "1000", None), ("1,000", "1000", None), ("\uff11\uff10\uff10", "100", None), (" 2 000 ", "2000", None),
        ("0.5", "0.5", None), ("三百", "300", None), ("20箱", "20", "case"), ("2万", "20000", None),
        ("", None, None), ("若干", None, None), ("急需", None, None), ("越多越好", None, None),
    ],
)  # fmt: skip
def test_cell_is_read_as_a_person_reads_it(written: str, amount: str | None, unit: str | None) -> None:
    found = read_written(written)

    assert (found.amount, found.unit) == (None if amount is None else Decimal(amount), unit)


@pytest.mark.parametrize("written", ["-5", "0", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "100000001", "99999999999999",
                                     "0.0001", "-1000000"])  # fmt: skip
def test_nonsense_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_written(written)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "-1", "0", "1E+9", "0.00001"])
def test_amount_out_of_range_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInput):
        checked_quantity(Decimal(amount))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(written: str) -> None:
    try:
        found = read_written(written)
    except InvalidInput:
        return
    assert found.amount is None or 0 < found.amount <= MAXIMUM_QUANTITY


def test_every_unit_of_the_catalogue_has_a_word() -> None:
    assert {item.unit for item in load_catalogue()} <= set(UNIT_LABELS)
    assert unit_label("袋") == "袋"
