"""Signing in, the own account, administration and the journal, as people of each role meet them."""

from __future__ import annotations

from datetime import datetime

import pytest
from axes.models import AccessLog
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from juxing.access.commands import issue_token
from juxing.access.models import Account, ApiToken, RoleAssignment
from juxing.access.queries import account_of_token, actor_of
from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from tests.factories import COMMUNITY, PASSWORD, STREET, make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
OTHER_STREET = "990117002"


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_sign_in_goes_on_to_where_the_person_wanted() -> None:
    account = make_account(Role.COMMUNITY_WORKER)

    answer = Client().post(
        reverse("access:sign_in"),
        {"username": account.sign_in_name.upper(), "password": PASSWORD, "next": "/me/"},
    )

    assert (answer.status_code, answer["Location"]) == (303, "/me/")
    assert not AccessLog.objects.exists(), "kept once, in the list of sessions that is forgotten on time"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_sign_in_never_leads_elsewhere(wanted: str) -> None:
    account = make_account(Role.COMMUNITY_WORKER)

    answer = Client().post(
        reverse("access:sign_in"), {"username": account.sign_in_name, "password": PASSWORD, "next": wanted}
    )

    assert answer.status_code == 303
    assert "evil" not in answer["Location"]
    assert not answer["Location"].startswith("javascript")


def test_sign_in_says_the_same_for_a_wrong_name_and_a_wrong_password() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    address = reverse("access:sign_in")

    wrong_password = Client().post(address, {"username": account.sign_in_name, "password": "wrong"})
    wrong_name = Client().post(address, {"username": "nobody-at-all", "password": "wrong"})

    assert wrong_password.status_code == wrong_name.status_code == 422
    assert wrong_password.context["form"].errors == wrong_name.context["form"].errors


def test_sign_in_of_a_closed_account_is_refused() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    Account.objects.filter(pk=account.pk).update(is_active=False)

    answer = Client().post(reverse("access:sign_in"), {"username": account.sign_in_name, "password": PASSWORD})

    assert answer.status_code == 422


def test_sign_in_is_locked_after_eight_wrong_passwords() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client, address = Client(), reverse("access:sign_in")
    for number in range(8):
        name = account.sign_in_name.upper() if number % 2 else account.sign_in_name
        answer = client.post(address, {"username": name, "password": "wrong"})

    locked = client.post(address, {"username": account.sign_in_name, "password": PASSWORD})

    assert answer.status_code == locked.status_code == 429
    assert "ocked" in locked.content.decode() or "锁" in locked.content.decode()
    assert client.get(reverse("access:me")).status_code == 302


def test_sign_out_ends_the_session() -> None:
    client = signed_in(make_account(Role.COMMUNITY_WORKER))

    assert client.get(reverse("access:sign_out")).status_code == 405
    assert client.post(reverse("access:sign_out")).status_code == 302
    assert client.get(reverse("access:me")).status_code == 302


def test_change_password_needs_the_present_one() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client, address = signed_in(account), reverse("access:change_password")
    new = "a new long sentence"

    wrong = client.post(address, {"old": "wrong", "new": new, "again": new})
    weak = client.post(address, {"old": PASSWORD, "new": "12345", "again": "12345"})
    uneven = client.post(address, {"old": PASSWORD, "new": new, "again": "another sentence"})
    right = client.post(address, {"old": PASSWORD, "new": new, "again": new})

    assert [answer.status_code for answer in (wrong, weak, uneven, right)] == [422, 422, 422, 302]
    account.refresh_from_db()
    assert account.check_password(new)
    assert client.get(reverse("access:me")).status_code == 200


def test_token_is_shown_once_works_and_can_be_revoked(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client = signed_in(account)

    shown = client.post(reverse("access:issue_token"), {"label": "报表", "days": "30"})
    secret = shown.context["secret"]
    later = client.get(reverse("access:me"))

    assert secret in shown.content.decode()
    assert secret not in later.content.decode()
    token = ApiToken.objects.get(account=account)
    assert account_of_token(secret, now=token.created_at) == account
    client.post(reverse("access:revoke_token", args=[token.uuid]))
    token.refresh_from_db()
    assert account_of_token(secret, now=token.expires_at) is None


def test_token_of_another_account_cannot_be_revoked(now: datetime) -> None:
    owner = make_account(Role.COMMUNITY_WORKER)
    issue_token(actor=actor_of(owner, now=now), now=now, account=owner, label="x")
    token = ApiToken.objects.get(account=owner)

    answer = signed_in(make_account(Role.SYSTEM_ADMIN)).post(reverse("access:revoke_token", args=[token.uuid]))

    assert answer.status_code == 404


def test_administrator_makes_an_account_and_gives_it_a_role() -> None:
    client = signed_in(make_account(Role.SYSTEM_ADMIN, STREET))

    made = client.post(
        reverse("access:create_account"),
        {"sign_in_name": "Zhang.San", "display_name": "张三", "password": "a long first sentence"},
    )
    account = Account.objects.get(sign_in_name="zhang.san")
    given = client.post(
        reverse("access:give_role", args=[account.uuid]), {"role": Role.GRID_WORKER, "area_code": COMMUNITY}
    )

    assert (made.status_code, given.status_code) == (302, 302)
    assert RoleAssignment.objects.get(account=account).area_code == COMMUNITY


@pytest.mark.parametrize(
    ("role", "area_code"), [(Role.GRID_WORKER, OTHER_STREET), (Role.GRID_WORKER, ""), ("no_such_role", COMMUNITY)]
)
def test_administrator_gives_no_role_beyond_the_own_area(role: str, area_code: str) -> None:
    admin = make_account(Role.SYSTEM_ADMIN, STREET)
    account = make_account(Role.RESPONDER, COMMUNITY)

    answer = signed_in(admin).post(
        reverse("access:give_role", args=[account.uuid]), {"role": role, "area_code": area_code}
    )

    assert answer.status_code == 422
    assert RoleAssignment.objects.filter(account=account).count() == 1


@pytest.mark.parametrize("name", ["account", "set_password", "give_role", "switch_account"])
def test_account_with_a_role_elsewhere_does_not_exist_for_the_administrator(name: str) -> None:
    client = signed_in(make_account(Role.SYSTEM_ADMIN, STREET))
    elsewhere = make_account(Role.GRID_WORKER, OTHER_STREET)

    answer = client.post(reverse(f"access:{name}", args=[elsewhere.uuid]), {"reason": "x"})

    assert answer.status_code == 404


def test_administrator_ends_a_role_and_closes_an_account() -> None:
    client = signed_in(make_account(Role.SYSTEM_ADMIN, STREET))
    account = make_account(Role.GRID_WORKER, COMMUNITY)
    held = RoleAssignment.objects.get(account=account)

    client.post(reverse("access:end_role", args=[account.uuid, held.uuid]), {"reason": "moved"})
    answer = client.post(reverse("access:switch_account", args=[account.uuid]), {"reason": "left"})

    held.refresh_from_db()
    account.refresh_from_db()
    assert held.ends_at is not None
    assert not account.is_active
    assert [str(message) for message in get_messages(answer.wsgi_request)]


ADMINISTRATION = ["accounts", "create_account"]


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_the_roles_that_carry_the_right(role: Role) -> None:
    client = signed_in(make_account(role, STREET))

    for name in ADMINISTRATION:
        assert client.get(reverse(f"access:{name}")).status_code == (200 if role == Role.SYSTEM_ADMIN else 403)
    reads = {"security_auditor", "privacy_officer", "district_commander", "district_operator", "street_commander",
             "street_operator", "community_secretary", "second_secretary", "community_worker"}  # fmt: skip
    assert client.get(reverse("access:journal")).status_code == (200 if role.value in reads else 403)
    assert client.get(reverse("access:me")).status_code == 200
    assert client.get(reverse("access:rights")).status_code == 200


def test_journal_shows_only_the_own_area_and_filters(now: datetime) -> None:
    for area_code in (COMMUNITY, OTHER_STREET):
        JournalEntry.objects.create(
            action="access.role.give", actor_kind="system", actor_name=f"person of {area_code}", subject_type="x",
            subject_uuid=make_account(Role.RESPONDER).uuid, area_code=area_code, happened_at=now,
        )  # fmt: skip
    client, address = signed_in(make_account(Role.SECURITY_AUDITOR, STREET)), reverse("access:journal")

    page = client.get(address)
    other = client.get(address, {"area": OTHER_STREET})
    none = client.get(address, {"person": "nobody", "action": "access.role.give", "since": "1900-01-01T00:00"})

    assert [row.area_code for row in page.context["page"].rows] == [COMMUNITY]
    assert not other.context["page"].rows
    assert not none.context["page"].rows
    mine, foreign = JournalEntry.objects.order_by("area_code")
    assert client.get(reverse("access:entry", args=[mine.pk])).status_code == 200
    assert client.get(reverse("access:entry", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("query", [{"cursor": "broken"}, {"since": "yesterday"}, {"action": "'; --"}, {"area": "'"}])
def test_journal_bears_bad_addresses(query: dict[str, str]) -> None:
    client = signed_in(make_account(Role.SECURITY_AUDITOR, STREET))

    assert client.get(reverse("access:journal"), query).status_code in {200, 422}
