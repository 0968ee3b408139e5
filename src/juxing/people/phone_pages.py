"""Proving a phone by a one-time code, in two pages: each room that needs it says in its own words what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import clock
from juxing.kernel.masking import masked_phone
from juxing.kernel.refusals import Refusal, Words
from juxing.kernel.web import show_refusal
from juxing.people import visitor_pages as visitor
from juxing.people.codes import CodeCheck, check_code, send_code
from juxing.people.messages import shows_codes_on_page
from juxing.people.phone_numbers import mobile_phone


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneProof:
    """What a phone is proved for: names of the addresses of both pages and of what follows, and its words."""

    phone_page: str
    code_page: str
    onward: str
    title: Words
    lead: Words
    steps: Callable[[str], list[dict[str, Any]]]
    template: str = "people/prove_phone.html"


class PhoneForm(forms.Form):
    """The number a code is sent to."""

    phone = forms.CharField(
        label=gettext_lazy("Your mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "autofocus": True}),
        help_text=gettext_lazy("We send a code to it. The number is used for this and nothing else."),
    )


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=gettext_lazy("Code from the message"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )


def ask_for_phone(request: HttpRequest, proof: PhoneProof) -> HttpResponse:
    """Ask for the phone, and send a code to it; who has proved one already goes on."""
    onward = _onward(request)
    if visitor.proved_phone(request) and request.method == "GET":
        return redirect(onward or proof.onward)
    form = PhoneForm(request.POST or None)
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
            return HttpResponseRedirect(_with_onward(reverse(proof.code_page), onward), status=303)
    context = {
        "form": form, "steps": proof.steps("phone"), "page_title": proof.title, "onward": onward,
        "page_lead": proof.lead,
    }  # fmt: skip
    return render(request, proof.template, context, status=422 if form.errors else 200)


def ask_for_code(request: HttpRequest, proof: PhoneProof) -> HttpResponse:
    """Take the code that was sent."""
    onward, phone = _onward(request), visitor.asked_phone(request)
    if not phone:
        return redirect(proof.phone_page)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = check_code(now=clock.now(), phone=phone, code=form.cleaned_data["code"])
        if answer is CodeCheck.RIGHT:
            visitor.remember_proved(request, phone)
            return HttpResponseRedirect(onward or reverse(proof.onward), status=303)
        form.add_error("code", _wrong_code(answer))
    context = {
        "form": form, "steps": proof.steps("code"), "page_title": _("Write the code"), "onward": onward,
        "page_lead": _("We sent six digits to %(phone)s.") % {"phone": masked_phone(phone)},
        "back_url": _with_onward(reverse(proof.phone_page), onward),
        "demo_code": request.session.get(visitor.DEMO_CODE) if shows_codes_on_page() else None,
    }  # fmt: skip
    return render(request, "people/prove_code.html", context, status=422 if form.errors else 200)


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
