"""The room as people of each role meet it over HTTP."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.jobs import JobHandle, job_kinds
from juxing.kernel.models import Job, JournalEntry
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import SharingSettings, compute_allocation
from juxing.supplies.models import AllocationRun, StockLevel, SupplyItem, SupplyList, SupplyOffer, SupplyRequest
from tests.factories import (
    COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_item,
    make_stock,
)
from tests.supplies.makers import NOW, PROCESS, client_of, make_mask, make_offer, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def ground() -> None:
    make_areas()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_show_words_units_and_what_is_not_known(language: str) -> None:
    make_stock(make_mask(), 1234)
    make_request(None)
    make_offer(5000)
    make_request(7, item=None, written_item="<script>alert(1)</script>")
    client = client_of(Role.COMMUNITY_WORKER, COMMUNITY)
    client.cookies["django_language"] = language

    stock, requests, offers = (
        client.get(reverse(f"supplies:{name}")).content.decode() for name in ("stock", "requests", "offers")
    )

    assert "1,234" in stock
    assert ("只" if language == "zh-hans" else "single") in stock
    assert ("不详" if language == "zh-hans" else "not known") in requests
    assert "&lt;script&gt;" in requests
    assert "<script>alert" not in requests
    assert "5,000" in offers


def test_what_lies_elsewhere_does_not_exist_here() -> None:
    level = make_stock(make_mask(), 5, community=OTHER_STREET_COMMUNITY)
    request, offer = make_request(area_code=OTHER_STREET_COMMUNITY), make_offer(area_code=OTHER_STREET_COMMUNITY)
    run = AllocationRun.objects.create(area_code=OTHER_STREET_COMMUNITY, computed_at=NOW)
    client = client_of(Role.STREET_OPERATOR)
    addresses = [
        reverse("supplies:correct", args=[level.depot.uuid, "mask_n95"]),
        reverse("supplies:request", args=[request.uuid]), reverse("supplies:offer", args=[offer.uuid]),
        reverse("supplies:allocation", args=[run.uuid]), reverse("supplies:list", args=[uuid4()]),
    ]  # fmt: skip

    assert [client.get(address).status_code for address in addresses] == [404] * 5
    posts: list[tuple[str, list[object]]] = [
        ("sign", [run.uuid]), ("quantity", ["request", request.uuid]), ("step", [request.uuid, "accept"]),
        ("meaning", ["offer", offer.uuid]),
    ]  # fmt: skip
    for name, args in posts:
        assert client.post(reverse(f"supplies:{name}", args=args), {"quantity": 1}).status_code == 404


def test_storekeeper_writes_down_what_came_in_once_however_often_the_button_is_pressed() -> None:
    level = make_stock(make_mask(), 10)
    client, address = client_of(Role.STOREKEEPER), reverse("supplies:receive")
    form = {"depot": str(level.depot.uuid), "item": "mask_n95", "quantity": "5", "idempotency_key": "k1"}

    answers = [client.post(address, form).status_code for _time in range(2)]

    assert (answers, StockLevel.objects.get(pk=level.pk).on_hand) == ([303, 303], 15)


@pytest.mark.parametrize("quantity", ["-5", "0", "abc", "1e400", "99999999999999999", "1.0001", ""])
def test_impossible_quantity_comes_back_with_what_was_typed(quantity: str) -> None:
    level = make_stock(make_mask(), 10)
    form = {"depot": str(level.depot.uuid), "item": "mask_n95", "quantity": quantity, "reason": "某人捐赠"}

    answer = client_of(Role.STOREKEEPER).post(reverse("supplies:receive"), form)

    assert (answer.status_code, StockLevel.objects.get(pk=level.pk).on_hand) == (422, 10)
    assert "某人捐赠" in answer.content.decode()


def test_depot_of_another_street_cannot_be_chosen() -> None:
    level = make_stock(make_mask(), 10, community=OTHER_STREET_COMMUNITY)
    form = {"depot": str(level.depot.uuid), "item": "mask_n95", "quantity": "5"}

    assert client_of(Role.STOREKEEPER).post(reverse("supplies:receive"), form).status_code == 422
    assert StockLevel.objects.get(pk=level.pk).on_hand == 10


def test_counting_is_refused_below_what_is_promised() -> None:
    level = make_stock(make_mask(), 10)
    StockLevel.objects.filter(pk=level.pk).update(reserved=4)
    client, address = client_of(Role.STOREKEEPER), reverse("supplies:correct", args=[level.depot.uuid, "mask_n95"])

    low = client.post(address, {"counted": "3", "minimum": "0", "reason": "盘点"})
    right = client.post(address, {"counted": "6", "minimum": "2", "reason": "盘点"})

    kept = StockLevel.objects.get(pk=level.pk)
    assert (low.status_code, right.status_code, kept.on_hand, kept.min_quantity) == (422, 303, 6, 2)


def test_meanings_are_settled_by_button_by_name_or_as_none() -> None:
    load_seed()
    for written in ("测体温设备", "防护服甲", "外星人飞船"):
        make_request(item=None, written_item=written)
    client, address = client_of(Role.COMMUNITY_WORKER, COMMUNITY), reverse("supplies:settle")

    client.post(address, {"written": "测体温设备", "specification": "", "item": "thermometer_gun"})
    client.post(address, {"written": "防护服甲", "specification": "", "other": "coverall"})
    client.post(address, {"written": "外星人飞船", "specification": "", "item": "-"})
    wrong = client.post(address, {"written": "外星人飞船", "specification": "", "item": "no_such_thing"})

    settled = {row.written_item: row.item.code if row.item else None for row in SupplyRequest.objects.all()}
    assert settled == {"测体温设备": "thermometer_gun", "防护服甲": "coverall", "外星人飞船": None}
    assert wrong.status_code == 422
    assert SupplyRequest.objects.filter(is_mapping_confirmed=True).count() == 3


def test_queue_offers_candidates_with_reasons_and_keys() -> None:
    load_seed()
    make_request(item=None, written_item="防护服", specification="GB19083-2010")

    page = client_of(Role.STREET_OPERATOR).get(reverse("supplies:mapping")).content.decode()

    assert 'value="coverall" data-answer="1"' in page
    assert 'value="mask_n95" data-answer="2"' in page
    assert 'value="-" data-answer="0"' in page


def test_offer_without_quantity_says_so_until_someone_states_it() -> None:
    offer = make_offer(None)
    client, address = client_of(Role.STREET_OPERATOR), reverse("supplies:offer", args=[offer.uuid])
    before = client.get(address).content.decode()

    stated = client.post(reverse("supplies:quantity", args=["offer", offer.uuid]), {"quantity": "700"})

    assert "没写供给多少" in before
    assert stated.status_code == 303
    assert "没写供给多少" not in client.get(address).content.decode()
    assert SupplyOffer.objects.get().quantity == 700


def test_request_goes_its_way_by_those_who_may() -> None:
    request = make_request()
    clerk, operator = client_of(Role.COMMUNITY_WORKER, COMMUNITY), client_of(Role.STREET_OPERATOR)

    def press(client: Client, what: str, **values: str) -> int:
        return client.post(reverse("supplies:step", args=[request.uuid, what]), values).status_code

    assert press(clerk, "accept") == 403
    assert press(operator, "accept") == 303
    assert press(operator, "accept") == 409
    assert press(operator, "decline") == 422
    assert press(operator, "decline", reason="已从别处得到") == 303
    assert press(operator, "commit") == 404
    assert "已从别处得到" in operator.get(reverse("supplies:request", args=[request.uuid])).content.decode()


def test_sharing_from_the_form_over_the_job_to_the_signature() -> None:
    request = make_request(None)
    make_request(40, item=None)
    make_offer(30)
    client = client_of(Role.STREET_OPERATOR)
    form = {"assume_mask_n95": "60", "weight_area": "", "weight": "1", "idempotency_key": "k"}

    begun = client.post(reverse("supplies:share"), form)
    waiting = client.get(begun["Location"])
    job = Job.objects.get()
    job_kinds[job.kind].run(JobHandle(job))
    shown = client.get(begun["Location"]).content.decode()
    signed = client.post(reverse("supplies:sign", args=[job.uuid]))
    again = client.post(reverse("supplies:sign", args=[job.uuid]))

    request.refresh_from_db()
    assert (begun.status_code, waiting.status_code, signed.status_code, again.status_code) == (303, 200, 303, 409)
    assert "由人设定" in shown
    assert 'data-open-dialog="sign"' in shown
    assert (request.committed_quantity, request.status) == (Decimal(30), "committed")
    assert JournalEntry.objects.filter(action="supplies.allocation.sign").count() == 1


@pytest.mark.parametrize("assumed", ["0", "-4", "many", "1" * 30])
def test_assumption_out_of_range_comes_back(assumed: str) -> None:
    make_request(None)
    make_offer(30)

    answer = client_of(Role.STREET_OPERATOR).post(
        reverse("supplies:share"), {"assume_mask_n95": assumed, "weight": "1"}
    )

    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_place_outside_cannot_be_shared_in() -> None:
    make_request(5, area_code=OTHER_STREET_COMMUNITY)

    answer = client_of(Role.STREET_OPERATOR).get(f"{reverse('supplies:share')}?area={OTHER_STREET_COMMUNITY}")

    assert answer.status_code == 403


def test_lines_that_got_nothing_say_why_and_clerks_see_no_button_to_sign() -> None:
    make_request(5)
    make_request(5, item=make_item("rice"))
    make_offer(5)
    run = compute_allocation(actor=PROCESS, now=NOW, area_code=STREET, settings=SharingSettings())
    client, address = client_of(Role.COMMUNITY_WORKER, COMMUNITY), reverse("supplies:allocations")

    assert client.get(address).status_code == 200
    assert client.get(reverse("supplies:allocation", args=[run.uuid])).status_code == 404, "the street's, not theirs"
    shown = client_of(Role.STOREKEEPER).get(f"{reverse('supplies:allocation', args=[run.uuid])}?reason=nothing_offered")
    assert "没有单位供给这种物资" in shown.content.decode()
    assert 'data-open-dialog="sign"' not in shown.content.decode()


def test_list_is_sent_taken_in_and_reported() -> None:
    client = client_of(Role.STREET_OPERATOR)
    content = "单位,社区,物资,数量\n第一医院,湖滨社区,N95口罩,5\n第二医院,火星社区,N95口罩,5\n".encode("gb18030")
    form = {"kind": "request", "name": "三月的表", "area_code": STREET, "file": SimpleUploadedFile("a.csv", content)}

    sent = client.post(reverse("supplies:lists"), form)
    waiting = client.get(sent["Location"])
    job = Job.objects.get()
    job_kinds[job.kind].run(JobHandle(job))
    report = client.get(sent["Location"]).content.decode()

    assert (sent.status_code, waiting.status_code) == (303, 200)
    assert "火星社区" in report
    assert SupplyRequest.objects.get().area_code == COMMUNITY
    assert SupplyList.objects.get().content == ""


@pytest.mark.parametrize("content", [b"", b"\x00\x01"])
def test_unusable_file_is_said_on_the_form_or_on_the_job(content: bytes) -> None:
    client = client_of(Role.STREET_OPERATOR)
    form = {"kind": "offer", "name": "表", "area_code": STREET, "file": SimpleUploadedFile("a.xlsx", content)}

    answer = client.post(reverse("supplies:lists"), form)

    assert answer.status_code in {303, 422}
    assert SupplyList.objects.count() == (1 if answer.status_code == 303 else 0)


def test_list_cannot_be_recorded_in_another_area() -> None:
    form = {"kind": "offer", "name": "表", "area_code": OTHER_STREET_COMMUNITY,
            "file": SimpleUploadedFile("a.csv", b"x")}  # fmt: skip

    assert client_of(Role.STREET_OPERATOR).post(reverse("supplies:lists"), form).status_code == 422
    assert SupplyItem.objects.count() == 0


def test_template_is_a_spreadsheet() -> None:
    client = client_of(Role.STOREKEEPER)

    answer = client.get(reverse("supplies:template", args=["request"]))

    assert answer.content.startswith(b"PK")
    assert client.get(reverse("supplies:template", args=["nothing"])).status_code == 404
