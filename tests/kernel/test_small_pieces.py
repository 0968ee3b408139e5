"""Numbers, sealed fields, masks, search keys, pages by key."""

from __future__ import annotations

import string

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.fields import UnreadableField, blind_index, decrypt, encrypt
from juxing.kernel.keyset import page_of
from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.kernel.numbers import paper_number, row_id_of
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.registry import Registry
from juxing.kernel.search_text import pinyin_initials, pinyin_key
from juxing.needs.models import Need
from tests.factories import make_need, make_resident


@given(st.integers(min_value=1, max_value=2**40 - 1))
def test_number_leads_back_to_its_row_however_it_is_typed(row_id: int) -> None:
    number = paper_number("N", row_id)

    typed = number.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert row_id_of("N", number) == row_id_of("N", typed) == row_id


@given(st.integers(min_value=1, max_value=2**40 - 1), st.integers(0, 7), st.sampled_from("23456789ABCDEFGH"))
def test_one_mistyped_letter_opens_nothing(row_id: int, place: int, letter: str) -> None:
    number = paper_number("N", row_id).replace("-", "")
    wrong = number[: 1 + place] + letter + number[2 + place :]

    assert wrong == number or row_id_of("N", wrong) != row_id


@pytest.mark.parametrize("text", ["", "N", "N-", "X-0000-0000-0", "N-0000-0000-00", "N-????-????-?", "9" * 100])
def test_what_is_no_number_is_none(text: str) -> None:
    assert row_id_of("N", text) is None


@given(st.text(min_size=1))
def test_sealed_text_opens_only_for_its_own_column(text: str) -> None:
    sealed = encrypt(text, column="a.b")

    assert decrypt(sealed, column="a.b") == text
    with pytest.raises(UnreadableField):
        decrypt(sealed, column="a.c")


def test_sealed_value_that_was_tampered_with_does_not_open() -> None:
    sealed = encrypt("12800001234", column="a.b")
    broken = sealed[:-4] + ("AAAA" if not sealed.endswith("AAAA") else "BBBB")

    with pytest.raises(UnreadableField):
        decrypt(broken, column="a.b")


def test_value_of_a_lost_key_says_so() -> None:
    with pytest.raises(UnreadableField, match="not in the ring"):
        decrypt("old:AAAA", column="a.b")


def test_blind_index_is_the_same_for_the_same_text_and_purpose_only() -> None:
    assert blind_index("12800001234", purpose="phone") == blind_index("12800001234", purpose="phone")
    assert blind_index("12800001234", purpose="phone") != blind_index("12800001234", purpose="other")


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_sealed_field_is_unreadable_in_the_table_and_plain_in_python() -> None:
    resident = make_resident(phone="12800001234")

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_resident WHERE id = %s", [resident.pk])
        stored = cursor.fetchone()[0]
    resident.refresh_from_db()
    assert "12800001234" not in stored
    assert resident.phone == "12800001234"


@pytest.mark.parametrize(
    ("mask", "plain", "masked"),
    [
        (masked_name, "王秀英", "王**"), (masked_name, "王", "王*"), (masked_name, "", ""),
        (masked_phone, "12800001234", "128******34"), (masked_phone, "1234", "****"),
        (masked_door, "301", "3**"), (masked_door, "12", "**"),
    ],
)  # fmt: skip
def test_masks_show_enough_to_work_and_not_more(mask: object, plain: str, masked: str) -> None:
    assert mask(plain) == masked  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "initials", "key"),
    [
        ("单雄信", "sxx", "shan xiong xin"),
        ("王秀英", "wxy", "wang xiu ying"),
        ("曾国华", "zgh", "zeng guo hua"),
        ("沈朝阳", "szy", "shen zhao yang"),
        ("John 王", "john w", "John  wang"),
        ("", "", ""),
    ],
)
def test_surnames_are_read_as_names_are(name: str, initials: str, key: str) -> None:
    assert pinyin_initials(name) == initials
    assert pinyin_key(name) == key


def test_registering_twice_is_an_error_at_start() -> None:
    registry: Registry[int] = Registry("thing")
    registry.add("a", 1)

    with pytest.raises(ValueError, match="twice"):
        registry.add("a", 2)
    with pytest.raises(LookupError, match="known: a"):
        registry["b"]


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_forward_and_back_show_every_row_once(size: int) -> None:
    expected = [make_need(priority_score=number // 2).pk for number in range(7)][::-1]
    order = ("-priority_score", "-id")

    pages, cursor = [], None
    while True:
        page = page_of(Need.objects.all(), order=order, cursor=cursor, size=size)
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [row.pk for page in pages for row in page.rows] == expected

    back = [page.rows for page in pages[-1:]]
    cursor = pages[-1].previous_cursor
    while cursor:
        page = page_of(Need.objects.all(), order=order, cursor=cursor, size=size)
        back.insert(0, page.rows)
        cursor = page.previous_cursor
    assert [row.pk for rows in back for row in rows] == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_cursor_of_another_list_is_refused() -> None:
    for _ in range(3):
        make_need()
    cursor = page_of(Need.objects.all(), order=("-id",), size=1).next_cursor

    with pytest.raises(InvalidInput, match="bad_cursor"):
        page_of(Need.objects.all(), order=("id", "priority_score"), cursor=cursor)
    with pytest.raises(InvalidInput, match="bad_cursor"):
        page_of(Need.objects.all(), order=("-id",), cursor="forged")


def test_letters_are_ascii_so_that_numbers_can_be_read_out() -> None:
    assert set(paper_number("N", 12345)) <= set(string.ascii_uppercase + string.digits + "-")
