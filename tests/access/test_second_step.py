"""A password alone is not enough where a second step stands: apps, recovery codes, sessions, and being led there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from juxing.access import second_step_commands as steps
from juxing.access.models import Account, AuthenticatorApp, CodeFailure, RecoveryCode, SignInSession
from juxing.access.models.sign_in import SignInMethod
from juxing.access.one_time_passwords import STEP_SECONDS, code_at, matching_step, new_secret
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.access.session_commands import device_in_words, forget_sessions, network_of
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from tests.factories import DISTRICT, PASSWORD, STREET, make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
WINDOWS_EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


def with_app(account: Account, now: datetime) -> tuple[str, list[str]]:
    """Set an app up; return its secret and the recovery codes."""
    actor = actor_of(account, now=now)
    secret = steps.begin_app(actor=actor, now=now, account=account).secret
    return secret, steps.confirm_app(actor=actor, now=now, account=account, code=present(secret, now))


def present(secret: str, now: datetime) -> str:
    return code_at(secret, int(now.timestamp()) // STEP_SECONDS)


def begin(account: Account, *, client: Client | None = None, agent: str = "") -> Client:
    client = client or Client()
    client.post(
        reverse("access:sign_in"), {"username": account.sign_in_name, "password": PASSWORD}, HTTP_USER_AGENT=agent
    )
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("access:me")).status_code == 200


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_digits_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS) == code


@given(offset=st.integers(min_value=-600, max_value=600))
def test_code_counts_only_half_a_minute_around_its_time(offset: int) -> None:
    then = datetime(2026, 3, 10, tzinfo=UTC)
    code = code_at(RFC_SECRET, int(then.timestamp()) // STEP_SECONDS)
    step = matching_step(RFC_SECRET, code, now=then + timedelta(seconds=offset))
    assert (step == int(then.timestamp()) // STEP_SECONDS) == (-30 <= offset < 60)


def test_right_password_signs_nobody_in_who_has_an_app() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    secret, _codes = with_app(account, clock.now() - timedelta(minutes=2))

    client = begin(account)

    assert not is_in(client)
    assert client.get(reverse("access:second_step")).status_code == 200
    answer = client.post(
        reverse("access:second_step"),
        {"code": f" {present(secret, clock.now())[:3]} {present(secret, clock.now())[3:]}"},
    )
    assert answer.status_code == 303
    assert is_in(client)
    session = SignInSession.objects.get(account=account, ended_at=None)
    assert session.method == SignInMethod.PASSWORD_AND_APP


def test_second_step_is_nobodys_without_a_first() -> None:
    assert Client().get(reverse("access:second_step")).status_code == 302


def test_code_counts_once(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    secret, _codes = with_app(account, now)
    actor, later = actor_of(account, now=now), now + timedelta(seconds=60)
    code = present(secret, later)

    first = steps.take_code(actor=actor, now=later, account=account, code=code)
    again = steps.take_code(actor=actor, now=later, account=account, code=code)

    assert (first, again) == (SignInMethod.PASSWORD_AND_APP, None)


def test_code_that_set_the_app_up_does_not_sign_in(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    secret, _codes = with_app(account, now)

    assert steps.take_code(
        actor=actor_of(account, now=now), now=now, account=account, code=present(secret, now)
    ) is None  # fmt: skip


def test_five_wrong_codes_close_the_step_even_for_the_right_one(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    secret, _codes = with_app(account, now)
    actor, later = actor_of(account, now=now), now + timedelta(minutes=5)

    for _time in range(5):
        assert steps.take_code(actor=actor, now=later, account=account, code="000000") is None
    with pytest.raises(Refusal, match="second_step_locked"):
        steps.take_code(actor=actor, now=later, account=account, code=present(secret, later))
    after = later + timedelta(minutes=16)

    assert steps.take_code(actor=actor, now=after, account=account, code=present(secret, after))
    assert JournalEntry.objects.filter(action=steps.STEP_LOCKED).count() == 1
    assert not CodeFailure.objects.exists()


def test_wrong_codes_stay_counted_when_the_page_refuses_them() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    with_app(account, clock.now() - timedelta(minutes=5))
    client = begin(account)

    statuses = [client.post(reverse("access:second_step"), {"code": "000000"}).status_code for _time in range(6)]

    assert statuses[:5] == [422] * 5
    assert statuses[5] == 429 or statuses[5] == 422
    assert CodeFailure.objects.filter(account=account).count() == 5


def test_recovery_code_counts_once_however_it_is_typed(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    _secret, codes = with_app(account, now)
    actor = actor_of(account, now=now)

    first = steps.take_code(actor=actor, now=now, account=account, code=f" {codes[0].upper().replace('-', ' ')} ")
    again = steps.take_code(actor=actor, now=now, account=account, code=codes[0])

    assert len(set(codes)) == 10
    assert (first, again) == (SignInMethod.PASSWORD_AND_RECOVERY, None)
    assert RecoveryCode.objects.filter(account=account, used_at=None).count() == 9


def test_recovery_code_of_another_account_is_worth_nothing(now: datetime) -> None:
    one, other = make_account(Role.COMMUNITY_WORKER), make_account(Role.COMMUNITY_WORKER)
    _secret, codes = with_app(one, now)
    with_app(other, now)

    assert steps.take_code(actor=actor_of(other, now=now), now=now, account=other, code=codes[0]) is None


def test_new_codes_end_the_old_ones(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    _secret, codes = with_app(account, now)
    actor = actor_of(account, now=now)

    steps.make_recovery_codes(actor=actor, now=now, account=account)

    assert steps.take_code(actor=actor, now=now, account=account, code=codes[0]) is None


def test_secret_and_codes_are_not_readable_in_the_tables(now: datetime) -> None:
    from django.db import connection

    account = make_account(Role.COMMUNITY_WORKER)
    secret, codes = with_app(account, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM access_authenticatorapp")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(digest, ' ') FROM access_recoverycode")
        digests = cursor.fetchone()[0]

    assert secret not in stored
    assert not any(code in digests for code in codes)


def test_app_is_set_up_on_the_page_with_the_code_it_shows() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client = begin(account)

    client.post(reverse("access:begin_app"))
    page = client.get(reverse("access:confirm_app")).content.decode()
    wrong = client.post(reverse("access:confirm_app"), {"code": "000000"})
    secret = AuthenticatorApp.objects.get(account=account).secret
    shown = client.post(reverse("access:confirm_app"), {"code": present(secret, clock.now())}, follow=True)

    assert "data:image/svg+xml" in page
    assert wrong.status_code == 422
    assert len(re.findall(r"<code>[a-z2-9]{5}-[a-z2-9]{5}</code>", shown.content.decode())) == 10
    assert "<code>" not in client.get(reverse("access:second_steps")).content.decode()


def test_ways_of_signing_in_change_only_with_the_password_at_hand() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    sent_away = client.post(reverse("access:begin_app"))
    wrong = client.post(reverse("access:prove_again"), {"password": "wrong", "next": "/me/second-step/"})
    client.post(reverse("access:prove_again"), {"password": PASSWORD, "next": "/me/second-step/"})

    assert sent_away["Location"].startswith(reverse("access:prove_again"))
    assert wrong.status_code == 422
    assert client.post(reverse("access:begin_app"))["Location"] == reverse("access:confirm_app")


def test_nobody_sets_up_or_takes_away_for_somebody_else(now: datetime) -> None:
    account, other = make_account(Role.COMMUNITY_WORKER), make_account(Role.COMMUNITY_WORKER)
    actor = actor_of(other, now=now)

    for act in (steps.begin_app, steps.remove_app, steps.make_recovery_codes):
        with pytest.raises(NotPermitted):
            act(actor=actor, now=now, account=account)


def test_administrator_resets_with_a_reason_and_within_the_own_area(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    with_app(account, now)
    admin, elsewhere = make_account(Role.SYSTEM_ADMIN, DISTRICT), make_account(Role.SYSTEM_ADMIN, "990118")

    with pytest.raises(NotPermitted):
        steps.reset_second_step(actor=actor_of(elsewhere, now=now), now=now, account=account, reason="lost")
    with pytest.raises(InvalidInput):
        steps.reset_second_step(actor=actor_of(admin, now=now), now=now, account=account, reason=" ")
    with pytest.raises(NotPermitted):
        steps.reset_second_step(actor=actor_of(admin, now=now), now=now, account=admin, reason="my own")
    steps.reset_second_step(actor=actor_of(admin, now=now), now=now, account=account, reason="phone lost, known to me")

    assert not AuthenticatorApp.objects.filter(account=account).exists()
    assert JournalEntry.objects.get(action=steps.STEP_RESET).reason == "phone lost, known to me"


def test_sign_out_there_ends_that_session_and_no_other() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    here, there = begin(account, agent="Firefox/140.0 Linux"), begin(account, agent=WINDOWS_EDGE)
    session = SignInSession.objects.get(device="Edge · Windows")

    page = here.get(reverse("access:second_steps")).content.decode()
    here.post(reverse("access:end_session", args=[session.uuid]))

    assert "Edge · Windows" in page
    assert (is_in(here), is_in(there)) == (True, False)


def test_somebody_elses_session_does_not_exist() -> None:
    account, other = make_account(Role.COMMUNITY_WORKER), make_account(Role.COMMUNITY_WORKER)
    client, nosy = begin(account), begin(other)
    session = SignInSession.objects.get(account=account)

    assert nosy.post(reverse("access:end_session", args=[session.uuid])).status_code == 404
    assert is_in(client)


def test_changed_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    here, there = begin(account), begin(account)
    new = "a new long sentence"

    here.post(reverse("access:change_password"), {"old": PASSWORD, "new": new, "again": new})

    assert (is_in(here), is_in(there)) == (True, False)
    assert SignInSession.objects.filter(account=account, ended_at=None).count() == 1
    assert "这里" in here.get(reverse("access:second_steps")).content.decode()


def test_sessions_are_forgotten_and_name_no_address(now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    begin(account)
    assert SignInSession.objects.get().network == "127.0.0.0/16"

    assert forget_sessions(now=clock.now() + timedelta(days=31)) == 1
    assert (network_of("2001:db8:1:2::7"), network_of("x")) == ("2001:db8::/32", "")
    assert device_in_words("curl/8") == ""


@pytest.fixture
def required(settings: Settings) -> Settings:
    """Ask administrators for a second step, with a week to set it up."""
    settings.SECOND_STEP_ROLES = frozenset({Role.SYSTEM_ADMIN})
    settings.SECOND_STEP_GRACE_DAYS = 7
    return settings


def admin_since(days: int) -> Account:
    account = make_account(Role.SYSTEM_ADMIN, DISTRICT)
    account.role_assignments.update(starts_at=clock.now() - timedelta(days=days))
    return account


def test_new_administrator_is_reminded_and_works_on(required: Settings) -> None:
    client = begin(admin_since(days=1))
    page = client.get(reverse("access:accounts"))
    assert page.status_code == 200
    assert reverse("access:second_steps") in page.content.decode()


def test_administrator_whose_days_are_over_is_led_to_setting_it_up(required: Settings) -> None:
    account = admin_since(days=8)
    client = begin(account)

    led = client.get(reverse("access:accounts"))
    by_script = client.get(reverse("access:accounts"), HTTP_HX_REQUEST="true")
    client.post(reverse("access:begin_app"))
    secret = AuthenticatorApp.objects.get(account=account).secret
    client.post(reverse("access:confirm_app"), {"code": present(secret, clock.now())})

    assert led["Location"] == reverse("access:second_steps")
    assert by_script["HX-Redirect"] == reverse("access:second_steps")
    assert client.get(reverse("access:accounts")).status_code == 200


def test_role_that_asks_for_nothing_is_left_alone(required: Settings) -> None:
    client = begin(make_account(Role.COMMUNITY_WORKER, STREET))
    assert client.get(reverse("people:search")).status_code == 200


def test_session_older_than_the_app_must_show_a_code_before_administering(required: Settings) -> None:
    account = admin_since(days=8)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    secret, _codes = with_app(account, clock.now() - timedelta(minutes=2))

    asked = client.get(reverse("access:accounts"))
    client.post(reverse("access:second_step"), {"code": present(secret, clock.now())})

    assert asked["Location"] == reverse("access:second_step")
    assert client.get(reverse("access:accounts")).status_code == 200


def test_secrets_are_drawn_anew() -> None:
    assert len({new_secret() for _time in range(50)}) == 50
