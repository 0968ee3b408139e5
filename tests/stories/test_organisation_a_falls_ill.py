"""AB角: A falls ill, B steps in by himself with the hand-over note, acts are shown as done for A, A comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import FIRST_COMMUNITY, see_success

pytestmark = pytest.mark.browser
A, B = f"community_secretary-{FIRST_COMMUNITY}", f"second_secretary-{FIRST_COMMUNITY}"
POST = "社区书记"
NOTE = "值班室钥匙在门卫处；下午三点街道来看消防通道，清单在桌上。"


def hand_over(page: Page) -> None:
    page.goto("/posts/mine/")
    page.get_by_role("link", name="我不在岗").click()
    page.select_option("#id_kind", "sudden")
    page.fill("#id_handover_note", NOTE)
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/posts/mine/")
    see_success(page)


def post_on_board(page: Page, name: str) -> None:
    """Expect the board to say who works in the secretary's post."""
    page.goto(f"/posts/?area={FIRST_COMMUNITY}")
    row = page.locator("tbody tr", has_text=POST).first
    expect(row.locator("td").last).to_contain_text(name)


def test_b_works_for_a_until_a_is_back(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.access.models import Account
    from juxing.kernel.models import JournalEntry
    from juxing.organisations.models import Backfill, Post

    with books():
        first, second = (Account.objects.get(sign_in_name=name).display_name for name in (A, B))
        post = Post.objects.get(title=POST, area_code=FIRST_COMMUNITY)
    ill, stand_in = visit(account=A, phone=True), visit(account=B, phone=True)
    post_on_board(ill, first)

    hand_over(ill)
    stand_in.goto("/posts/mine/")
    expect(stand_in.locator("main")).to_contain_text(f"由您代理：{POST}")
    expect(stand_in.locator("main")).to_contain_text(NOTE)
    stand_in.locator("main form .btn-primary", has_text="已阅").first.click()
    see_success(stand_in)

    desk = visit(account=B)
    post_on_board(desk, f"{second} 代理")
    expect(desk.locator(".kit-user")).to_contain_text(POST)
    desk.goto(f"/posts/{post.uuid}/note/")
    desk.fill("#id_note", "印章在主任柜内，备用钥匙在服务台。")
    desk.locator("main form .btn-primary").click()
    see_success(desk)
    desk.goto(f"/posts/{post.uuid}/")
    expect(desk.locator(".kit-timeline__entry").first).to_contain_text(first)
    expect(desk.locator(".kit-timeline__entry").first).to_contain_text(POST)
    desk.goto(f"/journal/?area={FIRST_COMMUNITY}&action=organisations.post.change")
    expect(desk.locator("tbody tr", has_text="修改岗位").first).to_contain_text(f"{first} · {POST}")

    ill.goto("/posts/mine/")
    ill.locator("main form .btn-primary", has_text="我回来了").click()
    see_success(ill)
    post_on_board(desk, first)
    expect(desk.locator(".kit-user")).not_to_contain_text(POST)
    with books():
        steps = list(Backfill.objects.filter(post=post).order_by("id"))[-1:]
        done = JournalEntry.objects.filter(subject_uuid=post.uuid, action__startswith="organisations.").order_by("id")
        acts = list(done.values_list("action", flat=True))
    assert [(step.read_at is not None, step.ends_at is not None) for step in steps] == [(True, True)]
    assert [action.rpartition(".")[2] for action in acts][-5:] == ["away", "step_in", "change", "back", "return"]
