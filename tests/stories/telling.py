"""Steps that several stories share: asking for help as a resident does, and what is arranged behind pages."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

NUMBER = re.compile(r"N-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
FIRST_COMMUNITY, SECOND_COMMUNITY, VILLAGE = "990117001001", "990117001002", "990117001201"
STREET = "990117001"
PATIENCE_S, BETWEEN_LOOKS_S = 60, 0.1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Home:
    """A household of the district, in the words a resident would use."""

    uuid: str
    id: int
    code: str
    estate: str
    building: str
    unit: str
    door: str


def quiet_home(place: str) -> Home:
    """Return a household that has asked for nothing yet; no other story gets the same one."""
    return quiet_homes(place, 1)[0]


def quiet_homes(place: str, count: int) -> list[Home]:
    """Return households of different buildings, if there are as many, that have asked for nothing yet."""
    from juxing.needs.models import Need
    from juxing.places.models import Household

    asked = Need.objects.exclude(household=None).values("household_id")
    homes = Household.objects.within(place).exclude(id__in=asked).select_related("building__estate", "unit")
    homes = homes.order_by("door", "-building_id", "-id")
    return [
        Home(
            str(found.uuid), found.pk, found.area_code, found.building.estate.area_code, found.building.number,
            found.unit.number if found.unit else "", found.door,
        )
        for found in claimed(homes, count)
    ]  # fmt: skip


def claimed(rows: Any, count: int = 1) -> list[Any]:
    """Return the first rows no other story has taken; the stories' processes agree through a table of their own."""
    from django.db import connection

    with connection.cursor() as cursor:
        taken: list[Any] = []
        for row in rows.iterator():
            cursor.execute("INSERT INTO story_claim VALUES (%s) ON CONFLICT DO NOTHING", [household_of(row)])
            taken += [row] * cursor.rowcount
            if len(taken) == count:
                return taken
    raise AssertionError(f"Only {len(taken)} of {count} are left.")


def household_of(row: Any) -> int:
    """Return the household that is the row, or that the row lives in."""
    return int(getattr(row, "household_id", None) or row.pk)


def main_button(page: Page) -> Locator:
    """Return the button that sends the form at hand."""
    return page.locator("main .kit-form__actions .btn-primary").first


def prove_phone(page: Page, phone: str, *, start: str = "/ask/", then: str = "**/ask/need/") -> None:
    """Write the number, read the code the demo shows, and write it."""
    page.goto(start)
    page.fill("#id_phone", phone)
    main_button(page).click()
    page.fill("#id_code", page.locator(".kit-code__digits").inner_text())
    main_button(page).click()
    page.wait_for_url(then)


def fill_request(page: Page, home: Home, *, kind: str, things: str = "", details: str = "") -> None:
    """Fill in the one-minute form; while a response holds somewhere, it asks where first, and may be short there."""
    if page.locator("#id_place").count():
        page.select_option("#id_place", home.estate)
        main_button(page).click()
        page.wait_for_url("**/ask/need/?place=**")
    page.locator(f"label:has(input[value={kind}])").click()
    if things:
        page.fill("#id_other_things", things)
    if page.locator("#id_details").count():
        page.fill("#id_details", details)
    page.select_option("#id_estate", home.estate)
    page.fill("#id_building", home.building)
    page.fill("#id_unit", home.unit)
    page.fill("#id_door", home.door)


def ask_for_help(page: Page, home: Home, *, phone: str = "", kind: str = "fresh_food", **words: str) -> tuple[str, str]:
    """Ask from the first page to the last, and return number and link."""
    prove_phone(page, phone or new_phone())
    fill_request(page, home, kind=kind, **words)
    main_button(page).click()
    page.wait_for_url("**/received/")
    return number_on(page), re.sub(r"received/$", "", page.url)


def number_on(page: Page) -> str:
    """Return the number of the need that the page names first."""
    found = NUMBER.search(page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()[:500]
    return found.group()


def need_of(number: str) -> Any:
    """Return the row behind a number."""
    from juxing.kernel.numbers import row_id_of
    from juxing.needs.models import NUMBER_PREFIX, Need

    return Need.objects.get(pk=row_id_of(NUMBER_PREFIX, number) or 0)


def new_phone() -> str:
    """Return a mobile number of the unused range that asked for no code yet."""
    return f"128{secrets.randbelow(10**8):08}"


def picture(page: Page, name: str) -> None:
    """Keep what the documents show, where a run asks for it: ``JUXING_PICTURES=docs/screenshots``."""
    if directory := os.environ.get("JUXING_PICTURES"):
        page.locator(".kit-notice--success").evaluate_all("all => all.forEach(notice => notice.remove())")
        page.mouse.move(0, 0)
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(directory, f"{name}-{width}.png"), animations="disabled")


def see_success(page: Page) -> None:
    """Wait for the word that it worked."""
    expect(page.locator(".kit-notice--success").first).to_be_visible()


def helper_near(home: Home, *, besides: tuple[int, ...] = ()) -> Any:
    """Return an available responder of the home's community who holds nothing and lacks nothing before a task."""
    from juxing.dispatch.models import Task
    from juxing.responders.models import Responder

    busy = Task.objects.values("responder_id")
    free = Responder.objects.within(home.code[:12]).filter(status="verified", is_available=True)
    free = free.filter(clearances__kind="insurance").filter(clearances__code="protection")
    return free.exclude(id__in=busy).exclude(id__in=besides).select_related("account").order_by("-id")[0]


def deliver(need: Any) -> None:
    """Let somebody of the community have brought it, through the same commands as the pages."""
    from juxing.dispatch.commands import accept_task, check_in, finish_task
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor

    actor = Actor.system("story")
    task = offered_task(need)
    for step in (accept_task, check_in, finish_task):
        task = step(actor=actor, now=clock.now(), task=task)


def offered_task(need: Any) -> Any:
    """Run matching for the need's street until the need is offered to someone, and return the task."""
    from juxing.dispatch.commands import run_matching
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal

    def look() -> Any:
        with suppress(Refusal):  # another story's run over this street is under way and may be the one that asks
            run_matching(actor=Actor.system("story"), now=clock.now(), area_code=need.area_code[:9])
        return open_offer(need)

    return open_offer(need) or until(look, otherwise="Nobody was asked.")


def open_offer(need: Any) -> Any:
    """Return the need's offer that nobody answered yet, if there is one."""
    from juxing.dispatch.models import Task

    return Task.objects.filter(need=need, status="offered").select_related("responder__account").first()


def until(look: Callable[[], T | None], *, otherwise: str) -> T:
    """Look again and again until there is something to see, and return it; fail with these words after a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while (seen := look()) is None or seen is False:
        assert time.monotonic() < deadline, otherwise
        time.sleep(BETWEEN_LOOKS_S)
    return seen
