"""Predicates and scopes say the same."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import pytest
from pytest_django import Settings

from juxing.access import policy
from juxing.access.checks import check_database_role
from juxing.access.commands import change_password, give_role, issue_token
from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.access.roles import KEPT_APART, Role
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.rights import rights
from juxing.kernel.scope import acting
from tests.factories import COMMUNITY, DISTRICT, PASSWORD, STREET, make_account, make_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("area_code", ["", DISTRICT, STREET, COMMUNITY])
def test_visible_accounts_agree_with_can_administer(role: Role, area_code: str) -> None:
    for place in (COMMUNITY, "990117002", ""):
        make_account(Role.RESPONDER, place)
    actor = make_actor(role, area_code)

    visible = set(policy.visible_accounts(actor))

    assert visible == {account for account in Account.objects.all() if policy.can_administer(actor, account)}


def test_administrator_makes_no_token_in_the_name_of_an_auditor(now: datetime) -> None:
    admin = make_actor(Role.SYSTEM_ADMIN, "")
    auditor = make_account(Role.SECURITY_AUDITOR, DISTRICT)

    with pytest.raises(NotPermitted):
        issue_token(actor=admin, now=now, account=auditor, label="x")


@pytest.mark.parametrize("first", sorted(KEPT_APART))
@pytest.mark.parametrize("second", sorted(KEPT_APART))
def test_administrator_auditor_and_privacy_officer_are_three_people(first: Role, second: Role, now: datetime) -> None:
    admin = make_actor(Role.SYSTEM_ADMIN, "")
    account = make_account(first, COMMUNITY)

    if first == second:
        give_role(actor=admin, now=now, account=account, role=second, area_code=STREET)
        return
    with pytest.raises(Refusal, match="roles_kept_apart"):
        give_role(actor=admin, now=now, account=account, role=second, area_code=STREET)


def test_person_without_any_role_changes_the_own_password(now: datetime) -> None:
    account = make_account(Role.RESPONDER)
    account.role_assignments.all().delete()
    actor = actor_of(account, now=now)

    with acting(actor):
        change_password(actor=actor, now=now, account=account, old=PASSWORD, new="a new long sentence")

    assert account.check_password("a new long sentence")


def test_rights_name_known_roles_only() -> None:
    assert all(right.roles <= set(Role) for _code, right in rights)


def test_passwords_are_hashed_with_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = import_module("juxing.site.settings").PASSWORD_HASHERS

    assert make_account(Role.RESPONDER).password.startswith("argon2$argon2id$")


def test_database_role_of_the_tests_is_bound_by_row_security() -> None:
    assert check_database_role(databases=["default"]) == []
