"""Spreadsheets of needs: good rows in, bad rows named, twice without effect."""

from __future__ import annotations

import pytest

from juxing.access.roles import Role
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.jobs import run_job
from juxing.kernel.models import Job, JobStatus
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.needs.commands.importing import begin_import, bring_in, upload_table
from juxing.needs.exports import gather_rejected
from juxing.needs.imports import columns, template
from juxing.needs.jobs import IMPORT_NEEDS
from juxing.needs.models import Need, NeedImport
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_areas, make_building, make_household, make_item
from tests.needs.makers import NOW, PROCESS

pytestmark = pytest.mark.django_db
HEADER = "楼号,房号,姓名,手机号,需求,物品,备注,紧急\n"
ROWS = (
    "5号楼,301,王秀英,12800000001,新鲜食品,鸡蛋2盒；青菜3斤,放门口,是\n"
    "5栋,302室,,,药品,,胰岛素,\n"
    "9,909,李,abc,饮用水,,,\n"
    "5,303,,,黄金,,,\n"
    ",,,,饮用水,,,\n"
)


@pytest.fixture
def place(everywhere: None) -> str:
    """A community with one building of three doors."""
    make_areas()
    make_item("eggs", name_zh="鸡蛋", unit="盒")
    building = make_building()
    for door in ("301", "302", "303"):
        make_household(building=building, door=door)
    return COMMUNITY


def _upload(place: str, content: bytes | None = None) -> NeedImport:
    given = (HEADER + ROWS).encode("utf-8-sig") if content is None else content
    return upload_table(actor=PROCESS, now=NOW, area_code=place, file_name="n.csv", content=given)


def test_good_rows_are_in_and_bad_ones_named(place: str) -> None:
    kept = _upload(place)

    counts = bring_in(actor=PROCESS, now=NOW, import_uuid=kept.uuid)

    assert counts == {"read": 5, "added": 2, "unchanged": 0, "rejected": 3}
    food = Need.objects.get(need_type="fresh_food")
    assert food.triage["terms"]["urgent"] == 150
    assert food.household is not None
    assert {(line.written, line.item_id is not None) for line in food.lines.all()} == {
        ("鸡蛋2盒", True), ("青菜3斤", False),
    }  # fmt: skip
    kept.refresh_from_db()
    assert kept.content == ""
    assert {(problem["line"], problem["code"]) for problem in kept.report["problems"]} == {
        (4, "door_unknown"), (4, "phone_unreadable"), (5, "need_type_unknown"), (6, "place_missing"),
    }  # fmt: skip
    table = gather_rejected(PROCESS, EVERYWHERE, {"import": str(kept.uuid)}, "correcting")
    assert len(table.rows) == len(kept.report["problems"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8"])
def test_the_same_file_twice_in_any_encoding_adds_nothing(place: str, encoding: str) -> None:
    content = (HEADER + ROWS.splitlines()[0]).encode(encoding)
    for _each in range(2):
        bring_in(actor=PROCESS, now=NOW, import_uuid=_upload(place, content).uuid)

    assert Need.objects.count() == 1


def test_medicine_of_the_same_file_is_not_doubled_and_of_another_person_is_kept(place: str) -> None:
    row = "5,302,{name},,药品,,胰岛素,\n"
    first = (HEADER + row.format(name="王秀英")).encode()
    grown = first + row.format(name="李建国").encode()
    for content in (first, first, grown, grown):
        bring_in(actor=PROCESS, now=NOW, import_uuid=_upload(place, content).uuid)

    assert sorted(Need.objects.values_list("contact_name", flat=True)) == ["李建国", "王秀英"]


def test_the_template_can_be_brought_in(place: str) -> None:
    kept = upload_table(actor=PROCESS, now=NOW, area_code=place, file_name="t.xlsx", content=template())

    assert bring_in(actor=PROCESS, now=NOW, import_uuid=kept.uuid)["read"] == 1
    assert len(columns()) == 10


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", HEADER.encode(), b"a,b\n1,2\n", b"x" * (21 * 2**20)]
)
def test_a_file_that_is_none_is_refused_whole(place: str, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        _upload(place, content)

    assert refused.value.field == "file"
    assert NeedImport.objects.count() == 0


def test_the_job_runs_with_the_rights_of_who_uploaded(place: str) -> None:
    clerk = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)
    content = (HEADER + ROWS).encode()
    kept = upload_table(actor=clerk, now=NOW, area_code=place, file_name="n.csv", content=content)
    first = begin_import(actor=clerk, now=NOW, kept=kept, kind=IMPORT_NEEDS)
    assert begin_import(actor=clerk, now=NOW, kept=kept, kind=IMPORT_NEEDS) == first

    run_job(job_id=Job.objects.get(uuid=first).pk)

    job = Job.objects.get(uuid=first)
    assert (job.status, job.result["added"]) == (JobStatus.DONE, 2)
    assert Need.objects.filter(recorded_by_id=clerk.account_id).count() == 2


def test_only_the_desk_of_the_place_may_upload(place: str) -> None:
    for actor in (make_actor(Role.GRID_WORKER, COMMUNITY), make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)):
        with pytest.raises(NotPermitted):
            upload_table(actor=actor, now=NOW, area_code=place, file_name="n.csv", content=HEADER.encode())
