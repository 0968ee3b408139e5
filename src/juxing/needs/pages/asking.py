"""Asking for help by phone, without an account: number, code, a one-minute form, a page that says what follows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.idempotency import idempotent
from juxing.kernel.scope import acting
from juxing.kernel.web import carried_out, new_form_key, open_to_all
from juxing.needs.commands import NeedInput, record_need
from juxing.needs.enums import IntakeChannel
from juxing.needs.forms import ResidentNeedForm, WhereForm
from juxing.needs.queries.collecting import is_form_short, is_place_asked_first, pause_at
from juxing.needs.queries.doors import estate_choices, meant_place
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone

RESIDENT = Actor.resident()
INTAKE = Actor.system("resident page")
Estates = list[tuple[str, list[tuple[str, str]]]]
STEPS = ("phone", "code", "need", "done")


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps of asking, for the stepper."""
    labels = {
        "phone": _("Phone"), "code": _("Code"), "need": _("What you need"),
        "done": pgettext("step of asking", "Done"),
    }  # fmt: skip
    here = STEPS.index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(STEPS))]
    return [{"label": labels[name], "state": state} for name, state in zip(STEPS, states, strict=True)]


PROOF = PhoneProof(
    phone_page="needs:ask", code_page="needs:ask_code", onward="needs:ask_need", template="needs/ask.html",
    title=gettext_lazy("Ask for help"), steps=steps_at,
    lead=gettext_lazy("Write your mobile number. It takes one minute, and you need no account."),
)  # fmt: skip


@open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send a code to it."""
    return ask_for_phone(request, PROOF)


@open_to_all
def ask_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent."""
    return ask_for_code(request, PROOF)


@idempotent
@open_to_all
def ask_need(request: HttpRequest) -> HttpResponse:
    """Take the request itself."""
    phone = proved_phone(request)
    if not phone:
        return redirect("needs:ask")
    now = clock.now()
    with acting(INTAKE):
        estates = estate_choices(EVERYWHERE)
        place = _asked_place(request, estates)
        if not place and request.method == "GET" and is_place_asked_first(now=now):
            return _ask_where(request, estates)
        form = ResidentNeedForm(request.POST or None, initial={"estate": place}, estates=estates)
        form.is_short = bool(place) and is_form_short(place, now=now)
        recorded = carried_out(request, form, lambda _filled: _record(form, phone))
        if recorded:
            return HttpResponseRedirect(reverse("needs:asked", args=[recorded.made]), status=303)
        context = {
            "form": form, "steps": steps_at("need"), "page_title": _("What do you need?"), "keep_offline": True,
            "page_lead": _("Press what fits best. Writing more is never required."), **new_form_key(),
            "pause": pause_at(place, now=now) if place else None,
        }  # fmt: skip
        return render(request, "needs/ask_need.html", context, status=422 if form.errors else 200)


def _asked_place(request: HttpRequest, estates: Estates) -> str:
    """Return the place in the address, if it is one of those offered."""
    place = request.GET.get("place", "")
    return place if any(place == code for _community, rows in estates for code, _name in rows) else ""


def _ask_where(request: HttpRequest, estates: Estates) -> HttpResponse:
    """Ask for the place alone: today it depends on it what the form asks, and what is taken in."""
    context = {
        "form": WhereForm(estates=estates), "steps": steps_at("need"), "page_title": _("Where do you need help?"),
        "page_lead": _("Today the form depends on where you are."),
    }  # fmt: skip
    return render(request, "needs/ask_where.html", context)


def _record(form: ResidentNeedForm, phone: str) -> str:
    data = form.cleaned_data
    is_proxy = data["for_whom"] == "neighbour"
    place = meant_place(
        actor=INTAKE, area_code=data["estate"], building=data["building"], unit=data["unit"],
        door=data["door"], place_text=data["place_text"],
    )  # fmt: skip
    number = (data["neighbour_phone"] if is_proxy else "") or phone
    given = NeedInput(
        **form.said(), channel=IntakeChannel.PROXY if is_proxy else IntakeChannel.MOBILE,
        household_id=place.household_id, area_code=place.area_code, place_text=place.place_text,
        contact_name=data["contact_name"], contact_phone=number,
        is_proxy=is_proxy,
    )  # fmt: skip
    return record_need(actor=RESIDENT, now=clock.now(), given=given).link_token
