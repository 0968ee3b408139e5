"""Going to the identity provider and coming back: to sign in, or to tie the identity to the own account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from juxing.access import identity_commands, identity_provider, queries
from juxing.access.fresh_proof_pages import freshly_proved
from juxing.access.identity_provider import Identity
from juxing.access.models.sign_in import SignInMethod
from juxing.access.signing_in import go_on, safe_next
from juxing.kernel import clock
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, open_to_all, signed_in

STATE, PENDING = "access.identity_state", "access.identity_pending"


@open_to_all
@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the provider; what they want to open afterwards is remembered."""
    return _send(request, going_on=safe_next(request))


@signed_in()
@never_cache
@require_GET
@freshly_proved
def begin_tying(request: ActorRequest) -> HttpResponse:
    """Send a signed-in person to the provider, to tie the identity to the account."""
    return _send(request, tying=True)


@open_to_all
@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take the browser back: sign in whom the identity is tied to, or ask whether to tie it."""
    now = clock.now()
    try:
        returned = identity_commands.come_back(
            now=now, state=request.GET.get("state", ""), held_state=request.session.pop(STATE, ""),
            code=request.GET.get("code", ""), return_to=_return_to(request),
        )  # fmt: skip
        if returned.account_id is not None:
            return _ask_to_tie(request, returned)
        account = identity_commands.account_of(returned.identity, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("access:second_steps" if request.user.is_authenticated else "access:sign_in")
    return go_on(
        request, account, method=SignInMethod.GOVERNMENT_IDENTITY, going_on=returned.going_on or safe_next(request),
        now=now,
    )  # fmt: skip


@signed_in()
@never_cache
@freshly_proved
def tie(request: ActorRequest) -> HttpResponse:
    """Show which identity came back, and tie it when the person says so: a link alone must not."""
    pending = request.session.get(PENDING)
    if not pending:
        return redirect("access:second_steps")
    identity = Identity(**pending)
    if request.method == "POST":
        del request.session[PENDING]
        account = queries.own_account(request.actor)
        try:
            identity_commands.tie(actor=request.actor, now=clock.now(), account=account, identity=identity)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("The identity is tied. You can sign in with it."))
        return redirect("access:second_steps")
    context = {"page_title": _("Tie this identity to your account?"), "identity": identity}
    return render(request, "access/tie_identity.html", context)


@signed_in()
@freshly_proved
@require_POST
def untie(request: ActorRequest) -> HttpResponse:
    """Let the identity no longer sign the account in."""
    identity_commands.untie(actor=request.actor, now=clock.now(), account=queries.own_account(request.actor))
    messages.success(request, _("The identity is untied."))
    return redirect("access:second_steps")


def _send(request: HttpRequest, *, going_on: str = "", tying: bool = False) -> HttpResponse:
    if not identity_provider.is_configured():
        raise NotVisible
    account = queries.own_account(request.actor) if tying else None  # type: ignore[attr-defined]
    try:
        address, request.session[STATE] = identity_commands.begin(
            now=clock.now(), return_to=_return_to(request), going_on=going_on, account=account
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("access:second_steps" if tying else "access:sign_in")
    return HttpResponseRedirect(address)


def _ask_to_tie(request: HttpRequest, returned: identity_commands.Returned) -> HttpResponse:
    if getattr(request.user, "pk", None) != returned.account_id:
        raise identity_provider.IdentityNotProved("the account that began it is not signed in here")
    request.session[PENDING] = {"issuer": returned.identity.issuer, "subject": returned.identity.subject}
    return redirect("access:tie_identity")


def _return_to(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("access:identity_callback"))
