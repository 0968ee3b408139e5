"""就近原则和专业对口: a run is started and explained; one declines, one is silent, one comes; nothing happens twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import (
    FIRST_COMMUNITY,
    PATIENCE_S,
    SECOND_COMMUNITY,
    ask_for_help,
    need_of,
    open_offer,
    quiet_home,
    see_success,
    until,
)

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def start_run(page: Page, area: str) -> None:
    """Start a run as the operator does, wait for its end, and look at its explanation."""
    page.goto("/dispatch/")
    page.select_option("#id_area_code", area)

    def is_started() -> bool:
        page.locator("main form .btn-primary").first.click()
        page.wait_for_load_state()
        return "/dispatch/runs/" in page.url  # unless another story's run is under way: the page keeps the choice

    until(is_started, otherwise="The run did not start.")
    result, figures = page.locator(".kit-job a.btn-primary"), page.locator(".kit-figure")
    expect(result.or_(figures.first)).to_be_visible(timeout=PATIENCE_S * 1000)
    if result.is_visible():
        result.click()
    expect(figures.first).to_be_visible()
    expect(page.locator("#left")).to_be_visible()
    expect(page.locator("#weights")).to_be_visible()


def task_of(need: Any, books: Books) -> Any:
    """Wait for the need's open offer: a run of another story may be the one that makes it."""

    def look() -> Any:
        with books():
            return open_offer(need)

    return until(look, otherwise="Nobody was asked.")


def photo() -> bytes:
    """Return a picture with the place in its metadata, as phones make them."""
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "31.11 N 121.23 E"
    Image.new("RGB", (640, 480), (180, 120, 60)).save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def test_need_finds_its_helper_after_a_no_and_a_silence(visit: Open, books: Books) -> None:
    from juxing.dispatch.commands import expire_offers
    from juxing.dispatch.models import Task, TaskPhoto
    from juxing.kernel import clock
    from juxing.site.demo.simulate import invariants

    with books():
        home = quiet_home(SECOND_COMMUNITY)
    resident, operator = visit(phone=True), visit(role="street_operator")
    number, link = ask_for_help(resident, home, kind="care_visit", details="老人独居，想请人看看")
    with books():
        need = need_of(number)

    start_run(operator, SECOND_COMMUNITY)
    asked = task_of(need, books)
    name = asked.responder.account.sign_in_name
    one = visit(f"/my/tasks/{asked.uuid}/", account=name, phone=True, expected=(404,))  # kept for later too late
    assert home.door not in one.locator("main").inner_text().replace(str(need.number), "")
    one.locator("form[action$='/decline/'] button").first.click()
    one.wait_for_url("**/my/tasks/")
    see_success(one)

    start_run(operator, SECOND_COMMUNITY)
    silent = task_of(need, books)
    with books():
        Task.objects.filter(pk=silent.pk).update(expires_at=clock.now() - timedelta(seconds=1))
        expire_offers(now=clock.now())

    start_run(operator, SECOND_COMMUNITY)
    third = task_of(need, books)
    helpers = {task.responder_id for task in (asked, silent, third)}
    assert len(helpers) == 3
    two = visit(f"/my/tasks/{third.uuid}/", account=third.responder.account.sign_in_name, phone=True)
    two.locator("form[action$='/accept/'] button").first.click()
    see_success(two)
    expect(two.locator(".kit-task").first).to_contain_text(home.door)
    two.locator("form[action$='/check_in/'] button").first.click()
    expect(two.locator("form[action$='/check_in/']")).to_have_count(0)
    see_success(two)
    two.set_input_files("input[type=file]", {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    two.fill("#id_note", "已看望，一切都好")
    two.locator("form[action$='/finish/'] .btn-primary").click()
    two.wait_for_url("**/my/tasks/")
    see_success(two)

    resident.goto(link)
    resident.locator("label:has(input[name=score][value='4'])").click()
    resident.locator("form[action$='/confirm/'] .btn-primary").click()
    see_success(resident)
    with books():
        assert need_of(number).status == "confirmed"
        statuses = list(Task.objects.filter(need=need).order_by("id").values_list("status", flat=True))
        assert statuses in (["declined", "expired", "done"], ["declined", "expired", "verified"])
        assert not Image.open(io.BytesIO(bytes(TaskPhoto.objects.get(task=third).content))).getexif()
    assert list(invariants()) == []


def test_life_critical_need_gets_an_offer_without_anyone_pressing(visit: Open, books: Books) -> None:
    with books():
        home = quiet_home(FIRST_COMMUNITY)
    page = visit("/needs/record/?channel=phone", role="hotline_agent")
    page.locator("label:has(input[value=care_visit])").click()
    page.select_option("#id_estate", home.estate)
    page.fill("#id_building", home.building)
    page.fill("#id_unit", home.unit)
    page.fill("#id_door", home.door)
    page.check("#id_is_danger_to_life")
    page.locator("main .kit-form__actions .btn-primary").click()
    page.wait_for_url(lambda url: "/needs/record/" not in url)
    uuid = page.url.rstrip("/").rsplit("/", 1)[-1]

    from juxing.needs.models import Need

    with books():
        need = Need.objects.get(uuid=uuid)
    assert need.priority == "life_critical"
    task = task_of(need, books)
    with books():
        assert task.match.run.trigger in {"life_critical", "person", "schedule"}
        assert (task.offered_at - need.recorded_at).total_seconds() < PATIENCE_S
    page.reload()
    helper = visit("/my/tasks/", account=task.responder.account.sign_in_name, phone=True)
    expect(helper.locator(".kit-task--life_critical").first).to_be_visible()
