"""Groups formed for the moment and dissolved again; a year's work evaluated from two sides, and objected to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import SIGN_IN_NAMES, Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, main_button, see_success

pytestmark = pytest.mark.browser


def test_group_is_formed_joined_and_dissolved(visit: Open) -> None:
    name = f"配送组{uuid4().hex[:4]}"
    page = visit("/organisations/bodies/add/", role="community_worker", expected=(422,))
    judge(page)
    page.select_option("#id_kind", "functional_group")
    page.select_option("#id_group_type", "delivery")
    page.fill("#id_name", name)
    page.fill("#id_area_codes", FIRST_COMMUNITY)
    main_button(page).click()
    see_success(page)
    page.get_by_role("link", name=name).click()
    page.fill("#id_account", "nobody-here")
    main_button(page).click()
    expect(page.locator("[data-form-errors]")).to_be_visible()
    expect(page.locator("#id_account")).to_have_value("nobody-here")
    judge(page)
    page.fill("#id_account", SIGN_IN_NAMES["community_worker"])
    main_button(page).click()
    expect(page.locator(".organisations-line")).to_have_count(1)
    judge(page)

    page.locator("[data-open-dialog=dissolve]").click()
    page.locator("#dissolve textarea, #dissolve input[name=reason]").first.fill("配送已恢复正常")
    page.locator("#dissolve button.btn-danger").click()

    see_success(page)
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def test_work_is_evaluated_and_the_person_may_object(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.organisations.models import WorkObjective

    with books():
        objective = WorkObjective.objects.select_related("member__account").order_by("id")[0]
    member = f"/organisations/staff/{objective.member.uuid}/"
    keeper = visit(member, role="street_operator")
    keeper.locator(f"a[href$='{objective.uuid}/evaluate/']").click()
    judge(keeper)
    keeper.select_option("#id_side", "residents")
    keeper.select_option("#id_result", "partly_met")
    keeper.fill("#id_evidence", "走访记录缺两个月")
    main_button(keeper).click()
    see_success(keeper)

    own = visit(member, account=objective.member.account.sign_in_name, phone=True)
    own.locator(f"a[href$='{objective.uuid}/objection/']").click()
    judge(own)
    own.fill("#id_words", "那两个月借调到街道")
    main_button(own).click()
    see_success(own)

    keeper.reload()
    expect(keeper.locator("main")).to_contain_text("那两个月借调到街道")
    keeper.locator(f"a[href$='{objective.uuid}/objection/']").click()
    keeper.fill("#id_words", "已核实，改记为达到")
    main_button(keeper).click()
    see_success(keeper)
    expect(keeper.locator("main")).to_contain_text("已核实，改记为达到")
    judge(keeper)
