"""Lists that units send: good rows in, bad rows named, twice without effect."""

from __future__ import annotations

import base64
import io
from datetime import datetime

import pytest
import xlsxwriter
from django.utils.translation import override

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.jobs import JobHandle
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.spreadsheets import read_table
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.responders import commands, jobs
from juxing.responders.enums import ReportInStatus, Skill, Transport
from juxing.responders.imports import import_list
from juxing.responders.models import ReportIn, ReportInList, Responder
from juxing.responders.template import COLUMNS, template_file
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, STREET, make_areas, make_responder
from tests.responders.makers import actor_with

SYSTEM = Actor.system("test")
HEADER = "姓名,手机号,社区,人员类别,专业特长,语言,交通工具,每天可接任务数,愿走多远（米）"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def _areas(everywhere: None) -> None:
    make_areas()


def _sent(unit: Organisation | None = None, *, now: datetime) -> ReportInList:
    return ReportInList.objects.create(
        area_code=STREET, file_name="名单.csv", organisation=unit, uploaded_at=now, content="x"
    )


def _import(text: str | bytes, *, now: datetime, unit: Organisation | None = None, areas: str = STREET):  # type: ignore[no-untyped-def]
    content = text if isinstance(text, bytes) else text.encode()
    return import_list(_sent(unit, now=now), content, actor=SYSTEM, areas=Areas([areas]), now=now)


def _unit() -> Organisation:
    return Organisation.objects.create(
        area_code=COMMUNITY, name="云间区图书馆", organisation_type=OrganisationType.RESIDENT_UNIT
    )


def test_good_rows_come_in_and_bad_rows_say_what_to_do(now: datetime) -> None:
    rows = [
        "王芳,12800000001,湖滨社区,志愿者,医护、驾驶证,普通话/本地话,电动车,4,2000",
        "李强,12800000002,990117001002,volunteer,medical;driving,,,,",
        ",12800000003,湖滨社区,,,,,,",
        "赵敏,不是号码,湖滨社区,,,,,,",
        "钱进,12800000005,桂苑社区,,,,,,",
        "孙丽,12800000006,湖滨社区,英雄,,,,,",
        "周涛,12800000007,湖滨社区,,,,,-3,",
        "吴刚,12800000001,湖滨社区,,,,,,",
        "郑爽,12800000009,湖滨社区,,,,,999999,",
        "=cmd|' /C calc'!A0,12800000010,湖滨社区,,,,,,",
    ]

    with override("zh-hans"):
        report = _import("\ufeff" + "\n".join([HEADER, *rows]), now=now)

    assert (report.read, report.added, report.rejected) == (10, 3, 7)
    assert [(problem.line, problem.code) for problem in report.problems] == [
        (4, "name_missing"), (5, "phone_unreadable"), (6, "community_unknown"), (7, "choice_unknown"),
        (8, "number_unreadable"), (9, "phone_twice"), (10, "capacity_range"),
    ]  # fmt: skip
    first = Responder.objects.get(name="王芳")
    assert (first.skills, first.transport, first.capacity, first.reach_m, first.status) == (
        [Skill.MEDICAL, Skill.DRIVING], Transport.ELECTRIC_BIKE, 4, 2000, ReportInStatus.SUBMITTED,
    )  # fmt: skip
    assert first.phone == "12800000001"


def test_same_list_sent_again_changes_nothing(now: datetime) -> None:
    text, unit = f"{HEADER}\n王芳,12800000001,湖滨社区,,,,,,\n", _unit()

    first, second = _import(text, now=now, unit=unit), _import(text, now=now, unit=unit)

    assert (first.added, second.added, second.changed, second.unchanged) == (1, 0, 0, 1)
    assert (Responder.objects.count(), ReportIn.objects.count()) == (1, 2)


def test_person_already_there_keeps_what_they_said_and_reports_in_to_the_unit(now: datetime) -> None:
    known = make_responder(phone="12800000001", name="王芳", skills=[Skill.LEGAL], capacity=1)

    report = _import(f"{HEADER}\n别名,12800000001,湖滨社区,,医护,,,9,\n", now=now, unit=_unit())

    known.refresh_from_db()
    assert (report.added, report.changed) == (0, 1)
    assert (known.name, known.skills, known.capacity) == ("王芳", [Skill.LEGAL], 1)
    assert known.home_unit is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_list_in_any_common_encoding_is_read(encoding: str, now: datetime) -> None:
    report = _import(f"{HEADER}\n王芳,12800000001,湖滨社区,,,,,,\n".encode(encoding), now=now)

    assert report.added == 1


def test_list_as_excel_with_numbers_in_its_cells_is_read(now: datetime) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "手机号", "社区", "每天可接任务数"])
        sheet.write_row(1, 0, ["王芳", 12800000001, "湖滨社区", 5])

    report = _import(written.getvalue(), now=now)

    assert (report.added, Responder.objects.get().capacity) == (1, 5)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff\xfe", b"PK\x03\x04broken", "名字,电话\n王,1".encode()])
def test_file_that_is_no_list_is_refused_whole(content: bytes, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        _import(content, now=now)
    assert not Responder.objects.exists()


def test_cell_of_a_megabyte_is_one_bad_row(now: datetime) -> None:
    report = _import(f"{HEADER}\n{'王' * 2**20},12800000001,湖滨社区,,,,,,\n李强,12800000002,湖滨社区,,,,,,\n", now=now)

    assert (report.added, [problem.code for problem in report.problems]) == (1, ["cell_too_long"])


def test_template_is_read_by_what_reads_lists() -> None:
    assert list(read_table(template_file())) == []
    assert all(names for names in COLUMNS.values())


def test_job_takes_the_list_in_and_forgets_the_file(now: datetime) -> None:
    account = make_plain_account(Role.STREET_OPERATOR, STREET)
    actor = Actor.system("test")
    sent, job = commands.send_list(
        actor=actor, now=now, area_code=STREET, file_name="名单.csv",
        content=f"{HEADER}\n王芳,12800000001,湖滨社区,,,,,,\n".encode(),
    )  # fmt: skip
    ReportInList.objects.filter(pk=sent.pk).update(uploaded_by=account)
    assert base64.b64decode(ReportInList.objects.get().content)

    first = jobs.IMPORT.run(JobHandle(Job.objects.get(pk=job.pk)))
    again = jobs.IMPORT.run(JobHandle(Job.objects.get(pk=job.pk)))

    assert first["added"] == again["added"] == 1
    assert ReportInList.objects.get().content == ""
    assert Responder.objects.count() == 1


def test_list_is_sent_only_by_those_who_record_responders(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        commands.send_list(
            actor=actor_with(Role.GRID_WORKER), now=now, area_code=STREET, file_name="a.csv", content=b"x"
        )
