# ruff: noqa: RUF001 - full-width and look-alike characters are what is tested
"""Doors as neighbours write them."""

import pytest

from juxing_text import Door, KnownDoors, UncertaintyCode
from juxing_text.addresses import DoorContext, find_doors, read_door, title_context
from juxing_text.folding import fold

_WRITTEN = [
    ("5号楼", "5", None, None),
    ("5栋", "5", None, None),
    ("5#", "5", None, None),
    ("5幢", "5", None, None),
    ("5-301", "5", None, "301"),
    ("5-2-301", "5", "2", "301"),
    ("五号楼三零一", "5", None, "301"),
    ("二号楼二单元七零一", "2", "2", "701"),
    ("十二栋1201", "12", None, "1201"),
    ("5号楼2单元301室", "5", "2", "301"),
    ("5號樓301", "5", None, "301"),
    ("301室", None, None, "301"),
    ("5号301", "5", None, "301"),
    ("12＃0302", "12", None, "302"),
    ("12－02－0701", "12", "2", "701"),
    ("5栋1-1002", "5", "1", "1002"),
    ("A座1201", "A", None, "1201"),
    ("B3-301", "B3", None, "301"),
    ("2栋-1单元-602", "2", "1", "602"),
    ("2/2/802", "2", "2", "802"),
    ("21—1—603", "21", "1", "603"),
    ("2号楼2门401", "2", "2", "401"),
    ("19号 麻阿姨 501 萝卜2根", "19", None, "501"),
    ("凤姐2-2-901大米2袋", "2", "2", "901"),
    ("5-1101包子2个", "5", None, "1101"),
    ("5-301A室", "5", None, "301A"),
    ("601-11号楼", "11", None, "601"),
    ("188弄5号301室", "5", None, "301"),
    ("20 104 纸尿裤", "20", None, "104"),
]


@pytest.mark.parametrize(("text", "building", "unit", "room"), _WRITTEN)
def test_read_door_forms(text: str, building: str | None, unit: str | None, room: str | None) -> None:
    door = read_door(text)

    assert door is not None
    assert (door.building, door.unit, door.room) == (building, unit, room)


@pytest.mark.parametrize(
    "text", ["", "牛奶100克", "8424西瓜", "2022-04-05", "10-12斤", "5号电池2节", "100元", "500只", "99%"]
)
def test_read_door_finds_none(text: str) -> None:
    assert read_door(text) is None


def test_read_door_keeps_the_phase_of_the_estate() -> None:
    door = read_door("3期5-301")

    assert door is not None
    assert (door.zone, door.building, door.room) == ("3", "5", "301")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("301", UncertaintyCode.BUILDING_MISSING),
        ("301", UncertaintyCode.ROOM_WITHOUT_MARK),
        ("5栋", UncertaintyCode.ROOM_MISSING),
        ("3楼", UncertaintyCode.BUILDING_OR_FLOOR),
        ("8-6033袋", UncertaintyCode.DOOR_GLUED),
    ],
)
def test_read_door_says_what_is_doubtful(text: str, code: UncertaintyCode) -> None:
    door = read_door(text)

    assert door is not None
    assert code in door.uncertainties
    assert door.confidence < 0.7


def test_marked_door_is_surer_than_bare_room() -> None:
    full, bare = read_door("5号楼2单元301室"), read_door("301")

    assert full is not None
    assert bare is not None
    assert full.confidence > 0.9 > bare.confidence
    assert full.uncertainties == ()


def test_title_gives_building_to_bare_rooms() -> None:
    context = title_context(fold("12号楼的邻居们接龙啦"), None)

    door = read_door("301", context=context)

    assert door is not None
    assert (door.building, door.room) == ("12", "301")
    assert UncertaintyCode.BUILDING_FROM_TITLE in door.uncertainties


def test_title_with_several_buildings_gives_none() -> None:
    assert title_context(fold("代购登记（4号楼、5号楼）"), None).building is None


def test_known_doors_settle_what_is_open() -> None:
    known = KnownDoors(
        [("5", None, "301"), ("12", "2", "301"), ("7", "1", "801"), ("8", "1", "901"), ("8", "2", "901")]
    )
    context = DoorContext(known=known)

    run_together = read_door("5301", context=context)
    bare = read_door("801", context=context)
    unit = read_door("2-301", context=DoorContext("12", None, known))
    several = read_door("8-901", context=context)
    unknown = read_door("9-301", context=context)

    assert run_together is not None
    assert (run_together.building, run_together.room) == ("5", "301")
    assert bare is not None
    assert (bare.building, bare.unit, bare.room) == ("7", "1", "801")
    assert UncertaintyCode.BUILDING_MISSING in bare.uncertainties
    assert unit is not None
    assert (unit.building, unit.unit) == ("12", "2")
    assert several is not None
    assert several.unit is None
    assert unknown is not None
    assert UncertaintyCode.DOOR_UNKNOWN in unknown.uncertainties


def test_find_doors_ranges_cover_the_words() -> None:
    text = fold("张三 5号楼301 鸡蛋")
    reading = next(find_doors(text, context=DoorContext()))

    assert [text[start:end] for start, end in reading.ranges] == ["5号楼301"]
    assert reading.door.key == Door("5", None, "301").key


def test_many_buildings_before_one_room_are_each_given_that_room() -> None:
    readings = list(find_doors(fold("5栋 张阿姨 6栋 李叔 8栋 王 301"), context=DoorContext()))

    assert [(reading.door.building, reading.door.room) for reading in readings] == [
        ("5", "301"),
        ("6", "301"),
        ("8", "301"),
    ]
