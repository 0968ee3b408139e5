"""Somebody must look beyond their own place at once: open it with a reason, close it, and answer for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import SECOND_COMMUNITY, VILLAGE, main_button, see_success

pytestmark = pytest.mark.browser


def test_place_is_opened_with_a_reason_closed_and_judged_by_another(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.access.models import BreakGlassAccess
    from juxing.people.models import Resident

    reason = "老人走失，家属电话不通，需查看住址"
    with books():
        resident = Resident.objects.within(SECOND_COMMUNITY)[0]
    page = visit(account=f"community_secretary-{VILLAGE}", expected=(404,))
    page.goto(f"/residents/{resident.uuid}/")
    assert str(resident.name) not in page.content()

    page.goto("/break-glass/")
    page.fill("#id_area_code", SECOND_COMMUNITY)
    page.fill("#id_reason", reason)
    main_button(page).click()
    see_success(page)
    judge(page)
    response = page.goto(f"/residents/{resident.uuid}/")
    assert response is not None
    assert response.status == 200
    page.goto("/break-glass/")
    page.locator("main form[action$='/end/'] button").click()
    see_success(page)
    response = page.goto(f"/residents/{resident.uuid}/")
    assert response is not None
    assert response.status == 404

    officer = visit("/break-glass/review/", role="privacy_officer")
    officer.locator("tbody tr", has_text=reason).first.locator("a").first.click()
    judge(officer)
    expect(officer.locator("main")).to_contain_text(reason)
    officer.locator("label:has(input[name=verdict])").first.click()
    main_button(officer).click()
    see_success(officer)
    with books():
        access = BreakGlassAccess.objects.latest("id")
        assert access.reason == reason
        assert access.reviewed_by is not None
        assert access.reviewed_by.sign_in_name == "privacy_officer-990117"
