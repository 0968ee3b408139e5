"""Checking in by the picture at the venue: whoever is signed in, or proves the phone they reported in with."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone
from juxing.responders import commands, queries
from juxing.responders.models import Duty, Responder
from juxing.responders.pages.own import OWN
from juxing.responders.pages.own_trainings import check_in_page
from juxing.responders.queries import rosters as roster_queries
from juxing.responders.queries.trainings import training_at

PENDING = "responders.check_in"


def steps_at(_current: str) -> list[dict[str, str]]:
    """Return no steps: one phone, one code, and one is there."""
    return []


PROOF = PhoneProof(
    phone_page="responders:check_in_phone", code_page="responders:check_in_code", onward="responders:check_in_go",
    title=gettext_lazy("Check in"), steps=steps_at,
    lead=gettext_lazy("Write the number with which you reported in."),
)  # fmt: skip


@open_to_all
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the phone with which one reported in."""
    return ask_for_phone(request, PROOF)


@open_to_all
def code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to it."""
    return ask_for_code(request, PROOF)


@open_to_all
def go(request: HttpRequest) -> HttpResponse:
    """Go back to the venue's code after the phone was proved."""
    pending = request.session.get(PENDING)
    return redirect("responders:check_in", *pending) if pending else redirect("responders:public_report_in")


@idempotent
@open_to_all
@never_cache
def check_in(request: HttpRequest, uuid: UUID, venue_code: str) -> HttpResponse:
    """Say that one is here; the code was on the venue's screen or sheet."""
    now = clock.now()
    with acting(OWN):
        actor, responder = _who(request)
        if responder is None:
            request.session[PENDING] = [str(uuid), venue_code[:40]]
            return redirect("responders:check_in_phone")
        training = training_at(uuid)
        if training is not None:
            return check_in_page(request, training, responder, actor=actor, code=venue_code)
        duty = _duty_here(responder, uuid)
        refused = ""
        if request.method == "POST" and duty is not None:
            try:
                commands.check_in_by_code(actor=actor, now=now, duty=duty, code=venue_code)
            except Refusal as refusal:
                refused = str(refusal.message)
            else:
                messages.success(request, _("You are checked in. Thank you for coming."))
                return HttpResponseRedirect(request.path, status=303)
    context = {
        "page_title": _("Check in"), "duty": duty, "refused": refused, **new_form_key(),
        "is_here": duty is not None and duty.checked_in_at is not None,
    }  # fmt: skip
    return render(request, "responders/check_in.html", context, status=422 if refused else 200)


def _who(request: HttpRequest) -> tuple[Actor, Responder | None]:
    actor: Actor = getattr(request, "actor", Actor.resident())
    if actor.account_id is not None:
        return actor, queries.own_responder(actor=actor)
    proved = proved_phone(request)
    return Actor.resident(), queries.responder_of_phone(proved) if proved else None


def _duty_here(responder: Responder, uuid: UUID) -> Duty | None:
    """Return one's shift at this venue that is now or next."""
    now = clock.now()
    rows = [row for row in roster_queries.own_duties(responder, now=now) if row.roster.uuid == uuid]
    return next((row for row in rows if row.ends_at > now), rows[-1] if rows else None)
