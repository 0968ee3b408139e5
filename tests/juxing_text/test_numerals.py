# ruff: noqa: RUF001 - full-width and look-alike characters are what is tested
"""Numbers in every spelling."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing_text.numerals import find_numerals, read_digit_sequence, read_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("２", "2"),
        ("2.5", "2.5"),
        ("1.5万", "15000"),
        ("两", "2"),
        ("俩", "2"),
        ("仨", "3"),
        ("半", "0.5"),
        ("½", "0.5"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("廿五", "25"),
        ("一百零五", "105"),
        ("一百二", "120"),
        ("一千二百", "1200"),
        ("一万二", "12000"),
        ("壹佰", "100"),
        ("〇", "0"),
    ],
)
def test_read_numeral_exact_values(text: str, value: str) -> None:
    numeral = read_numeral(text)

    assert numeral is not None
    assert numeral.low == numeral.high == Decimal(value)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("10-12", 10, 12), ("1～2", 1, 2), ("两三", 2, 3), ("二三十", 20, 30), ("3到5", 3, 5)]
)
def test_read_numeral_ranges_are_not_exact(text: str, low: int, high: int) -> None:
    numeral = read_numeral(text)

    assert numeral is not None
    assert (numeral.low, numeral.high) == (Decimal(low), Decimal(high))
    assert not numeral.is_exact


@pytest.mark.parametrize("text", ["几", "若干", "适量"])
def test_read_numeral_vague_words_have_no_amount(text: str) -> None:
    numeral = read_numeral(text)

    assert numeral is not None
    assert numeral.low is None


@pytest.mark.parametrize("text", ["", "a", "三零一", "12-10", "99999999999", "1.", "个"])
def test_read_numeral_refuses_what_is_no_number(text: str) -> None:
    assert read_numeral(text) is None


def test_read_digit_sequence_reads_room_numbers() -> None:
    assert read_digit_sequence("三零一") == "301"
    assert read_digit_sequence("120三") == "1203"
    assert read_digit_sequence("十二") is None


_DIGITS = "零一二三四五六七八九"


def _spelled(value: int) -> str:
    """Independent speller for 1..9999, in full form."""
    out, zero = "", False
    for place, power in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + power
            zero = False
        else:
            zero = True
    return out


@given(st.integers(1, 9999))
def test_read_numeral_inverts_spelling(value: int) -> None:
    numeral = read_numeral(_spelled(value))

    assert numeral is not None
    assert numeral.low == value


@given(st.text())
def test_find_numerals_offsets_lie_in_the_text(text: str) -> None:
    for numeral in find_numerals(text):
        assert 0 <= numeral.start < numeral.end <= len(text)


def test_longest_number_is_read_and_an_endless_run_is_none() -> None:
    longest = read_numeral("九千九百九十九万九千九百九十九")

    assert longest is not None
    assert longest.low == Decimal(99_999_999)
    assert not any(found.end - found.start > 15 for found in find_numerals("二百" * 500))
