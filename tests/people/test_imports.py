"""Tables of households: good rows in, twice is once, other areas untouched."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.people import imports
from juxing.people.household_table import template
from juxing.people.imports import import_households
from juxing.people.models import Resident
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Building, BuildingUnit, Estate, Household
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")
HEADINGS = ["社区", "小区", "小区类型", "网格", "楼栋", "单元", "门牌", "总层数", "电梯", "经度", "纬度", "坐标系",
            "姓名", "手机", "出生年", "行动能力"]  # fmt: skip
GOOD = {
    "社区": "湖滨社区", "小区": "湖滨一村", "小区类型": "老旧小区", "网格": "第一网格", "楼栋": "5号楼", "单元": "1",
    "门牌": "301", "总层数": "6", "电梯": "无", "经度": "121.2246", "纬度": "31.0281", "坐标系": "GCJ02",
    "姓名": "王秀英", "手机": "12800000001", "出生年": "1948", "行动能力": "上下楼困难",
}  # fmt: skip


@pytest.fixture(autouse=True)
def areas(everywhere: None) -> None:
    make_areas()


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    writer.writerows({**GOOD, **row} for row in rows)
    return text.getvalue().encode("gb18030")


def load(now: datetime, *rows: dict[str, str], actor: Actor = SYSTEM) -> ImportReport:
    return import_households(actor=actor, now=now, content=table(*rows), filename="x.csv")


def test_import_households_makes_everything_on_the_way_to_the_resident(now: datetime) -> None:
    report = load(now, {}, {"门牌": "302", "姓名": "李国强", "手机": ""}, {"楼栋": "六号楼", "单元": "", "姓名": ""})

    assert (report.read, report.added, report.rejected) == (3, 3, 0)
    resident = Resident.objects.select_related("household__building").get(name="王秀英")
    assert resident.area_code == f"{COMMUNITY}-E001-G01-B001-U01-R0301"
    assert (resident.phone, resident.mobility, resident.birth_year) == ("12800000001", "stairs_hard", 1948)
    assert resident.household.building.number == "5"
    assert resident.household.building.longitude == pytest.approx(121.2202, abs=5e-3)
    assert resident.household.building.longitude != 121.2246
    assert Household.objects.get(building__number="6").area_code == f"{COMMUNITY}-E001-G01-B002-R0301"
    assert Area.objects.get(code=f"{COMMUNITY}-E001-G01").name == "第一网格"


def test_import_households_a_second_time_changes_nothing_and_says_so(now: datetime) -> None:
    rows = [{}, {"门牌": "302", "姓名": "李国强"}]
    load(now, *rows)

    report = load(now, *rows)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert report.notes
    assert (Household.objects.count(), Resident.objects.count(), Building.objects.count()) == (2, 2, 1)


def test_import_households_gives_the_same_codes_however_many_communities_go_together(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{}, {"门牌": "302", "姓名": "李国强"}, {"社区": "望江社区", "楼栋": "6号楼"}, {"社区": "桂苑社区"}]
    together = load(now, *rows)
    codes = sorted(Resident.objects.values_list("area_code", "name"))
    for model in (Resident, Household, BuildingUnit, Building, Estate):
        model.objects.all().delete()
    Area.objects.filter(level__in=(AreaLevel.ESTATE, AreaLevel.GRID)).delete()
    monkeypatch.setattr(imports, "BATCH_ROWS", 1)

    one_by_one = load(now, *rows)

    assert sorted(Resident.objects.values_list("area_code", "name")) == codes
    assert (one_by_one.added, one_by_one.rejected) == (together.added, together.rejected) == (4, 0)
    assert JournalEntry.objects.filter(action=imports.HOUSEHOLDS_IMPORTED).count() == 6


def test_import_households_takes_the_contact_person_of_a_door_as_resident(now: datetime) -> None:
    content = "社区代码,小区,楼栋,门牌,联系人,电话\n990117001001,湖滨一村,5号楼,301,王秀英,12800000001".encode()

    import_households(actor=SYSTEM, now=now, content=content, filename="x.csv")

    assert Resident.objects.get().phone == "12800000001"


def test_import_households_asks_as_much_for_forty_doors_as_for_two(now: datetime) -> None:
    counts = []
    for doors in (range(301, 303), range(401, 441)):
        with CaptureQueriesContext(connection) as queries:
            load(now, *({"门牌": str(door)} for door in doors))
        counts.append(len(queries))

    assert counts[1] <= counts[0]


def test_import_households_says_so_when_a_resident_stands_there_twice(now: datetime) -> None:
    rows = [{}, {"手机": "12800000009"}]
    first = load(now, *rows)

    second = load(now, *rows)

    assert [problem.code for problem in first.problems] == ["resident_repeated"]
    assert (second.changed, second.unchanged) == (0, 2)
    assert Resident.objects.get().phone == "12800000001"


def test_import_households_takes_what_is_new_and_keeps_what_is_empty(now: datetime) -> None:
    load(now, {})

    report = load(now, {"手机": "", "出生年": "1949", "总层数": "7"})

    assert (report.changed, report.added) == (1, 0)
    resident = Resident.objects.get()
    assert (resident.birth_year, resident.phone) == (1949, "12800000001")
    assert Building.objects.get().floors == 7


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"社区": "没有的社区"}, "community_unknown"),
        ({"楼栋": ""}, "cell_empty"),
        ({"门牌": "东户"}, "door_unreadable"),
        ({"姓名": "=cmd|' /C calc'!A0"}, "cell_is_formula"),
        ({"小区": "长" * 81}, "cell_too_long"),
        ({"姓名": "名" * 5000}, "cell_too_long"),
    ],
)
def test_import_households_leaves_a_bad_row_out_and_keeps_the_rest(
    row: dict[str, str], code: str, now: datetime
) -> None:
    report = load(now, {}, row, {"门牌": "401", "姓名": "陈明"})

    assert [(problem.line, problem.code) for problem in report.problems] == [(3, code)]
    assert (report.added, report.rejected) == (2, 1)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"手机": "没有"}, "phone_unreadable"),
        ({"出生年": "1700"}, "number_unreadable"),
        ({"总层数": "-3"}, "number_unreadable"),
        ({"经度": "9999"}, "position_unreadable"),
        ({"经度": "abc"}, "position_unreadable"),
        ({"行动能力": "飞"}, "word_unknown"),
    ],
)
def test_import_households_passes_over_an_unreadable_detail(row: dict[str, str], code: str, now: datetime) -> None:
    report = load(now, row)

    assert [problem.code for problem in report.problems] == [code]
    assert (report.added, report.rejected) == (1, 0)


def test_import_households_never_writes_into_another_area(now: datetime) -> None:
    actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    report = load(now, {}, {"社区": OTHER_STREET_COMMUNITY}, {"社区": "桂苑社区"}, actor=actor)

    assert (report.added, report.rejected) == (1, 2)
    assert not Estate.objects.within(OTHER_STREET_COMMUNITY).exists()


def test_import_households_needs_the_right(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        load(now, {}, actor=make_actor(Role.RESPONDER, STREET))


def test_import_households_reads_its_own_template(now: datetime) -> None:
    report = import_households(actor=SYSTEM, now=now, content=template(), filename="template.xlsx")

    assert (report.read, report.added, report.problem_count) == (2, 2, 0)


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), ("甲,乙\n1,2".encode(), "columns_missing")])
def test_import_households_refuses_what_is_no_such_table(content: bytes, code: str, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=code):
        import_households(actor=SYSTEM, now=now, content=content)
