"""Signing in and out, and what a person can do with the own account."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from juxing.access import commands, identity_provider, queries, session_commands
from juxing.access.forms import PasswordForm, SignInForm, TokenForm
from juxing.access.models import Account
from juxing.access.models.sign_in import SignInMethod
from juxing.access.signing_in import go_on, safe_next, takes_passkeys
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, show_refusal, signed_in


@open_to_all
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a person in; wrong name and wrong password look and last the same."""
    going_on = safe_next(request)
    if isinstance(request.user, Account):
        return redirect(going_on)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Named and folded as the account keeps it, so that every way of typing a name counts towards one lock.
        name = form.cleaned_data["username"].casefold()
        account = authenticate(request, sign_in_name=name, password=form.cleaned_data["password"])
        if account is not None:
            return go_on(request, account, method=SignInMethod.PASSWORD, going_on=going_on, now=clock.now())
        form.add_error(None, _("Name or password is not right. Check capital letters, or ask your administrator."))
    context = {
        "form": form, "next": request.POST.get("next") or request.GET.get("next", ""),
        "takes_passkeys": takes_passkeys(request),
        "identity_label": settings.OIDC_LABEL if identity_provider.is_configured() else "",
    }  # fmt: skip
    if settings.IS_DEMO:
        context |= _demo_accounts()
    return render(request, "site/sign_in.html", context, status=422 if form.errors else 200)


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here."""
    session_commands.note_signed_out(now=clock.now(), session_key=request.session.session_key or "")
    logout(request)
    return redirect("access:sign_in")


@signed_in()
@never_cache
def me(request: ActorRequest) -> HttpResponse:
    """Show the own account: roles, tokens, password."""
    return _show_me(request, TokenForm())


@sensitive_post_parameters()
@signed_in()
@never_cache
def change_password(request: ActorRequest) -> HttpResponse:
    """Change the own password; the other sessions of the account end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = queries.own_account(request.actor)
        old, new, key = form.cleaned_data["old"], form.cleaned_data["new"], request.session.session_key or ""
        try:
            commands.change_password(
                actor=request.actor, now=clock.now(), account=account, old=old, new=new, session_key=key
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            update_session_auth_hash(request, account)
            session_commands.follow_key(old=key, new=request.session.session_key or "")
            messages.success(request, _("The password is changed. Other devices must sign in again."))
            return redirect("access:me")
    context = {
        "form": form, "page_title": _("Change password"), "submit_label": _("Change password"),
        "cancel_url": reverse("access:me"),
    }  # fmt: skip
    return render(request, "access/change.html", context, status=422 if form.errors else 200)


@signed_in()
@never_cache
@require_POST
def issue_token(request: ActorRequest) -> HttpResponse:
    """Make a token and show it this once; not kept for repetition, because the answer holds the secret."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show_me(request, form, status=422)
    account = queries.own_account(request.actor)
    try:
        secret = commands.issue_token(actor=request.actor, now=clock.now(), account=account, **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show_me(request, form, status=refusal.status)
    return _show_me(request, TokenForm(), secret=secret)


@idempotent
@signed_in()
@require_POST
def revoke_token(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """End one of the own tokens."""
    token = queries.token_of(queries.own_account(request.actor), uuid)
    commands.revoke_token(actor=request.actor, now=clock.now(), token=token)
    messages.success(request, _("The token no longer works."))
    return redirect("access:me")


def _show_me(request: ActorRequest, form: TokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    now = clock.now()
    account = queries.own_account(request.actor)
    context = {
        "form": form, "secret": secret, "own_account": account, "roles": queries.roles_of(account, now=now),
        "tokens": queries.tokens_of(account, now=now), "page_title": _("My account"), **new_form_key(),
        "page_subtitle": account.display_name,
        "page_actions": [
            {"label": _("Signing in and devices"), "url": reverse("access:second_steps"), "icon": "shield-check"},
            {"label": _("Change password"), "url": reverse("access:change_password"), "icon": "key"},
        ],
    }  # fmt: skip
    return render(request, "access/me.html", context, status=status)


def _demo_accounts() -> dict[str, object]:
    held = queries.demo_accounts(now=clock.now())
    return {
        "demo_accounts": [
            {"role": assignment.get_role_display(), "username": assignment.account.sign_in_name} for assignment in held
        ],
        "demo_password": getattr(settings, "DEMO_PASSWORD", ""),
    }
