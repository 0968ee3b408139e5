"""
From the first proof to a session: what all ways of signing in share.

A password or an identity only begins: if the account has a second step, the browser waits with it, signed in to
nothing, for ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from juxing.access.models import Account
from juxing.access.models.sign_in import SignInMethod
from juxing.access.passkeys import Site
from juxing.access.queries import actor_of
from juxing.access.second_step_queries import second_steps
from juxing.access.session_commands import begin_session, note_seen, note_signed_out

WAITING, TWO_STEPS, SEEN_AT, PROVED_AT = "access.waiting", "access.two_steps", "access.seen_at", "access.proved_at"
WAITS, FRESH, SEEN_EVERY = timedelta(minutes=10), timedelta(minutes=15), timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"
BOTH_STEPS = frozenset({
    SignInMethod.PASSWORD_AND_APP, SignInMethod.PASSWORD_AND_PASSKEY, SignInMethod.PASSWORD_AND_RECOVERY,
    SignInMethod.PASSKEY, SignInMethod.IDENTITY_AND_STEP,
})  # fmt: skip


def go_on(
    request: HttpRequest, account: Account, *, method: SignInMethod, going_on: str, now: datetime
) -> HttpResponse:
    """Sign the account in after its first proof, or wait for the second step it has."""
    is_enough = method == SignInMethod.GOVERNMENT_IDENTITY and settings.OIDC_COUNTS_AS_TWO_STEPS
    if second_steps(account).are_set_up and not is_enough:
        request.session.cycle_key()
        request.session[WAITING] = {
            "account": account.pk, "method": method.value, "at": now.timestamp(), "going_on": going_on,
        }  # fmt: skip
        return HttpResponseRedirect(reverse("access:second_step"), status=303)
    return complete(request, account, method=method, going_on=going_on, now=now)


def complete(
    request: HttpRequest, account: Account, *, method: SignInMethod, going_on: str, now: datetime
) -> HttpResponse:
    """Sign the account in, and note the session."""
    request.session.pop(WAITING, None)
    note_signed_out(now=now, session_key=request.session.session_key or "")
    login(request, account, backend=BACKEND)
    request.session[SEEN_AT] = request.session[PROVED_AT] = now.timestamp()
    is_enough = method == SignInMethod.GOVERNMENT_IDENTITY and settings.OIDC_COUNTS_AS_TWO_STEPS
    request.session[TWO_STEPS] = method in BOTH_STEPS or is_enough
    begin_session(
        actor=actor_of(account, now=now), now=now, account=account, session_key=request.session.session_key or "",
        method=method, user_agent=request.headers.get("User-Agent", ""), address=request.META.get("REMOTE_ADDR", ""),
    )  # fmt: skip
    return HttpResponseRedirect(going_on, status=303)


def waiting_account(request: HttpRequest, *, now: datetime) -> tuple[Account, SignInMethod, str] | None:
    """Return who waits for the second step in this browser, by what they began, and where they want to go."""
    waiting = request.session.get(WAITING)
    if not waiting or now.timestamp() - waiting["at"] > WAITS.total_seconds():
        return None
    account = Account.objects.filter(pk=waiting["account"], is_active=True).first()
    return (account, SignInMethod(waiting["method"]), waiting["going_on"]) if account else None


def with_second(first: SignInMethod, second: SignInMethod) -> SignInMethod:
    """Return the way of signing in that both proofs make together."""
    return SignInMethod.IDENTITY_AND_STEP if first == SignInMethod.GOVERNMENT_IDENTITY else second


def note_use(request: HttpRequest, *, now: datetime) -> None:
    """Note now and then that a session is in use; those not begun on our pages are left alone."""
    seen = request.session.get(SEEN_AT)
    if seen is not None and now.timestamp() - seen > SEEN_EVERY.total_seconds():
        request.session[SEEN_AT] = now.timestamp()
        note_seen(now=now, session_key=request.session.session_key or "")


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the person proved who they are within the last quarter of an hour."""
    return bool(now.timestamp() - request.session.get(PROVED_AT, 0) <= FRESH.total_seconds())


def safe_next(request: HttpRequest) -> str:
    """Return where the person wanted to go, if it is an address of ours; the start page otherwise."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse(settings.LOGIN_REDIRECT_URL)


def site_of(request: HttpRequest) -> Site:
    """Return the host and origin that passkeys belong to."""
    host = request.get_host()
    return Site(host=host.rpartition(":")[0] or host, origin=f"{request.scheme}://{host}")


def takes_passkeys(request: HttpRequest) -> bool:
    """Whether passkeys work at this address: browsers know none for bare numbers."""
    host = site_of(request).host
    return not (host.startswith("[") or host.replace(".", "").isdigit())
