"""Leading those whose role asks for a second step to setting one up: reminded at first, led there after some days."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.second_step_queries import enrol_by, must_have_two_steps, second_steps
from juxing.access.signing_in import TWO_STEPS, WAITING
from juxing.kernel.actors import Actor

OPEN_WITHOUT = ("/me/second-step/", "/me/identity/", "/sign-in/", "/sign-out/", "/language/", "/static/")


def led_to_second_step(request: HttpRequest, actor: Actor, *, now: datetime) -> HttpResponse | None:
    """Return the way to the second step where this request must not go on without, else None."""
    account = request.user
    if not settings.SECOND_STEP_ROLES or not isinstance(account, Account) or request.session.get(TWO_STEPS):
        return None
    if not must_have_two_steps(actor) or request.path.startswith(OPEN_WITHOUT):
        return None
    if second_steps(account).are_set_up:
        request.session[WAITING] = {
            "account": account.pk, "method": "password", "at": now.timestamp(), "going_on": request.path,
        }  # fmt: skip
        return _to(request, "access:second_step")
    due = enrol_by(account, now=now)
    if due is None or now < due:
        request.second_step_due = due  # type: ignore[attr-defined]
        return None
    return _to(request, "access:second_steps")


def _to(request: HttpRequest, name: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name)})
    return redirect(name)
