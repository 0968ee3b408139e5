"""Packs: said once, corrected, retired; counted by on receipt, in stock lists and in lists of requests."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.supplies.commands import retire_pack, write_pack
from juxing.supplies.models import ItemPack, StockLevel, StockSheet, SupplyItem
from juxing.supplies.queries.stock_sheets import RowState, plan_of
from tests.factories import STREET, make_actor, make_areas, make_stock
from tests.supplies.makers import NOW, PROCESS, client_of, make_mask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def mask() -> SupplyItem:
    make_areas()
    return make_mask()


@pytest.fixture
def keeper() -> Client:
    return client_of(Role.STOREKEEPER, language="zh-hans")


def form(**values: str) -> dict[str, str]:
    return {"item": "mask_n95", "unit": "box", "quantity": "20", **values}


def test_pack_is_written_corrected_retired_and_written_again(mask: SupplyItem, keeper: Client) -> None:
    write = reverse("supplies:write_pack")

    first = keeper.post(write, form())
    asked = keeper.post(write, form(quantity="20000"))
    corrected = keeper.post(write, form(quantity="25"))
    pack = ItemPack.objects.get()
    listed = keeper.get(reverse("supplies:packs")).content.decode()
    retired = keeper.post(reverse("supplies:retire_pack", args=[pack.uuid]))
    hidden = keeper.get(reverse("supplies:packs")).content.decode()
    shown = keeper.get(f"{reverse('supplies:packs')}?show=all").content.decode()
    again = keeper.post(write, form(quantity="25"))

    answers = [first, asked, corrected, retired, again]
    assert [answer.status_code for answer in answers] == [303, 422, 303, 303, 303]
    assert "25 只" in listed.replace("single", "只")
    assert (str(pack.uuid) in hidden, "已停用" in shown) == (False, True)
    assert list(ItemPack.objects.values_list("quantity", "is_retired").get()) == [25, False]
    assert JournalEntry.objects.filter(action__startswith="supplies.pack").count() == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "single"}, "pack_unit"), ({"unit": "nonsense"}, "pack_unit"),
        ({"quantity": Decimal(1)}, "pack_of_one"), ({"quantity": Decimal(-5)}, "quantity_not_positive"),
        ({"quantity": Decimal(10**9)}, "quantity_huge"),
    ],
)  # fmt: skip
def test_pack_that_is_none_is_refused(mask: SupplyItem, change: dict[str, object], code: str) -> None:
    given = {"item": mask, "unit": "box", "quantity": Decimal(20), **change}

    with pytest.raises(InvalidInput) as refused:
        write_pack(actor=PROCESS, now=NOW, **given)  # type: ignore[arg-type]

    assert refused.value.code == code


def test_who_only_looks_may_not_say_what_a_box_holds(mask: SupplyItem) -> None:
    pack = write_pack(actor=PROCESS, now=NOW, item=mask, unit="box", quantity=Decimal(20))
    looker = make_actor(Role.COMMUNITY_WORKER, STREET)

    with pytest.raises(NotPermitted):
        write_pack(actor=looker, now=NOW, item=mask, unit="box", quantity=Decimal(30))
    with pytest.raises(NotPermitted):
        retire_pack(actor=looker, now=NOW, pack=pack)

    page = client_of(Role.COMMUNITY_WORKER).get(reverse("supplies:packs")).content.decode()
    assert reverse("supplies:retire_pack", args=[pack.uuid]) not in page


def test_goods_are_received_by_the_box(mask: SupplyItem, keeper: Client) -> None:
    level = make_stock(mask, 100)
    pack = write_pack(actor=PROCESS, now=NOW, item=mask, unit="box", quantity=Decimal(20))
    other = write_pack(actor=PROCESS, now=NOW, item=make_stock(mask, 0).item, unit="case", quantity=Decimal(400))
    goods = {"depot": str(level.depot.uuid), "item": "mask_n95", "quantity": "3"}

    taken = keeper.post(reverse("supplies:receive"), {**goods, "pack": str(pack.uuid)})
    plain = keeper.post(reverse("supplies:receive"), goods)
    retire_pack(actor=PROCESS, now=NOW, pack=other)
    gone = keeper.post(reverse("supplies:receive"), {**goods, "pack": str(other.uuid)})

    assert [taken.status_code, plain.status_code, gone.status_code] == [303, 303, 422]
    assert StockLevel.objects.get(pk=level.pk).on_hand == 163


def test_stock_list_counts_by_packs_in_use_and_asks_about_retired_ones(mask: SupplyItem, keeper: Client) -> None:
    level = make_stock(mask, 100)
    pack = write_pack(actor=PROCESS, now=NOW, item=mask, unit="box", quantity=Decimal(20))
    content = "物资名称,单位,数量\nN95口罩,盒,3\n"
    file = SimpleUploadedFile("表.csv", content.encode(), "text/csv")
    keeper.post(reverse("supplies:stock_sheets"), {"depot": str(level.depot.uuid), "file": file})
    sheet = StockSheet.objects.get()

    [counted] = plan_of(sheet, actor=PROCESS, today=NOW.date()).rows
    retire_pack(actor=PROCESS, now=NOW, pack=pack)
    [asked] = plan_of(sheet, actor=PROCESS, today=NOW.date()).rows

    assert counted.quantity == 60
    assert asked.state == RowState.PACK


def test_requests_in_boxes_are_known_once_somebody_said_what_a_box_holds(mask: SupplyItem) -> None:
    from juxing.kernel.import_report import ImportReport
    from juxing.supplies.imports.lines import Catalogue, _in_unit
    from juxing.supplies.imports.rows import ReadLine
    from juxing.supplies.meanings import Meaning

    line = ReadLine(line=2, area_code=STREET, organisation="x", item="N95口罩", specification="", quantity=Decimal(3),
                    written_quantity="3", unit="box", written_on=None)  # fmt: skip
    meaning, items, report = Meaning(mask.pk, 1.0), {mask.code: mask}, ImportReport()

    unknown = _in_unit(line, meaning, Catalogue(items, {}), report)
    known = _in_unit(line, meaning, Catalogue(items, {(mask.pk, "box"): Decimal(20)}), report)

    assert [unknown, known, report.problem_count] == [None, 60, 1]
