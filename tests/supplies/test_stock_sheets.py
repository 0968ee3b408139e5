"""Stock lists as storekeepers keep them: read whole, asked about, taken over once, never doubled."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import (
    StockMovement,
    answer_stock_sheet,
    read_in_stock_sheet,
    receive_stock,
    reserve_stock,
    start_stocktake,
    take_over_stock_sheet,
)
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.imports.stock_cells import day_after, factor, packs_in, read_day, read_parts
from juxing.supplies.imports.stock_sheets import ReadSheet, read_stock_sheet
from juxing.supplies.models import Depot, StockBalance, StockLevel, StockMove, StockSheet, SupplyItem
from juxing.supplies.queries.stock_sheets import RowState, plan_of, sheet_of
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_actor, make_areas
from tests.supplies.makers import NOW, PROCESS

TODAY = date(2026, 3, 10)
HEADER = "物资名称,规格,数量,单位,有效期\n"


def workbook(*, first_row: int = 0) -> bytes:
    """A list with a title, merged classes and places, a number and a text as dates, formulas, totals, a signature."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("库存")
        top = first_row
        sheet.merge_range(top, 1, top, 7, "望湖街道防疫物资盘点表（2026年3月）")
        sheet.write_row(top + 1, 1, ["类别", "物资名称", "规格", "数量（盒）", "有效期", "存放地点", "保管人电话"])
        sheet.merge_range(top + 2, 1, top + 4, 1, "防护类")
        sheet.merge_range(top + 2, 6, top + 4, 6, "一号库")
        sheet.write_row(top + 2, 2, ["N95口罩", "20只/盒", 5, 46508])
        sheet.write_row(top + 3, 2, ["医用外科口罩", "50只/盒，20盒/箱", "3箱2盒5只", "2027年5月"])
        sheet.write_row(top + 4, 2, ["护目镜", "", "12副", "2027.1"])
        sheet.write(top + 4, 7, "13800000000")
        sheet.merge_range(top + 5, 1, top + 5, 3, "合  计")
        sheet.write_formula(top + 5, 4, f"=SUM(E{top + 3}:E{top + 5})", value=8)
        sheet.merge_range(top + 6, 1, top + 6, 7, "二、消毒类")
        sheet.write_row(top + 7, 2, ["84消毒液", "500ml", "40瓶"])
        sheet.write_formula(top + 8, 4, "=E4*2", value=60.000000000000007)
        sheet.write(top + 8, 2, "洗手液")
        sheet.write(top + 9, 1, "制表人：张三    审核：李四")
    return written.getvalue()


@pytest.mark.parametrize("first_row", [0, 3])
def test_messy_workbook_is_read_row_by_row(first_row: int) -> None:
    read = read_stock_sheet(workbook(first_row=first_row))

    rows = {row.item: row for row in read.rows}
    assert rows["N95口罩"].parts == [("5.000", "box")]
    assert rows["N95口罩"].expires_on == "2027-05-01"
    assert rows["医用外科口罩"].parts == [("3.000", "case"), ("2.000", "box"), ("5.000", "single")]
    assert (rows["医用外科口罩"].expires_on, rows["医用外科口罩"].depot) == ("2027-05-31", "一号库")
    assert rows["84消毒液"].depot == ""
    assert rows["洗手液"].parts == [("60.000", "box")]
    assert [(one.line, one.code) for one in read.report.problems] == [(first_row + 5, "date_unreadable")]
    assert "13800000000" not in str([row.as_json() for row in read.rows])
    assert "张三" not in str(read)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_file_under_a_title_is_read_in_every_common_encoding(encoding: str) -> None:
    read = read_stock_sheet(("湖滨社区库存\n" + HEADER + "口罩,,1200,只,20270531\n").encode(encoding))

    assert [(row.line, row.item, row.parts, row.expires_on) for row in read.rows] == [
        (3, "口罩", [("1200.000", "single")], "2027-05-31")
    ]


def test_columns_divided_by_unit_add_up() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A2", "物资名称")
        sheet.merge_range("B1:D1", "数量")
        sheet.write_row("B2", ["箱", "盒", "散只"])
        sheet.write_row("A3", ["口罩", 2, 3, 17])

    read = read_stock_sheet(written.getvalue())

    assert [row.parts for row in read.rows] == [[("2.000", "case"), ("3.000", "box"), ("17.000", "single")]]


def test_quantity_merged_over_several_goods_is_nobodys() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["品名", "数量"])
        sheet.write_column("A2", ["口罩", "手套", "帐篷"])
        sheet.merge_range("B2:B3", 40)
        sheet.write("B4", 3)

    read = read_stock_sheet(written.getvalue())

    assert [row.item for row in read.rows] == ["帐篷"]
    assert [one.code for one in read.report.problems] == ["quantity_shared", "quantity_shared"]


def test_total_that_agrees_or_stands_over_a_refused_row_is_not_told() -> None:
    read = read_stock_sheet((HEADER + "口罩,,100,只,\n手套,,50,双,\n合计,,150,,\n帐篷,,约3,顶,\n小计,,4,,\n").encode())

    assert [(one.line, one.code) for one in read.report.problems] == [(5, "quantity_unreadable")]


def test_total_one_too_high_is_told() -> None:
    read = read_stock_sheet((HEADER + "口罩,,100,只,\n手套,,50,双,\n合计,,151,,\n").encode())

    assert [(one.line, one.code) for one in read.report.problems] == [(4, "total_differs")]


@pytest.mark.parametrize(
    "written", ["=SUM(A1:A9)", "约500", "500-600", "若干", "-3", "1.2E+05", "100000001", "0.0004", "十来盒"]
)
def test_quantity_nobody_counted_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_parts(written, unit=None)


@settings(deadline=None)
@given(cases=st.integers(1, 999), boxes=st.integers(1, 999), singles=st.integers(1, 999))
def test_mixed_units_say_what_they_say(cases: int, boxes: int, singles: int) -> None:
    parts = read_parts(f"{cases}箱{boxes}盒{singles}只", unit=None)
    packs = packs_in("50只/盒*20盒/箱")

    assert parts == [(Decimal(cases), "case"), (Decimal(boxes), "box"), (Decimal(singles), "single")]
    times = [factor(unit or "", "single", packs) for _amount, unit in parts]
    assert times == [1000, 50, 1]


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    written = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}", str((day - date(1899, 12, 30)).days),
        day.isoformat() + "T00:00:00",
    ]  # fmt: skip

    assert {read_day(text) for text in written} == {day}


@pytest.mark.parametrize("text", ["2027.1", "5/1/27", "2027-13-01", "下个月", "2027-02-30", "12"])
def test_day_that_may_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_day(text)


def test_use_by_follows_from_the_day_of_making() -> None:
    assert day_after(date(2026, 1, 31), "1个月") == date(2026, 2, 28)
    assert day_after(date(2026, 1, 31), "2年") == date(2028, 1, 31)
    assert day_after(date(2026, 1, 31), "30天") == date(2026, 3, 2)
    assert day_after(date(2026, 1, 31), "阴凉处") is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_rubbish_is_read_or_refused(content: bytes) -> None:
    for made in (content, HEADER.encode() + content):
        with suppress(InvalidInput):
            assert isinstance(read_stock_sheet(made), ReadSheet)


@pytest.fixture
def depot(everywhere: None) -> Depot:
    make_areas()
    load_seed()
    return Depot.objects.create(area_code=COMMUNITY, name="湖滨库")


@pytest.fixture
def keeper(depot: Depot) -> Actor:
    return make_actor(Role.STOREKEEPER, COMMUNITY)


def csv(rows: str) -> bytes:
    return (HEADER + rows).encode("gb18030")


def sent(depot: Depot, rows: str, *, actor: Actor = PROCESS) -> StockSheet:
    return read_in_stock_sheet(actor=actor, now=NOW, depot=depot, name="库存.csv", content=csv(rows))[0]


def states(sheet: StockSheet) -> list[RowState]:
    return [row.state for row in plan_of(sheet, actor=PROCESS, today=TODAY).rows]


def on_hand(depot: Depot) -> dict[str, Decimal]:
    return dict(StockLevel.objects.filter(depot=depot).values_list("item__code", "on_hand"))


def held(code: str, depot: Depot, quantity: int, **values: Any) -> None:
    item = SupplyItem.objects.get(code=code)
    receive_stock(actor=PROCESS, now=NOW, depot=depot, item=item, quantity=Decimal(quantity), is_sure=True, **values)


@pytest.mark.django_db
def test_clear_rows_are_taken_over_and_the_same_file_changes_nothing(depot: Depot, keeper: Actor) -> None:
    rows = "N95口罩,20只/盒,5,盒,46508\n医用外科口罩,50只/盒 20盒/箱,3箱2盒5只,,2027年5月\n护目镜,,12,副,\n"
    sheet = sent(depot, rows, actor=keeper)

    done = take_over_stock_sheet(actor=keeper, now=NOW, sheet=sheet)
    again, is_new = read_in_stock_sheet(actor=keeper, now=NOW, depot=depot, name="再来.csv", content=csv(rows))

    assert done == 3
    assert on_hand(depot) == {"mask_n95": 100, "mask_surgical": 3105, "goggles": 12}
    assert (again.pk, is_new) == (sheet.pk, False)
    with pytest.raises(Refusal, match="nothing_to_take_over"):
        take_over_stock_sheet(actor=keeper, now=NOW, sheet=again)
    assert StockMove.objects.filter(kind=MoveKind.OPEN).count() == 1
    assert verify_ledger().is_right


@pytest.mark.django_db
def test_corrected_list_posts_the_difference_only(depot: Depot) -> None:
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sent(depot, "护目镜,,12,副,\n手套,,40,双,\n"))

    later = sent(depot, "护目镜,,9,副,\n手套,,40,双,\n毯子,,7,条,\n")
    found = states(later)
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=later)

    assert found[:2] == [RowState.READY, RowState.SAME]
    assert on_hand(depot)["goggles"] == 9
    counted = StockMove.objects.get(kind=MoveKind.COUNT).entries.filter(quantity__lt=0).get()
    assert counted.quantity == -3
    assert verify_ledger().is_right


@pytest.mark.django_db
def test_words_that_are_not_sure_wait_for_a_person_and_are_remembered(depot: Depot) -> None:
    sheet = sent(depot, "测体温设备,,3,台,\n护目镜,,12,副,\n")
    before = states(sheet)
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)

    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, meanings={"测体温设备\n": "thermometer_infrared"})
    item = SupplyItem.objects.filter(code="thermometer_infrared").first()
    if item is None:
        item = SupplyItem.objects.exclude(code="goggles").filter(unit="device").first()
        assert item is not None
        sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, meanings={"测体温设备\n": item.code})
    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, packs={f"{item.code} device": Decimal(1)})
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)
    other = sent(depot, "测体温设备,,5,台,\n")

    assert before == [RowState.MEANING, RowState.READY]
    assert on_hand(depot) == {item.code: 3, "goggles": 12}
    assert RowState.MEANING not in states(other)
    assert verify_ledger().is_right


@pytest.mark.django_db
def test_pack_nobody_described_is_asked_and_not_guessed(depot: Depot) -> None:
    sheet = sent(depot, "N95口罩,,6,箱,\n")
    before = states(sheet)

    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, packs={"mask_n95 case": Decimal(400)})
    plan = plan_of(sheet, actor=PROCESS, today=TODAY)

    assert before == [RowState.PACK]
    assert [(row.state, row.quantity) for row in plan.rows] == [(RowState.READY, Decimal(2400))]
    with pytest.raises(InvalidInput):
        answer_stock_sheet(actor=PROCESS, sheet=sheet, packs={"mask_n95 case": Decimal(0)})


@pytest.mark.django_db
def test_word_that_is_no_unit_of_ours_is_asked_like_a_pack(depot: Depot) -> None:
    sheet = sent(depot, "帐篷,,3,顶,\n")
    before = states(sheet)

    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, packs={"tent 顶": Decimal(1)})

    assert (before, states(sheet)) == ([RowState.PACK], [RowState.READY])


@pytest.mark.django_db
def test_a_thousand_times_too_much_is_asked_about_not_forbidden(depot: Depot) -> None:
    held("mask_n95", depot, 100)
    sheet = sent(depot, "N95口罩,,100000,只,\n护目镜,,12,副,\n")
    before = states(sheet)
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)
    left_alone = on_hand(depot)["mask_n95"]

    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, sure=[2])
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)

    assert before == [RowState.UNUSUAL, RowState.READY]
    assert left_alone == 100
    assert on_hand(depot)["mask_n95"] == 100_000


@pytest.mark.django_db
def test_list_alone_tells_what_is_unusual_where_the_books_are_empty(depot: Depot) -> None:
    others = [Depot.objects.create(area_code=COMMUNITY, name=f"库{number}") for number in range(4)]
    rows = "".join(f"{depot.name},口罩,200,只\n" for depot in others)
    content = f"仓库,物资,数量,单位\n{rows}湖滨库,口罩,200000,只\n".encode()
    sheet = read_in_stock_sheet(actor=PROCESS, now=NOW, depot=depot, name="表", content=content)[0]

    assert states(sheet) == [RowState.READY] * 4 + [RowState.UNUSUAL]


@pytest.mark.django_db
def test_place_nobody_knows_is_asked(depot: Depot) -> None:
    other = Depot.objects.create(area_code=COMMUNITY, name="望江库")
    content = "仓库,物资,数量,单位\n地下一层,口罩,200,只\n望江库,口罩,30,只\n".encode()
    sheet = read_in_stock_sheet(actor=PROCESS, now=NOW, depot=depot, name="表", content=content)[0]
    before = states(sheet)

    sheet = answer_stock_sheet(actor=PROCESS, sheet=sheet, depots={"地下一层": str(depot.uuid)})
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)

    assert before == [RowState.PLACE, RowState.READY]
    assert on_hand(depot)["mask"] == 200
    assert on_hand(other)["mask"] == 30


@pytest.mark.django_db
def test_expired_goods_are_set_aside_not_shelved(depot: Depot) -> None:
    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sent(depot, "口罩,,30,只,2026-03-09\n口罩,,50,只,2027-03-09\n"))

    assert on_hand(depot)["mask"] == 50
    assert StockBalance.objects.get(place__kind=PlaceKind.SET_ASIDE).quantity == 30


@pytest.mark.django_db
def test_goods_in_a_lot_the_list_does_not_name_are_not_counted_twice(depot: Depot) -> None:
    held("mask", depot, 100, expires_on=date(2027, 1, 1))
    held("goggles", depot, 5, lot_number="A")
    held("goggles", depot, 6, lot_number="B")

    assert states(sent(depot, "口罩,,100,只,2027-06-30\n")) == [RowState.REFUSED]
    assert states(sent(depot, "口罩,,100,只,2027-06-30\n口罩,,90,只,2027-01-01\n")) == [RowState.READY] * 2
    assert states(sent(depot, "口罩,,90,只,\n")) == [RowState.READY]
    assert states(sent(depot, "护目镜,,11,副,\n")) == [RowState.REFUSED]


@pytest.mark.django_db
def test_less_than_is_promised_is_left_out_and_the_rest_goes_in(depot: Depot) -> None:
    held("mask", depot, 100)
    reserve_stock([StockMovement(depot.pk, SupplyItem.objects.get(code="mask").pk, Decimal(80))])
    sheet = sent(depot, "口罩,,50,只,\n护目镜,,12,副,\n")
    found = states(sheet)

    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)

    assert found == [RowState.REFUSED, RowState.READY]
    assert on_hand(depot) == {"mask": 100, "goggles": 12}


@pytest.mark.django_db
def test_row_of_open_goods_keeps_its_lot_from_being_counted_down(depot: Depot) -> None:
    held("mask", depot, 100)

    assert states(sent(depot, "口罩,,60,只,\n口罩,,2,箱,\n")) == [RowState.WAITING, RowState.PACK]


@pytest.mark.django_db
def test_line_being_counted_is_left_to_the_count(depot: Depot) -> None:
    held("mask", depot, 100)
    start_stocktake(actor=PROCESS, now=NOW, depot=depot)

    assert states(sent(depot, "口罩,,60,只,\n")) == [RowState.REFUSED]


@pytest.mark.django_db
def test_only_keepers_of_the_place_may_read_in_and_see(depot: Depot) -> None:
    sheet = sent(depot, "口罩,,60,只,\n")
    stranger = make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)

    with pytest.raises(NotPermitted):
        sent(depot, "口罩,,70,只,\n", actor=stranger)
    with pytest.raises(NotPermitted):
        take_over_stock_sheet(actor=stranger, now=NOW, sheet=sheet)
    with pytest.raises(NotVisible):
        sheet_of(actor=stranger, uuid=sheet.uuid)


@pytest.mark.django_db
def test_looking_at_a_list_takes_as_many_queries_for_one_row_as_for_many(depot: Depot) -> None:
    def queries(rows: Sequence[str]) -> int:
        sheet = sent(depot, "".join(rows))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            plan_of(sheet, actor=PROCESS, today=TODAY)
        return len(seen)

    many = [f"{name},,{count},,\n" for count, name in enumerate(["口罩", "护目镜", "毯子", "手套", "雨衣"], start=5)]
    assert queries(many[:1]) == queries(many)


@pytest.mark.django_db
def test_taking_over_takes_as_many_queries_for_two_rows_as_for_many(depot: Depot) -> None:
    def queries(rows: str) -> int:
        sheet = sent(depot, rows)
        with CaptureQueriesContext(connection) as seen:
            take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)
        return len(seen)

    days = [f"2027-{month:02}-01" for month in range(1, 13)]
    queries("雨衣,,1,件,\n")

    assert queries("".join(f"护目镜,,{count},副,{day}\n" for count, day in enumerate(days[:2], start=5))) == queries(
        "".join(f"口罩,,{count},只,{day}\n" for count, day in enumerate(days, start=5))
    )


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(
        st.tuples(st.sampled_from(["口罩", "护目镜", "雨衣"]), st.integers(0, 60), st.sampled_from(["", "20270531"])),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_taking_over_leaves_the_books_saying_what_the_list_says(
    depot: Depot, counts: list[tuple[str, int, str]]
) -> None:
    place = Depot.objects.create(area_code=COMMUNITY, name=f"库{StockSheet.objects.count()}-{Depot.objects.count()}")
    rows = "".join(f"{name},,{count},,{day}\n" for name, count, day in counts)
    sheet = read_in_stock_sheet(actor=PROCESS, now=NOW, depot=place, name="表", content=csv(rows))[0]

    take_over_stock_sheet(actor=PROCESS, now=NOW, sheet=sheet)

    codes = {"口罩": "mask", "护目镜": "goggles", "雨衣": "raincoat"}
    listed = {code: sum(count for name, count, _day in counts if name == word) for word, code in codes.items()}
    assert on_hand(place) == {code: total for code, total in listed.items() if total}
    assert verify_ledger().is_right
