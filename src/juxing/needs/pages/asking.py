"""Asking for help by phone, without an account: number, code, a one-minute form, a page that says what follows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_phone
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all, show_refusal
from juxing.needs.commands import NeedInput, record_need
from juxing.needs.commands.codes import CodeCheck, check_code, send_code
from juxing.needs.enums import IntakeChannel
from juxing.needs.forms import CodeForm, PhoneForm, ResidentNeedForm
from juxing.needs.messages import shows_codes_on_page
from juxing.needs.pages import visitor
from juxing.needs.phones import mobile_phone
from juxing.needs.queries.doors import estate_choices, meant_place

STEPS = ("phone", "code", "need", "done")


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps of asking, for the stepper."""
    labels = {"phone": _("Phone"), "code": _("Code"), "need": _("What you need"), "done": _("Done")}
    here = STEPS.index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(STEPS))]
    return [{"label": labels[name], "state": state} for name, state in zip(STEPS, states, strict=True)]


@open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send a code to it."""
    onward = _onward(request)
    if visitor.proved_phone(request) and request.method == "GET":
        return redirect(onward or "needs:ask_need")
    form = PhoneForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            phone = mobile_phone(form.cleaned_data["phone"])
            code = send_code(now=clock.now(), phone=phone, address=request.META.get("REMOTE_ADDR", ""))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            visitor.remember_asked(request, phone)
            if shows_codes_on_page():
                request.session[visitor.DEMO_CODE] = code
            return HttpResponseRedirect(_with_onward(reverse("needs:ask_code"), onward), status=303)
    if form.errors:
        status = 422
    context = {
        "form": form, "steps": steps_at("phone"), "page_title": _("Ask for help"), "onward": onward,
        "page_lead": _("Write your mobile number. It takes one minute, and you need no account."),
    }  # fmt: skip
    return render(request, "needs/ask.html", context, status=status)


@open_to_all
def ask_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent."""
    onward, phone = _onward(request), visitor.asked_phone(request)
    if not phone:
        return redirect("needs:ask")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = check_code(now=clock.now(), phone=phone, code=form.cleaned_data["code"])
        if answer is CodeCheck.RIGHT:
            visitor.remember_proved(request, phone)
            return HttpResponseRedirect(onward or reverse("needs:ask_need"), status=303)
        form.add_error("code", _wrong_code(answer))
    context = {
        "form": form, "steps": steps_at("code"), "page_title": _("Write the code"), "onward": onward,
        "page_lead": _("We sent six digits to %(phone)s.") % {"phone": masked_phone(phone)},
        "demo_code": request.session.get(visitor.DEMO_CODE) if shows_codes_on_page() else None,
    }  # fmt: skip
    return render(request, "needs/ask_code.html", context, status=422 if form.errors else 200)


@idempotent
@open_to_all
def ask_need(request: HttpRequest) -> HttpResponse:
    """Take the request itself."""
    phone = visitor.proved_phone(request)
    if not phone:
        return redirect("needs:ask")
    with acting(visitor.INTAKE):
        form = ResidentNeedForm(request.POST or None, estates=estate_choices(EVERYWHERE))
        if request.method == "POST" and form.is_valid():
            try:
                token = _record(form, phone)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                return HttpResponseRedirect(reverse("needs:asked", args=[token]), status=303)
        context = {
            "form": form, "steps": steps_at("need"), "page_title": _("What do you need?"), "keep_offline": True,
            "page_lead": _("Press what fits best. Writing more is never required."), **new_form_key(),
        }  # fmt: skip
        return render(request, "needs/ask_need.html", context, status=422 if form.errors else 200)


def _record(form: ResidentNeedForm, phone: str) -> str:
    data = form.cleaned_data
    is_proxy = data["for_whom"] == "neighbour"
    place = meant_place(
        actor=visitor.INTAKE, area_code=data["estate"], building=data["building"], unit=data["unit"],
        door=data["door"], place_text=data["place_text"],
    )  # fmt: skip
    number = (data["neighbour_phone"] if is_proxy else "") or phone
    given = NeedInput(
        **form.said(), channel=IntakeChannel.PROXY if is_proxy else IntakeChannel.MOBILE,
        household_id=place.household_id, area_code=place.area_code, place_text=place.place_text,
        contact_name=data["contact_name"], contact_phone=number,
        is_proxy=is_proxy,
    )  # fmt: skip
    return record_need(actor=visitor.RESIDENT, now=clock.now(), given=given).link_token


def _wrong_code(answer: CodeCheck) -> str:
    if answer is CodeCheck.OVER:
        return _("This code no longer counts. Ask for a new one.")
    return _("That is not the code. Look at the newest message.")


def _onward(request: HttpRequest) -> str:
    """Return where to go once the phone is proved, if it is an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _with_onward(url: str, onward: str) -> str:
    return f"{url}?{urlencode({'next': onward})}" if onward else url
