"""Whose address limits count by: what a trusted proxy saw, never what a stranger wrote."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from juxing.kernel.client_address import from_client
from juxing.people.models import VerificationCode

PROXY, CLIENT, INVENTED = "127.0.0.1", "203.0.113.9", "198.51.100.7"


def _address(settings: Settings, *, proxies: int, header: str | None) -> str:
    settings.TRUSTED_PROXIES = proxies
    seen: list[str] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if header is None else {"X-Forwarded-For": header}
    from_client(respond)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, CLIENT, PROXY),
        (1, None, PROXY),
        (1, CLIENT, CLIENT),
        (1, f"{INVENTED}, {CLIENT}", CLIENT),
        (2, f"{INVENTED}, {CLIENT}, 10.0.0.2", CLIENT),
        (2, CLIENT, PROXY),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "<script>", PROXY),
    ],
)
def test_address_is_what_the_outermost_trusted_proxy_saw(
    settings: Settings, proxies: int, header: str | None, address: str
) -> None:
    assert _address(settings, proxies=proxies, header=header) == address


@pytest.mark.django_db
def test_one_homes_codes_do_not_shut_out_another_behind_the_same_proxy(settings: Settings, client: Client) -> None:
    settings.TRUSTED_PROXIES, settings.CODES_PER_ADDRESS = 1, 1

    def ask(phone: str, address: str) -> int:
        return client.post("/ask/", {"phone": phone}, headers={"X-Forwarded-For": address}).status_code

    assert ask("12800000001", CLIENT) == 303
    assert ask("12800000002", CLIENT) == 422
    assert ask("12800000003", INVENTED) == 303
    assert VerificationCode.objects.values("asked_from").distinct().count() == 2


@pytest.mark.django_db
def test_wrong_passwords_from_elsewhere_do_not_lock_an_account(settings: Settings, client: Client) -> None:
    settings.TRUSTED_PROXIES = 1
    form = {"username": "district_commander", "password": "wrong"}

    def try_from(address: str) -> int:
        return client.post("/sign-in/", form, headers={"X-Forwarded-For": address}).status_code

    assert {try_from(CLIENT) for _ in range(settings.AXES_FAILURE_LIMIT + 1)} == {422, 429}
    assert try_from(INVENTED) == 422
