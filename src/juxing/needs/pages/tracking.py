"""Following a request by its link, or by number and phone: its state in plain words, and the household's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all, show_refusal
from juxing.needs.commands import confirm_need, give_link, reconfirm_need, reopen_need, withdraw_need
from juxing.needs.forms import ConfirmForm, NumberForm, ReopenForm
from juxing.needs.models import Need
from juxing.needs.pages.asking import INTAKE, RESIDENT, steps_at
from juxing.needs.pages.words import page_state, public_timeline
from juxing.needs.queries import need_by_link, need_by_number, needs_of_phone, timeline_of
from juxing.people.phone_numbers import phone_index
from juxing.people.visitor_pages import proved_phone


@open_to_all
@never_cache
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """Show that the request is in: number, what happens next, and the link to keep."""
    with acting(INTAKE):
        need = need_by_link(token, now=clock.now())
        if need is None:
            return no_such_link(request)
        link = request.build_absolute_uri(reverse("needs:track", args=[token]))
        context = {
            "need": need, "link": link, "qr": qr_code(link), "steps": steps_at("done"), "state": page_state(need),
            "page_title": _("We have your request"),
        }  # fmt: skip
        return render(request, "needs/asked.html", context)


@open_to_all
@never_cache
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Show what has become of the request."""
    with acting(INTAKE):
        need = need_by_link(token, now=clock.now())
        return no_such_link(request) if need is None else _page(request, need, token)


@open_to_all
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Find a request by number, for a visitor whose phone was proved by code."""
    phone = proved_phone(request)
    if not phone:
        return redirect(f"{reverse('needs:ask')}?next={reverse('needs:find')}")
    form = NumberForm(request.POST or None)
    with acting(INTAKE):
        if request.method == "POST" and form.is_valid():
            need = need_by_number(form.cleaned_data["number"], phone=phone_index(phone))
            if need is not None:
                token = give_link(actor=RESIDENT, now=clock.now(), need=need)
                return HttpResponseRedirect(reverse("needs:track", args=[token]), status=303)
            form.add_error("number", _("No request of this number belongs to your telephone."))
        context = {
            "form": form, "page_title": _("Find your request"), "needs": needs_of_phone(phone_index(phone)),
        }  # fmt: skip
        return render(request, "needs/find.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@open_to_all
def answer(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """Take the household's answer."""
    with acting(INTAKE):
        need = need_by_link(token, now=clock.now())
        if need is None or what not in ANSWERS:
            return no_such_link(request)
        form = FORMS[what](request.POST) if what in FORMS else None
        if form is not None and not form.is_valid():
            return _page(request, need, token, form=form, what=what)
        try:
            messages.success(request, ANSWERS[what](need, form.cleaned_data if form else {}))
        except Refusal as refusal:
            if form is None or refusal.field not in form.fields:
                messages.error(request, str(refusal.message))
                return _page(request, need_by_link(token, now=clock.now()) or need, token, status=refusal.status)
            show_refusal(form, refusal)
            return _page(request, need, token, form=form, what=what)
    return HttpResponseRedirect(reverse("needs:track", args=[token]), status=303)


def _confirm(need: Need, data: dict[str, Any]) -> str:
    confirm_need(actor=RESIDENT, now=clock.now(), need=need, **data)
    return _("Thank you. We are glad it arrived.")


def _reopen(need: Need, data: dict[str, Any]) -> str:
    reopen_need(actor=RESIDENT, now=clock.now(), need=need, **data)
    return _("We are sorry. Your request is open again and comes before others.")


def _withdraw(need: Need, _data: dict[str, Any]) -> str:
    withdraw_need(actor=RESIDENT, now=clock.now(), need=need)
    return _("Your request was withdrawn. You can ask again at any time.")


def _still_needed(need: Need, _data: dict[str, Any]) -> str:
    reconfirm_need(actor=RESIDENT, now=clock.now(), need=need)
    return _("Noted: you still need this.")


ANSWERS: dict[str, Callable[[Need, dict[str, Any]], str]] = {
    "confirm": _confirm,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "still-needed": _still_needed,
}
FORMS: dict[str, type[ConfirmForm | ReopenForm]] = {"confirm": ConfirmForm, "reopen": ReopenForm}


def _page(
    request: HttpRequest, need: Need, token: str, *, form: Any = None, what: str = "", status: int = 200
) -> HttpResponse:
    shown = need.duplicate_of or need
    context = {
        "need": need,
        "token": token,
        "shown": shown,
        "state": page_state(shown),
        "timeline": public_timeline(timeline_of(shown)),
        "confirm_form": form if what == "confirm" else ConfirmForm(),
        "reopen_form": form if what == "reopen" else ReopenForm(),
        "opened": what,
        "is_stale": shown.asked_fresh_at is not None,
        "page_title": _("Your request %(number)s") % {"number": need.number},
        **new_form_key(),
    }
    return render(request, "needs/track.html", context, status=422 if form is not None else status)


def no_such_link(request: HttpRequest) -> HttpResponse:
    """Say that the link is of no use, and nothing else: a wrong one and an old one look the same."""
    return render(request, "needs/no_such_link.html", {"page_title": _("This link is not valid")}, status=404)
