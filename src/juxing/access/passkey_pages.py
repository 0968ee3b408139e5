"""The two ceremonies of passkeys, spoken in JSON with ``passkeys.js``."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access import passkeys, queries, second_step_commands, second_step_queries
from juxing.access.fresh_proof_pages import freshly_proved
from juxing.access.models import Passkey
from juxing.access.models.sign_in import SignInMethod
from juxing.access.second_step_pages import set_up
from juxing.access.signing_in import (
    complete,
    safe_next,
    site_of,
    takes_passkeys,
    waiting_account,
    with_second,
)
from juxing.kernel import clock
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.web import ActorRequest, open_to_all, signed_in

MAKING, PROVING = "access.passkey.making", "access.passkey.proving"


@signed_in()
@never_cache
@require_POST
@freshly_proved
def begin_passkey(request: ActorRequest) -> HttpResponse:
    """Say what the browser is asked for a new passkey."""
    if not takes_passkeys(request):
        return _no(InvalidInput("not_a_domain", passkeys.NOT_A_DOMAIN))
    account = queries.own_account(request.actor)
    known = second_step_queries.second_steps(account).passkeys
    options, request.session[MAKING] = passkeys.begin_making(site_of(request), account, known)
    return JsonResponse(options)


@signed_in()
@never_cache
@require_POST
@freshly_proved
def finish_passkey(request: ActorRequest) -> HttpResponse:
    """Keep the public half of the new passkey."""
    sent, state = _sent(request), request.session.pop(MAKING, {})
    try:
        key = passkeys.finish_making(site_of(request), state, sent.get("answer") or {})
        codes = second_step_commands.add_passkey(
            actor=request.actor, now=clock.now(), account=queries.own_account(request.actor), key=key,
            label=str(sent.get("label", "")),
        )  # fmt: skip
    except Refusal as refusal:
        return _no(refusal)
    set_up(request, codes, _("The passkey is set up."))
    return JsonResponse({"next": reverse("access:second_steps")})


@open_to_all
@never_cache
@require_POST
def begin_proving(request: HttpRequest) -> HttpResponse:
    """Say what the browser is asked to prove: as the second step of who waits for it, or alone from the first page."""
    waiting = waiting_account(request, now=clock.now())
    known = second_step_queries.second_steps(waiting[0]).passkeys if waiting else ()
    options, state = passkeys.begin_proving(site_of(request), known, alone=waiting is None)
    request.session[PROVING] = {"state": state, "alone": waiting is None}
    return JsonResponse(options)


@open_to_all
@never_cache
@require_POST
def finish_proving(request: HttpRequest) -> HttpResponse:
    """Sign in whom the passkey proved."""
    now, sent, asked = clock.now(), _sent(request), request.session.pop(PROVING, {})
    answer = sent.get("answer")
    answer = answer if isinstance(answer, dict) else {}
    waiting = None if asked.get("alone") else waiting_account(request, now=now)
    known = Passkey.objects.select_related("account").filter(
        credential_id=passkeys.credential_of(answer), account__is_active=True
    )
    if waiting is not None:
        known = known.filter(account=waiting[0])
    try:
        if not asked or (waiting is None and not asked["alone"]):
            raise InvalidInput("passkey_late", _("That took too long. Begin again."))
        passkey, count = passkeys.finish_proving(site_of(request), asked["state"], answer, known)
        second_step_commands.use_passkey(now=now, passkey=passkey, sign_count=count)
    except Refusal as refusal:
        return _no(refusal)
    if waiting is None:
        method, going_on = SignInMethod.PASSKEY, safe_next(request)
    else:
        method, going_on = with_second(waiting[1], SignInMethod.PASSWORD_AND_PASSKEY), waiting[2]
    complete(request, passkey.account, method=method, going_on=going_on, now=now)
    return JsonResponse({"next": going_on})


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _no(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"message": str(refusal.message), "code": refusal.code}, status=422)
