"""The responder's own pages: what I can do, when, what I did, and that no is always free."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, queries
from juxing.responders.enums import Language, ReportInStatus, Skill, Transport
from juxing.responders.forms import OwnReportInForm, PeriodForm, ProfileForm
from juxing.responders.models import Responder
from juxing.responders.pages.words import TONES, labels, report_in_words

OWN = Actor.system("own report-in")


@signed_in()
def me(request: ActorRequest) -> HttpResponse:
    """Show one's own report-in, or offer to report in."""
    return _show_me(request)


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
        "submit_label": _("Report in"),
    }  # fmt: skip
    return render(request, "responders/me_form.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in()
def switch(request: ActorRequest) -> HttpResponse:
    """Switch being asked on or off."""
    with acting(OWN):
        commands.set_available(
            actor=request.actor, now=clock.now(), responder=_own(request), is_available=request.POST.get("to") == "on"
        )
    return HttpResponseRedirect(reverse("responders:me"), status=303)


@idempotent
@signed_in()
def add_period(request: ActorRequest) -> HttpResponse:
    """Add a time in which one can be asked."""
    form = PeriodForm(request.POST or None)
    if form.is_valid():
        try:
            starts_at, ends_at = form.period()
            with acting(OWN):
                commands.add_period(
                    actor=request.actor, now=clock.now(), responder=_own(request), starts_at=starts_at, ends_at=ends_at
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("responders:me"), status=303)
    return _show_me(request, period_form=form)


@idempotent
@signed_in()
def remove_period(request: ActorRequest, period_id: int) -> HttpResponse:
    """Take back a time."""
    with acting(OWN):
        commands.remove_period(actor=request.actor, now=clock.now(), responder=_own(request), period_id=period_id)
    return HttpResponseRedirect(reverse("responders:me"), status=303)


@idempotent
@signed_in()
def change(request: ActorRequest) -> HttpResponse:
    """Change what one can do."""
    with acting(OWN):
        responder = _own(request)
    initial = {name: getattr(responder, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with acting(OWN):
                commands.change_profile(
                    actor=request.actor, now=clock.now(), responder=responder, profile=form.profile()
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("responders:me"), status=303)
    context = {
        "page_title": _("What I can do"), "back_url": reverse("responders:me"), "form": form,
        "form_key": new_form_key(), "submit_label": _("Save"),
    }  # fmt: skip
    return render(request, "responders/me_form.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in()
def leave(request: ActorRequest) -> HttpResponse:
    """Leave, or pause and come back."""
    steps = {
        "pause": commands.pause_responder, "return": commands.return_responder, "leave": commands.withdraw_responder,
    }  # fmt: skip
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        raise NotVisible
    with acting(OWN):
        step(actor=request.actor, now=clock.now(), responder=_own(request))
    messages.success(request, _("Done. Thank you for what you did."))
    return HttpResponseRedirect(reverse("responders:me"), status=303)


def _own(request: ActorRequest) -> Responder:
    responder = queries.own_responder(actor=request.actor)
    if responder is None:
        raise NotVisible
    return responder


def _show_me(request: ActorRequest, *, period_form: PeriodForm | None = None) -> HttpResponse:
    with acting(OWN):
        own = queries.me(actor=request.actor, now=clock.now())
    context: dict[str, Any] = {"page_title": _("Me"), "own": own, "form_key": new_form_key()}
    if own is not None:
        status = ReportInStatus(own.responder.status)
        context |= {
            "state": {"label": status.label, "tone": TONES[status]},
            "period_form": period_form or PeriodForm(initial={"day": clock.now().date()}),
            "report_ins": report_in_words(own),
            "skills": labels(Skill, own.responder.skills), "languages": labels(Language, own.responder.languages),
            "transport": Transport(own.responder.transport).label, "hours": f"{own.service.hours:.1f}",
            "is_paused": status == ReportInStatus.INACTIVE,
        }  # fmt: skip
    return render(request, "responders/me.html", context, status=422 if period_form and period_form.errors else 200)
