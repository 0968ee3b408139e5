"""Two languages side by side, large type for elders, lists on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, STREET, offered_task, quiet_home

pytestmark = pytest.mark.browser
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN_WORDS = re.compile(r"\b(?!SMS|EN|QR|Juxing|English|GPS)[A-Za-z]{4,}(?: [a-z]{2,})+")
CHROME = "nav, h1, h2, th, button, label, legend, .kit-help, .kit-figure__label"


def words_of(page: Page) -> list[str]:
    """Return the product's own words on the page: navigation, headings, labels, buttons."""
    return [text.strip() for text in page.locator(CHROME).all_inner_texts() if text.strip()]


@pytest.mark.parametrize("path", [f"/picture/{STREET}/", "/needs/", "/dispatch/", "/responders/", "/places/"])
def test_words_are_of_one_language(visit: Open, path: str) -> None:
    page = visit(path, role="street_operator")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh"))
    assert [text for text in words_of(page) if LATIN_WORDS.search(text)] == []

    page.locator("button[value=en]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    headings = page.locator("h2, th[scope=col], main button, main legend").all_inner_texts()
    assert [text for text in headings if HAN.search(text)] == []


def test_large_type_is_large_fits_and_stays(visit: Open) -> None:
    page = visit("/ask/", phone=True)
    page.locator("[data-large-type]").first.click()
    for path in ("/ask/", "/n/", "/"):
        page.goto(path)
        size_px = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
        assert size_px >= 18
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_lists_can_be_printed_and_the_printing_is_journalled(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.models import JournalEntry
    from juxing.needs.commands import NeedInput, record_need

    with books():
        given = NeedInput(need_type="pet_care", channel="phone", household_id=quiet_home(FIRST_COMMUNITY).id)
        need = record_need(actor=Actor.system("story"), now=clock.now(), given=given).need
    page = visit("/needs/print/?show=open", role="street_operator")
    expect(page.locator("table tbody tr", has_text=need.number)).to_be_visible()
    page.emulate_media(media="print")
    pdf = page.pdf(format="A4", landscape=True)

    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 10_000
    with books():
        assert JournalEntry.objects.filter(action="needs.need.print", subject_uuid=need.uuid).count() == 1


def test_round_is_planned_printed_and_walked(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.dispatch.commands import accept_task
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need

    with books():
        actor = Actor.system("story")
        home = quiet_home(FIRST_COMMUNITY)
        given = NeedInput(need_type="care_visit", channel="phone", household_id=home.id, is_urgent=True)
        task = offered_task(record_need(actor=actor, now=clock.now(), given=given).need)
        accept_task(actor=actor, now=clock.now(), task=task)
    page = visit("/dispatch/rounds/", role="street_operator")
    page.select_option("#id_area_code", STREET)
    page.locator("main form .btn-primary").first.click()
    planned, result = page.locator("tbody tr a[href*='/dispatch/rounds/']"), page.locator(".kit-job a.btn-primary")
    expect(planned.or_(result).first).to_be_visible(timeout=60_000)
    judge(page)
    if not planned.first.is_visible():
        result.first.click()
    planned.first.click()
    judge(page)
    page.locator("a[href$='/print/']").first.click()
    expect(page.locator("table tbody tr").first).to_be_visible()
    judge(page)
    page.emulate_media(media="print")

    assert len(page.pdf(format="A4")) > 10_000
    helper = visit("/my/tasks/", account=task.responder.account.sign_in_name, phone=True)
    helper.locator("a[href*='/my/rounds/']").first.click()
    expect(helper.locator(".kit-task").first).to_be_visible()
    judge(helper)
