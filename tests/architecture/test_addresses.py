"""Every address: open to all or behind a right, and never more than the right allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from juxing.access.roles import Role
from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.rights import Right
from juxing.kernel.scope import acting
from tests.factories import STREET, make_account, make_areas

NOT_PAGES = {"healthz": "asks nothing", "set_language": "Django's own", "not_found": "answers 404 to everything"}
NOT_ABOUT_A_ROW = {"access:remove_passkey"}
"""Asks for the password before it looks whether there is such a thing."""
NOBODYS = {"area_code": "990117001", "code": "990117001", "what": "withdraw", "name": "kit"}


def addresses(
    patterns: list[Any] | None = None, space: str = ""
) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace and pattern.namespace.startswith("api"):
                continue
            yield from addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback, pattern.pattern.converters


PAGES = [entry for entry in addresses() if entry[1].__name__ not in NOT_PAGES]
GUARDED = [entry for entry in PAGES if not getattr(entry[1], "is_open", True)]


def url_of(name: str, converters: dict[str, Any]) -> str:
    return reverse(name, kwargs={each: nobodys(each, converter) for each, converter in converters.items()})


def nobodys(name: str, converter: Any) -> Any:
    if isinstance(converter, UUIDConverter):
        return UUID(int=7)
    return 7 if isinstance(converter, IntConverter) else NOBODYS.get(name, "nothing")


def test_every_address_says_who_may_open_it() -> None:
    silent = [name for name, view, _converters in PAGES if not hasattr(view, "is_open")]
    assert silent == [], "wear signed_in(RIGHT) or open_to_all"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "view", "converters"), GUARDED, ids=[entry[0] for entry in GUARDED])
def test_guarded_address_sends_strangers_to_sign_in(name: str, view: Any, converters: dict[str, Any]) -> None:
    client = Client()

    for method in ("get", "post"):
        answer = getattr(client, method)(url_of(name, converters))
        if answer.status_code == 405:
            continue
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("access:sign_in"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.RESPONDER, Role.COMMUNITY_WORKER, Role.STREET_OPERATOR, Role.SECURITY_AUDITOR,
                                  Role.SYSTEM_ADMIN, Role.STOREKEEPER, Role.RESIDENT])  # fmt: skip
def test_each_role_opens_what_its_rights_allow_and_nothing_else(role: Role) -> None:
    with acting(Actor.system("test")):
        make_areas()
        account = make_account(role, "" if role == Role.SYSTEM_ADMIN else STREET)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for name, view, converters in GUARDED:
        right: Right | None = getattr(view, "required_right", None)
        status = client.get(url_of(name, converters)).status_code
        if status == 405:
            status = client.post(url_of(name, converters)).status_code
        may = right is None or role in right.roles
        if (not may and status != 403) or (may and status >= 500) or (may and not converters and status == 403):
            wrong.append((name, status))
    assert wrong == []


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.parametrize("role", list(Role))
def test_no_method_opens_an_address_to_a_role_without_its_right(role: Role) -> None:
    """The table of every address, role and method: without the right the door is shut before anything is looked at."""
    actor = Actor(kind=ActorKind.ACCOUNT, name="x", account_id=1, grants=(Grant(role, STREET),))
    factory = RequestFactory()
    tried, opened = 0, []
    for name, view, converters in GUARDED:
        right = getattr(view, "required_right", None)
        if right is None or role in right.roles:
            continue
        arguments = {each: nobodys(each, converter) for each, converter in converters.items()}
        for method in METHODS:
            request = factory.generic(method, "/")
            request.actor, request.session = actor, SessionBase()  # type: ignore[attr-defined]
            tried += 1
            try:
                status = view(request, **arguments).status_code
            except NotPermitted:
                continue
            if status != 405:
                opened.append((name, method, status))
    assert opened == []
    assert tried > 100


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.RESPONDER])
def test_what_is_elsewhere_and_what_is_nowhere_look_the_same(role: Role) -> None:
    """An address with a number of something is 404 where there is none for this role: never a hint, never an error."""
    with acting(Actor.system("test")):
        make_areas()
        account = make_account(role, STREET)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    told = []
    for name, view, converters in GUARDED:
        right = getattr(view, "required_right", None)
        named = any(isinstance(converter, UUIDConverter) for converter in converters.values())
        if not named or (right is not None and role not in right.roles) or name in NOT_ABOUT_A_ROW:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(url_of(name, converters)).status_code
            if status not in {404, 405}:
                told.append((name, method, status))
    assert told == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["responders:switch", "responders:leave", "responders:add_period", "responders:switch_available",
     "responders:verify_selected", "responders:step", "dispatch:cancel_run", "dispatch:task_step",
     "dispatch:my_task_step", "dispatch:cancel_round_plan", "dispatch:finish_run", "dispatch:take_exact",
     "dispatch:round_replan", "dispatch:accept_round", "dispatch:replan_round"],
)  # fmt: skip
def test_looking_changes_nothing(name: str) -> None:
    [converters] = [kept for known, _view, kept in PAGES if known == name]

    assert Client().get(url_of(name, converters)).status_code == 405
