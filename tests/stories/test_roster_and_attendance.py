"""值班: a roster is planned and published; one does not come, the alternate steps in; hours become a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, new_phone, prove_phone

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def test_one_does_not_come_the_alternate_steps_in_and_hours_become_a_certificate(visit: Open, books: Books) -> None:
    people = _three_people(books)
    desk = visit("/rosters/new/", role="community_worker")
    name = f"北门{people[0].phone[-4:]}"
    base = _made_and_published(desk, name, [person.pk for person in people])
    roster, here, missing, alternate = _begun_twenty_minutes_ago(books, name)

    desk.goto(f"{base}code/")
    judge(desk)
    code = desk.locator(".roster-code__letters").inner_text()
    desk.goto(f"{base}code/sheet/")
    judge(desk)
    comer = visit(phone=True)
    comer.goto(f"/check-in/{roster.uuid}/{code}/")
    prove_phone(comer, here.responder.phone, start=comer.url, then=f"**/check-in/{roster.uuid}/**")
    judge(comer)
    main_button(comer).click()
    expect(comer.locator(".kit-panel", has_text="已到岗")).to_be_visible()

    token = _a_minute_passes(books, here, missing, alternate)
    desk.goto(f"{base}now/")
    expect(desk.get_by_text("B角已顶岗")).to_be_visible()
    expect(desk.get_by_text(f"顶替{missing.responder.name}")).to_be_visible()
    judge(desk)
    own = visit(f"/s/{token}/shifts/", phone=True)
    judge(own)
    own.locator("form[action$='/out/'] button").click()
    expect(own.get_by_text("已完成").first).to_be_visible()
    for path in ("hours/", "lessons/", "lessons/gate/"):
        own.goto(f"/s/{token}/{path}")
        judge(own)
    _hours_are_corrected_certified_and_verified(desk, visit("/certificates/verify/", phone=True), books, here)


def _three_people(books: Books) -> list[Any]:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.inputs import ResponderInput

    story, people = Actor.system("story"), []
    with books():
        for phone in [new_phone() for _person in range(3)]:
            given = ResponderInput(area_code=FIRST_COMMUNITY, name=f"值守{phone[-4:]}", kind="volunteer", phone=phone)
            new = commands.register_responder(actor=story, now=clock.now(), given=given)
            people.append(commands.verify_responder(actor=story, now=clock.now(), responder=new))
    return people


def _made_and_published(desk: Page, name: str, people: list[int]) -> str:
    """Make the roster, choose the people, have it planned, publish it; return its address."""
    for field, words in {"name": name, "place": "北门", "days": "1", "post_0": "门岗", "count_0": "2"}.items():
        desk.fill(f"#id_{field}", words)
    desk.fill("#id_alternates_0", "1")
    main_button(desk).click()
    desk.wait_for_url("**/people/")
    judge(desk)
    for person in people:
        desk.check(f"input[name=add][value='{person}']")
    main_button(desk).click()
    expect(desk.locator("input[name=remove]")).to_have_count(3)
    base = desk.url.removesuffix("people/")
    desk.goto(base)
    desk.locator("form[action$='/plan/'] button").click()
    expect(desk.locator(".kit-job--done").or_(desk.get_by_text("不存在更好的值班表"))).to_be_visible(timeout=90_000)
    desk.goto(base)
    expect(desk.get_by_text("不存在更好的值班表")).to_be_visible()
    judge(desk)
    desk.goto(f"{base}import/")
    judge(desk)
    desk.goto(base)
    desk.locator("[data-open-dialog=publish]").click()
    desk.fill("#publish-notice", "请提前十分钟到岗")
    desk.locator("#publish button.btn-primary").click()
    expect(desk.locator("[data-open-dialog=close]")).to_be_visible()
    return base


def _begun_twenty_minutes_ago(books: Books, name: str) -> tuple[Any, Any, Any, Any]:
    """Move the shift to now, whatever the hour of the test; return roster, two primaries and the alternate."""
    from juxing.kernel import clock
    from juxing.responders.models import Duty, Roster

    with books():
        now, roster = clock.now(), Roster.objects.get(name=name)
        rows = Duty.objects.filter(roster=roster)
        rows.update(starts_at=now - timedelta(minutes=14), ends_at=now + timedelta(hours=2))
        here, missing = rows.filter(slot="primary").select_related("responder").order_by("id")
        return roster, here, missing, rows.get(slot="alternate")


def _a_minute_passes(books: Books, here: Any, missing: Any, alternate: Any) -> str:
    """Do the minute's own work two minutes later, without waiting for it; return the comer's link."""
    from juxing.kernel import clock
    from juxing.responders import commands
    from juxing.responders.models import Duty

    with books():
        commands.look_at_the_clock(now=clock.now() + timedelta(minutes=2))
        stood_in = Duty.objects.get(pk=alternate.pk)
        assert (stood_in.slot, stood_in.stands_in_for_id) == ("primary", missing.pk)
        return commands.give_link(now=clock.now(), responder=here.responder)


def _hours_are_corrected_certified_and_verified(desk: Page, anyone: Page, books: Books, here: Any) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.models import ServiceRecord

    with books():
        record = ServiceRecord.objects.get(duty=here)
        _made, printed = commands.issue_certificate(
            actor=Actor.system("story"), now=clock.now(), responder=here.responder, served_from=record.served_on,
            served_until=record.served_on, issuer="望湖社区",
        )  # fmt: skip
    desk.goto(f"/service/{record.uuid}/correct/")
    judge(desk)
    desk.fill("#id_minutes", "120")
    desk.fill("#id_reason", "提前到岗，未及时扫码")
    main_button(desk).click()
    expect(desk.get_by_text("未及时扫码").first).to_be_visible()
    anyone.fill("#id_code", printed)
    main_button(anyone).click()
    expect(anyone.locator("dd").first).to_have_text(here.responder.name)
    assert here.responder.phone not in anyone.content()
    judge(anyone)
