"""平战转换: a plan, an incident, a preview, two signatures, a village converted before one's eyes, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.judging import judge
from tests.stories.telling import VILLAGE, main_button, new_phone, picture, see_success, until

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
PATIENCE_MS = 120_000
COMMANDER, OPERATOR = "district_commander-990117", "district_operator-990117"
BEIJING = timedelta(hours=8)


def plan_in_force(operator: Page, commander: Page) -> None:
    """Begin a plan from its template, look at what it lacks, change a part, and bring it into force."""
    operator.goto("/plans/")
    operator.locator("main summary").first.click()
    operator.select_option("#id_hazard", "accident.public_facility.water")
    operator.fill("#id_area_code", "990117")
    operator.fill("#id_title", "云间区大面积停水应急预案")
    main_button(operator).click()
    see_success(operator)
    expect(operator.locator("#complete")).to_contain_text("%")
    picture(operator, "plan")
    address = operator.url
    judge(operator)
    operator.locator("a[href$='/goods/']").click()
    operator.fill("#id_r0-days", "4")
    judge(operator)
    main_button(operator).click()
    see_success(operator)
    commander.goto(address)
    commander.fill("#id_undrilled_reason", "首版先行生效，随后演练")
    main_button(commander).click()
    see_success(commander)
    commander.goto(f"{address}handbook/")
    expect(commander.locator("h1")).to_contain_text("停水")
    judge(commander)
    operator.goto(f"{address}annexes/")
    judge(operator)


def drafted(operator: Page) -> str:
    """Report an incident, prepare a response over the village at level II, and return the preview's address."""
    operator.goto("/incidents/")
    operator.locator("main summary").first.click()
    operator.fill("#id_title", "主水管爆裂，全村停水")
    operator.select_option("#id_hazard", "accident.public_facility.water")
    operator.fill("#id_area_code", VILLAGE)
    main_button(operator).click()
    see_success(operator)
    judge(operator)
    operator.select_option("#id_level", "level_2")
    operator.fill("#id_areas", VILLAGE)
    end = datetime.now(tz=UTC) + BEIJING + timedelta(days=3)
    operator.fill("#id_ends_at", end.strftime("%Y-%m-%dT%H:%M"))
    operator.fill("#id_matter", "保障停水期间的饮水和就医")
    main_button(operator).click()
    operator.wait_for_url("**/preview/")
    expect(operator.locator(".preview-list__add").first).to_be_visible()
    picture(operator, "conversion-preview")
    return operator.url


def edited_and_submitted(operator: Page) -> None:
    """Strike a line out, record the decision document, and put it before the approvers."""
    judge(operator)
    operator.locator("a[href$='/preview/organisations.bodies/']").click()
    operator.locator("input[name=keep]").first.uncheck()
    judge(operator)
    main_button(operator).click()
    see_success(operator)
    operator.fill("#id_issuer", "云间区人民政府")
    operator.select_option("#id_rank", "district")
    operator.fill("#id_number", "云府2026-8号")
    operator.fill("#id_issued_on", "2026-11-20")
    operator.fill("#id_legal_basis", "突发事件应对法第七十二条")
    main_button(operator).click()
    see_success(operator)
    operator.locator("form:has(input[value=submit]) button").click()
    see_success(operator)


def signed_by_both(operator: Page, commander: Page, preview: str) -> str:
    """Sign as two people, and return the response's address."""
    commander.goto(preview)
    commander.locator("form[action$='/approve/'] button").click()
    see_success(commander)
    operator.reload()
    operator.locator("form[action$='/approve/'] button").click()
    operator.wait_for_url(lambda url: "/preview/" not in url)
    see_success(operator)
    return operator.url


def services_before_restrictions(commander: Page, address: str) -> None:
    """Look at the forms of changes, and write a measure down that restricts nobody."""
    for kind in ("widen", "narrow", "level", "extend"):
        commander.goto(f"{address}change/{kind}/")
        judge(commander)
    commander.goto(f"{address}measures/new/")
    judge(commander)
    commander.select_option("#id_kind", "service_points")
    commander.fill("#id_area_code", VILLAGE)
    commander.fill("#id_title", "临时取水点")
    commander.fill("#id_text", "村委会门前，每天 6 时至 21 时，行动不便的送到门口")
    end = datetime.now(tz=UTC) + BEIJING + timedelta(days=1)
    commander.fill("#id_ends_at", end.strftime("%Y-%m-%dT%H:%M"))
    main_button(commander).click()
    commander.wait_for_url("**/measures/**")
    expect(commander.locator("h1")).to_contain_text("临时取水点")
    judge(commander)


def helper_of_the_village() -> Any:
    """Let somebody of the village report in and be verified."""
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.inputs import ResponderInput

    story, phone = Actor.system("story"), new_phone()
    given = ResponderInput(area_code=VILLAGE, name=f"上门{phone[-4:]}", kind="volunteer", phone=phone)
    new = commands.register_responder(actor=story, now=clock.now(), given=given)
    return commands.verify_responder(actor=story, now=clock.now(), responder=new)


def called_and_answered(commander: Page, visit: Open, books: Books, address: str, helper: Any) -> None:
    """See who was called to help and why; one of them answers on the phone."""
    from juxing.kernel import clock
    from juxing.responders.commands import give_link
    from juxing.responders.models import Muster

    commander.goto(address)
    commander.locator("a[href*='/responders/called/']").first.click()
    expect(commander.locator("main")).to_contain_text("可以点名的人中最近")
    judge(commander)
    commander.locator("main a[href$='/gates/']").click()
    expect(commander.locator("main")).to_contain_text("没有人被排除")
    judge(commander)
    with books():
        muster = Muster.objects.select_related("responder").get(responder=helper)
        token = give_link(now=clock.now(), responder=muster.responder)
    phone = visit(f"/s/{token}/", phone=True)
    expect(phone.locator("main")).to_contain_text("全村停水")
    judge(phone)
    phone.get_by_role("button", name="我来", exact=True).click()
    expect(phone.get_by_role("button", name="我到了")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("能来")
    with books():
        assert Muster.objects.get(pk=muster.pk).status == "coming"


def stood_down(commander: Page, address: str) -> None:
    """Look at what is open, and end the response."""
    commander.goto(f"{address}stand-down/")
    judge(commander)
    commander.fill("#id_reason", "水管修复，供水恢复")
    commander.fill("#id_left_open_reason", "遗留需求转入日常办理")
    main_button(commander).click()
    commander.wait_for_url("**/conversions/**")


def test_village_is_converted_before_ones_eyes_and_comes_back(visit: Open, books: Books) -> None:
    from juxing.activations.posture import posture_at
    from juxing.kernel import clock
    from juxing.organisations.models import Post, TemporaryBody
    from juxing.responders.models import Muster
    from juxing.supplies.models import Transfer

    operator, commander = visit(account=OPERATOR), visit(account=COMMANDER)
    with books():
        helper = helper_of_the_village()
    plan_in_force(operator, commander)
    preview = drafted(operator)
    edited_and_submitted(operator)
    address = signed_by_both(operator, commander, preview)

    commander.goto(address)
    commander.locator("#changes ~ ul a").first.click()
    expect(commander.locator("#board")).to_contain_text("已完成", timeout=PATIENCE_MS)
    judge(commander)
    with books():
        assert posture_at([VILLAGE], clock.now())[VILLAGE].level == "level_2"
        assert TemporaryBody.objects.within(VILLAGE).filter(dissolved_at=None, name="社区指挥部").count() == 0
        assert TemporaryBody.objects.within(VILLAGE).filter(dissolved_at=None).count() == 8
        assert Post.objects.within(VILLAGE).filter(closed_at=None, conversions__isnull=False).exists()
        brought = Transfer.objects.get(activation_id__isnull=False, target_area_code=VILLAGE)
        assert brought.lines.get().item.code == "drinking_water"
    neighbour = visit("/my/posture/", account=f"community_secretary-{VILLAGE}", phone=True)
    expect(neighbour.locator(".posture-card h2")).to_contain_text("全村停水")
    judge(neighbour)
    picture(neighbour, "response")
    called_and_answered(commander, visit, books, address, helper)
    commander.goto(address)
    judge(commander)
    services_before_restrictions(commander, address)

    stood_down(commander, address)

    def is_lifted() -> bool:
        commander.goto(address)
        return "已解除" in commander.locator("h1").inner_text()

    until(is_lifted, otherwise="The response did not end.")
    with books():
        assert not posture_at([VILLAGE], clock.now())[VILLAGE].is_emergency
        assert not TemporaryBody.objects.within(VILLAGE).filter(dissolved_at=None).exists()
        assert not Post.objects.within(VILLAGE).filter(closed_at=None, conversions__isnull=False).exists()
        assert not Muster.objects.within(VILLAGE).exclude(status__in=["released", "declined"]).exists()
        brought.refresh_from_db()
        assert brought.status == "cancelled"
