"""Written doors come to one form."""

from __future__ import annotations

import pytest

from juxing.places.door_text import building_number, door_number, split_address, unit_number


@pytest.mark.parametrize("written", ["5", "05", "5号楼", "5栋", "5#", "五号楼", "\uff15号楼"])
def test_building_number_reads_every_way_of_writing(written: str) -> None:
    assert building_number(written) == "5"


def test_building_number_keeps_letters() -> None:
    assert building_number("a栋") == "A"


@pytest.mark.parametrize("written", ["2", "02", "2单元", "二单元"])
def test_unit_number_reads_every_way_of_writing(written: str) -> None:
    assert unit_number(written) == "2"


def test_unit_number_of_nothing_is_nothing() -> None:
    assert unit_number(" ") == ""


@pytest.mark.parametrize("written", ["301", "0301", "301室", "三零一"])
def test_door_number_reads_every_way_of_writing(written: str) -> None:
    assert door_number(written) == "301"


@pytest.mark.parametrize(
    ("written", "building", "door", "rest"),
    [
        ("5-301", "5", "301", ""),
        ("5号楼301 王秀英", "5", "301", "王秀英"),
        ("湖滨一村5号楼301", "5", "301", "湖滨一村"),
        ("5号楼", "5", "", ""),
    ],
)
def test_split_address_leaves_names_aside(written: str, building: str, door: str, rest: str) -> None:
    text, words = split_address(written)

    assert text is not None
    assert (text.building, text.door, words) == (building, door, rest)


def test_split_address_without_a_door_is_all_words() -> None:
    assert split_address("王秀英") == (None, "王秀英")
