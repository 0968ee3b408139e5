"""Lines that were once read wrongly, each with what it means."""

import pytest

from juxing_text import CatalogueIndex, ChainItem, LineState, UncertaintyCode, parse_order_chain

_OFFERS = "#接龙 周末拼团\nA 蔬菜包 35元\nB 鸡蛋30枚 28元\n"


def _items(text: str, catalogue: CatalogueIndex) -> list[tuple[str, str, str | None]]:
    [line] = parse_order_chain(text, catalogue=catalogue).lines
    return [(item.offer or item.raw_name, *_amount(item)) for item in line.items]


def _amount(item: ChainItem) -> tuple[str, str | None]:
    assert item.quantity is not None
    return (str(item.quantity.amount), item.quantity.unit)


@pytest.mark.parametrize(
    ("line", "door"),
    [
        ("1. 88-9901 鸡蛋30个", (None, "88", None, "9901")),
        ("1. 88-9901鸡蛋1盒", (None, "88", None, "9901")),
        ("1. 24幢甲单元501 鸡蛋1盒", (None, "24", "甲", "501")),
        ("1. 3号楼东单元602 鸡蛋1盒", (None, "3", "东", "602")),
        ("1. A区5栋302 鸡蛋1盒", ("A", "5", None, "302")),
        ("1. 东区5栋302 鸡蛋1盒", ("东", "5", None, "302")),
        ("1. 21-305/306 两家一起 鸡蛋2盒", (None, "21", None, "305")),
        ("1. 23-301-2 鸡蛋2盒", (None, "23", None, "301")),
    ],
)
def test_doors_written_in_rare_ways(line: str, door: tuple[str | None, ...], catalogue: CatalogueIndex) -> None:
    [read] = parse_order_chain(line, catalogue=catalogue).lines

    assert read.door is not None
    assert read.door.key == door
    assert read.contact_name is None
    assert [item.candidates[0].code for item in read.items] == ["eggs"]
    assert [item.quantity.amount for item in read.items if item.quantity] in ([1], [2], [30])


def test_floor_nobody_has_and_second_room_are_doubted(catalogue: CatalogueIndex) -> None:
    lines = parse_order_chain("1. 88-9901 鸡蛋1盒\n2. 21-305/306 鸡蛋2盒", catalogue=catalogue).lines

    doubts = [{doubt.code for doubt in line.uncertainties} for line in lines]
    assert doubts == [{UncertaintyCode.DOOR_UNKNOWN}, {UncertaintyCode.SEVERAL_DOORS}]


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("1. 6-606 鸡蛋30个×2", [("鸡蛋", "60", "piece")]),
        ("1. 6-606 大米10斤*2", [("大米", "20", "jin")]),
        ("1. 6-606 鸡蛋30个 x 2", [("鸡蛋", "60", "piece")]),
        ("1. 6-606 鸡蛋(30枚)2盒", [("鸡蛋", "2", "box")]),
        ("1. 6-606 牛奶1箱（24盒）", [("牛奶", "1", "case")]),
        ("1. 6-606 鸡蛋（30个）", [("鸡蛋", "30", "piece")]),
        ("1. 6-606 鸡蛋两盘 每盘30个", [("鸡蛋", "2", "tray")]),
        ("1. 6-606 鸡蛋30枚每盒 2盒", [("鸡蛋", "2", "box")]),
        ("1. 6-606 1.5L可乐2瓶 盐1", [("可乐", "2", "bottle"), ("盐", "1", None)]),
        ("1. 6-606 2斤土豆3斤白菜", [("土豆", "2", "jin"), ("白菜", "3", "jin")]),
        ("1. 6-606 2份（蔬菜包）", [("蔬菜包", "2", "portion")]),
        ("1. 6-606 抗原10人份", [("抗原", "10", "portion")]),
        ("1. 6-606 大号鸡蛋30个", [("大号鸡蛋", "30", "piece")]),
        ("1. 6-606 西瓜一个 15斤左右", [("西瓜", "1", "piece")]),
    ],
)
def test_quantities_belong_to_their_things(
    line: str, items: list[tuple[str, str, str | None]], catalogue: CatalogueIndex
) -> None:
    assert _items(line, catalogue) == items
    assert parse_order_chain(line, catalogue=catalogue).lines[0].contact_name is None


def test_change_by_one_character_changes_the_earlier_line(catalogue: CatalogueIndex) -> None:
    text = _OFFERS + "1. 7栋1202 A1\n2. 8栋301 A1\n3. 7栋1202 A改3\n4. 8栋301 改B2"

    lines = parse_order_chain(text, catalogue=catalogue).lines

    assert [line.state for line in lines] == [LineState.CHANGED, LineState.CHANGED]
    assert [(item.offer, *_amount(item)) for item in lines[0].items] == [("A", "3", None)]
    assert ("B", "2", None) in [(item.offer, *_amount(item)) for item in lines[1].items]


def test_surname_with_plus_one_joins_the_line_above(catalogue: CatalogueIndex) -> None:
    lines = parse_order_chain(_OFFERS + "1. 5-301 张 A2\n2. 23栋404曾+1", catalogue=catalogue).lines

    assert lines[1].contact_name == "曾"
    assert [item.offer for item in lines[1].items] == ["A"]
    assert UncertaintyCode.SAME_AS_ABOVE in {doubt.code for doubt in lines[1].uncertainties}
