"""花名册导入: tables as offices keep them come in, each bad row named; the journal's seals are looked over."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.stories.conftest import Open, signed_in_state
from tests.stories.judging import judge
from tests.stories.serving import Served
from tests.stories.telling import FIRST_COMMUNITY, STREET, quiet_home

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
ORGANISATIONS = (
    "组织名称,类型,社区\n"
    f"望湖好邻居物业,物业,{FIRST_COMMUNITY}\n"
    f"=1+1,物业,{FIRST_COMMUNITY}\n"
    f"望湖秘密社,秘密组织,{FIRST_COMMUNITY}\n"
)
RESPONDERS = (
    "姓名,手机号,社区,人员类别,专业特长,语言,交通工具,每天可接任务数,愿走多远（米）\n"
    f"程小舟,12811110001,{FIRST_COMMUNITY},,,,,,\n"
    f"<b>粗体</b>,不是电话,{FIRST_COMMUNITY},,,,,-5,\n"
)
POSTS = (
    "社区,组织,岗位,A角,B角\n"
    f"{FIRST_COMMUNITY},{{organisation}},值班员,community_worker-{FIRST_COMMUNITY},\n"
    f"{FIRST_COMMUNITY},没有的组织,值班员,,\n"
)
HOUSEHOLDS = "社区,小区,楼栋,单元,门牌,姓名,手机,出生年,行动能力\n"


def send(page: Page, address: str, content: str) -> Locator:
    """Choose the file, send it, wait, and return the report."""
    page.goto(address)
    for choice in page.locator("main form select[required]").all():
        choice.select_option(index=1)
    sent = content.encode("gb18030")
    page.set_input_files("main input[type=file]", {"name": "table.csv", "mimeType": "text/csv", "buffer": sent})
    page.locator("main .kit-form__actions .btn-primary").first.click()
    report, result = page.locator(".kit-report"), page.locator(".kit-job a.btn-primary")
    expect(report.or_(result).first).to_be_visible(timeout=WAIT_MS)
    if result.is_visible():
        result.click()
    expect(report).to_be_visible()
    return report


def counts(report: Locator) -> list[int]:
    """Return what was read, added, changed, unchanged and left out."""
    return [int(text) for text in report.locator(".kit-report__counts strong").all_inner_texts()]


def test_organisations_come_in_and_bad_rows_are_named(visit: Open) -> None:
    page = visit(role="street_operator")

    report = send(page, "/organisations/import/", ORGANISATIONS)

    assert counts(report) in ([3, 1, 0, 0, 2], [3, 0, 0, 1, 2])
    expect(report).to_contain_text("秘密组织")
    judge(page)


def test_posts_come_in_and_bad_rows_are_named(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.organisations.models import Organisation

    with books():
        organisation = Organisation.objects.within(FIRST_COMMUNITY).order_by("id")[0].name
    page = visit(role="street_operator")

    report = send(page, "/organisations/tables/posts/", POSTS.format(organisation=organisation))

    assert (counts(report)[0], counts(report)[-1]) == (2, 1)
    expect(report).to_contain_text("没有的组织")
    judge(page)


def test_responders_come_in_without_doubling_and_bad_rows_are_named(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.responders.models import Responder

    page = visit(role="community_worker")

    report = send(page, "/responders/lists/", RESPONDERS)
    judge(page)
    assert counts(report)[-1] == 1
    assert "<b>粗体</b>" not in page.content().replace("&lt;b&gt;粗体&lt;/b&gt;", "")
    send(page, "/responders/lists/", RESPONDERS)

    with books():
        assert Responder.objects.within(FIRST_COMMUNITY).filter(name="程小舟").count() == 1


def test_households_come_in_and_twice_changes_nothing(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.places.models import Estate

    with books():
        home = quiet_home(FIRST_COMMUNITY)
        estate = Estate.objects.get(area_code=home.estate).name
    place = f"{FIRST_COMMUNITY},{estate},{home.building},{home.unit},{home.door}"
    rows = f"{HOUSEHOLDS}{place},万里青,12811110002,1950,\n{place},=HYPERLINK(1),12811110003,1900,\n"
    page = visit(role="street_operator")

    first = counts(send(page, "/residents/import/", rows))
    judge(page)
    second = counts(send(page, "/residents/import/", rows))

    assert (first[0], second[0]) == (2, 2)
    assert second[1:3] == [0, 0]
    assert first[-1] == second[-1] == 1


def test_auditor_verifies_the_seals_of_the_journal(visit: Open) -> None:
    page = visit("/journal/seals/", role="security_auditor")
    page.locator("form[action$='/verify/'] .btn-primary").click()
    verdict, result = page.locator("main h2"), page.locator(".kit-job a.btn-primary")
    expect(verdict.or_(result).first).to_be_visible(timeout=WAIT_MS)
    if result.is_visible():
        result.click()

    expect(verdict).to_contain_text("完好")
    judge(page)


def test_upload_broken_off_in_the_middle_leaves_nothing(
    visit: Open, browser: Browser, served: Served, books: Callable[[], Any]
) -> None:
    from juxing.supplies.models import SupplyList

    held = signed_in_state(browser, served.web, f"street_operator-{STREET}")["cookies"]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in held)
    token = next(one["value"] for one in held if one["name"].endswith("csrftoken"))
    fields = {"csrfmiddlewaretoken": token, "area_code": STREET, "kind": "request", "name": "断线的清单"}
    begun = "".join(f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields)
    begun += '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n单位,区域代码,物资,数量\n'
    address = urlsplit(served.web)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            f"POST /supplies/lists/ HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookies}\r\n"
            f"Referer: {served.web}/\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n\r\n"
        )
        connection.sendall(head.encode() + begun.encode() + b"a,b,c,1\n" * 1000)

    page = visit("/supplies/lists/", role="street_operator")

    expect(page.locator("main form").first).to_be_visible()
    assert "断线的清单" not in page.locator("main").inner_text()
    with books():
        assert not SupplyList.objects.filter(name="断线的清单").exists()
