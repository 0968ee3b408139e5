"""Words and numbers of a form become lines; nothing is counted in a unit it was not written in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from juxing.needs.enums import NeedType
from juxing.needs.goods import CATEGORIES, lines_of_quantities, lines_of_words, type_of_item
from tests.factories import make_item

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "is_known", "quantity"),
    [
        ("大米2袋", True, Decimal(2)),
        ("大米两袋", True, Decimal(2)),
        ("大米 3", True, Decimal(3)),
        ("大米5斤", True, None),
        ("大米一些", False, None),
        ("火星食品2箱", False, None),
        ("大米2袋或3袋", False, None),
    ],
)
def test_words_are_read_where_they_are_beyond_doubt(words: str, is_known: bool, quantity: Decimal | None) -> None:
    make_item()

    [line] = lines_of_words(words)

    assert line.written == words
    assert (line.item_id is not None) == is_known
    assert line.quantity == quantity


def test_each_line_of_text_is_a_line_and_empty_ones_none() -> None:
    assert [line.written for line in lines_of_words("甲\n\n 乙 \n")] == ["甲", "乙"]
    assert lines_of_words(" \n ") == []


def test_quantities_left_over_from_another_kind_are_not_asked_for() -> None:
    rice = make_item()
    water = make_item("water", category="water", name_zh="水")
    counted = {rice: 2, water: 3}

    assert [line.item_id for line in lines_of_quantities(counted, need_type=NeedType.WATER)] == [water.pk]
    assert lines_of_quantities(counted, need_type=NeedType.MEALS) == []
    assert lines_of_quantities({rice: None, water: 0}, need_type=NeedType.WATER) == []


def test_every_item_belongs_to_a_kind() -> None:
    assert type_of_item(make_item()) == NeedType.STAPLE_FOOD
    assert type_of_item(make_item("eggs", name_zh="鸡蛋")) == NeedType.FRESH_FOOD
    assert type_of_item(make_item("tent", name_zh="帐篷", category="shelter")) == NeedType.OTHER
    assert set(CATEGORIES) <= set(NeedType.values)
