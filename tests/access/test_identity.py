"""Signing in with a government identity: against a provider in a process of its own, which tells the truth and lies."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from juxing.access import identity_commands, identity_provider
from juxing.access.identity_provider import Identity, IdentityNotProved, ProviderOutOfReach
from juxing.access.models import Account, GovernmentIdentity, IdentityRequest, SignInSession
from juxing.access.models.sign_in import SignInMethod
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel import clock
from tests.access.identity_provider_process import CLIENT, SECRET
from tests.access.test_second_step import begin, is_in, with_app
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LIES = ["other audience", "two audiences", "other issuer", "expired", "no end", "from the future", "other nonce",
        "no subject", "other key", "unsigned", "symmetric", "no token"]  # fmt: skip


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """The provider's issuer, while its process runs."""
    script = Path(__file__).with_name("identity_provider_process.py")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as provider:
        assert provider.stdout is not None
        yield provider.stdout.readline().strip()
        provider.terminate()


@pytest.fixture
def issuer(process: str, settings: Settings) -> str:
    """A configured installation and an honest provider."""
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = process, CLIENT, SECRET
    identity_provider._kept.clear()
    control(process)
    return process


def control(issuer: str, **wanted: Any) -> dict[str, Any]:
    sent = urllib.request.Request(f"{issuer}/control", data=json.dumps(wanted).encode())  # noqa: S310 - loopback
    with urllib.request.urlopen(sent) as answer:  # noqa: S310 - loopback
        heard: dict[str, Any] = json.load(answer)
    return heard


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def approved(address: str) -> str:
    """Go to the provider as a browser does, and return the address it sends the browser back to."""
    try:
        urllib.request.build_opener(Stay).open(address)
    except urllib.error.HTTPError as redirect:
        return str(redirect.headers["Location"])
    raise AssertionError("the provider did not send back")


def came_back(client: Client, start: str = "access:begin_identity", query: str = "") -> Any:
    there = client.get(reverse(start) + query)
    assert there.status_code == 302, there.content[:200]
    back = urlsplit(approved(there["Location"]))
    return client.get(f"{back.path}?{back.query}")


def tied(account: Account, issuer: str, subject: str = "310101-0001") -> Account:
    now = clock.now()
    identity_commands.tie(
        actor=actor_of(account, now=now), now=now, account=account, identity=Identity(issuer, subject)
    )
    return account


def test_tied_identity_signs_in_and_goes_on_to_where_the_person_wanted(issuer: str) -> None:
    account = tied(make_account(Role.COMMUNITY_WORKER), issuer)
    client = Client()

    answer = came_back(client, query="?next=/me/")

    assert (answer.status_code, answer["Location"]) == (303, "/me/")
    assert is_in(client)
    assert SignInSession.objects.get(account=account).method == SignInMethod.GOVERNMENT_IDENTITY


def test_what_is_asked_carries_pkce_state_and_nonce(issuer: str) -> None:
    asked = parse_qs(urlsplit(Client().get(reverse("access:begin_identity"))["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert asked["scope"] == ["openid"]
    assert "verifier" not in str(asked)


@pytest.mark.parametrize("lie", LIES)
def test_token_that_does_not_hold_signs_nobody_in(issuer: str, lie: str, caplog: pytest.LogCaptureFixture) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    tied(make_account(Role.COMMUNITY_WORKER), "http://127.0.0.1:1")
    control(issuer, lie=lie)
    client = Client()

    answer = came_back(client)

    assert answer["Location"] == reverse("access:sign_in")
    assert not is_in(client)
    assert "government identity not accepted" in caplog.text


def test_answer_is_taken_once(issuer: str) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    client = Client()
    back = urlsplit(approved(client.get(reverse("access:begin_identity"))["Location"]))
    held = client.session["access.identity_state"]
    client.get(f"{back.path}?{back.query}")
    client.post(reverse("access:sign_out"))

    session = client.session
    session["access.identity_state"] = held
    session.save()
    again = client.get(f"{back.path}?{back.query}")

    assert again["Location"] == reverse("access:sign_in")
    assert not is_in(client)


def test_answer_is_for_the_browser_that_asked(issuer: str) -> None:
    """Who lures somebody onto an address with their own code signs nobody in as themselves."""
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    attacker, victim = Client(), Client()
    back = urlsplit(approved(attacker.get(reverse("access:begin_identity"))["Location"]))
    victim.get(reverse("access:begin_identity"))

    victim.get(f"{back.path}?{back.query}")

    assert not is_in(victim)


def test_code_of_another_asking_does_not_fit_the_verifier(issuer: str) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    client, other = Client(), Client()
    own = urlsplit(approved(client.get(reverse("access:begin_identity"))["Location"]))
    stolen = parse_qs(urlsplit(approved(other.get(reverse("access:begin_identity"))["Location"])).query)["code"][0]

    client.get(own.path, {"code": stolen, "state": parse_qs(own.query)["state"][0]})

    assert not is_in(client)


def test_answer_after_ten_minutes_is_too_late(issuer: str) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    client = Client()
    back = urlsplit(approved(client.get(reverse("access:begin_identity"))["Location"]))
    IdentityRequest.objects.update(began_at=clock.now() - timedelta(minutes=11))

    client.get(f"{back.path}?{back.query}")

    assert not is_in(client)


def test_refusal_of_the_provider_signs_nobody_in(issuer: str) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.get(reverse("access:begin_identity"))["Location"]).query)["state"][0]

    answer = client.get(reverse("access:identity_callback"), {"error": "access_denied", "state": state})

    assert answer["Location"] == reverse("access:sign_in")


def test_identity_nobody_tied_is_told_what_to_do_and_makes_no_account(issuer: str) -> None:
    before = Account.objects.count()
    answer = came_back(Client())
    assert Account.objects.count() == before
    assert [str(one) for one in get_messages(answer.wsgi_request)]


def test_closed_account_stays_closed(issuer: str) -> None:
    account = tied(make_account(Role.COMMUNITY_WORKER), issuer)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client = Client()
    came_back(client)
    assert not is_in(client)


def test_identity_is_one_step_unless_the_installation_says_otherwise(issuer: str, settings: Settings) -> None:
    account = tied(make_account(Role.COMMUNITY_WORKER), issuer)
    with_app(account, clock.now() - timedelta(minutes=2))
    client = Client()
    assert came_back(client)["Location"] == reverse("access:second_step")
    assert not is_in(client)

    settings.OIDC_COUNTS_AS_TWO_STEPS = True
    came_back(client)
    assert is_in(client)


def test_identity_is_tied_by_whoever_is_signed_in_to_both_and_says_so(issuer: str) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client = begin(account)

    asked = came_back(client, "access:begin_tying")
    assert (asked["Location"], GovernmentIdentity.objects.count()) == (reverse("access:tie_identity"), 0)
    shown = client.get(reverse("access:tie_identity")).content.decode()
    client.post(reverse("access:tie_identity"))

    assert "310101-0001" in shown
    assert GovernmentIdentity.objects.get().account == account
    client.post(reverse("access:untie_identity"))
    assert not GovernmentIdentity.objects.exists()


def test_identity_of_one_account_is_not_tied_to_another(issuer: str) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    client = begin(make_account(Role.COMMUNITY_WORKER))
    came_back(client, "access:begin_tying")

    client.post(reverse("access:tie_identity"))

    assert GovernmentIdentity.objects.count() == 1


def test_provider_that_changed_its_keys_is_asked_again(issuer: str) -> None:
    tied(make_account(Role.COMMUNITY_WORKER), issuer)
    came_back(Client())
    control(issuer, new_keys=True)
    client = Client()
    came_back(client)
    assert is_in(client)


def test_provider_out_of_reach_says_so(settings: Settings, issuer: str) -> None:
    control(issuer, lie="broken")
    client = Client()
    answer = came_back(client)
    settings.OIDC_ISSUER = "http://127.0.0.1:1"

    assert answer["Location"] == reverse("access:sign_in")
    with pytest.raises(ProviderOutOfReach):
        identity_commands.begin(now=clock.now(), return_to="http://testserver/")


def test_provider_must_be_who_was_configured_and_safe(issuer: str, settings: Settings) -> None:
    control(issuer, lie="other issuer in description")
    with pytest.raises(IdentityNotProved, match="identity_not_proved"):
        identity_commands.begin(now=clock.now(), return_to="http://testserver/")
    for unsafe in ("http://provider.example", "file:///etc/passwd", "ftp://127.0.0.1"):
        settings.OIDC_ISSUER = unsafe
        with pytest.raises(IdentityNotProved):
            identity_commands.begin(now=clock.now(), return_to="http://testserver/")


def test_without_a_provider_nothing_is_offered_and_nothing_asked(issuer: str, settings: Settings) -> None:
    before = control(issuer)["asked"]
    settings.OIDC_ISSUER = ""
    client = Client()

    page = client.get(reverse("access:sign_in")).content.decode()

    assert reverse("access:begin_identity") not in page
    assert client.get(reverse("access:begin_identity")).status_code == 404
    assert control(issuer)["asked"] == before
