"""The responder's own pages, signed in: what I can do, when, what I did, and that no is always free."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, queries
from juxing.responders.forms import OwnReportInForm
from juxing.responders.pages import calls, certificates, gates, musters, own, own_shifts, own_trainings, talents
from juxing.responders.pages.own import OWN, Visit


@signed_in()
def me(request: ActorRequest) -> HttpResponse:
    """Show one's own report-in, or offer to report in."""
    visit = _visit(request)
    if visit is None:
        context = {"page_title": _("Me"), "own": None, "base": "phone.html"}
        return render(request, "responders/me.html", context)
    return own.show(request, visit)


@idempotent
@signed_in()
def report_in(request: ActorRequest) -> HttpResponse:
    """Report in as the person behind the account."""
    form = OwnReportInForm(
        request.POST or None, communities=queries.communities_near(actor=request.actor),
        initial={"name": request.actor.name, "languages": ["mandarin"], "transport": "foot"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            with acting(OWN):
                commands.report_in_oneself(actor=request.actor, now=clock.now(), given=form.given())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. Someone of the community looks at it, then you are asked."))
            return HttpResponseRedirect(reverse("responders:me"), status=303)
    context = {
        "page_title": _("Report in"), "back_url": reverse("responders:me"), "form": form, "form_key": new_form_key(),
        "submit_label": _("Report in"), "base": "phone.html",
    }  # fmt: skip
    return render(request, "responders/me_form.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@signed_in()
def switch(request: ActorRequest) -> HttpResponse:
    """Switch being asked on or off."""
    return own.switch(request, _own(request))


@require_POST
@idempotent
@signed_in()
def add_period(request: ActorRequest) -> HttpResponse:
    """Add a time in which one can be asked."""
    return own.add_period(request, _own(request))


@require_POST
@idempotent
@signed_in()
def remove_period(request: ActorRequest, period_id: int) -> HttpResponse:
    """Take back a time."""
    return own.remove_period(request, _own(request), period_id)


@idempotent
@signed_in()
def change(request: ActorRequest) -> HttpResponse:
    """Change what one can do."""
    return own.change(request, _own(request))


@require_POST
@idempotent
@signed_in()
def leave(request: ActorRequest) -> HttpResponse:
    """Leave, or pause and come back."""
    return own.leave(request, _own(request))


@signed_in()
def shifts(request: ActorRequest) -> HttpResponse:
    """Show one's own shifts."""
    return own_shifts.show(request, _own(request))


@require_POST
@idempotent
@signed_in()
def shift_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Check in or out, be excused, give a shift away."""
    return own_shifts.step(request, _own(request), uuid, step)


@require_POST
@idempotent
@signed_in()
def swap_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Say that one would take a shift."""
    return own_shifts.swap_step(request, _own(request), uuid, step)


@require_POST
@idempotent
@signed_in()
def sign_up(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take an open shift."""
    return own_shifts.sign_up(request, _own(request), uuid)


@require_POST
@idempotent
@signed_in()
def wish(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say on which day one cannot come."""
    return own_shifts.wish(request, _own(request), uuid)


@require_POST
@idempotent
@signed_in()
def own_muster(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Answer a call in a response."""
    return musters.own_step(request, _own(request), uuid, step)


@require_POST
@idempotent
@signed_in()
def own_answer(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Answer a recruitment call, or take the answer back."""
    return calls.own_step(request, _own(request), uuid, step)


@signed_in()
def calendar(request: ActorRequest) -> HttpResponse:
    """Give one's own shifts as a calendar."""
    return own_shifts.calendar(request, _own(request))


@signed_in()
def hours(request: ActorRequest) -> HttpResponse:
    """Show one's own hours."""
    return certificates.own(request, _own(request))


@require_POST
@signed_in()
def own_certificate(request: ActorRequest) -> HttpResponse:
    """Give one's own certificate."""
    return certificates.own_certificate(request, _own(request))


@require_POST
@idempotent
@signed_in()
def thanks(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say whether thanks may be published."""
    return certificates.answer_thanks(request, _own(request), uuid)


@signed_in()
def lessons(request: ActorRequest) -> HttpResponse:
    """List the lessons."""
    return gates.own_lessons(request, _own(request))


@idempotent
@signed_in()
def lesson(request: ActorRequest, code: str) -> HttpResponse:
    """Show a lesson and take its answers."""
    return gates.own_lesson(request, _own(request), code)


@signed_in()
def own_trainings_page(request: ActorRequest) -> HttpResponse:
    """Show one's own trainings and those near."""
    return own_trainings.show(request, _own(request))


@require_POST
@idempotent
@signed_in()
def own_training(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Sign up for a training, say no, check in."""
    return own_trainings.step(request, _own(request), uuid, step)


@idempotent
@signed_in()
def own_talents(request: ActorRequest) -> HttpResponse:
    """Show one's own talents and take more."""
    return talents.own(request, _own(request))


@require_POST
@idempotent
@signed_in()
def remove_talent(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take a talent back."""
    return talents.remove(request, _own(request), uuid)


def _visit(request: ActorRequest) -> Visit | None:
    with acting(OWN):
        responder = queries.own_responder(actor=request.actor)
    return None if responder is None else Visit(actor=request.actor, responder=responder)


def _own(request: ActorRequest) -> Visit:
    visit = _visit(request)
    if visit is None:
        raise NotVisible
    return visit
