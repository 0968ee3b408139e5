"""One's own data without an account: phone, code, door; then what is kept, who looked, consents, objections, a copy."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.documents import pdf
from juxing.kernel.scope import acting
from juxing.kernel.web import carried_out, open_to_all
from juxing.people import own_commands, own_data, own_queries
from juxing.people.forms import DoorForm, OwnRequestForm
from juxing.people.models import Resident
from juxing.people.personal_fields import LegalBasis, personal_fields, purposes
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone

RESIDENT, SYSTEM = Actor.resident(), Actor.system("a resident's own data")
OPENED, TRIES, LASTS_SECONDS, TRIES_AT_MOST = "people.own", "people.own_tries", 1800, 5
STEPS = ("phone", "code", "door")


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps to one's own data, for the stepper."""
    labels = {"phone": pgettext("people", "Phone"), "code": _("Code"), "door": _("Door")}
    here = STEPS.index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(STEPS))]
    return [{"label": labels[name], "state": state} for name, state in zip(STEPS, states, strict=True)]


PROOF = PhoneProof(
    phone_page="people:own", code_page="people:own_code", onward="people:own_door", title=gettext_lazy("My data"),
    lead=gettext_lazy("See what is kept about you, who looked at it, and what you can change. You need no account."),
    steps=steps_at,
)  # fmt: skip


@open_to_all
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send a code to it."""
    return ask_for_phone(request, PROOF)


@open_to_all
@never_cache
def own_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent."""
    return ask_for_code(request, PROOF)


@open_to_all
@never_cache
def own_door(request: HttpRequest) -> HttpResponse:
    """Ask for the door: a number may belong to somebody else by now."""
    phone = proved_phone(request)
    if not phone:
        return redirect("people:own")
    form, tries = DoorForm(request.POST or None), int(request.session.get(TRIES, 0))
    found: list[Resident] = []
    if request.method == "POST" and form.is_valid():
        if tries >= TRIES_AT_MOST:
            form.add_error("door", _("Too many tries. Ask your community to look with you."))
        else:
            request.session[TRIES] = tries + 1
            with acting(SYSTEM):
                found = own_queries.residents_who(phone=phone, door=form.cleaned_data["door"])
            if not found:
                form.add_error(
                    "door", _("Nobody with this phone is written down behind this door. Ask your community.")
                )
    name = form.cleaned_data.get("name", "") if form.is_bound and form.is_valid() else ""
    chosen = found if len(found) == 1 else [one for one in found if one.name == name.strip()]
    if len(chosen) == 1:
        return _open(request, chosen[0])
    if found:
        form.fields["name"].required = True
        form.add_error("name", _("Several people share this phone. Write your name as it is on your card."))
    context = {
        "form": form, "steps": steps_at("door"), "page_title": _("Which door is yours?"),
        "page_lead": _("Only the number of the flat, such as 301."),
    }  # fmt: skip
    return render(request, "people/own_door.html", context, status=422 if form.errors else 200)


def _open(request: HttpRequest, resident: Resident) -> HttpResponse:
    with acting(SYSTEM):
        own_commands.note_own_look(actor=RESIDENT, now=clock.now(), resident=resident)
    request.session.cycle_key()
    request.session[OPENED] = {"resident": str(resident.uuid), "at": clock.now().timestamp()}
    request.session.pop(TRIES, None)
    return HttpResponseRedirect(reverse("people:own_record"), status=303)


Page = Callable[..., HttpResponse]


def own_record(view: Page) -> Page:
    """Give the view the resident whose record this browser opened within half an hour, in the system's scope."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        opened = request.session.get(OPENED)
        if not opened or clock.now().timestamp() - opened["at"] > LASTS_SECONDS or not proved_phone(request):
            return redirect("people:own")
        with acting(SYSTEM):
            return view(request, own_queries.resident_of(UUID(opened["resident"])), *args, **kwargs)

    return guarded


@open_to_all
@never_cache
@own_record
def record(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Show what is kept, who looked, what was agreed to and objected to."""
    return _show(request, resident, OwnRequestForm())


@open_to_all
@never_cache
@require_POST
@own_record
def ask(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Ask for a correction, a deletion or an explanation, or object to a use."""
    form = OwnRequestForm(request.POST)
    asked = carried_out(
        request, form, lambda filled: own_commands.ask_about_own_data(
            actor=RESIDENT, now=clock.now(), resident=resident, **filled
        ),
    )  # fmt: skip
    if asked:
        words = _("Written down as %(number)s. You get an answer within 15 days.")
        messages.success(request, words % {"number": asked.made.number})
        return redirect("people:own_record")
    return _show(request, resident, form, status=422)


@open_to_all
@never_cache
@require_POST
@own_record
def decide_consent(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Give consent to a purpose, or withdraw it."""
    own_commands.decide_own_consent(
        actor=RESIDENT, now=clock.now(), resident=resident, purpose=request.POST.get("purpose", ""),
        is_given=request.POST.get("given") == "yes",
    )  # fmt: skip
    messages.success(request, _("Written down. It holds from now on."))
    return redirect("people:own_record")


@open_to_all
@never_cache
@require_POST
@own_record
def withdraw_objection(request: HttpRequest, resident: Resident, uuid: UUID) -> HttpResponse:
    """Let a use go on that the resident had objected to."""
    asked = own_queries.own_request(resident, uuid)
    own_commands.withdraw_objection(actor=RESIDENT, now=clock.now(), request=asked)
    messages.success(request, _("Written down. It holds from now on."))
    return redirect("people:own_record")


@open_to_all
@never_cache
@own_record
def copy(_request: HttpRequest, resident: Resident, kind: str) -> HttpResponse:
    """Give a copy of everything: for machines (JSON) or to read and print (PDF)."""
    now = clock.now()
    own_commands.note_own_look(actor=RESIDENT, now=now, resident=resident, is_copy=True)
    name = f"my-data-{localtime(now):%Y%m%d}"
    if kind == "json":
        content = json.dumps(as_document(resident, now=now), ensure_ascii=False, indent=1).encode()
        media = "application/json"
    else:
        content, media = pdf("people/own_data", _printed(resident, now=now), now=now), "application/pdf"
        kind = "pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type=media, headers=headers)


@open_to_all
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the record on this phone."""
    request.session.flush()
    return redirect("people:own")


def as_document(resident: Resident, *, now: datetime) -> dict[str, Any]:
    """Return everything kept about a resident, and who looked, as JSON can hold it."""
    return {
        "format": "juxing own data 1", "made_at": now.isoformat(), "resident": str(resident.uuid),
        "data": {
            label: [{name: _plain(value) for name, value in row.facts.items()} for row in rows]
            for label, rows in own_data.own_data(resident).items()
        },
        "looks": [
            {"at": look.at.isoformat(), "what": str(look.what), "role": str(look.role),
             "organisation": look.organisation, "place": look.place, "purpose": str(look.purpose),
             "reason": look.reason}
            for look in own_data.who_looked(resident)
        ],
    }  # fmt: skip


def _printed(resident: Resident, *, now: datetime) -> dict[str, Any]:
    return {
        "title": _("What is kept about you, and who looked"),
        "subtitle": _("Made at your own request; nobody else was sent a copy."),
        "meta": [[pgettext("people", "Made"), f"{localtime(now):%Y-%m-%d %H:%M}"]],
        "parts": [
            [label, [[name, str(_plain(value) or "–")] for row in rows for name, value in row.facts.items()]]
            for label, rows in own_data.own_data(resident).items() if rows
        ],
        "looks_title": _("Who looked"), "heads": [_("When"), _("Who it was"), _("What was seen"), _("What for")],
        "cells": [
            [f"{localtime(look.at):%Y-%m-%d %H:%M}", " · ".join(filter(None, (str(look.role), look.organisation,
             look.place))), str(look.what), " · ".join(filter(None, (str(look.purpose), look.reason)))]
            for look in own_data.who_looked(resident)
        ],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _show(request: HttpRequest, resident: Resident, form: OwnRequestForm, *, status: int = 200) -> HttpResponse:
    agreed = {consent.purpose for consent in resident.consents.filter(withdrawn_at__isnull=True)}
    by_consent = {field.purpose for _code, field in personal_fields if field.basis == LegalBasis.CONSENT}
    requests = list(resident.data_requests.order_by("-asked_at")[:50])
    context = {
        "page_title": _("My data"), "form": form, "resident": resident, "requests": requests,
        "parts": [
            (label, rows) for label, rows in own_data.own_data(resident).items() if label != str(_REQUESTS.label)
        ],
        "looks": own_data.who_looked(resident),
        "consents": [
            {"code": code, "label": label, "is_given": code in agreed}
            for code, label in purposes if code in by_consent | agreed
        ],
        "page_lead": _("Only you see this page. It closes by itself after half an hour."),
    }  # fmt: skip
    return render(request, "people/own_record.html", context, status=status)


_REQUESTS = own_data.own_parts["requests"]
