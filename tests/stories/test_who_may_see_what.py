"""
Access, privacy and audit from both sides of the counter.

A nosy clerk and a volunteer who left see nothing; what is opened in an emergency is judged; a list of many persons
needs two; a resident sees who looked and says no; a sign-in needs two proofs; and the auditor proves all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import DEMO_PASSWORD, Open
from tests.stories.judging import judge
from tests.stories.telling import FIRST_COMMUNITY, STREET, main_button, new_phone, prove_phone, quiet_home, see_success

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
SECRET_REASON = "回访：送药时间改到下午"


def own_resident(books: Books, phone: str) -> Any:
    """Write a resident with a phone of their own down, and return the row."""
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.people.commands import register_resident
    from juxing.places.models import Household

    with books():
        household = Household.objects.get(pk=quiet_home(FIRST_COMMUNITY).id)
        return register_resident(
            actor=Actor.system("story"), now=clock.now(), household=household, name=f"星{uuid4().hex[:4]}", phone=phone
        )


def new_account(name: str, shown: str, role: str) -> Any:
    """Make an account whose password the served product can check: tests hash cheaply, it does not."""
    from django.contrib.auth.hashers import make_password

    from juxing.access import commands
    from juxing.access.models import Account
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor

    system = Actor.system("story")
    account = commands.create_account(
        actor=system, now=clock.now(), sign_in_name=name, display_name=shown, password=DEMO_PASSWORD
    )
    Account.objects.filter(pk=account.pk).update(password=make_password(DEMO_PASSWORD, hasher="argon2"))
    commands.give_role(actor=system, now=clock.now(), account=account, role=role, area_code=FIRST_COMMUNITY)
    return account


def test_resident_sees_who_looked_objects_and_takes_a_copy(visit: Open, books: Books) -> None:
    phone = new_phone()
    resident = own_resident(books, phone)
    clerk = visit(f"/residents/{resident.uuid}/", role="community_worker", expected=(409,))
    clerk.select_option("#reveal-purpose", "visiting")
    clerk.locator(".kit-person__reveal").first.click()
    expect(clerk.get_by_text(resident.name).first).to_be_visible()

    page = visit(phone=True, expected=(422,))
    prove_phone(page, phone, start="/my-data/", then="**/my-data/door/")
    judge(page)
    page.fill("#id_door", "9999")
    main_button(page).click()
    expect(page.locator("[data-form-errors]")).to_be_visible()
    page.fill("#id_door", resident.household.door)
    main_button(page).click()
    page.wait_for_url("**/my-data/record/")
    judge(page)

    looks = page.locator("section", has=page.locator("#looks"))
    expect(looks).to_contain_text("社区工作者")
    expect(looks).to_contain_text("走访最需要帮助的人")
    with page.expect_download() as copied:
        page.locator("a[href$='copy.json']").click()
    assert resident.name in copied.value.path().read_text(encoding="utf-8")
    page.locator("label:has(input[value=objection])").click()
    page.select_option("#id_objection", "care")
    main_button(page).click()
    see_success(page)

    clerk.reload()
    expect(clerk.locator("main")).to_contain_text("居民反对")
    clerk.select_option("#reveal-purpose", "visiting")
    clerk.locator(".kit-person__reveal").first.click()
    clerk.wait_for_timeout(500)
    expect(clerk.locator(".kit-person").first).not_to_contain_text(phone)
    desk = visit("/residents/requests/", role="community_worker")
    desk.locator("main table a").first.click()
    judge(desk)


def test_list_of_many_leaves_only_with_two_persons_and_once(visit: Open, books: Books) -> None:
    from juxing.access.models import Export

    clerk = visit(f"/exports/new/people.residents/?area={FIRST_COMMUNITY}", role="street_operator", expected=(422,))
    clerk.select_option("#id_purpose", "emergency")
    main_button(clerk).click()
    expect(clerk.locator("[data-form-errors]")).to_be_visible()
    clerk.fill("#id_reason", "停水通知，需逐户电话告知到人")
    main_button(clerk).click()
    clerk.wait_for_url(re.compile(r"/exports/[0-9a-f-]{36}/$"))
    judge(clerk)
    assert clerk.locator("form[action$='/take/']").count() == 0

    second = visit(clerk.url, role="privacy_officer")
    second.locator("label:has(input[value=approve])").click()
    main_button(second).click()
    see_success(second)
    clerk.reload()
    with clerk.expect_download() as taken:
        clerk.locator("form[action$='/take/'] button").click()
    assert taken.value.path().read_bytes().startswith(b"PK")
    clerk.reload()
    assert clerk.locator("form[action$='/take/']").count() == 0
    judge(visit("/exports/", role="privacy_officer"))
    with books():
        export = Export.objects.get(uuid=clerk.url.rstrip("/").rpartition("/")[2])
        assert export.taken_at is not None
        assert export.persons == len(export.person_uuids) > 200


def test_nosy_clerk_and_departed_volunteer_see_nothing(visit: Open, books: Books) -> None:
    from juxing.access.models import Account
    from juxing.access.roles import Role
    from juxing.people.models import Resident

    name = f"leaver-{uuid4().hex[:6]}"
    with books():
        account = new_account(name, "离队志愿者", Role.TEAM_LEADER)
        resident = Resident.objects.within(FIRST_COMMUNITY).order_by("id")[0]
    volunteer = visit("/needs/", account=name, expected=(404, 403))
    expect(volunteer.locator("#id_password")).to_have_count(0)

    admin = visit(f"/accounts/{account.uuid}/", role="system_admin")
    admin.locator("[data-open-dialog=switch-account]").click()
    admin.fill("#switch-account-reason", "已退出志愿队")
    admin.locator("#switch-account .btn-danger").click()
    see_success(admin)
    volunteer.goto("/needs/")
    expect(volunteer.locator("#id_password")).to_be_visible()

    nosy = visit(role="other_community_secretary", expected=(404,))
    for address in (f"/residents/{resident.uuid}/", f"/residents/{uuid4()}/"):
        answer = nosy.goto(address)
        assert answer is not None
        assert answer.status == 404
    nosy.goto(f"/residents/?q={resident.name}")
    assert str(resident.uuid) not in nosy.content()
    with books():
        assert not Account.objects.get(pk=account.pk).is_active


def test_sign_in_needs_the_app_and_ends_elsewhere(visit: Open, books: Books) -> None:
    from juxing.access.models import AuthenticatorApp
    from juxing.access.one_time_passwords import STEP_SECONDS, code_at
    from juxing.access.roles import Role
    from juxing.kernel import clock

    name = f"two-steps-{uuid4().hex[:6]}"
    with books():
        account = new_account(name, "两步登录", Role.COMMUNITY_WORKER)

    def sign_in(page: Any) -> None:
        page.goto("/sign-in/")
        page.fill("#id_username", name)
        page.fill("#id_password", DEMO_PASSWORD)
        page.locator("form[data-guard] .btn-primary").click()

    def code(offset: int = 0) -> str:
        with books():
            app = AuthenticatorApp.objects.get(account=account)
        return code_at(app.secret, int(clock.now().timestamp()) // STEP_SECONDS + offset)

    page = visit(expected=(422,))
    sign_in(page)
    page.goto("/me/second-step/")
    page.locator("form[action$='/app/'] button").click()
    page.wait_for_url("**/app/confirm/")
    judge(page)
    page.fill("#id_code", code())
    main_button(page).click()
    see_success(page)
    judge(page)
    recovery = page.locator(".kit-codes code").first.inner_text()

    other = visit(phone=True, expected=(422,))
    sign_in(other)
    other.wait_for_url("**/second-step/")
    judge(other)
    other.fill("#id_code", "000000")
    other.locator("form[data-guard] button").first.click()
    expect(other.locator("[data-form-errors]")).to_be_visible()
    other.fill("#id_code", recovery)
    other.locator("form[data-guard] button").first.click()
    other.wait_for_url(lambda address: "second-step" not in address)
    page.reload()
    page.locator("form[action$='/end/'] button").first.click()
    see_success(page)
    other.goto("/me/")
    expect(other.locator("#id_password")).to_be_visible()


def test_auditor_finds_every_step_in_the_sealed_journal(visit: Open, books: Books) -> None:
    from juxing.access.exporting import TAKEN, ask, export_kinds
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.models import JournalEntry
    from juxing.kernel.scope import acting
    from juxing.kernel.seal import seal_journal, verify_journal
    from juxing.people.commands import REVEALED, reveal

    resident = own_resident(books, new_phone())
    with books():
        now = clock.now()
        worker = actor_of(Account.objects.get(sign_in_name=f"community_worker-{FIRST_COMMUNITY}"), now=now)
        reveal(actor=worker, now=now, resident=resident, reason=SECRET_REASON, purpose="answering")
        keeper = actor_of(Account.objects.get(sign_in_name=f"street_operator-{STREET}"), now=now)
        export, _table = ask(
            actor=keeper, now=now, kind=export_kinds["organisations.posts"], purpose="running", area_code=STREET
        )
    with books():
        seal_journal(now=clock.now())
    with acting(Actor.system("story")):
        verdict = verify_journal(report=lambda _done, _total: None)
        found = JournalEntry.objects.filter(subject_uuid__in=[resident.uuid, export.uuid])
        assert {entry.action for entry in found} >= {REVEALED, TAKEN}
    assert not verdict.broken

    auditor = visit("/journal/?action=people.resident.reveal", role="security_auditor")
    expect(auditor.locator("main table")).to_contain_text(SECRET_REASON)
    judge(visit("/exports/", role="security_auditor"))
