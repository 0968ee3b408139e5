"""人才库: someone hands in the paper for a skill, the desk looks at it, and it opens the skill until it runs out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, new_phone, see_success

pytestmark = pytest.mark.browser
Books = Callable[[], Any]


def test_paper_is_handed_in_verified_by_the_desk_and_opens_its_skill(visit: Open, books: Books) -> None:
    from django.utils.timezone import localdate

    from juxing.kernel import clock
    from juxing.responders.models import Responder

    person, token = _someone(books)
    own = visit(f"/s/{token}/", phone=True, expected=(422,))
    own.locator("a[href$='/talents/']").click()
    judge(own)
    own.select_option("#id_category", "medical_rescue")
    own.fill("#id_title", "执业护士证")
    own.select_option("#id_skill", "medical")
    own.set_input_files("#id_paper", {"name": "证件.jpg", "mimeType": "image/jpeg", "buffer": b"MZ no picture"})
    main_button(own).click()
    expect(own.locator("main")).to_contain_text("这不是图片")
    own.set_input_files("#id_paper", {"name": "证件.png", "mimeType": "image/png", "buffer": _photo()})
    own.fill("#id_valid_until", (localdate(clock.now()) + timedelta(days=20)).isoformat())
    main_button(own).click()
    see_success(own)
    expect(own.locator("main")).to_contain_text("待核验")
    judge(own)

    desk = visit("/talents/?status=submitted", role="community_worker")
    judge(desk)
    desk.locator("tbody tr", has_text=person.name).locator("a").first.click()
    expect(desk.locator("main")).to_contain_text("执业护士证")
    judge(desk)
    with desk.expect_download() as paper:
        desk.locator("form[action$='/paper/'] button").click()
    assert paper.value.suggested_filename == "paper.png"
    main_button(desk).click()
    see_success(desk)
    with books():
        assert Responder.objects.get(pk=person.pk).skills == ["medical"]
    own.reload()
    expect(own.locator("main")).to_contain_text("已核验")
    desk.goto("/talents/?category=medical_rescue")
    expect(desk.locator("main")).to_contain_text(person.name)
    judge(desk)


def _someone(books: Books) -> tuple[Any, str]:
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.inputs import ResponderInput

    with books():
        phone = new_phone()
        given = ResponderInput(area_code=FIRST_COMMUNITY, name=f"专长{phone[-4:]}", kind="volunteer", phone=phone)
        person = commands.register_responder(actor=Actor.system("story"), now=clock.now(), given=given)
        return person, commands.give_link(now=clock.now(), responder=person)


def _photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(written, "PNG")
    return written.getvalue()
