"""培训: a training is announced, somebody signs up by link, comes, answers, and the gate opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, new_phone, picture, see_success

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def test_training_is_announced_attended_understood_and_opens_the_gate(visit: Open, books: Books) -> None:
    person, token = _someone(books)
    desk = visit("/trainings/new/", role="community_worker")
    training = _announced(desk, books, f"个人防护{person.phone[-4:]}")
    base = f"/trainings/{training.uuid}/"

    own = visit(f"/s/{token}/trainings/", phone=True)
    own.locator("li", has_text=training.title).get_by_role("button").click()
    see_success(own)
    judge(own)
    visitor = visit(f"/trainings/at/{training.code}/", phone=True)
    expect(visitor.locator("main")).to_contain_text("还有19个名额")
    judge(visitor)
    for page in ("sign-up/?q=x", "poster/", "import/"):
        desk.goto(f"{base}{page}")
        judge(desk)

    code = _begun(books, training)
    own.goto(f"/s/{token}/trainings/")
    judge(own)
    own.fill("input[name=code]", code)
    own.locator("form[action$='/here/'] button").click()
    see_success(own)
    own.locator("a[href$='/lessons/protection/']").click()
    for name, right in (("q0", 1), ("q1", 1), ("q2", 0)):
        own.locator(f"input[name={name}][value='{right}']").check()
    main_button(own).click()
    see_success(own)
    own.goto(f"/s/{token}/trainings/")
    expect(own.locator("li", has_text=training.title)).to_contain_text("已完成")
    desk.goto(base)
    expect(desk.locator("tbody tr", has_text=person.name)).to_contain_text("已完成")
    judge(desk)
    picture(desk, "training")
    with books():
        assert person.clearances.filter(kind="equipment", code="gown").exists()


def _someone(books: Books) -> tuple[Any, str]:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.inputs import ResponderInput

    with books():
        phone = new_phone()
        given = ResponderInput(area_code=FIRST_COMMUNITY, name=f"学员{phone[-4:]}", kind="volunteer", phone=phone)
        person = commands.register_responder(actor=Actor.system("story"), now=clock.now(), given=given)
        return person, commands.give_link(now=clock.now(), responder=person)


def _announced(desk: Page, books: Books, title: str) -> Any:
    """Write the training, correct what is wrong, announce it; return it."""
    from django.utils.timezone import localtime

    from juxing.kernel import clock
    from juxing.responders.models import TrainingSession

    begins = localtime(clock.now() + timedelta(days=2))
    for name, words in {
        "title": title, "holder": "社区卫生服务中心", "place": "二楼多功能厅", "places": "20",
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    }.items():  # fmt: skip
        desk.fill(f"#id_{name}", words)
    judge(desk)
    desk.check("input[name=gives][value='training:protection']")
    desk.check("input[name=gives][value='equipment:gown']")
    main_button(desk).click()
    see_success(desk)
    judge(desk)
    desk.locator("form[action$='/step/announce/'] button").click()
    see_success(desk)
    judge(desk)
    with books():
        return TrainingSession.objects.get(title=title)


def _begun(books: Books, training: Any) -> str:
    """Let it have begun ten minutes ago; return the code its screen shows."""
    from juxing.kernel import clock
    from juxing.responders.check_in_codes import screen_code
    from juxing.responders.models import TrainingSession

    with books():
        now = clock.now()
        begun = {"starts_at": now - timedelta(minutes=10), "sign_up_by": now - timedelta(minutes=10)}
        TrainingSession.objects.filter(pk=training.pk).update(**begun, ends_at=now + timedelta(minutes=110))
        return screen_code(training.uuid, now=now)
