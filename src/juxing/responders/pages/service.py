"""Reporting in without an account: a phone, a code, a short form; then one's own service by link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all, show_refusal
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone
from juxing.responders import commands, queries
from juxing.responders.forms import PublicReportInForm
from juxing.responders.models import Responder
from juxing.responders.pages import calls, certificates, gates, musters, own, own_shifts, own_trainings, talents
from juxing.responders.pages.own import OWN, Visit

STEPS = ("phone", "code", "form", "done")
COMMUNITY = "responders.community"


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps of reporting in, for the stepper."""
    names = {
        "phone": _("Phone"), "code": _("Code"), "form": _("What you can do"),
        "done": pgettext("step of reporting in", "Done"),
    }  # fmt: skip
    here = STEPS.index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(STEPS))]
    return [{"label": names[name], "state": state} for name, state in zip(STEPS, states, strict=True)]


PROOF = PhoneProof(
    phone_page="responders:public_report_in", code_page="responders:public_code", onward="responders:public_form",
    title=gettext_lazy("Report in to help"), steps=steps_at, template="responders/public_phone.html",
    lead=gettext_lazy("Write your mobile number. You need no account, and you may always say no."),
)  # fmt: skip


@open_to_all
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send a code to it."""
    return ask_for_phone(request, PROOF)


@open_to_all
def start_at(request: HttpRequest, area_code: str) -> HttpResponse:
    """Begin from a community's poster: its community is chosen already."""
    request.session[COMMUNITY] = area_code[:40]
    return redirect("responders:public_report_in")


@open_to_all
def code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent."""
    return ask_for_code(request, PROOF)


@idempotent
@open_to_all
@never_cache
def form_page(request: HttpRequest) -> HttpResponse:
    """Take the report-in; who reported in before comes to their own service instead."""
    phone = proved_phone(request)
    if not phone:
        return redirect("responders:public_report_in")
    with acting(OWN):
        known = queries.responder_of_phone(phone)
        if known is not None:
            return _known(request, known)
        form = PublicReportInForm(
            request.POST or None, streets=queries.communities_by_street(), today=localdate(clock.now()),
            initial={"area_code": request.session.get(COMMUNITY, ""), "languages": ["mandarin"], "transport": "foot"},
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                done = commands.report_in_by_phone(now=clock.now(), given=form.given_by(phone), periods=form.periods())
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                _go_on(request, done.responder)
                page = "responders:service_done" if done.is_new else "responders:service_home"
                return HttpResponseRedirect(reverse(page, args=[done.link_token]), status=303)
    context = {
        "form": form, "steps": steps_at("form"), "page_title": _("What can you do, and when?"), "keep_offline": True,
        "page_lead": _("Only your name and your community are needed."), "form_key": new_form_key(),
    }  # fmt: skip
    return render(request, "responders/public_form.html", context, status=422 if form.errors else 200)


def _known(request: HttpRequest, known: Responder) -> HttpResponse:
    """Lead someone who reported in before to the own service; asked for only, because an earlier link then ends."""
    if request.method != "POST":
        context = {"page_title": _("You have already reported in"), **new_form_key()}
        return render(request, "responders/public_known.html", context)
    token = commands.give_link(now=clock.now(), responder=known)
    _go_on(request, known)
    return HttpResponseRedirect(reverse("responders:service_home", args=[token]), status=303)


def _go_on(request: HttpRequest, responder: Responder) -> None:
    """Do what this visit began with: answer a call, sign up for a training."""
    calls.answer_after_report_in(request, responder)
    own_trainings.sign_up_after_report_in(request, responder)


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view whose link the token is; a wrong link and an old one look the same."""

    @open_to_all
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        with acting(OWN):
            responder = queries.responder_by_link(token, now=clock.now())
        if responder is None:
            context = {"page_title": _("This link is not valid")}
            return render(request, "responders/no_such_link.html", context, status=404)
        return view(request, Visit(actor=Actor.resident(), responder=responder, token=token), **kwargs)

    return opened


@never_cache
@by_link
def done(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say that the report-in is in, what happens next, and give the link to keep."""
    link = request.build_absolute_uri(visit.url("home"))
    context = {
        "own": visit.responder, "link": link, "qr": qr_code(link), "steps": steps_at("done"),
        "page_title": _("Thank you for reporting in"),
    }  # fmt: skip
    return render(request, "responders/public_done.html", context)


@never_cache
@by_link
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the own service."""
    return own.show(request, visit)


@require_POST
@idempotent
@by_link
def switch(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Switch being asked on or off."""
    return own.switch(request, visit)


@require_POST
@idempotent
@by_link
def add_period(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add a time in which one can be asked."""
    return own.add_period(request, visit)


@require_POST
@idempotent
@by_link
def remove_period(request: HttpRequest, visit: Visit, period_id: int) -> HttpResponse:
    """Take back a time."""
    return own.remove_period(request, visit, period_id)


@idempotent
@never_cache
@by_link
def change(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Change what one can do."""
    return own.change(request, visit)


@require_POST
@idempotent
@by_link
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Leave, or pause and come back."""
    return own.leave(request, visit)


@never_cache
@by_link
def shifts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own shifts."""
    return own_shifts.show(request, visit)


@require_POST
@idempotent
@by_link
def shift_step(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Check in or out, be excused, give a shift away."""
    return own_shifts.step(request, visit, uuid, step)


@require_POST
@idempotent
@by_link
def swap_step(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Say that one would take a shift."""
    return own_shifts.swap_step(request, visit, uuid, step)


@require_POST
@idempotent
@by_link
def sign_up(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Take an open shift."""
    return own_shifts.sign_up(request, visit, uuid)


@require_POST
@idempotent
@by_link
def wish(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Say on which day one cannot come."""
    return own_shifts.wish(request, visit, uuid)


@require_POST
@idempotent
@by_link
def own_muster(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Answer a call in a response."""
    return musters.own_step(request, visit, uuid, step)


@require_POST
@idempotent
@by_link
def own_answer(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Answer a recruitment call, or take the answer back."""
    return calls.own_step(request, visit, uuid, step)


@never_cache
@by_link
def calendar(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give one's own shifts as a calendar."""
    return own_shifts.calendar(request, visit)


@never_cache
@by_link
def hours(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own hours."""
    return certificates.own(request, visit)


@require_POST
@never_cache
@by_link
def own_certificate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give one's own certificate."""
    return certificates.own_certificate(request, visit)


@require_POST
@idempotent
@by_link
def thanks(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Say whether thanks may be published."""
    return certificates.answer_thanks(request, visit, uuid)


@never_cache
@by_link
def lessons(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the lessons."""
    return gates.own_lessons(request, visit)


@idempotent
@by_link
def lesson(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show a lesson and take its answers."""
    return gates.own_lesson(request, visit, code)


@never_cache
@by_link
def own_trainings_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own trainings and those near."""
    return own_trainings.show(request, visit)


@require_POST
@idempotent
@by_link
def own_training(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Sign up for a training, say no, check in."""
    return own_trainings.step(request, visit, uuid, step)


@never_cache
@idempotent
@by_link
def own_talents(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own talents and take more."""
    return talents.own(request, visit)


@require_POST
@idempotent
@by_link
def remove_talent(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Take a talent back."""
    return talents.remove(request, visit, uuid)


@open_to_all
def left(request: HttpRequest) -> HttpResponse:
    """Say goodbye to someone whose link opens nothing any more."""
    context = {
        "page_title": _("You have left"),
        "page_lead": _("Your name, telephone, skills and place are removed. Thank you for what you did."),
    }
    return render(request, "responders/public_left.html", context)
