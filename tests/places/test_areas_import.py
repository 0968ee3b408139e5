"""Area lists: good rows in, bad rows reported by line, twice is once, never half."""

from __future__ import annotations

import gzip
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.places.imports.area_rows import read_areas
from juxing.places.imports.areas import TREE_IMPORTED, built_in_tree, import_areas
from juxing.places.models import Area
from tests.factories import make_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")
GOOD = "code,name,level\n31,上海市,province\n3101,市辖区,city\n310117,松江区,district\n310117001,岳阳街道,street\n"


def load(content: str | bytes, now: datetime) -> ImportReport:
    raw = content if isinstance(content, bytes) else content.encode()
    return import_areas(actor=SYSTEM, now=now, content=raw)


def problems(report: ImportReport) -> list[tuple[int, str]]:
    return sorted((problem.line, problem.code) for problem in report.problems)


def test_import_areas_takes_every_row_and_journals_it_once(now: datetime) -> None:
    report = load(GOOD, now)

    assert (report.read, report.added, report.rejected) == (4, 4, 0)
    assert Area.objects.get(code="310117001").parent_code == "310117"
    assert JournalEntry.objects.filter(action=TREE_IMPORTED).count() == 1


def test_import_areas_a_second_time_changes_nothing_and_says_so(now: datetime) -> None:
    load(GOOD, now)

    report = load(GOOD, now)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 4)
    assert report.notes
    assert JournalEntry.objects.filter(action=TREE_IMPORTED).count() == 1


@pytest.mark.parametrize("more", ["", "99,演示省,province\n"])
def test_import_areas_leaves_what_is_not_in_the_list_as_it_is(more: str, now: datetime) -> None:
    load("code,name,level\n99,云间省,province\n9901,云间市,city\n", now)

    report = load(GOOD + more, now)

    assert (report.added, report.changed) == (4, 1 if more else 0)
    assert set(Area.objects.filter(code__startswith="99").values_list("name", flat=True)) == {
        "演示省" if more else "云间省", "云间市"
    }  # fmt: skip


def test_import_areas_keeps_a_backslash_in_a_name(now: datetime) -> None:
    load("code,name\n31,上\\t海\n", now)

    assert Area.objects.get(code="31").name == "上\\t海"


def test_import_areas_takes_a_new_name(now: datetime) -> None:
    load(GOOD, now)

    report = load(GOOD.replace("岳阳街道", "新岳阳街道"), now)

    assert (report.changed, report.unchanged) == (1, 3)
    assert Area.objects.get(code="310117001").name == "新岳阳街道"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_import_areas_reads_every_usual_encoding(encoding: str, now: datetime) -> None:
    assert load(GOOD.encode(encoding), now).added == 4
    assert Area.objects.get(code="310117").name == "松江区"


def test_import_areas_reads_gzip_and_other_columns_in_any_order(now: datetime) -> None:
    content = "remark,name,code\nx,上海市,31\n,市辖区,3101\n"

    assert load(gzip.compress(content.encode()), now).added == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("3101171,太长,district", "code_bad"),
        ("31011A,字母,district", "code_bad"),
        (",空,district", "code_bad"),
        ("310118,级别不对,street", "level_bad"),
        ("310118,级别未知,区县", "level_bad"),
        ("310118,,district", "name_bad"),
        (f"310118,{'长' * 81},district", "name_bad"),
        ("310118", "columns_missing"),
        ("310117,松江区,district", "code_repeated"),
        ("310117,另一个名字,district", "code_repeated"),
        ("310299001,无父,street", "parent_missing"),
    ],
)
def test_import_areas_reports_a_bad_line_and_keeps_the_rest(line: str, code: str, now: datetime) -> None:
    report = load(GOOD + line + "\n3102,另一城市,city\n", now)

    assert problems(report) == [(6, code)]
    assert (report.added, report.rejected, report.read) == (5, 1, 6)


def test_import_areas_leaves_out_what_hangs_on_a_bad_parent(now: datetime) -> None:
    report = load(
        "code,name,level\n31,上海市,province\n3101,,city\n310117,松江区,district\n310117001,岳阳街道,street\n", now
    )

    assert problems(report) == [(3, "name_bad"), (4, "parent_missing"), (5, "parent_missing")]
    assert report.added == 1


def test_import_areas_finds_parents_that_are_in_the_tree_already(now: datetime) -> None:
    load(GOOD, now)

    assert load("code,name\n310117002,永丰街道\n", now).added == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "header_missing"),
        (b"\x00\x01\x02\xff", "file_unreadable"),
        (b"\x1f\x8bnot gzip at all", "file_broken"),
        ("名称\n上海".encode(), "header_missing"),
    ],
)
def test_import_areas_refuses_what_is_no_list(content: bytes, code: str, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=code):
        load(content, now)
    assert not Area.objects.exists()


def test_import_areas_is_for_the_administrator_of_everything(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        import_areas(actor=make_actor(Role.SYSTEM_ADMIN, "31"), now=now, content=GOOD.encode())

    assert import_areas(actor=make_actor(Role.SYSTEM_ADMIN, ""), now=now, content=GOOD.encode()).added == 4


@settings(max_examples=150)
@given(content=st.text(alphabet='01239,\n"，x\t', max_size=80))
def test_read_areas_accounts_for_every_row(content: str) -> None:
    report = ImportReport()
    try:
        good = read_areas(("code,name,level\n" + content).encode(), report)
    except InvalidInput:
        return

    assert len(good) + report.rejected == report.read == len(good) + report.problem_count


def test_built_in_tree_holds_every_official_code() -> None:
    report = ImportReport()

    good = read_areas(built_in_tree(), report)

    assert (len(good), report.rejected) == (665_276, 0)
    assert sum(len(code) == 12 for code in good) == 620_573
