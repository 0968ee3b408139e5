"""Names of provinces, cities and districts as people write them."""

from __future__ import annotations

import pytest

from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.supplies.imports.place_names import PlaceNames, names_of

pytestmark = pytest.mark.django_db
TREE = [
    ("42", "湖北省", AreaLevel.PROVINCE), ("4201", "武汉市", AreaLevel.CITY), ("420106", "武昌区", AreaLevel.DISTRICT),
    ("4205", "宜昌市", AreaLevel.CITY), ("4290", "省直辖县级行政区划", AreaLevel.CITY),
    ("429004", "仙桃市", AreaLevel.DISTRICT), ("31", "上海市", AreaLevel.PROVINCE),
    ("3101", "市辖区", AreaLevel.CITY), ("310101", "黄浦区", AreaLevel.DISTRICT),
    ("4210", "荆州市", AreaLevel.CITY), ("421088", "监利市", AreaLevel.DISTRICT),
]  # fmt: skip


@pytest.fixture
def tree() -> PlaceNames:
    Area.objects.bulk_create(Area(code=code, name=name, level=level, source="test") for code, name, level in TREE)
    return PlaceNames.load()


@pytest.mark.parametrize(
    ("written", "code", "not_found"),
    [
        (("湖北", "武汉市", "武昌区"), "420106", ""),
        (("湖北省", "武汉", "武昌"), "420106", ""),
        (("湖北", "宜昌市", "宜昌市"), "4205", ""),
        (("湖北", "仙桃市", "仙桃市"), "429004", ""),
        (("上海", "上海市", ""), "31", ""),
        (("上海", "上海市", "黄浦区"), "310101", ""),
        (("湖北", "荆州市", "监利县"), "421088", ""),
        (("湖北", "武汉市", "高新区"), "4201", "高新区"),
        (("山西", "西安市", ""), "14", "西安市"),
    ],
)
def test_lowest_known_place_is_found(
    tree: PlaceNames, written: tuple[str, str, str], code: str, not_found: str
) -> None:
    found = tree.find(*written)

    assert found is not None
    assert (found.code, found.not_found) == (code, not_found)


@pytest.mark.parametrize("province", ["", "瓦坎达", "42", "<script>"])
def test_unknown_province_is_no_place(tree: PlaceNames, province: str) -> None:
    assert tree.find(province, "武汉市") is None


def test_without_a_tree_the_province_is_known_all_the_same() -> None:
    names = PlaceNames.load()
    found = names.find("湖北", "武汉市", "武昌区")

    assert not names.has_tree
    assert found is not None
    assert (found.code, found.not_found) == ("42", "武汉市")


def test_names_for_lists_leave_out_nodes_nobody_says(tree: PlaceNames) -> None:
    assert names_of(["420106", "429004", "310101", "99"]) == {
        "420106": "武汉市 武昌区", "429004": "湖北省 仙桃市", "310101": "上海市 黄浦区", "99": "99",
    }  # fmt: skip
