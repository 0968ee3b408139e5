"""值班: a roster is planned and published, one does not come, the alternate steps in, and hours become a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, new_phone, prove_phone

pytestmark = pytest.mark.browser


def test_one_does_not_come_the_alternate_steps_in_and_hours_become_a_certificate(
    visit: Open, books: Callable[[], Any]
) -> None:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.inputs import ResponderInput
    from juxing.responders.models import Duty, Roster, ServiceRecord

    story, phones, people = Actor.system("story"), [new_phone() for _person in range(3)], []
    with books():
        for phone in phones:
            given = ResponderInput(area_code=FIRST_COMMUNITY, name=f"值守{phone[-4:]}", kind="volunteer", phone=phone)
            new = commands.register_responder(actor=story, now=clock.now(), given=given)
            people.append(commands.verify_responder(actor=story, now=clock.now(), responder=new))

    desk = visit("/rosters/new/", role="community_worker")
    name = f"北门{phones[0][-4:]}"
    for field, words in {"name": name, "place": "北门", "days": "1", "post_0": "门岗", "count_0": "2"}.items():
        desk.fill(f"#id_{field}", words)
    desk.fill("#id_alternates_0", "1")
    main_button(desk).click()
    desk.wait_for_url("**/people/")
    judge(desk)
    for person in people:
        desk.check(f"input[name=add][value='{person.pk}']")
    main_button(desk).click()
    expect(desk.locator("input[name=remove]")).to_have_count(3)
    base = desk.url.removesuffix("people/")
    desk.goto(base)
    desk.locator("form[action$='/plan/'] button").click()
    expect(desk.get_by_text("打开结果").or_(desk.get_by_text("不存在更好的值班表"))).to_be_visible(timeout=60_000)
    desk.goto(base)
    expect(desk.get_by_text("不存在更好的值班表")).to_be_visible()
    judge(desk)
    desk.locator("[data-open-dialog=publish]").click()
    desk.fill("#publish-notice", "请提前十分钟到岗")
    desk.locator("#publish button.btn-primary").click()
    expect(desk.locator("[data-open-dialog=close]")).to_be_visible()

    with books():
        now = clock.now()
        roster = Roster.objects.get(name=name)
        rows = Duty.objects.filter(roster=roster)
        rows.update(starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(hours=2))
        here, missing = list(rows.filter(slot="primary").select_related("responder").order_by("id"))
        alternate = rows.select_related("responder").get(slot="alternate")
        phone_of = dict(zip([person.pk for person in people], phones, strict=True))

    desk.goto(f"{base}code/")
    judge(desk)
    code = desk.locator(".roster-code__letters").inner_text()
    phone = visit(f"/check-in/{roster.uuid}/{code}/", phone=True)
    prove_phone(phone, phone_of[here.responder_id], start=phone.url, then="**/check-in/**")
    phone.wait_for_url(f"**/check-in/{roster.uuid}/**")
    judge(phone)
    main_button(phone).click()
    expect(phone.locator(".kit-panel", has_text="已到岗")).to_be_visible()

    with books():
        commands.look_at_the_clock(now=clock.now())  # the minute's own work, without waiting for the minute
        stood_in = Duty.objects.get(pk=alternate.pk)
        assert (stood_in.slot, stood_in.stands_in_for_id) == ("primary", missing.pk)
        token = commands.give_link(now=clock.now(), responder=here.responder)
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
    with books():
        record = ServiceRecord.objects.get(duty=here)
        day = record.served_on
        _made, printed = commands.issue_certificate(
            actor=story, now=clock.now(), responder=here.responder, served_from=day, served_until=day, issuer="望湖社区"
        )
    desk.goto(f"/service/{record.uuid}/correct/")
    judge(desk)
    desk.fill("#id_minutes", "120")
    desk.fill("#id_reason", "提前到岗，未及时扫码")
    main_button(desk).click()
    expect(desk.get_by_text("未及时扫码").first).to_be_visible()
    anyone = visit("/certificates/verify/", phone=True)
    anyone.fill("#id_code", printed)
    main_button(anyone).click()
    expect(anyone.locator("dd").first).to_have_text(here.responder.name)
    assert phone_of[here.responder_id] not in anyone.content()
    judge(anyone)
