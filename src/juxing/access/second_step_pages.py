"""The second step: asked for on the way in, set up and taken away on the own account, sessions elsewhere ended."""

from __future__ import annotations

from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from juxing.access import identity_provider, queries, second_step_commands, second_step_queries, session_commands
from juxing.access.forms import AppCodeForm, PasswordAgainForm, SecondStepForm
from juxing.access.fresh_proof_pages import freshly_proved
from juxing.access.models import Account
from juxing.access.one_time_passwords import app_address
from juxing.access.queries import actor_of
from juxing.access.recovery_sheet import keep_shown_once, shown_once
from juxing.access.signing_in import (
    PROVED_AT,
    TWO_STEPS,
    complete,
    safe_next,
    takes_passkeys,
    waiting_account,
    with_second,
)
from juxing.kernel import clock
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, show_refusal, signed_in

NAME_IN_APP = "Juxing"


@open_to_all
@never_cache
@sensitive_post_parameters("code")
def second_step(request: HttpRequest) -> HttpResponse:
    """Take the second proof of somebody whose password was right; signed in to nothing until then."""
    now = clock.now()
    waiting = waiting_account(request, now=now)
    if waiting is None:
        return redirect("access:sign_in")
    account, method, going_on = waiting
    form = SecondStepForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            taken = second_step_commands.take_code(
                actor=actor_of(account, now=now), now=now, account=account, code=form.cleaned_data["code"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
            status = refusal.status
        else:
            if taken is not None:
                return complete(request, account, method=with_second(method, taken), going_on=going_on, now=now)
            form.add_error("code", _("That is not the code. Each code counts once; wait for the next one."))
    steps = second_step_queries.second_steps(account)
    context = {"form": form, "steps": steps, "takes_passkeys": bool(steps.passkeys) and takes_passkeys(request)}
    return render(request, "access/second_step.html", context, status=max(status, 422 if form.errors else 200))


@signed_in()
@never_cache
def second_steps(request: ActorRequest) -> HttpResponse:
    """Show how the account is proved, and where it is signed in."""
    now = clock.now()
    account = queries.own_account(request.actor)
    context = {
        "page_title": _("Signing in and devices"), "own_account": account, "now": now, **new_form_key(),
        "steps": second_step_queries.second_steps(account), "takes_passkeys": takes_passkeys(request),
        "sessions": second_step_queries.sessions_of(account, now=now), "this_session": request.session.session_key,
        "identities": second_step_queries.identities_of(account), "new_codes": shown_once(request),
        "identity_offered": identity_provider.is_configured(), "must_have": _must_have(request, account),
        "breadcrumbs": [{"label": _("My account"), "url": reverse("access:me")},
                        {"label": _("Signing in and devices")}],
    }  # fmt: skip
    return render(request, "access/second_steps.html", context)


@signed_in()
@never_cache
@freshly_proved
@require_POST
def begin_app(request: ActorRequest) -> HttpResponse:
    """Make the secret of a new app, and show it as a QR code next."""
    account = queries.own_account(request.actor)
    try:
        second_step_commands.begin_app(actor=request.actor, now=clock.now(), account=account)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("access:second_steps")
    return redirect("access:confirm_app")


@sensitive_post_parameters("code")
@signed_in()
@never_cache
@freshly_proved
def confirm_app(request: ActorRequest) -> HttpResponse:
    """Show the secret to the app, and take the first code it shows."""
    account = queries.own_account(request.actor)
    app = second_step_queries.app_being_set_up(account)
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_step_commands.confirm_app(
                actor=request.actor, now=clock.now(), account=account, code=form.cleaned_data["code"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return set_up(request, codes, _("The app is set up. From now on signing in asks for its code."))
    address = app_address(app.secret, issuer=NAME_IN_APP, name=account.sign_in_name)
    context = {
        "page_title": _("Set up an authenticator app"), "form": form,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="#ffffff"),
        "secret": " ".join(app.secret[place : place + 4] for place in range(0, len(app.secret), 4)),
        "cancel_url": reverse("access:second_steps"),
    }  # fmt: skip
    return render(request, "access/confirm_app.html", context, status=422 if form.errors else 200)


@signed_in()
@freshly_proved
@require_POST
def remove_app(request: ActorRequest) -> HttpResponse:
    """Let the app no longer count."""
    account = queries.own_account(request.actor)
    second_step_commands.remove_app(actor=request.actor, now=clock.now(), account=account)
    messages.success(request, _("The app no longer counts."))
    return redirect("access:second_steps")


@signed_in()
@freshly_proved
@require_POST
def make_codes(request: ActorRequest) -> HttpResponse:
    """Make ten new recovery codes and show them once."""
    account = queries.own_account(request.actor)
    codes = second_step_commands.make_recovery_codes(actor=request.actor, now=clock.now(), account=account)
    keep_shown_once(request, codes)
    return redirect("access:second_steps")


@signed_in()
@freshly_proved
@require_POST
def remove_passkey(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Let a passkey no longer count."""
    passkey = second_step_queries.passkey_of(queries.own_account(request.actor), uuid)
    second_step_commands.remove_passkey(actor=request.actor, now=clock.now(), passkey=passkey)
    messages.success(request, _("The passkey no longer counts."))
    return redirect("access:second_steps")


@sensitive_post_parameters("password")
@signed_in()
@never_cache
def prove_again(request: ActorRequest) -> HttpResponse:
    """Ask for the password again before ways of signing in are changed."""
    form = PasswordAgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if queries.is_password_of(request.actor, form.cleaned_data["password"]):
            request.session[PROVED_AT] = clock.now().timestamp()
            return redirect(safe_next(request))
        form.add_error("password", _("This is not your present password."))
    context = {
        "page_title": _("Is it still you?"), "form": form, "submit_label": _("Continue"), "next": safe_next(request),
        "page_subtitle": _("Before ways of signing in are changed, write your password once more."),
        "cancel_url": reverse("access:second_steps"),
    }  # fmt: skip
    return render(request, "access/prove_again.html", context, status=422 if form.errors else 200)


@signed_in()
@require_POST
def end_session(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Sign out there."""
    session = second_step_queries.session_of(queries.own_account(request.actor), uuid)
    session_commands.end_session(actor=request.actor, now=clock.now(), session=session)
    messages.success(request, _("Signed out there."))
    return redirect("access:second_steps")


@signed_in()
@require_POST
def sign_out_elsewhere(request: ActorRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    session_commands.sign_out_elsewhere(
        actor=request.actor, now=clock.now(), account=queries.own_account(request.actor),
        keep=request.session.session_key or "",
    )  # fmt: skip
    messages.success(request, _("Signed out everywhere but here."))
    return redirect("access:second_steps")


def set_up(request: HttpRequest, codes: list[str], words: str) -> HttpResponse:
    """Go back to the list with what was set up; this session has both steps from now on."""
    request.session[TWO_STEPS] = True
    if codes:
        keep_shown_once(request, codes)
    messages.success(request, words)
    return redirect("access:second_steps")


def _must_have(request: ActorRequest, account: Account) -> bool:
    return (
        second_step_queries.must_have_two_steps(request.actor)
        and not second_step_queries.second_steps(account).are_set_up
    )
