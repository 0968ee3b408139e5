"""What a chain means: pastes, changes, cancellations, doubts, limits."""

import time
from decimal import Decimal

import pytest

from juxing_text import (
    CatalogueIndex,
    KnownDoors,
    LineState,
    ParsedChain,
    ParseLimits,
    UncertaintyCode,
    parse_order_chain,
)

_HEAD = "#接龙\n鸡蛋团购 28元/盒\n\n"


def _codes(parsed: ParsedChain, place: int = 0) -> set[UncertaintyCode]:
    return {doubt.code for doubt in parsed.lines[place].uncertainties}


def _amounts(parsed: ParsedChain) -> list[Decimal | None]:
    return [line.items[0].quantity.amount if line.items and line.items[0].quantity else None for line in parsed.lines]


def test_title_offers_and_examples_are_not_entries(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain(_HEAD + "例 1-101 张三 1盒\n1. 5-301 李四 2盒", catalogue=catalogue)

    assert parsed.title == "鸡蛋团购 28元/盒"
    assert [(offer.name, offer.price) for offer in parsed.offers] == [("鸡蛋", "28元/盒")]
    assert [line.number for line in parsed.lines] == [1]


def test_packages_of_the_header_name_what_is_wanted(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain(
        "A套餐：土豆5斤 58元\nB套餐：鸡蛋30枚 88元\n1. 5-301 A1 B2\n2. 5-302 C套餐1份", catalogue=catalogue
    )

    assert [(item.offer, str(item.quantity and item.quantity.amount)) for item in parsed.lines[0].items] == [
        ("A", "1"),
        ("B", "2"),
    ]
    assert UncertaintyCode.OFFER_UNKNOWN in _codes(parsed, 1)


def test_grown_paste_keeps_the_latest_and_sees_the_change(catalogue: CatalogueIndex) -> None:
    first = "1. 5-301 张三 1盒\n"
    grown = "1. 5-301 张三 3盒\n2. 5-302 李四 1盒\n"

    parsed = parse_order_chain(_HEAD + first + "\n" + _HEAD + grown, catalogue=catalogue)

    assert [(line.number, line.state) for line in parsed.lines] == [(1, LineState.CHANGED), (2, LineState.NEW)]
    assert _amounts(parsed) == [3, 1]
    assert parsed.lines[0].before[0].quantity is not None
    assert parsed.lines[0].before[0].quantity.amount == 1
    assert len(parsed.lines[0].seen_at) == 2


def test_stale_paste_is_marked_and_does_not_undo(catalogue: CatalogueIndex) -> None:
    old, new = "1. 5-301 张三 1盒\n2. 5-302 李四 1盒\n", "1. 5-301 张三 3盒\n2. 5-302 李四 1盒\n"

    parsed = parse_order_chain("\n".join([_HEAD + old, _HEAD + new, _HEAD + old]), catalogue=catalogue)

    assert _amounts(parsed) == [3, 1]
    assert UncertaintyCode.OLDER_VERSION_SEEN_AGAIN in _codes(parsed)


def test_entry_left_out_of_the_latest_paste_is_marked(catalogue: CatalogueIndex) -> None:
    whole, without = "1. 5-301 甲 1盒\n2. 5-302 乙 1盒\n3. 5-303 丙 1盒\n", "1. 5-301 甲 1盒\n3. 5-303 丙 1盒\n"

    parsed = parse_order_chain(_HEAD + whole + "\n" + _HEAD + without, catalogue=catalogue)

    assert len(parsed.lines) == 3
    assert UncertaintyCode.ABSENT_FROM_LATEST in _codes(parsed, 1)


@pytest.mark.parametrize(
    ("later", "amounts", "state"),
    [
        ("5-301 改成3盒", [3], LineState.CHANGED),
        ("5-301 再加1盒", [3], LineState.CHANGED),
        ("5-301 取消", [2], LineState.CANCELLED),
        ("5-301 不要了", [2], LineState.CANCELLED),
        ("张三：退出", [2], LineState.CANCELLED),
        ("张三：改成5盒", [5], LineState.CHANGED),
    ],
)
def test_later_message_changes_the_entry(
    catalogue: CatalogueIndex, later: str, amounts: list[int], state: LineState
) -> None:
    parsed = parse_order_chain(_HEAD + "1. 5-301 张三 2盒\n" + later, catalogue=catalogue)

    assert _amounts(parsed) == amounts
    assert parsed.lines[0].state is state


def test_one_thing_of_several_can_be_cancelled(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("1. 5-301 张三 鸡蛋1盒 牛奶1箱\n5-301 牛奶不要了", catalogue=catalogue)

    assert [item.raw_name for item in parsed.lines[0].items] == ["鸡蛋"]
    assert parsed.lines[0].state is LineState.CHANGED


def test_wish_is_not_a_cancellation(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("1. 5-301 张三 猪肉2斤 不要太肥", catalogue=catalogue)

    assert parsed.lines[0].state is LineState.NEW


def test_same_door_twice_is_kept_and_marked(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain(_HEAD + "1. 5-301 张三 2盒\n2. 5-301 李四 1盒", catalogue=catalogue)

    assert _amounts(parsed) == [2, 1]
    assert UncertaintyCode.SAME_DOOR_AGAIN in _codes(parsed, 1)


def test_number_used_twice_keeps_both(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain(
        _HEAD + "1. 5-301 张三 2盒\n2. 5-302 甲 1盒\n2. 5-303 乙 3盒\n4. 5-304 丙 1盒", catalogue=catalogue
    )

    assert [line.number for line in parsed.lines] == [1, 2, 2, 4]
    assert UncertaintyCode.NUMBER_REUSED in _codes(parsed, 2)
    assert parsed.missing_numbers == (3,)


def test_ditto_copies_and_says_so(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("1. 5-301 张三 大米1袋\n2. 5-302 李四 同上", catalogue=catalogue)

    assert parsed.lines[1].items[0].key == "rice"
    assert UncertaintyCode.SAME_AS_ABOVE in _codes(parsed, 1)


def test_free_text_item_is_kept_and_marked(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("1. 5-301 张三 乐高积木1套", catalogue=catalogue)

    assert parsed.lines[0].items[0].raw_name == "乐高积木"
    assert UncertaintyCode.ITEM_UNKNOWN in _codes(parsed)


def test_medicine_goes_to_a_private_channel(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("1. 5-301 张三 硝苯地平2盒 大米1袋 12800005678", catalogue=catalogue)

    assert [item.raw_name for item in parsed.lines[0].items] == ["大米"]
    assert UncertaintyCode.PRIVATE_CHANNEL in _codes(parsed)
    assert "硝苯地平" not in repr(parsed)
    assert "12800005678" not in repr(parsed)


def test_four_digits_beside_a_door_are_a_phone_fragment(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain(_HEAD + "1. 5-301 张三 5678 2盒", catalogue=catalogue)

    assert _amounts(parsed) == [2]
    assert "5678" not in repr(parsed)


def test_known_doors_mark_doors_that_do_not_exist(catalogue: CatalogueIndex) -> None:
    known = KnownDoors([("5", "1", "301")])

    parsed = parse_order_chain(_HEAD + "1. 5-301 1盒\n2. 6-301 1盒", catalogue=catalogue, known_doors=known)

    assert parsed.lines[0].door is not None
    assert parsed.lines[0].door.unit == "1"
    assert UncertaintyCode.DOOR_UNKNOWN in _codes(parsed, 1)


def test_talk_is_ignored_not_lost(catalogue: CatalogueIndex) -> None:
    text = _HEAD + "1. 5-301 张三 2盒\n谢谢团长\n取消的请说一声\n[图片]\n明天10点自提，还剩3盒"

    parsed = parse_order_chain(text, catalogue=catalogue)

    assert len(parsed.lines) == 1
    assert len(parsed.ignored) == 4


@pytest.mark.parametrize("text", ["", "\n\n", "你好", "12800005678", "#接龙", "1.", "。。。", "\x00\x00"])
def test_text_without_a_chain_gives_no_lines(catalogue: CatalogueIndex, text: str) -> None:
    assert parse_order_chain(text, catalogue=catalogue).lines == ()


def test_huge_text_is_refused_quickly_with_a_code(catalogue: CatalogueIndex) -> None:
    text = "1. 5-301 张三 鸡蛋2盒 12800005678\n" * 350_000
    begun = time.process_time()

    parsed = parse_order_chain(text, catalogue=catalogue)

    assert len(text) > 10_000_000
    assert [problem.code for problem in parsed.problems] == [UncertaintyCode.TEXT_TOO_LONG]
    assert parsed.lines == ()
    assert "12800005678" not in parsed.redacted_text
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("character", ["1", "张", " ", "5-301 ", "(", "一", "1-", "药"])
def test_overlong_line_is_left_out_quickly(catalogue: CatalogueIndex, character: str) -> None:
    long = character * (1_000_000 // len(character))
    begun = time.process_time()

    parsed = parse_order_chain(f"1. 5-301 张三 鸡蛋2盒\n{long}\n2. 5-302 李四 鸡蛋1盒", catalogue=catalogue)

    assert [problem.code for problem in parsed.problems] == [UncertaintyCode.LINE_TOO_LONG]
    assert [line.number for line in parsed.lines] == [1, 2]
    assert len(parsed.redacted_text.strip()) < 1_000_100
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "character", ["1", "张", "5-301 ", "(", "一", "1-", "药", "1 ", "两", "x1", "+", "十百", "二幢", "a#"]
)
def test_longest_allowed_line_takes_no_time(catalogue: CatalogueIndex, character: str) -> None:
    """No pattern backtracks badly."""
    begun = time.process_time()

    parse_order_chain("1. " + character * (1990 // len(character)), catalogue=catalogue)

    assert time.process_time() - begun < 2


def test_limits_can_be_set(catalogue: CatalogueIndex) -> None:
    parsed = parse_order_chain("a\nb\nc", catalogue=catalogue, limits=ParseLimits(lines=1))

    assert [problem.code for problem in parsed.problems] == [UncertaintyCode.TOO_MANY_LINES]


def test_quadratic_pastes_are_read_in_linear_time(catalogue: CatalogueIndex) -> None:
    """Everyone copies the whole chain and adds a line: 150 people, 11,000 lines."""
    entries = [f"{number}. {number % 20 + 1}-{number % 6 + 1}01 甲 {number % 3 + 1}盒" for number in range(1, 151)]
    text = "\n".join(_HEAD + "\n".join(entries[:count]) for count in range(1, 151))
    begun = time.process_time()

    parsed = parse_order_chain(text, catalogue=catalogue)

    assert len(parsed.lines) == 150
    assert all(line.state is LineState.NEW for line in parsed.lines)
    assert time.process_time() - begun < 10
