"""One's own report-in, alike for those who sign in and those who hold a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, show_refusal
from juxing.responders import commands, queries
from juxing.responders.enums import Language, ReportInStatus, Skill, Transport
from juxing.responders.forms import PeriodForm, ProfileForm
from juxing.responders.models import Responder
from juxing.responders.pages.words import TONES, labels, report_in_words

OWN = Actor.system("own report-in")
LINKED = ("switch", "add_period", "me_change", "leave", "shifts", "hours", "lessons", "own_talents", "trainings_own")


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone at their own report-in; ``token`` is the link's, "" for who signed in."""

    actor: Actor
    responder: Responder
    token: str = ""

    @property
    def base(self) -> str:
        """The layout: without an account there are no tabs."""
        return "public.html" if self.token else "phone.html"

    def url(self, page: str, *arguments: Any) -> str:
        """Return the address of one of the own pages."""
        if self.token:
            return reverse(f"responders:service_{page}", args=[self.token, *arguments])
        return reverse("responders:me" if page == "home" else f"responders:{page}", args=arguments)


def show(request: HttpRequest, visit: Visit, *, period_form: PeriodForm | None = None) -> HttpResponse:
    """Show the own report-in."""
    from juxing.responders.pages import calls, gates, musters  # they show a Visit, which is defined here

    with acting(OWN):
        shown = queries.me(visit.responder, now=clock.now())
        called, answers = musters.own_shown(visit), calls.own_shown(visit)
    status = ReportInStatus(shown.responder.status)
    periods = [
        {"starts_at": row.starts_at, "ends_at": row.ends_at, "remove_url": visit.url("remove_period", row.pk)}
        for row in shown.periods
    ]
    context: dict[str, Any] = {
        "page_title": _("My service") if visit.token else _("Me"), "own": shown, "calls": called,
        "closed": gates.closed_words(visit),
        "recruitment": answers, "form_key": new_form_key(), "base": visit.base, "by_link": bool(visit.token),
        "periods": periods,
        "urls": {page: visit.url(page) for page in LINKED},
        "state": {"label": status.label, "tone": TONES[status]},
        "period_form": period_form or PeriodForm(initial={"day": clock.now().date()}),
        "report_ins": report_in_words(shown),
        "skills": labels(Skill, shown.responder.skills), "languages": labels(Language, shown.responder.languages),
        "transport": Transport(shown.responder.transport).label, "hours": f"{shown.service.hours:.1f}",
        "is_paused": status == ReportInStatus.INACTIVE,
    }  # fmt: skip
    return render(request, "responders/me.html", context, status=422 if period_form and period_form.errors else 200)


def switch(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Switch being asked on or off."""
    is_available = request.POST.get("to") == "on"
    with acting(OWN):
        commands.set_available(actor=visit.actor, now=clock.now(), responder=visit.responder, is_available=is_available)
    return _home(visit)


def add_period(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add a time in which one can be asked."""
    form = PeriodForm(request.POST or None)
    if form.is_valid():
        try:
            starts_at, ends_at = form.period()
            with acting(OWN):
                commands.add_period(
                    actor=visit.actor, now=clock.now(), responder=visit.responder, starts_at=starts_at, ends_at=ends_at
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _home(visit)
    return show(request, visit, period_form=form)


def remove_period(_request: HttpRequest, visit: Visit, period_id: int) -> HttpResponse:
    """Take back a time."""
    with acting(OWN):
        commands.remove_period(actor=visit.actor, now=clock.now(), responder=visit.responder, period_id=period_id)
    return _home(visit)


def change(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Change what one can do."""
    responder = visit.responder
    form = ProfileForm(
        request.POST or None, initial={name: getattr(responder, name) for name in ProfileForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            with acting(OWN):
                commands.change_profile(actor=visit.actor, now=clock.now(), responder=responder, profile=form.profile())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return _home(visit)
    context = {
        "page_title": _("What I can do"), "back_url": visit.url("home"), "form": form, "form_key": new_form_key(),
        "submit_label": _("Save"), "base": visit.base,
    }  # fmt: skip
    return render(request, "responders/me_form.html", context, status=422 if form.errors else 200)


def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Leave, or pause and come back; after leaving there is nothing more of one's own to show."""
    steps = {
        "pause": commands.pause_responder, "return": commands.return_responder, "leave": commands.withdraw_responder,
    }  # fmt: skip
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        raise NotVisible
    with acting(OWN):
        step(actor=visit.actor, now=clock.now(), responder=visit.responder)
    if step is commands.withdraw_responder and visit.token:
        return HttpResponseRedirect(reverse("responders:left"), status=303)
    messages.success(request, _("Done. Thank you for what you did."))
    return _home(visit)


def _home(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(visit.url("home"), status=303)
