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


def _doors_and_things(text: str, catalogue: CatalogueIndex) -> list[tuple[tuple[str | None, ...], list[str]]]:
    lines = parse_order_chain(text, catalogue=catalogue).lines
    return [
        (line.door.key[1:] if line.door else (), [item.raw_name + _amount(item)[0] for item in line.items])
        for line in lines
    ]


def test_rooms_that_begin_the_lines_of_a_buildings_list_are_no_numbers(catalogue: CatalogueIndex) -> None:
    text = "6号楼买菜登记\n101 土豆5斤\n102：豆腐2块\n302 同上\n402 独居老人，螺蛳粉3包\n503. 牛奶一箱"

    assert _doors_and_things(text, catalogue) == [
        (("6", None, "101"), ["土豆5"]),
        (("6", None, "102"), ["豆腐2"]),
        (("6", None, "302"), ["豆腐2"]),
        (("6", None, "402"), ["螺蛳粉3"]),
        (("6", None, "503"), ["牛奶1"]),
    ]


def test_rooms_without_any_building_are_read_and_doubted(catalogue: CatalogueIndex) -> None:
    lines = parse_order_chain("要菜的报一下\n101 土豆5斤\n204 番茄3斤", catalogue=catalogue).lines

    assert [line.door.room if line.door else None for line in lines] == ["101", "204"]
    assert all(UncertaintyCode.BUILDING_MISSING in {one.code for one in line.uncertainties} for line in lines)


def test_numbers_above_a_hundred_of_a_long_list_stay_numbers(catalogue: CatalogueIndex) -> None:
    text = "接龙 鸡蛋 32元\n99. 5-301 1板\n101. 5-302 2板\n102. 王阿姨 1板"

    assert [line.number for line in parse_order_chain(text, catalogue=catalogue).lines] == [99, 101, 102]


@pytest.mark.parametrize(
    ("later", "state", "things"),
    [
        ("2号退出", LineState.CANCELLED, {"鸡蛋": 2}),
        ("2号的改3板", LineState.CHANGED, {"鸡蛋": 3}),
        ("2-102 不要鸡蛋", LineState.CANCELLED, {"鸡蛋": 2}),
        ("2-102 青菜不要了", LineState.NEW, {"鸡蛋": 2}),
    ],
)
def test_later_words_reach_the_entry_they_mean(
    later: str, state: LineState, things: dict[str, int], catalogue: CatalogueIndex
) -> None:
    text = f"接龙 鸡蛋 32元\n1. 2-101 1板\n2. 2-102 2板\n\n{later}"

    first, second = parse_order_chain(text, catalogue=catalogue).lines

    assert first.state is LineState.NEW
    assert second.state is state
    assert {item.raw_name: item.quantity and item.quantity.amount for item in second.items} == things


def test_message_of_a_sender_changes_what_the_sender_wanted(catalogue: CatalogueIndex) -> None:
    text = "李姐 10:21\n@楼长 我家5栋402，10斤大米、一桶油\n老孙 10:30\n8栋602 盐2包\n李姐 10:31\n油不要了"

    parsed = parse_order_chain(text, catalogue=catalogue)

    assert [line.contact_name for line in parsed.lines] == ["李姐", "老孙"]
    assert [[item.raw_name for item in line.items] for line in parsed.lines] == [["大米"], ["盐"]]


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("3-1-902 1份，另加鸡蛋一板", [("蔬菜套餐", "1", "portion"), ("鸡蛋", "1", "board")]),
        ("6-1-301 要俩 不要香菜", [("蔬菜套餐", "2", None)]),
        ("6-1-301 奶粉3段 2罐", [("奶粉", "2", "can")]),
    ],
)
def test_things_beside_the_one_on_offer(
    line: str, items: list[tuple[str, str, str | None]], catalogue: CatalogueIndex
) -> None:
    assert _items("1. 5-2-701 宫保鸡丁料包3，米线5", catalogue) == [("宫保鸡丁料包", "3", None), ("米线", "5", None)]
    assert _items(f"蔬菜套餐团购 39.9元/份\n1. {line}", catalogue) == items


def test_package_with_a_name_of_its_own_is_what_the_header_says(catalogue: CatalogueIndex) -> None:
    header = "明天到货\n菜包：含西红柿、黄瓜 30元一份\n肉包：五花肉2斤 65元一份\n"
    text = f"{header}1. 8-2-1101 菜包1 肉包x2\n2. 8-2-1102 无需求"

    first, second = parse_order_chain(text, catalogue=catalogue).lines

    assert [(item.offer, _amount(item)[0]) for item in first.items] == [("菜包", "1"), ("肉包", "2")]
    assert all(item.candidates[0].code != "baozi" for item in first.items)
    assert second.state is LineState.CANCELLED
