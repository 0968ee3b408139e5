"""Lists as people send them: good rows in, bad ones named, sent twice nothing doubled."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.jobs import JobHandle, job_kinds
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import change_meaning, send_list
from juxing.supplies.commands.lists import IMPORT_KIND
from juxing.supplies.enums import LineKind, SupplyRequestStatus
from juxing.supplies.imports.rows import COLUMNS
from juxing.supplies.imports.spreadsheets import import_spreadsheet, template_file
from juxing.supplies.imports.wuhan2020 import SOURCE, import_wuhan2020
from juxing.supplies.models import SupplyItem, SupplyList, SupplyOffer, SupplyRequest
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas
from tests.supplies.makers import NOW, PROCESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HEADER = "单位,社区,物资,规格,数量,日期\n"


@pytest.fixture(autouse=True)
def ground() -> None:
    make_areas()
    load_seed()


def sent_list(kind: LineKind = LineKind.REQUEST, name: str = "三月的表", **values: Any) -> SupplyList:
    return SupplyList.objects.create(
        **{"area_code": COMMUNITY, "kind": kind, "name": name, "uploaded_at": NOW, **values}
    )


def taken(content: str | bytes, *, sent: SupplyList | None = None, actor: Actor = PROCESS) -> ImportReport:
    raw = content if isinstance(content, bytes) else content.encode()
    return import_spreadsheet(sent or sent_list(), raw, actor=actor, now=NOW)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.added, report.changed, report.unchanged, report.rejected


def codes(report: ImportReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_good_rows_are_in_and_bad_ones_are_named_by_line() -> None:
    report = taken(
        HEADER
        + "第一医院,湖滨社区,N95口罩,GB 19083-2010,500,2026-03-01\n"
        + "第二医院,湖滨社区,防护服,,若干,\n"
        + "第三医院,火星社区,防护服,,10,\n"
        + ",湖滨社区,防护服,,10,\n"
        + "第四医院,湖滨社区,防护服,,-10,\n"
        + "第五医院,湖滨社区,防护服,,99999999999,\n"
        + "第六医院,湖滨社区,防护服,,=SUM(A1:A9),\n"
    )

    assert counts(report) == (7, 2, 0, 0, 5)
    assert [(problem.line, problem.code) for problem in report.problems] == [
        (4, "area_unknown"), (5, "cell_empty"), (6, "quantity_not_positive"), (7, "quantity_huge"),
        (8, "quantity_unreadable"),
    ]  # fmt: skip
    first, second = SupplyRequest.objects.select_related("item").order_by("id")
    assert first.item is not None
    assert (first.item.code, first.quantity, str(first.requested_on)) == ("mask_n95", 500, "2026-03-01")
    assert (second.quantity, second.written_quantity, second.status) == (None, "若干", SupplyRequestStatus.REQUESTED)
    assert JournalEntry.objects.filter(action="supplies.request.import").count() == 2


def test_sent_again_nothing_is_doubled_and_corrections_arrive() -> None:
    sent = sent_list()
    taken(HEADER + "第一医院,湖滨社区,N95口罩,,500,\n第二医院,湖滨社区,N95口罩,,没谱,\n", sent=sent)

    again = taken(HEADER + "第一医院,湖滨社区,N95口罩,,500,\n第二医院,湖滨社区,N95口罩,,700,\n", sent=sent_list())

    assert counts(again) == (2, 0, 1, 1, 0)
    assert set(SupplyRequest.objects.values_list("quantity", flat=True)) == {500, 700}
    assert Organisation.objects.count() == 2


def test_line_in_work_is_not_changed_by_its_list() -> None:
    sent = sent_list()
    taken(HEADER + "第一医院,湖滨社区,N95口罩,,500,\n", sent=sent)
    change_meaning(actor=PROCESS, now=NOW, line=SupplyRequest.objects.get(), item=None)

    again = taken(HEADER + "第一医院,湖滨社区,防护服,,900,\n", sent=sent)

    assert (codes(again), SupplyRequest.objects.get().quantity) == (["in_work"], 500)


def test_another_list_under_the_same_name_does_not_overwrite() -> None:
    taken(HEADER + "第一医院,湖滨社区,N95口罩,,500,\n")

    other = taken(HEADER + "第九医院,湖滨社区,防护服,,1,\n")

    assert (codes(other), counts(other)[4]) == (["other_list"], 1)
    assert SupplyRequest.objects.get().quantity == 500


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_every_common_encoding_is_read(encoding: str) -> None:
    report = taken((HEADER + "第一医院,湖滨社区,口罩😷,,10,\n").encode(encoding))

    assert report.added == 1
    assert SupplyRequest.objects.get().written_item == "口罩😷"


def test_excel_with_formula_and_number_cells_is_read() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["单位", "社区", "物资", "数量"])
        sheet.write_row(1, 0, ["第一医院", COMMUNITY, "", 12.0])
        sheet.write_string(1, 2, "=cmd")
        sheet.write_formula(2, 3, "=6*7", None, 42)
        sheet.write_row(2, 0, ["第二医院", COMMUNITY, "<script>alert(1)</script>"])

    report = taken(written.getvalue())

    rows = [(row.written_item, row.quantity, row.item) for row in SupplyRequest.objects.order_by("id")]
    assert report.added == 2
    assert rows == [("=cmd", Decimal(12), None), ("<script>alert(1)</script>", Decimal(42), None)]


def test_cell_of_ten_megabytes_rejects_its_row_only() -> None:
    report = taken(HEADER + f"第一医院,湖滨社区,{'口罩' * 1_750_000},,1,\n第二医院,湖滨社区,N95口罩,,2,\n")

    assert (counts(report), codes(report)) == ((2, 1, 0, 0, 1), ["cell_too_long"])
    assert len(report.problems[0].written) < 100


@pytest.mark.parametrize(("quantity", "kept"), [("20箱", None), ("300个", Decimal(300)), ("5 套", None)])
def test_other_unit_is_unknown_until_someone_states_it(quantity: str, kept: Decimal | None) -> None:
    report = taken(HEADER + f"第一医院,湖滨社区,N95口罩,,{quantity},\n")

    assert SupplyRequest.objects.get().quantity == kept
    assert codes(report) == ([] if kept else ["unit_differs"])


def test_unknown_unit_in_its_own_column_is_no_number() -> None:
    report = taken("单位,物资,数量,计量单位\n第一医院,N95口罩,3,卡车\n第二医院,N95口罩,3,只\n")

    assert codes(report) == ["unit_differs"]
    assert list(SupplyRequest.objects.order_by("id").values_list("quantity", "written_quantity")) == [
        (None, "3 卡车"), (3, "3 single"),
    ]  # fmt: skip


def test_one_is_unknown_only_where_the_list_says_so() -> None:
    taken(HEADER + "第一医院,湖滨社区,N95口罩,,1,\n", sent=sent_list(name="甲"))
    taken(HEADER + "第一医院,湖滨社区,N95口罩,,1,\n", sent=sent_list(name="乙", is_one_unknown=True))

    assert list(SupplyRequest.objects.order_by("id").values_list("quantity", flat=True)) == [1, None]


def test_odd_dates_are_kept_and_named() -> None:
    days = ("1900-01-01", "2027/1/1", "昨天", "2026.3.9", "2026年3月9日", "2026-02-31")
    lines = "".join(f"第{number}医院,湖滨社区,N95口罩,,1,{day}\n" for number, day in enumerate(days))

    assert codes(taken(HEADER + lines)) == ["date_odd", "date_odd", "date_unreadable", "date_unreadable"]


def test_rows_of_another_area_are_refused_and_reveal_nothing() -> None:
    actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    report = taken(HEADER + f"医院,{OTHER_STREET_COMMUNITY},N95口罩,,1,\n医院,桂苑社区,N95口罩,,1,\n", actor=actor)

    assert codes(report) == ["area_unknown", "area_unknown"]
    assert not SupplyRequest.objects.exists()


def test_offers_come_from_suppliers() -> None:
    taken(HEADER + "口罩厂,,N95口罩,,9000,\n", sent=sent_list(LineKind.OFFER))

    offer = SupplyOffer.objects.select_related("organisation").get()
    assert (offer.quantity, offer.area_code) == (9000, COMMUNITY)
    assert offer.organisation.organisation_type == OrganisationType.SUPPLIER


@pytest.mark.parametrize("content", [b"", b"   ", b"\x00\x01\x02\xff", "甲,乙\n1,2\n".encode()])
def test_file_that_is_no_list_is_refused_whole(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        taken(content)


def test_template_is_read_back_by_the_same_names() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(template_file(LineKind.REQUEST))).get_sheet_by_index(0)

    assert sheet.to_python() == [[names[0] for names in COLUMNS.values()]]


def test_job_takes_the_list_in_with_the_senders_rights_and_forgets_the_file() -> None:
    actor = make_actor(Role.STREET_OPERATOR, STREET)
    content = (HEADER + f"医院,湖滨社区,N95口罩,,5,\n医院,{OTHER_STREET_COMMUNITY},N95口罩,,5,\n").encode()
    sent, job = send_list(actor=actor, now=NOW, area_code=STREET, kind=LineKind.REQUEST, name="表", content=content)

    first = job_kinds[IMPORT_KIND].run(JobHandle(job))
    again = job_kinds[IMPORT_KIND].run(JobHandle(job))

    assert (first["added"], first["rejected"], again) == (1, 1, first)
    assert SupplyList.objects.get(pk=sent.pk).content == ""


def test_sending_wants_right_name_and_content() -> None:
    values: dict[str, Any] = {"now": NOW, "area_code": COMMUNITY, "kind": LineKind.OFFER}
    with pytest.raises(NotPermitted):
        send_list(actor=make_actor(Role.RESPONDER, STREET), name="表", content=b"x", **values)
    with pytest.raises(InvalidInput):
        send_list(actor=PROCESS, name=" ", content=b"x", **values)
    with pytest.raises(InvalidInput):
        send_list(actor=PROCESS, name="表", content=b" \n", **values)


def test_wuhan2020_comes_in_whole_without_a_tree_and_once_only() -> None:
    first = import_wuhan2020(actor=PROCESS, now=NOW)
    requests, offers = first[LineKind.REQUEST], first[LineKind.OFFER]
    again = import_wuhan2020(actor=PROCESS, now=NOW)

    assert counts(requests) == (2095, 2095, 0, 0, 0)
    assert counts(offers) == (24, 24, 0, 0, 0)
    assert requests.problem_count == 2095, "each row says that its city is not known yet"
    assert codes(offers).count("date_odd") == 3
    assert [counts(report) for report in again.values()] == [(2095, 0, 0, 2095, 0), (24, 0, 0, 24, 0)]
    assert set(SupplyRequest.objects.values_list("area_code", flat=True).distinct()) == {"42"}
    known = SupplyRequest.objects.filter(source=SOURCE, quantity__isnull=False)
    assert (known.count(), known.filter(quantity=1).count()) == (264, 0)
    assert SupplyItem.objects.filter(offers__quantity__isnull=False).distinct().count() == 3
