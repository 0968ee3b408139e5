"""Recruitment calls for everybody: what is to be done, what can happen, and answering it; one's own answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import open_to_all
from juxing.responders import commands
from juxing.responders.enums import LICENSED, Skill
from juxing.responders.models import Responder
from juxing.responders.pages.musters import why_words
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.queries import recruitment as queries

ANSWERING = "responders.call"
"""What a session keeps between reading a call and having reported in: its code and the work chosen."""


@open_to_all
def public_call(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call to everybody: work, risks, what is given, how many are wanted, until when."""
    found = queries.public_call(code, now=clock.now())
    if found is None:
        unknown = {"page_title": _("There is no such call"),
                   "page_lead": _("Look at the address once more, or report in without a call.")}  # fmt: skip
        return render(request, "responders/no_such_call.html", unknown, status=404)
    works = [
        {"position": position, "title": title, "count": count, "skill": Skill(skill).label if skill else "",
         "is_licensed": skill in LICENSED, "url": f"{reverse('responders:start_answer', args=[code])}?work={position}"}
        for position, title, skill, count in found.works
    ]  # fmt: skip
    context: dict[str, Any] = {
        "page_title": found.call.title, "page_lead": found.place, "call": found.call, "works": works,
        "is_open": found.is_open, "any_url": reverse("responders:start_answer", args=[code]), "keep_offline": True,
    }  # fmt: skip
    return render(request, "responders/public_call.html", context)


@open_to_all
def start_answer(request: HttpRequest, code: str) -> HttpResponse:
    """Begin to answer a call: the phone is proved next."""
    found = queries.public_call(code, now=clock.now())
    if found is None or not found.is_open:
        return redirect("responders:public_call", code)
    work = request.GET.get("work", "")
    request.session[ANSWERING] = [found.call.code, int(work) if work.isdigit() and len(work) < 3 else None]
    return redirect("responders:public_report_in")


def answer_after_report_in(request: HttpRequest, responder: Responder) -> bool:
    """
    Answer the call this visit began with, if it did; return whether it is answered.

    A call that closed meanwhile does not undo the report-in: the page says so.
    """
    kept = request.session.pop(ANSWERING, None)
    found = queries.public_call(str(kept[0]), now=clock.now()) if kept else None
    if kept is None or found is None:
        return False
    try:
        with acting(OWN):
            commands.answer_call(
                actor=commands.ONESELF, now=clock.now(), call=found.call, responder=responder, wish=kept[1]
            )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return False
    messages.success(request, _("Your answer to “%(call)s” is in. Thank you.") % {"call": found.call.title})
    return True


def own_shown(visit: Visit) -> list[dict[str, Any]]:
    """Return one's own answers, and the open calls one has not answered; call it in the system's scope."""
    now = clock.now()
    answers = queries.own_answers(visit.responder, now=now)
    names = queries.place_names({answer.need.area_code for answer in answers if answer.need})
    shown: list[dict[str, Any]] = [
        {
            "title": answer.call.title, "url": reverse("responders:public_call", args=[answer.call.code]),
            "since": answer.call.starts_at, "until": answer.call.ends_at, "meet": answer.call.place,
            "note": answer.call.closing_note, "is_answered": True,
            "placed": f"{names.get(answer.need.area_code, '')} {answer.need.title}" if answer.need else "",
            "why": why_words(answer.need.skill, answer.way_m or 0, answer.next_m) if answer.need else "",
            "step_url": visit.url("own_answer", answer.call.uuid, "take-back"),
        }
        for answer in answers
    ]  # fmt: skip
    known = {answer.call_id for answer in answers}
    shown += [
        {"title": call.title, "url": reverse("responders:public_call", args=[call.code]), "since": call.starts_at,
         "until": call.ends_at, "meet": call.place, "is_answered": False,
         "step_url": visit.url("own_answer", call.uuid, "answer")}
        for call in queries.open_calls(visit.responder.area_code, now=now) if call.pk not in known
    ]  # fmt: skip
    return shown


def own_step(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Answer a call from one's own page, or take the answer back."""
    try:
        with acting(OWN):
            _take(visit, uuid, step)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        is_yes = step == "answer"
        messages.success(request, _("Done. Thank you.") if is_yes else _("Noted. It changes nothing for you."))
    return HttpResponseRedirect(visit.url("home"), status=303)


def _take(visit: Visit, uuid: UUID, step: str) -> None:
    if step == "answer":
        call = queries.published_call(uuid)
        commands.answer_call(actor=visit.actor, now=clock.now(), call=call, responder=visit.responder)
    elif step == "take-back":
        answer = queries.own_answer(visit.responder, uuid)
        commands.take_back_answer(actor=visit.actor, now=clock.now(), answer=answer)
    else:
        raise NotVisible
