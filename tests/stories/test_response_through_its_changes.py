"""
平战转换的全程: one building, then two; lowered, prolonged by a new decision, a storm on top of it, stood down, its data
destroyed by two people with a certificate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from juxing.kernel import clock
from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.responding import COMMANDER, OPERATOR, Response, in_force
from tests.stories.telling import FIRST_COMMUNITY, main_button, see_success, until

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
OFFICER = "privacy_officer-990117"
OUTAGE, STORM = "accident.public_facility.power", "natural.meteorological.typhoon"
DATA_SET = "main a[href*='/activations/data/'][href$='/review/']"
BEIJING = timedelta(hours=8)


def two_buildings() -> list[str]:
    """Return two buildings in which nobody does anything else."""
    from juxing.places.models import Building

    rows = Building.objects.within(FIRST_COMMUNITY).order_by("-area_code")
    return list(rows.values_list("area_code", flat=True)[:2])


def signed(hazard: str, title: str, place: str) -> str:
    """Bring a response at level II into force over one place, signed by two; return its identifier."""
    return in_force(Response(
        hazard=hazard, title=title, planned_for=FIRST_COMMUNITY, place=place, level="level_2",
        matter="保障楼里的老人和病人", number="云府2026-21号", signers=(COMMANDER, OPERATOR),
    ))  # fmt: skip


def written_decision(page: Page, number: str, reason: str) -> None:
    """Fill in the decision document of a change, and send it."""
    page.fill("#id_issuer", "云间区人民政府")
    page.select_option("#id_rank", "district")
    page.fill("#id_number", number)
    page.fill("#id_issued_on", "2026-11-20")
    page.fill("#id_legal_basis", "突发事件应对法第七十二条")
    page.fill("#id_reason", reason)
    main_button(page).click()
    see_success(page)


def countersigned(page: Page, address: str) -> None:
    """Let the second person sign the change that waits."""
    page.goto(address)
    page.locator("#changes ~ ul form button").click()
    see_success(page)


def all_converted(address: str, page: Page) -> None:
    """Wait until nothing of the response is under way."""

    def is_done() -> bool:
        page.goto(address)
        return page.locator("#progress").count() == 0

    until(is_done, otherwise="A change was not carried out.")


def lowered(page: Page, address: str, place: str) -> None:
    """Lower the level of one place at once."""
    page.goto(f"{address}change/level/")
    page.fill("#id_areas", place)
    page.select_option("#id_level", "level_3")
    page.fill("#id_reason", "已接上应急电源")
    main_button(page).click()
    see_success(page)
    all_converted(address, page)


def prolonged(page: Page, address: str, place: str) -> None:
    """Order a later end of one place."""
    page.goto(f"{address}change/extend/")
    end = datetime.now(tz=UTC) + BEIJING + timedelta(days=5)
    page.fill("#id_ends_at", end.strftime("%Y-%m-%dT%H:%M"))
    page.fill("#id_areas", place)
    written_decision(page, "云府2026-23号", "配件后天才到")


def stood_down(page: Page, address: str) -> None:
    """End the response, and wait until everything is put back."""
    page.goto(f"{address}stand-down/")
    page.fill("#id_reason", "供电全部恢复")
    page.fill("#id_left_open_reason", "人员已口头告知")
    main_button(page).click()
    page.wait_for_url("**/conversions/**")
    all_converted(address, page)


def data_gone(officer: Page, commander: Page, address: str) -> None:
    """Review each set of data as privacy officer, destroy it as commander, and get the certificate."""

    def is_listed() -> bool:
        officer.goto(f"{address}data/")
        return officer.locator(DATA_SET).count() > 0

    until(is_listed, otherwise="The data of the response was not listed.")
    judge(officer)
    for link in [each.get_attribute("href") for each in officer.locator(DATA_SET).all()]:
        officer.goto(str(link))
        main_button(officer).click()
        see_success(officer)
    commander.goto(f"{address}data/")
    commander.locator("form[action$='/destroy/'] button").click()
    see_success(commander)
    judge(commander)
    with commander.expect_download() as download:
        commander.locator("a[href$='.pdf']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_response_is_widened_lowered_prolonged_stood_down_and_forgotten(visit: Open, books: Books) -> None:
    from juxing.activations import commands
    from juxing.activations.posture import posture_at

    with books():
        first, second = two_buildings()
        uuid = signed(OUTAGE, "楼内停电", first)
    commander, operator, officer = (visit(account=name) for name in (COMMANDER, OPERATOR, OFFICER))
    address = f"/activations/{uuid}/"

    commander.goto(f"{address}change/widen/")
    commander.fill("#id_areas", second)
    commander.select_option("#id_level", "level_2")
    written_decision(commander, "云府2026-22号", "隔壁楼也停电了")
    commander.goto(address)
    judge(commander)
    with books():
        assert not posture_at([second], clock.now())[second].is_emergency, "one signature is not enough"
    countersigned(operator, address)
    all_converted(address, operator)
    with books():
        assert posture_at([second], clock.now())[second].level == "level_2"
        storm = signed(STORM, "台风橙色预警", second)
        assert len(posture_at([second], clock.now())[second].real) == 2

    lowered(commander, address, first)
    prolonged(commander, address, first)
    countersigned(operator, address)
    all_converted(address, operator)
    with books():
        now, later = clock.now(), clock.now() + timedelta(days=3)
        assert posture_at([first], now)[first].level == "level_3"
        assert posture_at([first], later)[first].is_emergency
        assert not posture_at([second], later)[second].is_emergency, "what nobody prolonged ends by itself"

    stood_down(commander, address)
    with books():
        assert not posture_at([first], clock.now())[first].is_emergency
        assert [each.title for each in posture_at([second], clock.now())[second].real] == ["台风橙色预警"]
        commands.freeze_ended(now=clock.now())
    data_gone(officer, commander, address)
    commander.goto(f"/activations/{storm}/")
    expect(commander.locator("h1")).to_contain_text("台风橙色预警")
