"""Import and export of venues: row by row, twice without doubles, and back out again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from juxing.access.export_files import Mark, as_workbook
from juxing.access.roles import Role
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.venues.commands import import_venues
from juxing.venues.exports import venue_table
from juxing.venues.models import Room, Venue, VenueLayout, VenueUse
from juxing.venues.queries.venues import VenueFilters, all_venues
from juxing.venues.venue_table import VenueRow, functions_of, headings, read_rows, template
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_areas
from tests.venues.makers import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
ROW = {
    "名称": "湖滨党群服务站", "类型": "党群服务站", "所属地区": "湖滨社区", "经度": "121.22", "纬度": "31.03",
    "开放时间": "1-5 08:30-17:00", "平时功能": "党群服务", "应急功能": "采样点、物资保障点", "容纳人数": "80",
    "面积": "150", "无障碍": "是", "联系电话": "02112345678",
}  # fmt: skip


def table(*rows: dict[str, str]) -> list[VenueRow]:
    content = io.StringIO()
    writer = csv.DictWriter(content, fieldnames=list(ROW))
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return read_rows(content.getvalue().encode("gb18030"), "venues.csv")


def bring_in(rows: list[VenueRow], **values: Any) -> ImportReport:
    make_areas()
    report = ImportReport()
    import_venues(actor=values.get("actor", SYSTEM), now=NOW, rows=rows, report=report)
    return report


def test_a_row_becomes_a_venue_with_room_layouts_and_functions() -> None:
    report = bring_in(table({}))

    venue = Venue.objects.get()
    assert (report.added, report.rejected) == (1, 0)
    assert (venue.name, venue.kind, venue.area_code, venue.is_step_free) == (
        "湖滨党群服务站", "service_station", COMMUNITY, True,
    )  # fmt: skip
    assert venue.opening_hours[0] == [[510, 1020]]
    assert Room.objects.get().capacity == 80
    layouts = {layout.function: layout for layout in VenueLayout.objects.all()}
    assert set(layouts) == {"service_centre", "testing_site", "supply_point"}
    assert layouts["testing_site"].hours_to_convert == 10
    assert len(layouts["testing_site"].conversion_steps) == 10
    assert VenueUse.objects.get().function == "service_centre"


def test_sent_again_nothing_is_doubled_and_what_is_left_empty_stays() -> None:
    bring_in(table({}))

    again = bring_in(table({}))
    changed = bring_in(table({"开放时间": "", "无障碍": "", "联系电话": "02187654321"}))

    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert (changed.added, changed.changed) == (0, 1)
    venue = Venue.objects.get()
    assert venue.opening_hours[0] == [[510, 1020]]
    assert venue.is_step_free
    assert venue.contact_phone == "02187654321"


@pytest.mark.parametrize(
    ("values", "column", "code"),
    [
        ({"名称": ""}, "name", "name_bad"),
        ({"名称": "=1+1"}, "name", "cell_is_formula"),
        ({"类型": "飞船"}, "kind", "kind_unknown"),
        ({"所属地区": "没有社区"}, "area", "area_unknown"),
        ({"经度": "abc"}, "longitude", "point_bad"),
        ({"经度": "nan"}, "longitude", "point_bad"),
        ({"经度": "31.03", "纬度": "121.22"}, "longitude", "point_bad"),
        ({"开放时间": "白天"}, "opening_hours", "hours_unreadable"),
        ({"应急功能": "魔法"}, "emergency", "function_unknown"),
        ({"容纳人数": "八十人"}, "capacity", "number_bad"),
        ({"联系电话": "12"}, "phone", "phone_unreadable"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_are_in(values: dict[str, str], column: str, code: str) -> None:
    report = bring_in(table(values, {"名称": "好的一行"}))

    [problem] = report.problems
    assert (problem.column, problem.code, problem.line) == (column, code, 2)
    assert Venue.objects.get().name == "好的一行"


def test_the_same_venue_twice_in_a_file_counts_once() -> None:
    report = bring_in(table({}, {}))

    assert (report.added, report.rejected, report.problems[0].code) == (1, 1, "row_repeated")


def test_rows_of_other_areas_are_refused() -> None:
    worker = make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)
    make_areas()

    with acting(worker):
        report = bring_in(table({}), actor=worker)

    assert report.problems[0].code == "area_unknown"


def test_what_goes_out_comes_in_again_unchanged() -> None:
    bring_in(table({}, {"名称": "闲置商铺", "类型": "商铺", "平时功能": "", "应急功能": ""}))
    taken = venue_table(all_venues(actor=SYSTEM, filters=VenueFilters(), now=NOW))
    content = as_workbook(taken, Mark("X-1", "who, when"))

    report = bring_in(read_rows(content, "venues.xlsx"))

    assert (report.read, report.unchanged, report.rejected) == (2, 2, 0)


def test_template_can_be_read_and_lacking_columns_are_named() -> None:
    [example] = read_rows(template(), "venues.xlsx")
    assert example.kind == "党群服务站"
    assert len(headings()) == 16
    with pytest.raises(InvalidInput, match="columns_missing"):
        read_rows("名称,类型\na,b\n".encode(), "x.csv")
    with pytest.raises(InvalidInput, match="file_without_rows"):
        read_rows(",".join(headings()).encode(), "x.csv")


def test_functions_are_read_as_people_list_them() -> None:
    assert functions_of("采样点, 指挥部；避难场所") == ["testing_site", "command_post", "shelter"]
    assert functions_of("") == []
    assert functions_of("采样点 和 魔法") is None
