"""Tables of people: headings as they really come, columns that lack, rows that are too many."""

from collections.abc import Sequence

import pytest
from django.utils.translation import override

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.table_columns import names_by_field, rows_by_field

COLUMNS = {"name": ("姓名", "居民姓名"), "phone": ("电话",), "building": ("楼栋", "building no")}


def read(text: str, *, needed: Sequence[str | tuple[str, ...]] = ("name",)) -> list[dict[str, str]]:
    rows = rows_by_field(text.encode(), filename="x.csv", columns=COLUMNS, needed=needed, at_most=10)
    return [row.cells for row in rows]


@pytest.mark.parametrize(
    "heading", ["楼栋", " 楼 栋*", "楼_栋:", "楼栋\uff1a", "BUILDING_NO", "Building No", "building"]
)
def test_headings_are_known_however_they_are_written(heading: str) -> None:
    assert read(f"姓名,{heading}\n王,5") == [{"name": "王", "phone": "", "building": "5"}]


def test_the_first_name_of_a_field_wins_and_other_columns_are_passed_over() -> None:
    assert read("居民姓名,性别,姓名\n甲,女,乙") == [{"name": "乙", "phone": "", "building": ""}]


def test_all_that_lacks_is_named_at_once() -> None:
    with pytest.raises(InvalidInput, match="columns_missing") as caught:
        read("性别\n女", needed=("name", ("phone", "building")))

    assert "姓名, 电话 / 楼栋" in str(caught.value.message)


def test_one_of_several_columns_is_enough() -> None:
    assert len(read("楼栋\n5", needed=(("phone", "building"),))) == 1


@pytest.mark.parametrize(
    ("text", "code"), [("姓名\n", "file_without_rows"), ("姓名\n" + "王\n" * 11, "rows_many"), ("", "file_empty")]
)
def test_no_rows_and_too_many_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        read(text)


def test_translated_headings_are_known_in_every_language_the_readers_first() -> None:
    from django.utils.translation import gettext as _

    with override("zh-hans"):
        names = names_by_field(("phone",), lambda: [_("Telephone")])

    assert names["phone"][0] == "电话"
    assert "Telephone" in names["phone"]
